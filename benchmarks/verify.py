"""How fast a WARC is verified and indexed, beside `warcio check` and `cdxj-indexer` on the same file, in how much
memory; and whether the field's readers read what was written.

    python -m benchmarks.verify [--megabytes 1000] [--rounds 1] [--folder FOLDER]

The pages are made up, sent with gzip and without in turn. CPU time is compared, which a busy machine changes less than
the clock. Exits with 1 if a floor is not reached, memory grows with the file, or a reader reads something else.
"""

import gzip
import json
import random
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Annotated

import typer
from fastwarc.warc import ArchiveIterator, WarcRecordType
from pywb.warcserver.resource.blockrecordloader import BlockArcWarcRecordLoader
from rich.console import Console
from rich.table import Table

from archive.collection.folder import Collection
from archive.exchange import Exchange
from archive.warc.digest import sha1_digest
from archive.warc.record import read_warc
from archive.warc.writer import WarcWriter
from benchmarks.static_server import write_pages
from benchmarks.timed import Timed, cleancopy, run

#: Of the CPU seconds of the field's own tool.
MOST_TIME = 1.0
#: Of the memory that a tenth of the file needs.
MOST_MEMORY = 1.25
_PAGES = 200
#: Captures that pywb is asked for.
_ASKED = 300
_BEGAN = datetime(2026, 11, 20, 8, tzinfo=UTC)

Command = Callable[[Collection, Path], list[str]]


def _peer(module: str, *arguments: object) -> list[str]:
    return [sys.executable, "-m", module, *map(str, arguments)]


COMMANDS: dict[str, Command] = {
    "cleancopy verify": lambda _, warc: cleancopy("verify", warc),
    "warcio check": lambda _, warc: _peer("warcio.cli", "check", warc),
    "cleancopy index": lambda collection, _: cleancopy("index", collection.path),
    "cdxj-indexer": lambda collection, warc: _peer(
        "cdxj_indexer.main", warc, "--sort", "-o", collection.path / "peer.cdxj"
    ),
}
_PAIRS = (("cleancopy verify", "warcio check"), ("cleancopy index", "cdxj-indexer"))


def main(
    megabytes: Annotated[int, typer.Option(min=10, help="The file's size.")] = 1000,
    rounds: Annotated[int, typer.Option(min=1, help="How often each command is run.")] = 1,
    folder: Annotated[Path | None, typer.Option(help="Where the files go.")] = None,
) -> None:
    """Measure."""
    with tempfile.TemporaryDirectory(dir=folder) as made:
        small = make(Path(made) / "small", megabytes * 100_000)
        large = make(Path(made) / "large", megabytes * 1_000_000)
        times = {name: [timed(name, large) for _ in range(rounds)] for name in COMMANDS}
        memory = {name: timed(name, small).peak for name in COMMANDS}
        Console().print(table(times, memory))
        missed = [*misses(times, memory), *unread(large)]
    for sentence in missed:
        Console().print(sentence)
    raise typer.Exit(bool(missed))


def make(path: Path, size: int) -> Collection:
    """A collection with one WARC of about so many bytes."""
    collection = Collection(path)
    collection.create()
    writer = WarcWriter(collection.archive, info={"software": "benchmarks"}, max_bytes=10 * size)
    write_pages(path / "pages", _PAGES)
    pages = [page.read_bytes() for page in sorted((path / "pages").glob("*.html"))]
    written = 0
    for exchange in _exchanges(pages):
        place = writer.write(exchange).place
        written = place.offset + place.length
        if written > size:
            break
    writer.close()
    return collection


def _exchanges(pages: list[bytes]) -> Iterator[Exchange]:
    chance = random.Random(len(pages))
    for number in count():
        page = pages[number % len(pages)] + b"<!-- %d -->" % chance.getrandbits(64)
        zipped = number % 2
        body = gzip.compress(page, 6, mtime=0) if zipped else page
        coding = b"Content-Encoding: gzip\r\n" if zipped else b""
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n%sContent-Length: %d\r\n\r\n"
        path = f"/2026/11/{number % 30 + 1:02}/a-story-with-number-{number}.html"
        request = f"GET {path} HTTP/1.1\r\nHost: news.example\r\nAccept-Encoding: gzip, br\r\n\r\n".encode()
        yield Exchange(
            f"https://news.example{path}",
            _BEGAN + timedelta(seconds=number),
            request,
            head % (coding, len(body)) + body,
            ip="192.0.2.7",
            seconds=0.1,
        )


def _warc(collection: Collection) -> Path:
    (path,) = collection.complete_warcs()
    return path


def timed(name: str, collection: Collection) -> Timed:
    """One run of a command."""
    return run(COMMANDS[name](collection, _warc(collection)), collection.path)


def _cpu(runs: list[Timed]) -> float:
    return statistics.median(each.cpu for each in runs)


def table(times: dict[str, list[Timed]], memory: dict[str, int]) -> Table:
    """The figures."""
    shown = Table("command", "CPU s", "clock s", "peak MB", "of a tenth, MB", title="On the same file")
    for name, runs in times.items():
        clock = statistics.median(each.seconds for each in runs)
        peak = max(each.peak for each in runs)
        shown.add_row(name, f"{_cpu(runs):.1f}", f"{clock:.1f}", f"{peak / 1e6:.0f}", f"{memory[name] / 1e6:.0f}")
    for ours, theirs in _PAIRS:
        shown.caption = f"{shown.caption or ''}{ours}: {_cpu(times[ours]) / _cpu(times[theirs]):.2f} of {theirs}. "
    return shown


def misses(times: dict[str, list[Timed]], memory: dict[str, int]) -> Iterator[str]:
    """What is not reached."""
    for ours, theirs in _PAIRS:
        share = _cpu(times[ours]) / _cpu(times[theirs])
        if share > MOST_TIME:
            yield f"{ours} takes {share:.2f} of the time of {theirs}; the most is {MOST_TIME}."
        growth = max(each.peak for each in times[ours]) / memory[ours]
        if growth > MOST_MEMORY:
            yield f"{ours} needs {growth:.2f} times the memory for ten times the file; the most is {MOST_MEMORY}."


def unread(collection: Collection) -> Iterator[str]:
    """What a reader of the field reads otherwise. `warcio check` and cdxj-indexer have been run: they read it."""
    warc = _warc(collection)
    if (theirs := (collection.path / "peer.cdxj").read_bytes()) != collection.index.read_bytes():
        lines = zip(theirs.splitlines(), collection.index.read_bytes().splitlines(), strict=False)
        found = next((pair for pair in lines if pair[0] != pair[1]), None)
        yield f"cdxj-indexer writes another index: {found}"
    yield from _unread_by_fastwarc(warc)
    yield from _unread_by_pywb(collection, warc)


def _unread_by_fastwarc(warc: Path) -> Iterator[str]:
    read = 0
    with warc.open("rb") as file:
        for record in ArchiveIterator(file, record_types=WarcRecordType.any_type, parse_http=False, strict_mode=True):
            read += 1
            if not record.verify_block_digest(consume=True):
                yield f"FastWARC finds the block digest of {record.record_id} wrong"
    if read != (ours := sum(1 for _ in read_warc(warc))):
        yield f"FastWARC reads {read} records of {ours}"


def _unread_by_pywb(collection: Collection, warc: Path) -> Iterator[str]:
    lines = collection.index.read_bytes().splitlines()
    loader = BlockArcWarcRecordLoader()
    for line in random.Random(0).sample(lines, min(_ASKED, len(lines))):
        entry = json.loads(line.split(b" ", 2)[2])
        record = loader.load(str(warc), entry["offset"], entry["length"])
        body = record.raw_stream.read()
        stated = record.rec_headers.get_header("WARC-Payload-Digest")
        if record.rec_headers.get_header("WARC-Target-URI") != entry["url"] or not stated:
            yield f"pywb reads another record at byte {entry['offset']}"
        elif sha1_digest(body) != stated:
            yield f"pywb reads another body at byte {entry['offset']}"


if __name__ == "__main__":
    typer.run(main)
