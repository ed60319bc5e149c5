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
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from archive.collection.folder import Collection
from archive.operations.schedule_store import ScheduleStore
from benchmarks.newsroom import MOODS, WAIT, Newsroom
from benchmarks.soundness import DELAY, judge
from benchmarks.timed import cleancopy, environment

#: Seconds from one new story of a site to the next.
NEWS_EVERY = 40.0
#: How long a site is out of order, in seconds.
OUTAGE = 90.0


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
        self.memory: list[int] = []
        self.start()

    def start(self) -> None:
        """Start it."""
        self._process = subprocess.Popen(
            cleancopy("schedule", "run", self._collection.path),
            env=environment(),
            stderr=self._log,
            start_new_session=True,
        )

    def look(self) -> None:
        """Note its memory; it must be alive."""
        if self._process.poll() is not None:
            raise SystemExit(f"the scheduler ended with {self._process.returncode}; see scheduler.log")
        lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        self.memory.append(next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) * 1024)

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
                room.mood = dice.choice(MOODS)
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
    wrong = judge(collection, rooms, scheduler.memory)
    for sentence in wrong[:50]:
        print(sentence)
    print(f"{len(wrong)} things are wrong" if wrong else "nothing is lost")
    if not options.keep and not wrong:
        shutil.rmtree(folder)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
