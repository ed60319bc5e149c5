"""When captured articles are asked for again, and what comes of it."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from archive.collection.failure import Failed
from archive.exchange import Origin, Purpose
from archive.records import read_records
from archive.sites import seconds_of
from crawler.frontier.entry import Entry
from crawler.frontier.table import Frontier
from crawler.frontier.wanted import Wanted
from tests.scripted import Answer, Run, ScriptedSite, story

NOW = 1_790_000_000.0
HOUR, DAY = 3600.0, 86_400.0
AGES = [seconds_of(age) for age in ("1h", "1d", "7d", "30d")]
SITE = "a.example"
FAST = ("--delay", 0, "--allow-private")


@pytest.fixture
def frontier(tmp_path: Path) -> Iterator[Frontier]:
    opened = Frontier(tmp_path / "state.sqlite")
    yield opened
    opened.close()


def article(path: str = "/1", purpose: Purpose = Purpose.ARTICLE) -> Entry:
    url = f"http://{SITE}{path}"
    return Entry(url, url, Origin(purpose, "feed"), SITE)


def fetch(frontier: Frontier, now: float, status: int = 200) -> Entry | None:
    entry = frontier.lease(now, 10)
    if entry:
        frontier.done(entry, status=status, etag='"1"', last_modified=None, now=now)
        frontier.commit(frontier.finished())
    return entry


def test_an_article_is_due_at_each_age_once(frontier: Frontier) -> None:
    frontier.add(article())
    fetch(frontier, NOW)
    asked = []
    for hour in range(40 * 24):
        now = NOW + hour * HOUR
        if frontier.renewal.revisit(SITE, AGES, now, priority=-1):
            entry = fetch(frontier, now, status=304)
            assert entry is not None
            assert (entry.etag, entry.captured) == ('"1"', NOW)
            asked.append(hour)
    assert asked == [1, 24, 7 * 24, 30 * 24]


def test_what_was_missed_is_made_up_for_once(frontier: Frontier) -> None:
    frontier.add(article())
    fetch(frontier, NOW)
    assert frontier.questions.due_later(SITE, AGES) == 1
    assert frontier.renewal.revisit(SITE, AGES, NOW + 40 * DAY, priority=-1) == 1
    fetch(frontier, NOW + 40 * DAY)
    assert frontier.renewal.revisit(SITE, AGES, NOW + 400 * DAY, priority=-1) == 0
    assert frontier.questions.due_later(SITE, AGES) == 0


def test_only_captured_articles_of_sites_with_a_policy_are_due(frontier: Frontier) -> None:
    frontier.add(article("/moved"))
    fetch(frontier, NOW, status=301)
    frontier.add(article("/feed", Purpose.FEED))
    fetch(frontier, NOW)
    assert frontier.renewal.revisit(SITE, AGES, NOW + DAY, priority=-1) == 0
    frontier.add(article("/2"))
    fetch(frontier, NOW)
    assert frontier.renewal.revisit(SITE, [], NOW + DAY, priority=-1) == 0
    assert frontier.renewal.revisit("b.example", AGES, NOW + DAY, priority=-1) == 0
    assert frontier.renewal.revisit(SITE, AGES, NOW + DAY, priority=-1) == 1


def test_new_articles_come_before_those_that_are_due_again(frontier: Frontier) -> None:
    frontier.add(article("/old"))
    fetch(frontier, NOW)
    frontier.renewal.revisit(SITE, AGES, NOW + DAY, priority=-1)
    frontier.add(article("/new"))
    assert frontier.waiting(NOW + DAY, Wanted.NEW_ARTICLES, most=5) == 1
    assert [entry.url[-4:] for entry in (fetch(frontier, NOW + DAY), fetch(frontier, NOW + DAY)) if entry] == [
        "/new",
        "/old",
    ]


def test_a_revisit_under_way_survives_a_crash(tmp_path: Path) -> None:
    frontier = Frontier(tmp_path / "state.sqlite")
    frontier.add(article())
    fetch(frontier, NOW)
    frontier.renewal.revisit(SITE, AGES, NOW + DAY, priority=-1)
    assert frontier.lease(NOW + DAY, 1)
    frontier.commit()
    again = Frontier(tmp_path / "state.sqlite")
    entry = again.lease(NOW + DAY, 1)
    assert entry is not None
    assert (entry.captured, entry.etag) == (NOW, '"1"')
    again.close()


def test_an_article_that_is_gone_is_asked_for_once_more_and_then_no_more(frontier: Frontier) -> None:
    frontier.add(article())
    for time, due in ((NOW, 0), (NOW + 2 * DAY, 1), (NOW + 4 * DAY, 0)):
        assert frontier.renewal.ask_gone_again(SITE, before=time - DAY) == due
        if entry := frontier.lease(time, 1):
            frontier.gone(entry, Failed.of_status(404), now=time)
    assert frontier.questions.counts() == {"gone": 1}
    assert [(url, why.sentence) for url, why in frontier.questions.failures(NOW, 10)] == [
        (f"http://{SITE}/1", "HTTP 404")
    ]
    assert frontier.renewal.retry_failed() == 0


def test_a_frontier_of_an_earlier_version_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(
            "CREATE TABLE frontier (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, url TEXT NOT NULL, "
            "host TEXT NOT NULL, purpose TEXT NOT NULL, origin TEXT NOT NULL, site TEXT NOT NULL, "
            "hops INTEGER NOT NULL DEFAULT 0, target TEXT, priority INTEGER NOT NULL DEFAULT 0, "
            "state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'leased', 'done', 'failed')), "
            "attempts INTEGER NOT NULL DEFAULT 0, due REAL NOT NULL DEFAULT 0, reason TEXT, status INTEGER, etag TEXT, "
            "last_modified TEXT, changed REAL NOT NULL DEFAULT 0);"
            "CREATE INDEX frontier_next ON frontier (host, state, priority DESC, id);"
        )
        values = """(?, ?, ?, ?, ?, '{"purpose": "article"}', ?, 0, NULL, 0, ?, 0, 0, NULL, ?, ?, NULL, ?)"""
        rows = [(1, "done", 200, '"1"'), (2, "leased", None, None), (3, "failed", 404, None), (4, "done", 301, None)]
        for number, state, status, etag in rows:
            url = f"http://{SITE}/{number}"
            db.execute(
                f"INSERT INTO frontier VALUES {values}",
                (number, url, url, SITE, "article", SITE, state, status, etag, NOW),
            )
        db.commit()
    for _ in range(2):
        frontier = Frontier(path)
        assert frontier.questions.counts() == {"done": 2, "failed": 1, "queued": 1}
        frontier.close()
    frontier = Frontier(path)
    assert frontier.renewal.revisit(SITE, AGES, NOW + DAY, priority=-1) == 1
    due = [entry for entry in frontier.questions.articles() if entry.captured]
    assert [(entry.url, entry.etag, entry.captured) for entry in due] == [(f"http://{SITE}/1", '"1"', NOW)]
    frontier.close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(Exception, match="was written by a later version"):
        Frontier(path)


def shift(collection: Path, seconds: float) -> None:
    """As if what happened had happened so much earlier."""
    with closing(sqlite3.connect(collection / "state.sqlite")) as db:
        db.execute("UPDATE frontier SET captured = captured - ?1, changed = changed - ?1", (seconds,))
        db.commit()


def report(collection: Path) -> dict[str, Any]:
    return dict(json.loads(max((collection / "crawls").glob("*.json")).read_text()))


def link(site: ScriptedSite, number: int) -> str:
    return f"{site.url}/2026/story-{number}"


def put_in_feed(site: ScriptedSite, count: int) -> None:
    items = "".join(f"<item><title>S</title><link>{link(site, number)}</link></item>" for number in range(count))
    site.page("/feed.xml", f"<rss version='2.0'><channel>{items}</channel></rss>", Content_Type="text/xml")


def publish_three(site: ScriptedSite, site_file: Path) -> None:
    """Stories in a feed, the first with an ETag, that are to be asked for again after an hour and a day."""

    def tagged(handler: BaseHTTPRequestHandler) -> None:
        known = handler.headers.get("If-None-Match") == '"one"'
        body = b"" if known else story("Tagged").encode()
        site.send(handler, Answer(body, 304 if known else 200, {"ETag": '"one"', "Content-Type": "text/html"}))

    site.pages["/2026/story-0"] = tagged
    site.page("/2026/story-1", story("First words"))
    site.page("/2026/story-2", story("Soon gone"))
    put_in_feed(site, 3)
    site_file.write_text(json.dumps({"home": site.url, "discover": {"feeds": ["/feed.xml"]}, "revisit": ["1h", "1d"]}))


def test_a_crawl_asks_for_what_is_new_or_due_and_history_shows_it(
    tmp_path: Path, site: ScriptedSite, cleancopy: Run
) -> None:
    collection = tmp_path / "c"
    publish_three(site, tmp_path / "localhost.yaml")
    said: list[str] = []

    def crawl(*options: str) -> list[str]:
        before = len(site.paths())
        ran = cleancopy("crawl", "localhost.yaml", "--collection", "c", *FAST, *options)
        assert ran.code == 0, ran.err
        said.append(ran.err)
        return [path.rpartition("-")[2] for path in site.paths()[before:] if path.startswith("/2026")]

    assert sorted(crawl()) == ["0", "1", "2"]
    assert report(collection)["frontier"] == {"done": 4, "due_later": 3}
    assert crawl() == [], "nothing is due yet"
    shift(collection, HOUR)
    site.page("/2026/story-1", story("Other words"))
    site.page("/2026/story-2", "gone", status=410)
    site.page("/2026/story-3", story("New"))
    put_in_feed(site, 4)
    assert sorted(crawl()) == ["0", "1", "2", "3"]
    told = report(collection)
    assert told["counts"]["revisits_due"] == 3
    assert told["counts"]["not_modified"] == 1
    mine = told["sites"]["localhost"]
    assert (mine["found"], mine["fetched"], mine["revised"], mine["unchanged"], mine["gone"]) == (1, 2, 1, 1, 1)
    assert (told["frontier"]["gone"], mine["failed"]) == (1, {}), "taken away, which is no failure of the crawl"
    assert "Asked again for 2 articles: 1 of them changed, 1 did not." in said[-1]
    shift(collection, 2 * DAY)
    assert sorted(crawl()) == ["0", "1", "2", "3"], "the one that is gone is asked once more"
    shift(collection, 5 * DAY)
    assert crawl() == []
    titles = [record.title for path in (collection / "records").glob("*.jsonl") for record in read_records(path)]
    assert sorted(map(str, titles)) == ["First words", "New", "Other words", "Soon gone", "Tagged"]
    first = cleancopy("history", "c", link(site, 0))
    assert re.search(r"3 captures, 0 with changes", first.out), first.out
    second = cleancopy("history", "c", link(site, 1))
    assert re.search(r"3 captures, 1 with changes", second.out), second.out
    assert "{+Other+}" in second.out or "Other words" in second.out
    assert cleancopy("verify", "c").code == 0
    assert sorted(crawl("--fresh")) == ["0", "1", "2", "3"], "--fresh starts over, without conditions"
    assert "If-None-Match" not in site.hits[-1][2]
