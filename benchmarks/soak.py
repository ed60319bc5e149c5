"""An hour of a scheduler that is killed again and again: nothing may be lost.

    python -m benchmarks.soak [--minutes 60] [--sites 50] [--kill-every 3] [--keep DIR]

So many sites on loopback, each with a host of its own, publish new stories all the time; some fail, block, slow down
or ask to wait, and come back. `cleancopy schedule run` crawls each every few minutes. Every few minutes it and all its
children get a SIGKILL, and it is started anew. In the end it is given time to catch up, and then:

- every story that a site published, and did not refuse to the end, is in the archive, and has its record;
- no run of a site overlaps another, no due time was run twice;
- no host was asked faster than its delay, or before the time that it asked to wait, by the servers' own logs;
- `cleancopy verify` finds every file whole;
- the scheduler's memory did not grow.

Prints what it counts, and ends with 1 if anything of this does not hold.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from archive.collection import Collection
from archive.records import read_records
from archive.schedule.store import ScheduleStore
from archive.warc.reader import read_captures

DELAY = 1.0
#: Seconds of the servers' logs in which requests are counted.
BURST = 20.0
#: Seconds from one new story of a site to the next.
NEWS_EVERY = 40.0
#: Seconds of a Retry-After, and how long a site is out of order.
WAIT, OUTAGE = 20, 90.0
FAULTS = ("well", "well", "well", "fails", "blocks", "slow", "waits")
_REFUSALS = {
    "fails": (500, b"out of order", dict[str, str]()),
    "blocks": (403, b"<html><title>Access denied</title>", {"Content-Type": "text/html"}),
    "waits": (503, b"", {"Retry-After": str(WAIT)}),
}
_SENTENCE = "The harbour office said of it that the tide would wait for no committee this year. "


@dataclass
class Asked:
    """One request: when (monotonic seconds), which path, and the status of the answer."""

    at: float
    path: str
    status: int


@dataclass
class Newsroom:
    """A site that publishes, and is out of order now and then."""

    number: int
    dice: random.Random
    stories: list[str] = field(default_factory=list)
    log: list[Asked] = field(default_factory=list)
    mood: str = "well"
    waits_until: float = 0.0
    too_early: int = 0

    def __post_init__(self) -> None:
        self.host = f"127.0.1.{self.number}"
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer((self.host, 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign] # a client that was killed
        self.url = f"http://{self.host}:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def publish(self) -> None:
        """A new story."""
        self.stories.append(f"/2026/11/25/a-story-with-number-{len(self.stories)}-of-{self.number}.html")

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """By the mood."""
        now = time.monotonic()
        self.too_early += now < self.waits_until
        status, body, headers = self._answer(handler.path)
        if status == 503 and "Retry-After" in headers:
            self.waits_until = now + WAIT
        self.log.append(Asked(now, handler.path, status))
        if self.mood == "slow":
            time.sleep(self.dice.uniform(1, 5))
        handler.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    def _answer(self, path: str) -> tuple[int, bytes, dict[str, str]]:
        if path == "/robots.txt":
            return 404, b"", {}
        if self.mood in _REFUSALS:
            return _REFUSALS[self.mood]
        if path == "/feed.xml":
            return 200, self._feed(), {"Content-Type": "application/rss+xml"}
        if path in self.stories:
            return 200, self._story(path), {"Content-Type": "text/html; charset=utf-8"}
        return 404, b"", {}

    def _feed(self) -> bytes:
        items = "".join(f"<item><title>{path}</title><link>{self.url}{path}</link></item>" for path in self.stories)
        return f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>".encode()

    def _story(self, path: str) -> bytes:
        text = "".join(f"<p>{number}. {_SENTENCE * 3}</p>" for number in range(12))
        return f"<html lang=en><title>{path}</title><article><h1>{path}</h1>{text}</article></html>".encode()


def write_collection(folder: Path, rooms: list[Newsroom]) -> Collection:
    """Every site each one to three minutes."""
    collection = Collection(folder)
    collection.create()
    lines = ["sites_at_once: 50", "alarms: {disk_free: 1 MB}", "sites:"]
    for room in rooms:
        (collection.sites / f"{room.host}.yaml").write_text(
            f"name: Newsroom {room.number}\nhome: {room.url}/\ndiscover: {{feeds: [/feed.xml]}}\n"
            f"crawl: {{delay: {DELAY}, allow_private: true}}\n"
        )
        lines.append(f"  {room.host}: {{every: {1 + room.number % 3}m, priority: {room.number % 5}}}")
    collection.settings.write_text("\n".join(lines) + "\n")
    return collection


class Scheduler:
    """`cleancopy schedule run` in a process that is killed."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._log = (collection.path / "scheduler.log").open("ab")
        self.most_memory: list[int] = []
        self.start()

    def start(self) -> None:
        """Start it."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "crawler", "schedule", "run", str(self._collection.path)],
            stderr=self._log,
            start_new_session=True,
        )

    def look(self) -> None:
        """Note its memory; it must be alive."""
        if self._process.poll() is not None:
            raise SystemExit(f"the scheduler ended with {self._process.returncode}; see scheduler.log")
        lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        self.most_memory.append(next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) * 1024)

    def kill(self) -> int:
        """SIGKILL it and everything that it started; how many processes."""
        tree = [self._process.pid, *_descendants(self._process.pid)]
        for number in tree:
            try:
                os.kill(number, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self._process.wait()
        return len(tree)

    def stop(self) -> float:
        """SIGTERM; the seconds until it had ended."""
        began = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        if self._process.wait(60) != 0:
            raise SystemExit("the scheduler did not end cleanly")
        return time.monotonic() - began


def _descendants(process: int) -> Iterator[int]:
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, parent = int(path.parent.name), int(path.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        if parent == process:
            yield number
            yield from _descendants(number)


def soak(collection: Collection, rooms: list[Newsroom], minutes: float, kill_every: float) -> Scheduler:
    """Let time pass, with new stories, outages and kills."""
    dice = random.Random(20261125)
    scheduler = Scheduler(collection)
    end, kill = time.monotonic() + minutes * 60, time.monotonic() + kill_every * 60
    news, moods, kills, processes = 0.0, time.monotonic() + OUTAGE, 0, 0
    while (now := time.monotonic()) < end:
        if now >= news:
            for room in rooms:
                room.publish()
            news = now + NEWS_EVERY
        if now >= moods:
            for room in rooms:
                room.mood = dice.choice(FAULTS)
            moods = now + OUTAGE
        if now >= kill:
            processes += scheduler.kill()
            kills += 1
            time.sleep(dice.uniform(0, 3))
            scheduler.start()
            kill = now + kill_every * 60 * dice.uniform(0.5, 1.5)
        time.sleep(0.5)
        scheduler.look()
    print(f"{kills} kills of {processes} processes in all")
    return scheduler


def catch_up(collection: Collection, rooms: list[Newsroom], scheduler: Scheduler) -> None:
    """All sites are well again: wait until each has had two more runs."""
    for room in rooms:
        room.mood = "well"
    start = time.time()
    while True:
        time.sleep(2)
        scheduler.look()
        store = ScheduleStore(collection.schedule)
        runs = store.history(most=1000)
        store.close()
        since = Counter(run.site for run in runs if run.started and run.started.timestamp() > start + WAIT)
        if all(since[room.host] >= 2 for room in rooms):
            return
        if time.time() - start > 900:
            raise SystemExit("the sites were not all crawled twice within 15 minutes")


def judge(collection: Collection, rooms: list[Newsroom], scheduler: Scheduler) -> list[str]:
    """Everything that does not hold."""
    return [
        *_lost(collection, rooms),
        *_impolite(collection, rooms),
        *_doubled(collection),
        *_unsound(collection),
        *_alarmed(collection),
        *_grown(scheduler.most_memory),
    ]


def _lost(collection: Collection, rooms: list[Newsroom]) -> Iterator[str]:
    captures = Counter(
        capture.url
        for warc in collection.warcs()
        for capture in read_captures(warc)
        if capture.status == 200 and capture.url.endswith(".html")
    )
    records = Counter(record.url for path in collection.records.glob("*.jsonl") for record in read_records(path))
    published = [room.url + story for room in rooms for story in room.stories]
    print(f"{len(published)} stories published, {len(captures)} captured, {captures.total() - len(captures)} twice")
    yield from (f"not captured: {url}" for url in published if url not in captures)
    yield from (f"no record: {url}" for url in captures if url not in records)
    if list(collection.path.glob("*/*.open")):
        yield "files are open still"


def _impolite(collection: Collection, rooms: list[Newsroom]) -> Iterator[str]:
    """Requests as they were sent, by the archive, and as they came in, by the servers' own logs. On a busy machine a
    server may see two close together that were sent apart, so that of the logs it is bursts that count."""
    sent: dict[str, list[float]] = {}
    for warc in collection.warcs():
        for capture in read_captures(warc, max_body=0):
            if capture.date:
                sent.setdefault(urlsplit(capture.url).hostname or "", []).append(capture.date.timestamp())
    closest = {host: min(later - earlier for earlier, later in pairwise(sorted(times))) for host, times in sent.items()}
    print(
        f"{sum(map(len, sent.values()))} requests; the closest two to one host sent {min(closest.values()):.2f} s apart"
    )
    yield from (f"{host} was asked after {gap:.2f} s" for host, gap in closest.items() if gap < DELAY * 0.98)
    for room in rooms:
        times = [asked.at for asked in room.log]
        most = max(bisect_right(times, start + BURST) - place for place, start in enumerate(times))
        if most > BURST / DELAY + 2:
            yield f"{room.host} was asked {most} times in {BURST:g} s"
    print(f"{sum(room.too_early for room in rooms)} requests before the end of a Retry-After")
    yield from (f"{room.host} was asked {room.too_early} times too early" for room in rooms if room.too_early)


def _doubled(collection: Collection) -> Iterator[str]:
    store = ScheduleStore(collection.schedule)
    runs, under_way = store.history(most=1_000_000), store.under_way()
    store.close()
    outcomes = Counter(str(run.outcome) for run in runs)
    parts = Counter(run.parts for run in runs)
    print(f"{len(runs)} runs: {dict(outcomes)}; by parts: {dict(sorted(parts.items()))}; {len(under_way)} under way")
    by_site: dict[str, list[tuple[float, float]]] = {}
    for run in runs:
        if run.started and run.ended:
            by_site.setdefault(run.site, []).append((run.started.timestamp(), run.ended.timestamp()))
    for site, spans in by_site.items():
        if any(later[0] < earlier[1] for earlier, later in pairwise(sorted(spans))):
            yield f"runs of {site} overlap"
    if set(outcomes) - {"finished"}:
        yield f"runs did not finish: {dict(outcomes)}"


def _unsound(collection: Collection) -> Iterator[str]:
    done = subprocess.run(
        [sys.executable, "-m", "crawler", "verify", str(collection.path)],
        capture_output=True,
        text=True,
        check=False,
    )
    print(f"verify: exit {done.returncode}; {len(list(collection.warcs()))} WARC files")
    if done.returncode:
        yield f"verify: {done.stdout[-500:]} {done.stderr[-500:]}"


def _alarmed(collection: Collection) -> Iterator[str]:
    """All sites are well again, and so no alarm may be in force."""
    done = subprocess.run(
        [sys.executable, "-m", "crawler", "alarms", "check", str(collection.path)],
        capture_output=True,
        text=True,
        check=False,
    )
    log = (collection.path / "scheduler.log").read_text(errors="replace").splitlines()
    counts = Counter(line.partition(":")[0] for line in log if line.startswith(("Alarm: ", "Over: ")))
    print(f"alarms: {counts['Alarm']} told, {counts['Over']} ended")
    yield from (f"still in force: {line}" for line in done.stdout.splitlines())


def _grown(memory: list[int]) -> Iterator[str]:
    print(f"the scheduler's memory: {min(memory) / 1e6:.0f} to {max(memory) / 1e6:.0f} MB")
    if max(memory) > 200e6:
        yield "the scheduler took more than 200 MB"


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--sites", type=int, default=50)
    parser.add_argument("--kill-every", type=float, default=3, help="minutes, on average")
    parser.add_argument("--keep", type=Path, help="keep the collection here")
    options = parser.parse_args()
    folder = options.keep or Path(tempfile.mkdtemp(prefix="soak-"))
    rooms = [Newsroom(number, random.Random(number)) for number in range(1, options.sites + 1)]
    collection = write_collection(folder, rooms)
    scheduler = soak(collection, rooms, options.minutes, options.kill_every)
    catch_up(collection, rooms, scheduler)
    print(f"SIGTERM: ended after {scheduler.stop():.1f} s")
    wrong = judge(collection, rooms, scheduler)
    for sentence in wrong[:50]:
        print(sentence)
    print(f"{len(wrong)} things are wrong" if wrong else "nothing is lost")
    if not options.keep and not wrong:
        shutil.rmtree(folder)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
