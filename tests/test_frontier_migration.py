"""A frontier that an earlier version wrote, with sentences where there are kinds now."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archive.collection.failure import Failed, FailureKind
from archive.collection.folder import Collection
from archive.collection.pending_takedown import Stage, settle
from archive.exchange import Origin, Purpose
from crawler.frontier.entry import Entry
from crawler.frontier.forgetting import forget
from crawler.frontier.renewal import MOST_RUNS
from crawler.frontier.table import Frontier
from crawler.frontier.tables import meant
from crawler.frontier.wanted import Wanted

#: The tables as version 1 made them.
VERSION_1 = """
CREATE TABLE frontier (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, url TEXT NOT NULL, host TEXT NOT NULL, purpose TEXT NOT NULL,
    origin TEXT NOT NULL, site TEXT NOT NULL, hops INTEGER NOT NULL DEFAULT 0, target TEXT,
    priority INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'leased', 'held', 'done', 'failed', 'gone')),
    attempts INTEGER NOT NULL DEFAULT 0, due REAL NOT NULL DEFAULT 0, reason TEXT, status INTEGER, etag TEXT,
    last_modified TEXT, changed REAL NOT NULL DEFAULT 0, captured REAL, gone INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX frontier_next ON frontier (host, state, priority DESC, id);
CREATE INDEX frontier_of_site ON frontier (site, state, changed);
CREATE INDEX frontier_queued ON frontier (due) WHERE state = 'queued';
CREATE INDEX frontier_lists ON frontier (site, host, state, priority DESC, id)
    WHERE purpose NOT IN ('article', 'requisite');
CREATE TABLE resting (host TEXT PRIMARY KEY, until REAL NOT NULL);
CREATE TABLE accounted (warc TEXT PRIMARY KEY);
CREATE TABLE lists_read_with (site TEXT PRIMARY KEY, digest TEXT NOT NULL);
PRAGMA user_version = 1;
"""
#: What stood there as reason, status and attempts, what it means, and whether a later run asks again.
MEANT = [
    ("the host name is not known", None, 1, FailureKind.DNS, True),
    ("the server refused the connection (3 tries)", None, 3, FailureKind.CONNECTION, True),
    ("the server closed the connection", None, 1, FailureKind.CONNECTION, True),
    ("the server did not answer in time", None, 1, FailureKind.TIMEOUT, True),
    ("the server sent less than it promised (2 tries)", None, 2, FailureKind.CUT, True),
    (
        "the page is larger than the limit; what came is captured, no record is made of it (3 tries)",
        None,
        3,
        FailureKind.TOO_LARGE,
        True,
    ),
    ("robots.txt forbids it", None, 1, FailureKind.ROBOTS, False),
    (
        "robots.txt cannot be read (HTTP 500), so that the site counts as forbidding everything",
        None,
        1,
        FailureKind.ROBOTS_UNREADABLE,
        True,
    ),
    ("RequestRefusedError: 10.0.0.1 is not public", None, 1, FailureKind.PRIVATE_ADDRESS, True),
    (
        "RequestRefusedError: a capture is not made through a proxy, which may change what it passes on",
        None,
        1,
        FailureKind.PROXY,
        True,
    ),
    ("redirected to mailto:x, which is not http or https", 302, 1, FailureKind.REDIRECT, False),
    ("redirected in a loop, to http://gull.example/a", 302, 1, FailureKind.REDIRECT_LOOP, False),
    ("redirected more than 10 times, last to http://gull.example/a", 301, 1, FailureKind.REDIRECT_LIMIT, False),
    ("a test for robots came instead of the page (HTTP 403)", None, 1, FailureKind.CAPTCHA, True),
    ("a consent wall came instead of the page (HTTP 200)", None, 1, FailureKind.CONSENT_WALL, True),
    ("a refusal came instead of the page (HTTP 200)", None, 1, FailureKind.REFUSED, True),
    ("reading it failed: ValueError: {nothing} in it", 200, 1, FailureKind.UNREADABLE, False),
    ("HTTP 403", 403, 1, FailureKind.REFUSED, True),
    ("HTTP 403", 403, MOST_RUNS, FailureKind.REFUSED, False),
    ("HTTP 451", 451, 1, FailureKind.REFUSED, False),
    ("HTTP 429 (3 tries)", 429, 3, FailureKind.RATE_LIMITED, True),
    ("HTTP 404", 404, 1, FailureKind.NOT_FOUND, False),
    ("HTTP 503 (3 tries)", 503, 3, FailureKind.HTTP_ERROR, True),
    ("HTTP 408 (3 tries)", 408, 3, FailureKind.HTTP_ERROR, False),
    ("taken down", None, 1, FailureKind.TAKEN_DOWN, False),
    ("ConnectError: no route {to} host (3 tries)", None, 3, FailureKind.OTHER, True),
]


def earlier(path: Path, rows: list[tuple[object, ...]]) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.executescript(VERSION_1)
        for number, (state, reason, status, attempts, target) in enumerate(rows):
            url = f"http://gull.example/{number}"
            db.execute(
                "INSERT INTO frontier (key, url, host, purpose, origin, site, target, state, attempts, reason, status, "
                "changed) VALUES (?, ?, 'gull.example', 'article', '{\"purpose\": \"article\"}', 'gull.example', ?, "
                "?, ?, ?, ?, 5)",
                (url, url, target, state, attempts, reason, status),
            )
        db.commit()


def test_sentences_of_the_first_version_become_kinds_and_are_told_as_before(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    earlier(path, [("failed", reason, status, attempts, None) for reason, status, attempts, *_ in MEANT])
    for _ in range(2):
        frontier = Frontier(path)
        failures = [why for _, why in frontier.questions.failures(0, 100)]
        frontier.close()
        assert [why.kind for why in failures] == [kind for *_, kind, _ in MEANT]
        # What is cut has a record today, and is asked for once.
        now = "the page is larger than the limit; what came of it is captured"
        told = [now if kind is FailureKind.TOO_LARGE else reason for reason, _, _, kind, _ in MEANT]
        assert [why.sentence for why in failures] == told


@pytest.mark.parametrize(("reason", "status", "attempts", "kind", "again"), MEANT)
def test_what_is_asked_for_again_is_as_it_was(
    tmp_path: Path, reason: str, status: int | None, attempts: int, kind: FailureKind, again: bool
) -> None:
    earlier(tmp_path / "state.sqlite", [("failed", reason, status, attempts, None)])
    frontier = Frontier(tmp_path / "state.sqlite")
    assert frontier.renewal.retry_failed() == again, kind
    frontier.close()


@pytest.mark.parametrize(("kind", "again"), [(FailureKind.CONSENT_WALL, True), (FailureKind.NOT_FOUND, False)])
def test_what_led_to_a_wall_is_asked_for_again(tmp_path: Path, kind: FailureKind, again: bool) -> None:
    reason = next(reason for reason, _, _, one, _ in MEANT if one is kind)
    wall = "http://gull.example/1"
    earlier(tmp_path / "state.sqlite", [("done", None, 302, 0, wall), ("failed", reason, None, 1, None)])
    frontier = Frontier(tmp_path / "state.sqlite")
    frontier.renewal.retry_failed()
    assert ("http://gull.example/0" in [entry.url for entry in frontier.questions.articles()]) is again
    frontier.close()


def test_what_the_first_version_knew_of_captures_stays(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    earlier(path, [("done", None, 200, 0, None), ("done", None, 200, 0, None)])
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE frontier SET captured = 1 WHERE id = 1")
        db.commit()
    Frontier(path).close()
    with closing(sqlite3.connect(path)) as db:
        assert list(db.execute("SELECT captured FROM frontier ORDER BY id")) == [(1.0,), (None,)]
        assert "reason" not in [name for _, name, *_ in db.execute("PRAGMA table_info(frontier)")]


def test_a_sentence_that_nobody_wrote_is_kept_as_it_is() -> None:
    assert meant("something else", None) == Failed(FailureKind.OTHER, None, "something else")


def test_a_takedown_from_a_frontier_of_the_first_version_is_known_as_one(tmp_path: Path) -> None:
    earlier(tmp_path / "state.sqlite", [("failed", "HTTP 503", 503, 1, None), ("done", None, 200, 0, None)])
    stage = Stage(tmp_path)
    forget(Collection(tmp_path), stage, lambda url: url.endswith("/0"))
    stage.decide()
    settle(tmp_path)
    frontier = Frontier(tmp_path / "state.sqlite")
    assert frontier.questions.failures(0, 10) == [("http://gull.example/0", Failed(FailureKind.TAKEN_DOWN))]
    assert frontier.renewal.retry_failed() == 0
    frontier.close()


def test_an_index_of_lists_from_before_stories_had_pages_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    Frontier(path).close()
    db = sqlite3.connect(path)
    db.execute("DROP INDEX frontier_lists")
    old = "purpose NOT IN ('article', 'requisite')"
    db.execute(f"CREATE INDEX frontier_lists ON frontier (site, host, state, priority DESC, id) WHERE {old}")
    db.execute("PRAGMA user_version = 2")
    db.commit()
    db.close()
    frontier = Frontier(path)
    url = "http://a.example/story?page=2"
    frontier.add(Entry(f"{url}#first", url, Origin(Purpose.PAGE, "story", page=2, story="first"), "a.example"))
    assert frontier.lease(1.0, 1, Wanted.LISTS) is None
    found = frontier.lease(1.0, 1, Wanted.NEEDED)
    assert found is not None
    assert (found.url, found.origin.page, found.origin.story) == (url, 2, "first")
    frontier.close()
