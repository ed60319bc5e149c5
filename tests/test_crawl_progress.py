"""A crawl under way, host by host."""

import time
from pathlib import Path

import pytest

from archive.collection.failure import Failed, FailureKind
from archive.collection.folder import Collection
from archive.exchange import Origin
from archive.operations.crawl_progress import HostProgress, progress_of
from crawler.frontier.entry import Entry
from crawler.frontier.table import Frontier
from tests.scripted import Run

NOW = 1_790_000_000.0


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    """One whose frontier was left in the middle of a crawl."""
    made = Collection(tmp_path / "c")
    made.create()
    frontier = Frontier(made.state)
    for host, count in (("gull.example", 4), ("tern.example", 2), ("auk.example", 1)):
        for number in range(count):
            url = f"http://{host}/{number}"
            frontier.add(Entry(url, url, Origin(), host))
    for site in ("gull.example", "gull.example", "tern.example", "auk.example"):
        entry = frontier.lease(NOW - 30, 1, site=site)
        assert entry
        if site == "tern.example":
            frontier.again(entry, Failed(FailureKind.TIMEOUT), due=NOW + 30)
        else:
            frontier.done(entry, status=200, etag=None, last_modified=None, now=NOW - 20)
    entry = frontier.lease(NOW - 10, 1, site="gull.example")
    assert entry
    frontier.commit(frontier.finished())
    frontier.pause("tern.example", NOW + 60)
    frontier._db.close()
    return made


def test_each_host_has_its_queue_its_rate_and_what_it_waits_for(collection: Collection) -> None:
    tern, gull, auk = progress_of(collection, NOW)
    assert gull == HostProgress("gull.example", 1, 1, 2, 0, 2, 0.0, None, False)
    assert tern == HostProgress("tern.example", 2, 0, 0, 0, 0, NOW + 60, "timeout", False)
    assert auk.state(NOW, running=True) == "done"
    assert gull.state(NOW, running=True) == "is asked"
    assert tern.state(NOW, running=True) == "waits until 2026-09-21 14:14:20 UTC (timeout)"
    assert tern.state(NOW + 61, running=True) == "waits for its turn (timeout)"
    assert tern.state(NOW, running=False) == "left for the next run"
    assert progress_of(collection, NOW + 61)[1].last_minute == 0


def test_a_collection_that_was_never_crawled_has_no_hosts(tmp_path: Path) -> None:
    made = Collection(tmp_path)
    made.create()
    assert progress_of(made, NOW) == []


def test_the_command_says_who_crawls(collection: Collection, cleancopy: Run) -> None:
    idle = cleancopy("crawl", "--status", "--collection", "c")
    assert idle.code == 0
    assert idle.err.startswith("Nobody crawls into it now: 3 URLs waiting at 3 hosts, 0 done in the last minute.")
    assert "tern.example\tleft for the next run\t2\t0\t0\t0\t0" in idle.out
    with collection.lock():
        busy = cleancopy("crawl", "--status", "--collection", "c")
    assert busy.err.startswith("It is in use by process ")
    assert "gull.example\tis asked\t1\t1\t2\t0\t0" in busy.out
    assert cleancopy("crawl", "--status").code == 2
    assert time.time() > NOW
