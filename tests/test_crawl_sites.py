"""Several sites in one crawl: each is counted by itself, and one that blocks costs the others nothing."""

import json
import re
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from archive.records import read_records
from tests.scripted import Answer, Run, ScriptedSite, story
from tests.test_obstacles import CHALLENGE, WALL

FAST = ("--delay", 0, "--allow-private")
STORIES = 12


def news(site: ScriptedSite, host: str, folder: Path, **settings: Any) -> str:
    """A site with a feed of twelve stories, under a host name of its own on loopback; its site file."""
    origin = site.url.replace("127.0.0.1", host)
    items = "".join(f"<item><title>S{n}</title><link>{origin}/2026/story-{n}</link></item>" for n in range(STORIES))
    site.page("/feed.xml", f"<rss version='2.0'><channel>{items}</channel></rss>", Content_Type="application/rss+xml")
    for number in range(STORIES):
        site.page(f"/2026/story-{number}", story(f"Story {number} of {host}", words=100))
    lines = {"name": host, "home": f"{origin}/", "discover": {"feeds": ["/feed.xml"]}, **settings}
    path = folder / f"{host}.yaml"
    path.write_text(json.dumps(lines))
    return str(path)


def figures(collection: Path) -> dict[str, Any]:
    newest = max((collection / "crawls").glob("*.json"))
    return dict(json.loads(newest.read_text())["sites"])


@pytest.fixture
def other() -> Any:
    opened = ScriptedSite()
    yield opened
    opened.close()


@pytest.mark.parametrize("answer", ["403", "captcha"])
def test_a_site_that_blocks_is_left_alone_and_its_urls_are_kept(
    tmp_path: Path, site: ScriptedSite, other: ScriptedSite, cleancopy: Run, answer: str
) -> None:
    blocks, good = news(site, "localhost", tmp_path), news(other, "127.0.0.1", tmp_path)
    pages = dict(site.pages)
    for number in range(STORIES):
        if answer == "403":
            site.page(f"/2026/story-{number}", "no", status=403)
        else:
            site.page(f"/2026/story-{number}", CHALLENGE)
    ran = cleancopy("crawl", blocks, good, "--collection", "c", *FAST)
    assert ran.code == 1
    assert re.search("localhost is not done: it blocks: 5 requests in a row were refused, the last with", ran.err)
    assert f"{STORIES} of its URLs are left for a later run" in ran.err
    assert sum(path.startswith("/2026") for path in site.paths()) in (5, 6), "one may be under way"
    told = figures(tmp_path / "c")
    assert told["localhost"]["ending"] == "blocked"
    assert list(told["localhost"]["obstacles"]) == ["refused" if answer == "403" else "captcha"]
    assert (told["localhost"]["fetched"], told["localhost"]["left"]) == (0, STORIES)
    assert (told["127.0.0.1"]["fetched"], told["127.0.0.1"]["ending"]) == (STORIES, "done")
    checked = cleancopy("verify", "c")
    assert checked.code == 0, checked.err
    health = cleancopy("site", "health", "--collection", "c")
    assert health.code == 1
    assert re.search(r"localhost\tblocked\tThe site blocks: [56] × \w+ in the last run", health.out)
    site.pages.update(pages)
    again = cleancopy("crawl", blocks, good, "--collection", "c", *FAST)
    assert again.code == 0, again.err
    assert figures(tmp_path / "c")["localhost"]["fetched"] == STORIES
    texts = [record.text for path in (tmp_path / "c/records").glob("*.jsonl") for record in read_records(path)]
    assert sum(bool(text) for text in texts) == 2 * STORIES


def test_refusals_with_pages_between_them_stop_nothing(tmp_path: Path, site: ScriptedSite, cleancopy: Run) -> None:
    config = news(site, "localhost", tmp_path)
    for number in range(0, STORIES, 2):
        site.page(f"/2026/story-{number}", "for subscribers", status=403)
    ran = cleancopy("crawl", config, "--collection", "c", *FAST)
    assert ran.code == 0, ran.err
    told = figures(tmp_path / "c")["localhost"]
    assert (told["fetched"], told["failed"], told["ending"]) == (6, {"http_403": 6}, "done")


def test_a_site_that_asks_for_an_hour_is_not_asked_again_and_not_called_done(
    tmp_path: Path, site: ScriptedSite, cleancopy: Run
) -> None:
    config = news(site, "localhost", tmp_path)

    def busy(handler: BaseHTTPRequestHandler) -> None:
        site.send(handler, Answer(b"busy", 429, {"Content-Type": "text/html", "Retry-After": "3600"}))

    site.pages["/2026/story-3"] = busy
    ran = cleancopy("crawl", config, "--collection", "c", *FAST)
    assert ran.code == 1
    assert re.search(r"localhost is not done: the server asks to wait until 20\d\d-.* UTC. \d+ of its URLs", ran.err)
    told = figures(tmp_path / "c")["localhost"]
    assert told["ending"] == "put_off"
    assert told["fetched"] + told["left"] == STORIES
    assert len(site.paths()) < STORIES + 2


def test_what_a_run_came_to_is_counted_for_each_site(tmp_path: Path, site: ScriptedSite, cleancopy: Run) -> None:
    layout = {"layouts": [{"headline": "h1", "body": "article", "byline": ".by"}]}
    config = news(site, "localhost", tmp_path, **layout)
    site.page("/2026/story-1", "gone", status=410)
    site.page("/2026/story-2", "<html><body><nav>Home</nav></body></html>")
    ran = cleancopy("crawl", config, "http://127.0.0.1:9/", "--collection", "c", *FAST)
    assert ran.code == 1, "one of the two sites does not answer"
    assert "127.0.0.1 is not done: nothing could be fetched (1 × connection)" in ran.err
    told = figures(tmp_path / "c")
    assert told["127.0.0.1"]["failed"] == {"connection": 1}
    mine = told["localhost"]
    assert (mine["found"], mine["listed"], mine["fetched"], mine["extracted"]) == (12, 12, 11, 10)
    assert (mine["feed_entries"], mine["feed_captured"]) == (12, 11)
    assert mine["statuses"] == {"200": 12, "410": 1}
    assert mine["failed"] == {"http_410": 1}
    pages = mine["pages"]
    assert pages["pages"] == 11
    assert pages["without"]["body"] == 1
    assert pages["without"]["author"] == 11
    assert pages["named"] == {"headline": 11, "body": 11, "byline": 11}
    assert pages["ruled"] == {"headline": 10, "body": 10}
    assert 0 < pages["ruled_blocks"] <= pages["blocks"]
    assert pages["words"] > 50


def test_what_led_to_a_wall_is_asked_for_again(tmp_path: Path, site: ScriptedSite, cleancopy: Run) -> None:
    config = news(site, "localhost", tmp_path)
    pages = dict(site.pages)
    for number in (3, 7):
        site.page(f"/2026/story-{number}", "", 302, Location=f"/gate?to=story-{number}")
        site.page(f"/gate?to=story-{number}", WALL)
    first = cleancopy("crawl", config, "--collection", "c", *FAST)
    assert "gate?to=story-3: a consent wall came instead of the page (HTTP 200)" in first.err
    (path,) = (tmp_path / "c/crawls").glob("*.json")
    failures = json.loads(path.read_bytes())["failures"]
    assert [failure["kind"] for failure in failures] == ["consent_wall"] * 2
    assert {failure["reason"] for failure in failures} == {"a consent wall came instead of the page (HTTP 200)"}
    told = figures(tmp_path / "c")["localhost"]
    assert (told["fetched"], told["obstacles"]) == (STORIES - 2, {"consent_wall": 2})
    site.pages.update(pages)
    before = len(site.paths())
    cleancopy("crawl", config, "--collection", "c", *FAST)
    assert {"/2026/story-3", "/2026/story-7"} <= {*site.paths()[before:]}
    assert figures(tmp_path / "c")["localhost"]["fetched"] == 2
    assert sum(path.startswith("/2026") for path in site.paths()[before:]) == 2
