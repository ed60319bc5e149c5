"""What must hold of a collection whose scheduler was killed again and again, and of the sites that it crawled."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import urlsplit

from archive.collection.folder import Collection
from archive.operations.schedule_store import ScheduleStore
from archive.pipeline.captures import read_captures
from archive.records import read_records
from benchmarks.newsroom import Newsroom
from benchmarks.timed import ran

#: Seconds between two requests to one host, as the sites' files say.
DELAY = 1.0
#: Seconds of the servers' logs in which requests are counted.
BURST = 20.0


def judge(collection: Collection, rooms: list[Newsroom], memory: list[int]) -> list[str]:
    """Everything that does not hold. `memory` is what the scheduler took, in bytes, from time to time."""
    return [
        *_lost(collection, rooms),
        *_impolite(collection, rooms),
        *_doubled(collection),
        *_unsound(collection),
        *_alarmed(collection),
        *_grown(memory),
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
    done = ran("verify", collection.path)
    print(f"verify: exit {done.returncode}; {len(list(collection.warcs()))} WARC files")
    if done.returncode:
        yield f"verify: {done.stdout[-500:]} {done.stderr[-500:]}"


def _alarmed(collection: Collection) -> Iterator[str]:
    """All sites are well again, and so no alarm may be in force."""
    done = ran("alarms", "check", collection.path)
    log = (collection.path / "scheduler.log").read_text(errors="replace").splitlines()
    counts = Counter(line.partition(":")[0] for line in log if line.startswith(("Alarm: ", "Over: ")))
    print(f"alarms: {counts['Alarm']} told, {counts['Over']} ended")
    yield from (f"still in force: {line}" for line in done.stdout.splitlines())


def _grown(memory: list[int]) -> Iterator[str]:
    print(f"the scheduler's memory: {min(memory) / 1e6:.0f} to {max(memory) / 1e6:.0f} MB")
    if max(memory) > 200e6:
        yield "the scheduler took more than 200 MB"
