"""Pages that need a browser: loaded in a real Chromium, captured byte for byte, recorded as they are shown."""

import json
import re
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from archive.exchange import Purpose
from archive.pipeline.captures import read_captures
from archive.records import Record, read_records
from archive.warc.message import method_of
from archive.warc.record import WarcRecord, read_warc
from tests.browser import CHROMIUM
from tests.browser_site import HUNG, LATER, PLAIN, SENTENCE, SLOW, STORY, BrowserSite
from tests.scripted import PATIENCE, Ran, command, environment, run_cleancopy

sync_playwright = pytest.importorskip("playwright.sync_api", reason="the browser is an extra").sync_playwright
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")

SITE_FILE = """home: {url}/
crawl: {{browser: {use}, delay: 0, allow_private: true}}
browser: {{click: ["#accept"], scrolls: 20, seconds: {seconds}, screenshot: true}}
"""


@dataclass
class Crawled:
    """One crawl of pages, and what came of it."""

    folder: Path
    site: BrowserSite
    ran: Ran
    asked: list[str]

    @property
    def warcs(self) -> list[Path]:
        return sorted((self.folder / "c/archive").glob("*.warc.gz"))

    def of_type(self, kind: str) -> list[WarcRecord]:
        return [record for warc in self.warcs for record in read_warc(warc) if record.type == kind]

    def records(self) -> list[Record]:
        paths = sorted((self.folder / "c/records").glob("*.jsonl"))
        return [record for path in paths for record in read_records(path)]

    def path(self, url: str) -> str:
        return url.removeprefix(self.site.url)


def crawl(folder: Path, site: BrowserSite, *paths: str, use: str = "always", seconds: int = 60) -> Crawled:
    (folder / "sites").mkdir(exist_ok=True)
    (folder / "sites/127.0.0.1.yaml").write_text(SITE_FILE.format(url=site.url, use=use, seconds=seconds))
    (folder / "urls.txt").write_text("".join(f"{site.url}{path}\n" for path in paths))
    before = len(site.server.log)
    ran = run_cleancopy(folder, "crawl", "--urls", "urls.txt", "--collection", "c", "--sites", "sites")
    return Crawled(folder, site, ran, site.asked()[before:])


@pytest.fixture(scope="module")
def site() -> Iterator[BrowserSite]:
    made = BrowserSite()
    with made.server:
        yield made


@pytest.fixture(scope="module")
def story(site: BrowserSite, tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    crawled = crawl(tmp_path_factory.mktemp("story"), site, STORY)
    assert crawled.ran.code == 0, crawled.ran.err
    return crawled


def test_every_answer_is_kept_as_it_was_sent(story: Crawled) -> None:
    kept = {story.path(record.url): record.block for record in story.of_type("response")}
    assert kept == {path: story.site.sent(path) for path in kept}
    assert sorted(kept) == sorted(set(story.asked)), "nothing came that is not kept"
    assert {"/sw.js", "/sw.json", "/worker.js", "/worker.json", "/moved.json", "/more.json"} <= kept.keys()
    sent = {story.path(record.url): record for record in story.of_type("request")}
    assert method_of(sent["/graphql"].block) == "POST"
    assert sent["/graphql"].block.endswith(b"\r\n\r\n\x00\xff\n")
    assert b"Cookie: a=1; b=2" in sent["/story.json"].block
    agents = {re.search(rb"User-Agent: ([^\r]*)", record.block)[1] for record in sent.values()}  # type: ignore[index]
    assert len(agents) == 1
    assert agents.pop().startswith(b"cleancopy/")


def test_what_must_not_go_out_does_not(story: Crawled) -> None:
    assert not {"/beacon", "/socket", "/forbidden.json", "/private.json"} & set(story.asked)
    assert story.asked.count(STORY) == 1, "the page itself is asked for once"


def test_the_record_is_made_of_what_the_browser_shows(story: Crawled) -> None:
    (record,) = story.records()
    for of in ("a redirect", "a POST", "a web worker", "a service worker", "a stream", "below", "consent"):
        assert f"This came from {of}." in record.text, of
    assert "What was cut failed, as it should." in record.text
    assert "What robots.txt forbids failed." in record.text
    assert "The address that nobody allowed failed." in record.text
    assert any("This stood in the shadow." in block.text for block in record.blocks)
    assert not any("switch scripts on" in block.text for block in record.blocks)
    assert record.title == "Gulls came back"
    assert record.rights.x_robots_tag == "noai", "what the answer's headers said holds"
    (page,) = (one for one in story.of_type("response") if story.path(one.url) == STORY)
    assert record.rendering
    assert record.rendering.browser.startswith("Chromium/")
    assert (record.rendering.response, record.rendering.unfinished) == (page.id, None)
    assert record.http.status == 200
    (made,) = story.of_type("conversion")
    assert record.warc
    assert (record.id, record.warc.offset, record.url) == (made.id, made.offset, page.url)
    assert made.field("WARC-Date") == page.field("WARC-Date"), "players look for the page by it"
    assert made.field("WARC-Refers-To") == f"<urn:uuid:{page.id}>"


def test_a_picture_is_kept_out_of_the_way(story: Crawled) -> None:
    (picture,) = story.of_type("resource")
    assert picture.url == f"urn:view:{story.site.url}{STORY}"
    assert picture.block.startswith(b"\x89PNG")
    index = (story.folder / "c/indexes/index.cdxj").read_text()
    assert "urn:view" not in index
    assert index.count(f'"url": "{story.site.url}{STORY}"') == 1


def test_it_all_agrees(story: Crawled) -> None:
    lines = {path.name: path.read_bytes() for path in (story.folder / "c/records").glob("*.jsonl")}
    checked = run_cleancopy(story.folder, "verify", "c")
    assert (checked.code, checked.out) == (0, ""), checked.err
    again = run_cleancopy(story.folder, "extract", "c", "--sites", "sites")
    assert again.code == 0, again.err
    assert {path.name: path.read_bytes() for path in (story.folder / "c/records").glob("*.jsonl")} == lines
    (record,) = story.records()
    found = run_cleancopy(story.folder, "source", "c", record.id)
    assert found.code == 0, found.err


def test_the_run_tells_of_it(story: Crawled) -> None:
    assert "1 articles, 1 records, 1 loaded in a browser, " in story.ran.err
    report = json.loads(next((story.folder / "c/crawls").glob("*.json")).read_text())
    assert report["counts"]["rendered"] == 1
    assert report["counts"]["browser_requests"] >= 15


@pytest.fixture(scope="module")
def others(site: BrowserSite, tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    crawled = crawl(tmp_path_factory.mktemp("others"), site, HUNG, SLOW, LATER, seconds=5)
    assert crawled.ran.code == 0, crawled.ran.err
    return crawled


def test_a_page_that_never_rests_is_taken_as_it_is(others: Crawled) -> None:
    by_path = {others.path(record.requested_url or ""): record for record in others.records()}
    for path, text in ((HUNG, "Wait."), (SLOW, SENTENCE.strip())):
        record = by_path[path]
        assert text in [block.text for block in record.blocks]
        assert record.rendering
        assert (record.rendering.unfinished, record.extraction.warning_kinds[-1:]) == ("time", ("unfinished",))


def test_a_page_that_a_script_leads_to_is_the_one_that_is_recorded(others: Crawled) -> None:
    (record,) = (one for one in others.records() if others.path(one.requested_url or "") == LATER)
    (shown,) = (one for one in others.of_type("response") if others.path(one.url) == PLAIN)
    assert record.rendering
    assert (others.path(record.url or ""), record.rendering.response) == (PLAIN, shown.id)
    assert "The harbour office" in record.text


def test_only_empty_pages_are_loaded_where_that_is_wanted(site: BrowserSite, tmp_path: Path) -> None:
    crawled = crawl(tmp_path, site, PLAIN, LATER, use="when-empty")
    assert crawled.ran.code == 0, crawled.ran.err
    rendered = {crawled.path(record.requested_url or ""): record.rendering is not None for record in crawled.records()}
    assert rendered == {PLAIN: False, LATER: True}
    assert "/none.js" not in crawled.asked[: crawled.asked.index(LATER)]
    captures = [capture for warc in crawled.warcs for capture in read_captures(warc) if capture.has_record]
    assert [capture.origin.purpose for capture in captures] == [Purpose.ARTICLE] * 2
    assert run_cleancopy(tmp_path, "verify", "c").code == 0


def replayed(url: str, awaited: str) -> str:
    """The document in pywb's frame, once it holds what is awaited."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--disable-gpu"])
        page = browser.new_page()
        page.goto(url)
        frame = page.frame_locator("iframe")
        frame.locator(awaited).wait_for(timeout=PATIENCE * 1000)
        shown = frame.locator("html").evaluate("root => root.outerHTML")
        browser.close()
    return str(shown)


def test_replay_shows_the_story(story: Crawled) -> None:
    pytest.importorskip("pywb", reason="replay is an extra")
    arguments = command("replay", story.folder / "c", "--port", 0)
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment()) as process:
        assert process.stdout
        try:
            address = process.stdout.readline().decode().strip()
            before = len(story.site.server.log)
            shown = replayed(f"{address}2026/{story.site.url}{STORY}", "text=This came from a redirect.")
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)
    assert len(story.site.server.log) == before, "nothing comes from the live site"
    assert "<h1>Gulls came back</h1>" in shown
    assert f"4. {SENTENCE * 3}" in shown
