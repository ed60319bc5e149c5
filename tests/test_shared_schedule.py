"""One schedule that processes on several machines keep: its tables on a server, who decides, and what the others do."""

import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from archive.collection.folder import Collection
from archive.operations.schedule_store import ALL, KeptRun, ScheduleStore
from archive.operations.scheduled_run import Run, RunOutcome
from archive.operations.shared_progress import shared_workers
from archive.operations.shared_schedule import OnServer, open_schedule, schedulers
from archive.pipeline.captures import read_captures
from benchmarks.postgres_server import PostgresServer, programs
from crawler.frontier.shared.orders import Orders
from crawler.frontier.shared.seat import Seat, SeatLostError
from crawler.frontier.shared.server import Server
from tests.scripted import PATIENCE, ScriptedSite, command, environment, story
from tests.scripted import Run as Command

pytestmark = pytest.mark.skipif(programs() is None, reason="PostgreSQL (initdb, pg_ctl) is not installed")
NOW = datetime(2026, 11, 29, 6, tzinfo=UTC)
PAGES = 5
_schemas = count()


@pytest.fixture
def server(postgres: PostgresServer) -> Iterator[Server]:
    with closing(Server(postgres.new(f"kept_{next(_schemas)}"), patience=20)) as made:
        yield made


def test_the_tables_on_a_server_are_those_of_the_file(server: Server) -> None:
    store = ScheduleStore(OnServer(server))
    store.set_sites({"a.example": KeptRun("{}", NOW), "b.example": KeptRun("{}", None)})
    assert store.sites() == {"a.example": KeptRun("{}", NOW), "b.example": KeptRun("{}", None)}
    run = store.begin("a.example", NOW, NOW + timedelta(hours=6), missed=2)
    assert store.sites()["a.example"].due == NOW + timedelta(hours=6)
    before = store.version()
    for site in ("b.example", "a.example", "b.example"):
        store.ask(site, NOW)
    assert store.version() != before
    assert store.asked() == ["b.example", "a.example"]
    assert store.begin_asked("a.example", NOW) is None, "one is under way"
    begun = store.part_begins(run.id, NOW, "20261129060000000-a.example")
    assert (begun.started, begun.parts, begun.missed) == (NOW, 1, 2)
    store.part_ends(run.id, 7, 1)
    assert store.articles_since("a.example", NOW) == 7
    ended = store.end(run.id, NOW + timedelta(minutes=1), RunOutcome.FINISHED)
    assert (ended.articles, ended.failed, ended.outcome) == (7, 1, RunOutcome.FINISHED)
    assert (store.under_way(), store.history("a.example")) == ([], [ended])
    store.pause(ALL, NOW)
    store.pause(ALL, NOW + timedelta(days=1))
    assert store.paused() == {ALL: NOW}
    store.resume(ALL)
    store.forget(NOW + timedelta(days=1))
    assert (store.paused(), store.ended_since(NOW)) == ({}, [])


def test_one_process_decides_and_another_once_it_is_silent(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.frontier.shared.seat.LEASE", 0.5)
    first, second = Seat(server), Seat(server)
    assert (first.claim(), second.claim(), first.claim()) == (True, False, True)
    store = ScheduleStore(OnServer(server, first.require))
    store.set_sites({"a.example": KeptRun("{}", NOW)})
    Orders(server, first).give("a.example", "{}")
    time.sleep(0.6)
    assert second.claim(), "the first was not heard of for longer than a lease"
    with pytest.raises(SeatLostError):
        store.begin("a.example", NOW, None)
    with pytest.raises(SeatLostError):
        Orders(server, first).withdraw("a.example")
    assert store.under_way() == [], "what the first still does is refused"
    assert not first.claim()
    second.leave()
    assert first.claim()


@pytest.fixture
def sites() -> Iterator[list[ScriptedSite]]:
    """Two sites with a feed each."""
    made = [ScriptedSite(f"127.0.0.{number}") for number in (12, 13)]
    for site in made:
        for page in range(PAGES):
            site.page(path_of(page), story(f"Story {page} of {site.url}", 150))
        items = "".join(
            f"<item><title>{page}</title><link>{site.url}{path_of(page)}</link></item>" for page in range(PAGES)
        )
        feed = f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>"
        site.page("/feed.xml", feed, Content_Type="application/rss+xml")
    yield made
    for site in made:
        site.close()


def path_of(number: int) -> str:
    return f"/2026/11/25/a-story-with-number-{number}.html"


def machine(folder: Path, sites: list[ScriptedSite], frontier: str) -> Collection:
    """A folder of one machine's own."""
    collection = Collection(folder / "c")
    collection.create()
    named = ""
    for site in sites:
        domain = site.url.split("/")[2].partition(":")[0]
        named += f"  {domain}:\n"
        (collection.sites / f"{domain}.yaml").write_text(
            f"home: {site.url}/\ndiscover: {{feeds: [/feed.xml]}}\ncrawl: {{delay: 0.1, allow_private: true}}\n"
        )
    alarms = "alarms: {disk_free: 1 MB, webhooks: 'http://127.0.0.1:9/'}"
    collection.settings.write_text(f"frontier: {frontier}\nschedule: 0 0 1 1 *\nsites:\n{named}{alarms}\n")
    return collection


def start(collection: Collection) -> subprocess.Popen[str]:
    with (collection.path / "said").open("a") as log:
        return subprocess.Popen(
            command("schedule", "run", "."),
            cwd=collection.path,
            env={**environment(), "CLEANCOPY_LEASE": "10"},
            stderr=log,
            text=True,
            start_new_session=True,
        )


def until(holds: Callable[[], object], *machines: Collection) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, [(one.path / "said").read_text() for one in machines]
        time.sleep(0.1)


def said(collection: Collection, text: str) -> bool:
    return text in (collection.path / "said").read_text()


def ended(collection: Collection) -> list[Run]:
    store = open_schedule(collection)
    assert store
    with closing(store):
        return store.history()


def test_machines_without_a_disk_in_common_keep_one_schedule(
    tmp_path: Path, postgres: PostgresServer, sites: list[ScriptedSite], cleancopy: Command
) -> None:
    frontier = postgres.new("machines")
    one, other = (machine(tmp_path / name, sites, frontier) for name in ("auk", "gull"))
    refused = cleancopy("schedule", "pause", one.path)
    assert (refused.code, "no schedule was kept over this shared frontier yet" in refused.err) == (2, True)
    gates = [site.gate(path_of(3)) for site in sites]
    processes = [start(one)]
    try:
        until(lambda: said(one, "Keeping the schedule of 2 sites"), one)
        processes.append(start(other))
        until(lambda: said(other, "joining in, and standing by"), one, other)
        until(lambda: all(path_of(3) in site.paths() for site in sites), one, other)
        until(lambda: len(shared_workers(frontier)) == 2, one, other)
        # A command would take longer, on a busy machine, than the pages are waited for.
        assert "asks 127.0.0.1" in " ".join(one.activity for one in shared_workers(frontier))
        assert [one.state for one in schedulers(frontier)] == ["keeps the schedule", "joins in, and stands by"]
        os.killpg(processes[0].pid, signal.SIGKILL)
        until(lambda: said(other, "Keeping the schedule"), one, other)
        for gate in gates:
            gate.set()
        until(lambda: len(ended(other)) == 2, one, other)
        assert {(run.outcome, run.articles) for run in ended(one)} == {(RunOutcome.FINISHED, PAGES)}
        fetched: Counter[str] = Counter()
        for collection in (one, other):
            for warc in collection.warcs():
                fetched.update(capture.url for capture in read_captures(warc) if capture.url.endswith(".html"))
        assert len(fetched) == 2 * PAGES
        assert fetched.total() <= 2 * PAGES + 4, "only what was under way at the kill is fetched again"

        assert cleancopy("schedule", "pause", one.path).code == 0
        assert cleancopy("schedule", "now", one.path, "127.0.0.12").code == 0
        time.sleep(2)
        assert len(ended(one)) == 2, "a pause holds on all machines"
        assert cleancopy("schedule", "resume", one.path).code == 0
        until(lambda: len(ended(one)) == 3, one, other)

        processes.append(start(one))
        until(lambda: len(schedulers(frontier)) == 3, one, other)
        status = cleancopy("schedule", "status", one.path)
        assert "keeps the schedule, since" in status.err
        assert "joins in, and stands by" in status.err
        assert status.out.count("\tidle\t") == 2
        written = {path.name for path in other.crawls.glob("*.json")}
        assert len({name.partition("-")[2] for name in written}) == 2
        until(lambda: written <= {path.name for path in one.crawls.glob("*.json")}, one, other)
        for process in processes[1:]:
            process.terminate()
        assert [process.wait(PATIENCE) for process in processes[1:]] == [0, 0]
    finally:
        for process in processes:
            process.kill()
            process.wait()
