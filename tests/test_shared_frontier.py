"""The frontier that workers share on a PostgreSQL server: whose a host is, and what is taken from whom."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import psycopg
import pytest

from archive.collection.failure import Failed
from archive.errors import CollectionError
from archive.exchange import Origin, Purpose
from archive.warc.sighting import Original, Sighting
from benchmarks.postgres_server import PostgresServer, programs
from crawler.frontier.entry import Entry
from crawler.frontier.shared import holding
from crawler.frontier.shared.catalogue import SharedPayloads
from crawler.frontier.shared.frontier import SharedFrontier
from crawler.frontier.shared.server import Server, migrate, migrations
from crawler.frontier.shared.work import Kind, Left, join, leave, look_again, reported
from crawler.frontier.store import HostLostError
from crawler.frontier.wanted import Wanted

pytestmark = pytest.mark.skipif(programs() is None, reason="PostgreSQL (initdb, pg_ctl) is not installed")
SITES = ["a.example", "b.example"]
Worker = Callable[[], SharedFrontier]
_schemas = count()


@pytest.fixture
def url(postgres: PostgresServer) -> str:
    return postgres.new(f"tables_{next(_schemas)}")


@pytest.fixture
def worker(url: str) -> Iterator[Worker]:
    """Makes workers of one run."""
    servers: list[Server] = []

    def made() -> SharedFrontier:
        servers.append(Server(url, patience=20))
        return SharedFrontier(servers[-1], join(servers[-1], f"w{len(servers)}", "run"), SITES)

    yield made
    for server in servers:
        server.close()


@pytest.fixture
def short_lease(monkeypatch: pytest.MonkeyPatch) -> float:
    """Seconds of a lease that a test can wait for."""
    for module in ("holding", "frontier", "work"):
        monkeypatch.setattr(f"crawler.frontier.shared.{module}.LEASE", 0.4)
    return 0.4


def entry(path: str, host: str = "a.example", purpose: Purpose = Purpose.ARTICLE, priority: int = 0) -> Entry:
    url = f"http://{host}{path}"
    return Entry(url, url, Origin(purpose, "feed", f"http://{host}/feed", "Ä title"), host, priority=priority)


def leased(frontier: SharedFrontier, most: int = 10, wanted: Wanted = Wanted.ALL) -> Entry:
    found = frontier.lease(frontier.now(), most, wanted)
    assert found
    return found


def fetch(frontier: SharedFrontier, found: Entry) -> None:
    frontier.done(found, status=200, etag='"e"', last_modified=None, now=frontier.now())


def rows(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as db:
        return db.execute(statement.encode()).fetchall()


def test_a_host_is_one_workers_alone(worker: Worker) -> None:
    one, other = worker(), worker()
    for path in ("/1", "/2"):
        one.add(entry(path))
    one.add(entry("/1", host="b.example"))
    one.commit()
    first = leased(one)
    second = leased(other)
    assert {first.host, second.host} == {"a.example", "b.example"}, "each has the share of one of two"
    assert other.waiting(other.now(), most=5) == 2, "what others have to do is waited for"


def test_what_was_fetched_counts_with_the_commit_and_what_was_found_with_it(worker: Worker, url: str) -> None:
    frontier = worker()
    frontier.add(entry("/feed", purpose=Purpose.FEED))
    found = leased(frontier)
    frontier.add(entry("/new"))
    fetch(frontier, found)
    assert frontier.finished() == 1
    assert rows(url, "SELECT state FROM frontier") == [("queued",)], "the new one is in memory still"
    frontier.commit(frontier.finished())
    assert rows(url, "SELECT key, state, etag FROM frontier ORDER BY id") == [
        ("http://a.example/feed", "done", '"e"'),
        ("http://a.example/new", "queued", None),
    ]
    assert not frontier.add(entry("/new"))
    assert leased(frontier).url == "http://a.example/new"
    assert frontier.lease(frontier.now(), 10) is None, "what is under way is queued, and not leased again"


def test_a_host_goes_to_another_worker_after_its_gap(worker: Worker) -> None:
    one, other = worker(), worker()
    one.add(entry("/1"))
    found = leased(one)
    one.pace("a.example", 0.5)
    one.add(entry("/2"))
    fetch(one, found)
    one.holding.hosts["a.example"].since = -holding.SLICE  # its turn is over
    one.commit(one.finished())
    given = time.monotonic()
    assert not one.holding.hosts
    while (second := other.lease(other.now(), 1)) is None:
        assert time.monotonic() < given + 10
        other.holding._look_at.clear()
        time.sleep(0.01)
    assert second.url == "http://a.example/2"
    assert time.monotonic() - given >= 0.45
    assert other.holding.hosts["a.example"].gap == 0.5, "the next one keeps it from the start"


def test_a_url_found_for_a_host_without_work_waits_for_the_gap_too(worker: Worker, url: str) -> None:
    one, other = worker(), worker()
    one.add(entry("/1"))
    found = leased(one)
    one.pace("a.example", 5)
    fetch(one, found)
    assert one.lease(one.now(), 1) is None
    one.commit(one.finished())
    assert rows(url, "SELECT holder, next_at FROM hosts") == [(None, float("inf"))], "it sleeps"
    other.add(entry("/2"))
    other.commit()
    ((wait,),) = rows(url, "SELECT next_at - EXTRACT(EPOCH FROM clock_timestamp())::float8 FROM hosts")
    assert 3 < float(str(wait)) <= 5
    assert other.lease(other.now(), 1) is None


def test_a_dead_workers_hosts_fall_free(worker: Worker, short_lease: float) -> None:
    dead, heir = worker(), worker()
    dead.add(entry("/1"))
    lost = leased(dead)
    fetch(dead, lost)  # and nothing of it is written down
    heir.holding._look_at.clear()
    assert heir.lease(heir.now(), 1) is None
    time.sleep(short_lease)
    heir.holding._look_at.clear()
    assert leased(heir).url == lost.url
    dead.commit(dead.finished())
    assert heir.questions.counts() == {"queued": 1}, "what the first one fetched is not taken from it any more"
    dead.failed(lost, Failed.of_status(500), now=dead.now())
    dead.again(lost, Failed.of_status(500), due=dead.now())
    assert heir.questions.counts() == {"queued": 1}
    fetch(heir, lost)
    heir.commit(heir.finished())
    assert heir.questions.counts() == {"done": 1}


def test_a_worker_that_was_stopped_looks_at_its_lease_before_it_sends(worker: Worker, short_lease: float) -> None:
    paused, heir = worker(), worker()
    paused.add(entry("/1"))
    check = paused.before_sending(leased(paused).host)
    assert check
    check()
    time.sleep(short_lease)
    check()  # nobody has taken it: it is ours again
    time.sleep(short_lease)
    heir.holding._look_at.clear()
    leased(heir)
    with pytest.raises(HostLostError, match=r"a\.example is another worker's now"):
        check()
    assert not paused.holding.hosts
    check = paused.before_sending("a.example")
    assert check
    with pytest.raises(HostLostError):
        check()


def test_a_gap_is_in_the_lease_before_anything_is_sent(worker: Worker, url: str) -> None:
    one = worker()
    one.add(entry("/1"))
    host = leased(one).host
    one.pace(host, 300)
    check = one.before_sending(host)
    assert check
    check()
    ((left,),) = rows(url, "SELECT next_at - EXTRACT(EPOCH FROM clock_timestamp())::float8 FROM hosts")
    assert float(str(left)) > 300 + holding.LEASE - 5, "whoever has it after a kill waits for longer than the gap"


def test_a_host_is_had_for_a_request_that_was_not_leased(worker: Worker) -> None:
    one, other = worker(), worker()
    one.add(entry("/1"))
    leased(one)
    assert one.borrow("a.example"), "it has it"
    assert not other.borrow("a.example"), "as where a robots.txt redirects to another site's"
    assert other.borrow("cdn.example")
    assert not one.borrow("cdn.example")
    other.pace("cdn.example", 0.5)
    other.commit()
    assert "cdn.example" in other.holding.hosts, "the answer may be under way"
    other.holding.hosts["cdn.example"].lent_until = 0.0
    other.commit()
    given = time.monotonic()
    while not one.borrow("cdn.example"):
        time.sleep(0.02)
    assert time.monotonic() - given > 0.4


def test_a_host_that_has_not_answered_is_not_given_back_at_the_end(worker: Worker, url: str) -> None:
    one = worker()
    one.add(entry("/1"))
    one.add(entry("/1", host="b.example"))
    fetch(one, leased(one))
    silent = leased(one)
    one.close()
    assert rows(url, "SELECT host FROM hosts WHERE holder IS NOT NULL") == [(silent.host,)]


def test_a_lease_is_renewed_while_its_worker_lives(worker: Worker, short_lease: float) -> None:
    one, other = worker(), worker()
    one.add(entry("/1"))
    one.add(entry("/2"))
    leased(one)
    for _ in range(6):
        time.sleep(short_lease / 4)
        one.commit()
        other.holding._look_at.clear()
        assert other.lease(other.now(), 10) is None


def test_links_between_hosts_do_not_let_workers_wait_for_each_other(worker: Worker, url: str) -> None:
    workers = [worker(), worker()]

    def write(which: int) -> None:
        frontier, own, others = workers[which], SITES[which], SITES[1 - which]
        frontier.add(entry("/first", host=own))
        frontier.commit()
        for number in range(30):
            # Both lock both hosts, each in the order in which it came upon them.
            for host in (own, others):
                frontier.add(entry(f"/{number}", host=host))
            if found := frontier.lease(frontier.now(), 10):
                fetch(frontier, found)
            frontier.commit(frontier.finished())

    before = rows(url, "SELECT deadlocks FROM pg_stat_database WHERE datname = 'postgres'")
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, range(2)))
    assert rows(url, "SELECT COUNT(*) FROM frontier") == [(62,)]
    assert rows(url, "SELECT deadlocks FROM pg_stat_database WHERE datname = 'postgres'") == before


def test_a_server_that_is_started_again_costs_nothing(worker: Worker, postgres: PostgresServer) -> None:
    frontier = worker()
    for path in ("/1", "/2"):
        frontier.add(entry(path))
    found = leased(frontier)
    frontier.add(entry("/3"))
    fetch(frontier, found)
    postgres.stop()
    postgres.start()
    frontier.commit(frontier.finished())
    assert frontier.questions.counts() == {"done": 1, "queued": 2}
    assert leased(frontier).url == "http://a.example/2"


def test_a_server_that_stays_away_is_said_so(postgres: PostgresServer) -> None:
    with pytest.raises(CollectionError, match=r"the shared frontier cannot be reached: .*collection\.yaml"):
        Server("postgresql:///nothing?host=/nowhere", patience=0.2)
    server = Server(postgres.new("away"), patience=0.5)
    postgres.stop()
    try:
        with pytest.raises(CollectionError, match="the shared frontier cannot be used"):
            server.execute("SELECT 1")
    finally:
        postgres.start()
    assert server.execute("SELECT 1").fetchone() == (1,)
    server.close()


def test_what_a_site_refused_is_left_alone_by_all_until_the_last_has_left(worker: Worker, url: str) -> None:
    one, other = worker(), worker()
    one.add(entry("/1"))
    one.add(entry("/2"))
    found = leased(one)
    one.failed(found, Failed.of_status(403), now=one.now())
    one.hold("a.example", [found])
    assert other.waiting(other.now()) == 0
    one.release("a.example")
    assert one.questions.counts() == {"held": 2}
    left = leave(one._server, one.joined, {"n": 1})
    assert (left.parts, left.silent) == (None, ("w2",)), "the other may be at work still"
    other.commit()
    assert look_again(one._server, one.joined, left) == Left(left.at), "it was heard of"
    parts = leave(other._server, other.joined, {"n": 2}).parts
    assert parts
    assert [(part.worker, part.report) for part in parts] == [("w1", {"n": 1}), ("w2", {"n": 2})]
    assert rows(url, "SELECT DISTINCT state FROM frontier") == [("queued",)]


def test_a_run_whose_workers_were_all_killed_is_over_for_the_next(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed, done = worker(), worker()
    assert (killed.joined.is_new, done.joined.is_new) == (True, False)
    assert leave(done._server, done.joined, {"n": 2}).silent == ("w1",)
    monkeypatch.setattr("crawler.frontier.shared.work.LEASE", 0.0)
    later = worker()
    assert later.joined.is_new
    assert [(part.worker, part.report) for part in later.joined.left["run"]] == [("w1", None), ("w2", {"n": 2})]


def test_a_runs_report_is_one_workers_to_write(worker: Worker, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    killed, last = worker(), worker()
    left = leave(last._server, last.joined, {"n": 2})
    assert left.silent == ("w1",)
    monkeypatch.setattr("crawler.frontier.shared.work.LEASE", 0.0)
    left = look_again(last._server, last.joined, left)
    assert [part.report for part in left.parts or ()] == [None, {"n": 2}], "it is dead by now"
    monkeypatch.setattr("crawler.frontier.shared.work.LEASE", 60.0)
    assert worker().joined.left == {}, "the report is being written"
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("UPDATE runs SET report_by = 0")
    assert list(worker().joined.left) == ["run"], "whoever was to write it was killed, too"
    reported(last._server, "run")
    assert rows(url, "SELECT reported FROM runs ORDER BY id") == [(True,), (False,)]
    slow = leave(killed._server, killed.joined, {"n": 1})
    assert [part.report for part in slow.parts or ()] == [{"n": 1}, {"n": 2}], "it lived: the report is made once more"


def test_what_is_for_something_else_waits(worker: Worker) -> None:
    crawling = worker()
    with pytest.raises(CollectionError, match="workers of `cleancopy crawl` are at this frontier"):
        join(crawling._server, "w", "later", Kind.DISCOVER)


def test_tables_of_the_last_release_become_those_of_this_one(url: str) -> None:
    steps = migrations()
    assert [number for number, _ in steps] == list(range(1, len(steps) + 1))
    with psycopg.connect(url, autocommit=True) as db:
        migrate(db, steps[:3])  # those of 0.2.0
        db.execute("INSERT INTO hosts (host) VALUES ('a.example')")
        db.execute("INSERT INTO runs (name, began, ended) VALUES ('past', 1, 2), ('left', 3, NULL)")
        db.execute("INSERT INTO workers (name, run, began, seen) VALUES ('w0', 2, 3, 3)")
        db.execute(
            "INSERT INTO frontier (key, url, host, purpose, origin, site) VALUES ('http://a.example/1', "
            "'http://a.example/1', 'a.example', 'article', '{\"purpose\": \"article\"}', 'a.example')"
        )
    server = Server(url)
    frontier = SharedFrontier(server, join(server, "w", "run"), SITES)
    assert list(frontier.joined.left) == ["left"], "and not what was reported before that was written down"
    assert leased(frontier).url == "http://a.example/1"
    assert rows(url, "SELECT number FROM migrations ORDER BY 1") == [(number,) for number, _ in steps]
    server.execute("INSERT INTO migrations VALUES (9999)")
    with pytest.raises(CollectionError, match=r"a later version of cleancopy \(tables 9999"):
        Server(url)
    server.close()


def test_payloads_that_one_worker_has_seen_are_known_to_all_once_they_are_on_disk(url: str, tmp_path: Path) -> None:
    first, second = Server(url), Server(url)
    mine, others = SharedPayloads(tmp_path / "one", first), SharedPayloads(tmp_path / "other", second)
    original = Original("sha1:A", "id-1", "http://a.example/1", "2026-11-29T00:00:00Z")
    seen = Sighting(original, 200, "text/html", 5000, True)
    mine.note(seen, None)
    found = mine.revisit(seen)
    assert found, "one's own file holds it before"
    assert others.revisit(seen) is None, "it may be lost with the file still"
    noted = mine.noted()
    mine.note(Sighting(Original("sha1:B", "id-2", "http://a.example/2", ""), 200, "text/html", 5000, True), None)
    mine.keep(noted)
    found = others.revisit(seen)
    assert found
    assert found.original == original
    assert mine.noted() == 1
    mine.keep()
    not_modified = Sighting(Original("", "", "http://a.example/1", ""), 304, "", 0, True)
    found = others.revisit(not_modified)
    assert found
    assert found.original == original
    for one in (mine, others):
        one.close()
    first.close()
    second.close()
