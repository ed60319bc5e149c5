"""One crawl by many workers over a PostgreSQL server: workers and the server are killed at random, and what the sites
were asked is held against what the archive holds; what the tables alone take, beside SQLite's.

    python -m benchmarks.shared_frontier [--workers 8] [--hosts 300] [--urls 30000] [--delay 1] [--curve]

The crawl: no URL may be lost, none asked for twice but those under way at a kill, no host asked sooner than its delay,
and what is captured of each site must be what one worker captures. `--curve` measures the tables instead: URLs a second
that one to eight processes lease and give back, without fetching anything. Needs PostgreSQL. Exits with 1 if anything
is lost.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from archive.collection.folder import Collection
from archive.exchange import Origin, Purpose
from archive.pipeline.captures import read_captures
from benchmarks.many_hosts import address, asked, many_hosts, paths
from benchmarks.postgres_server import PostgresServer, postgres_server, programs
from benchmarks.timed import cleancopy, environment
from crawler.frontier.entry import Entry
from crawler.frontier.shared.frontier import SharedFrontier
from crawler.frontier.shared.server import Server
from crawler.frontier.shared.work import join
from crawler.frontier.store import Store
from crawler.frontier.table import Frontier

#: Seconds: a lease, so that a killed worker's hosts are soon another's; between two kills; between two of the server.
_LEASE, _KILLS, _RESTARTS = 15.0, 15.0, 60.0
#: The part of a delay below which a gap counts as too short: the log is written by a process that waits its turn.
_SHORT = 0.9


def main(
    workers: Annotated[int, typer.Option(min=1)] = 8,
    hosts: Annotated[int, typer.Option(min=1)] = 300,
    urls: Annotated[int, typer.Option(min=1)] = 30_000,
    delay: Annotated[float, typer.Option(min=0, help="Seconds between requests to a host.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Of the random moments.")] = 1,
    kills: Annotated[bool, typer.Option("--kills/--no-kills", help="Whether anything is killed.")] = True,
    compare: Annotated[bool, typer.Option("--compare/--no-compare", help="Crawl by one worker, too.")] = True,
    curve: Annotated[bool, typer.Option("--curve", help="Measure the tables alone.")] = False,
) -> None:
    """Crawl, kill, count."""
    if programs() is None:
        sys.exit("PostgreSQL (initdb, pg_ctl) is not installed.")
    if curve:
        _curve(hosts, urls)
        return
    with tempfile.TemporaryDirectory() as made, postgres_server("") as postgres:
        crawl = Simulation(Path(made), postgres, workers, hosts, urls // hosts, delay, random.Random(seed))
        crawl.most_kills, crawl.most_restarts = 4 * workers, workers
        found = crawl.run(kills=kills, compare=compare)
    Console().print(_table(found))
    raise typer.Exit(bool(found["pages lost"] or found["gaps too short"] or found.get("pages that differ", 0)))


@dataclass
class Simulation:
    """One crawl of so many hosts with so many pages each."""

    folder: Path
    postgres: PostgresServer
    workers: int
    hosts: int
    pages: int
    delay: float
    dice: random.Random
    lease: float = _LEASE
    between_kills: float = _KILLS
    between_restarts: float = _RESTARTS
    most_kills: int = 1_000
    most_restarts: int = 100
    records: bool = False
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _counts: Counter[str] = field(default_factory=Counter)

    def run(self, *, kills: bool = True, compare: bool = True) -> dict[str, float]:
        """Crawl to the end; what is to be known of it, by what it is called in the table."""
        with many_hosts(self.pages, self.folder / "shared.log") as port:
            names = [f"http://{address(number)}:{port}/" for number in range(self.hosts)]
            shared = self._collection("shared", self.postgres.new("simulated"))
            began = time.monotonic()
            self._crawl(shared, names, kills=kills)
            seconds = time.monotonic() - began
        found = self._judge(shared, asked(self.folder / "shared.log"))
        found |= {"seconds": round(seconds, 1), "pages a second": round(self.hosts * self.pages / seconds, 1)}
        if compare:
            with many_hosts(self.pages, self.folder / "alone.log") as port:
                names = [f"http://{address(number)}:{port}/" for number in range(self.hosts)]
                alone, began = self._collection("alone", None), time.monotonic()
                self._start(alone, names).wait()
                found["seconds of one worker with SQLite"] = round(time.monotonic() - began, 1)
            found["pages that differ"] = len(set(pages_of(shared)) ^ set(pages_of(alone)))
        return found

    def _collection(self, name: str, frontier: str | None) -> Collection:
        collection = Collection(self.folder / name)
        collection.create()
        if frontier:
            collection.settings.write_text(f"frontier: {frontier}\n")
        return collection

    def _start(self, collection: Collection, names: list[str]) -> subprocess.Popen[bytes]:
        options = ("--delay", self.delay, "--allow-private", *(() if self.records else ("--no-records",)))
        command = cleancopy("crawl", *names, "--collection", collection.path, *options)
        said = (self.folder / "said.txt").open("ab")
        with said:
            return subprocess.Popen(
                command,
                cwd=self.folder,
                env={**environment(), "CLEANCOPY_LEASE": str(self.lease)},
                start_new_session=True,
                stdout=said,
                stderr=said,
            )

    def _crawl(self, collection: Collection, names: list[str], *, kills: bool) -> None:
        self._processes = [self._start(collection, names) for _ in range(self.workers)]
        kill_at, restart_at = time.monotonic() + self.between_kills, time.monotonic() + self.between_restarts
        log, seen = self.folder / "shared.log", 0
        while any(process.poll() is None for process in self._processes):
            time.sleep(0.2)
            now = time.monotonic()
            running = [process for process in self._processes if process.poll() is None]
            # On a busy machine nothing would ever be fetched between two kills.
            if (
                kills
                and running
                and now > kill_at
                and self._counts["kills"] < self.most_kills
                and log.stat().st_size > seen
            ):
                seen = log.stat().st_size
                self._kill(self.dice.choice(running), collection, names)
                kill_at = now + self.dice.uniform(0.5, 1.5) * self.between_kills
            if kills and seen and now > restart_at and self._counts["restarts"] < self.most_restarts:
                self.postgres.stop()
                time.sleep(self.dice.uniform(0, 1))
                self.postgres.start()
                self._counts["restarts"] += 1
                restart_at = now + self.dice.uniform(0.5, 1.5) * self.between_restarts
        # What the last worker to be killed left is for whoever comes next.
        self._start(collection, names).wait()

    def _kill(self, process: subprocess.Popen[bytes], collection: Collection, names: list[str]) -> None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self._counts["kills"] += 1
        self._processes.remove(process)
        self._processes.append(self._start(collection, names))

    def _judge(self, collection: Collection, log: dict[str, list[tuple[float, str]]]) -> dict[str, float]:
        wanted = {(address(number), path) for number in range(self.hosts) for path in paths(self.pages)}
        served = Counter((host, path) for host, hits in log.items() for _, path in hits if (host, path) in wanted)
        captured = {(host, path) for host, path, _ in pages_of(collection)}
        gaps = sorted(
            later - earlier
            for hits in log.values()
            for (earlier, _), (later, path) in pairwise(hits)
            if path != "/robots.txt"
        )
        reports = len(list(collection.crawls.glob("*.json")))
        return {
            "pages": len(wanted),
            "kills of workers": self._counts["kills"],
            "restarts of the server": self._counts["restarts"],
            "pages lost": len(wanted - captured),
            "pages asked for twice": sum(count - 1 for count in served.values()),
            "gaps": len(gaps),
            "gaps too short": sum(gap < self.delay * _SHORT for gap in gaps),
            "shortest gap (s)": round(gaps[0], 4) if gaps else 0.0,
            "reports": reports,
        }


def pages_of(collection: Collection) -> Iterator[tuple[str, str, str]]:
    """Host, path and payload digest of each article that a collection holds."""
    for warc in collection.warcs():
        for capture in read_captures(warc, max_body=0):
            if capture.origin.purpose is Purpose.ARTICLE and capture.status == 200:
                _, _, host, path = capture.url.split("/", 3)
                yield host.partition(":")[0], f"/{path}", capture.payload_digest or ""


def _entries(hosts: int, urls: int) -> Iterator[Entry]:
    for number in range(urls):
        url = f"http://host-{number % hosts}.example/a-story-with-number-{number}.html"
        yield Entry(url, url, Origin(Purpose.ARTICLE, "sitemap", "http://host.example/map.xml"), "host.example")


def _work(store: Store) -> int:
    """Lease and give back until nothing is left; the archive is taken to be durable at once."""
    count = idle = 0
    while idle < 50:
        if found := store.lease(store.now(), 1):
            store.done(found, status=200, etag='"1a2b"', last_modified=None, now=store.now())
            count, idle = count + 1, 0
        if not found or store.finished() >= 100:
            store.commit(store.finished())
        if not found:
            idle += 1
            time.sleep(0.02)
    return count


def _worked(url: str, name: str) -> tuple[int, float]:
    with closing(Server(url)) as server:
        frontier = SharedFrontier(server, join(server, name, "run"), ["host.example"])
        began = time.process_time()
        count = _work(frontier)
        used = time.process_time() - began
        frontier.close()
    return count, used


def _curve(hosts: int, urls: int) -> None:
    shown = Table(
        "frontier",
        "workers",
        "URLs a second",
        "CPU of workers, ms a URL",
        "of the server",
        title=f"{urls} URLs, {hosts} hosts",
    )
    with tempfile.TemporaryDirectory() as made:
        store = Frontier(Path(made) / "state.sqlite")
        for entry in _entries(hosts, urls):
            store.add(entry)
        store.commit()
        began, cpu = time.monotonic(), time.process_time()
        count = _work(store)
        _row(shown, "SQLite", 1, count, time.monotonic() - began - 1, time.process_time() - cpu)
        store.close()
    with postgres_server("") as postgres:
        for workers in (1, 2, 4, 8):
            url = postgres.new(f"curve_{workers}")
            began = time.monotonic()
            _fill(url, hosts, urls)
            if workers == 1:
                shown.add_row("PostgreSQL, adding", "1", f"{urls / (time.monotonic() - began):.0f}", "", "")
            began, cpu = time.monotonic(), postgres.cpu()
            with ProcessPoolExecutor(workers) as pool:
                done = list(pool.map(_worked, [url] * workers, [f"w{number}" for number in range(workers)]))
            # The last second is spent waiting for more.
            seconds = time.monotonic() - began - 1
            count, used = sum(count for count, _ in done), sum(used for _, used in done)
            _row(shown, "PostgreSQL", workers, count, seconds, used, postgres.cpu() - cpu)
    Console().print(shown)


def _fill(url: str, hosts: int, urls: int) -> None:
    with closing(Server(url)) as server:
        frontier = SharedFrontier(server, join(server, "filling", "filling"), ["host.example"])
        entries = list(_entries(hosts, urls))
        for first in range(0, urls, 1000):
            frontier.foresee(entry.key for entry in entries[first : first + 1000])
            for entry in entries[first : first + 1000]:
                frontier.add(entry)
            frontier.commit()
        frontier.close()


def _row(
    shown: Table, name: str, workers: int, count: int, seconds: float, cpu: float, server: float | None = None
) -> None:
    each = "" if server is None else f"{1000 * server / max(count, 1):.2f}"
    shown.add_row(name, str(workers), f"{count / seconds:.0f}", f"{1000 * cpu / max(count, 1):.2f}", each)


def _table(found: dict[str, float]) -> Table:
    shown = Table("", "count", title="A crawl shared by many workers")
    for name, value in found.items():
        shown.add_row(name, f"{value:,}")
    return shown


if __name__ == "__main__":
    typer.run(main)
