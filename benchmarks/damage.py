"""Damaged WARC files, plain and gzip, whose every record is known: none may be lost in silence.

    python -m benchmarks.damage [--files 3000] [--seed 1]

Bits are flipped, ranges zeroed, deleted and inserted, files cut off. Of each file it is checked, by what `verify` reads
of it and by what `extract` does, that each record whose bytes are as they were is read, or lies where a fault says that
something could not be read, and that each record that is not as it was is named. Of a plain file nothing guards the
headers, and the blocks only where there are digests: such a record may be read with a change that nobody can see, which
is counted. So are records of which no byte is left. Exits with 1 if anything is lost.
"""

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BufferedReader, BytesIO
from typing import Annotated

import numpy as np
import typer

from archive.datasets.foreign_responses import ForeignWarc
from archive.exchange import Capture
from archive.preservation.verification import nobody
from archive.warc.check import FileCheck
from archive.warc.fault import Fault
from benchmarks.damaged_warcs import DamagedFile, Known, damaged, made_file

#: Losses that are printed one by one.
_SHOWN = 20


@dataclass(slots=True)
class Outcome:
    """What became of the records of all files; `lost` are sentences."""

    counts: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Fate:
    """A record in the damaged file: where what is left of it lies, whether it is all there, and whether a check guards
    what is not as it was: a gzip checksum, or a digest of the block."""

    known: Known
    start: int
    end: int
    untouched: bool
    guarded: bool


def fates(file: DamagedFile) -> Iterator[Fate]:
    """Those of the records of which anything is left."""
    for known in file.whole.records:
        left = np.flatnonzero((file.places >= known.start) & (file.places < known.end))
        if not len(left):
            continue
        start, end = int(left[0]), int(left[-1]) + 1
        untouched = len(left) == known.end - known.start == end - start
        yield Fate(known, start, end, untouched, not file.whole.plain or _has_digest(file, known, start, end))


def _has_digest(file: DamagedFile, known: Known, start: int, end: int) -> bool:
    """Whether the digest of a block in a plain file is as it was, and the block is not."""
    block = np.flatnonzero((file.places >= known.head) & (file.places < known.end))
    whole = len(block) == known.end - known.head and (not len(block) or int(block[-1] - block[0]) == len(block) - 1)
    return bool(known.digest) and known.digest in file.content[start:end] and not whole


def judge(file: DamagedFile, outcome: Outcome) -> None:
    """Count what became of the records of one file."""
    check = FileCheck(_opened(file), file.whole.name, nobody)
    read = {record.offset: record.id for record in check}
    warc = ForeignWarc(_opened(file), file.whole.name)
    pages = {capture.place.offset: capture for capture in warc if capture.place}
    verified = _ranges(check.faults, read, len(file.content))
    doubted = [Fault("", "", offset) for offset, page in pages.items() if page.warnings]
    extracted = _ranges([*warc.faults, *doubted], pages, len(file.content))
    found = list(fates(file))
    outcome.counts["records of which nothing is left"] += len(file.whole.records) - len(found)
    for fate in found:
        _judge_verified(file, fate, read, verified, outcome)
        if fate.known.kind == "response":
            _judge_extracted(file, fate, pages, extracted, warc, outcome)


def _opened(file: DamagedFile) -> BufferedReader:
    return BufferedReader(BytesIO(file.content))


def _ranges(faults: list[Fault], read: Iterable[int], size: int) -> list[tuple[int, int]]:
    """From each fault to the next record that was read: what it says could not be."""
    starts = sorted([*read, size])
    return [(at, next((start for start in starts if start > at), size)) for at in (each.offset or 0 for each in faults)]


def _named(fate: Fate, ranges: list[tuple[int, int]]) -> bool:
    return any(start < fate.end and fate.start < max(end, start + 1) for start, end in ranges)


def _judge_verified(
    file: DamagedFile, fate: Fate, read: dict[int, str], ranges: list[tuple[int, int]], outcome: Outcome
) -> None:
    is_read, named = fate.start in read, _named(fate, ranges)
    if fate.untouched:
        if is_read and read[fate.start] == fate.known.record_id:
            outcome.counts["untouched, read"] += 1
        elif named:
            outcome.counts["untouched, named as not read"] += 1
        else:
            outcome.lost.append(f"verify: {_told(file, fate)}, untouched, is neither read nor named")
    elif named:
        outcome.counts["damaged, named"] += 1
    elif is_read and not fate.guarded:
        outcome.counts["damaged where nothing guards it, read"] += 1
    elif is_read and not file.whole.plain:
        # The reader has checked what the member holds: only a header changed, which says nothing.
        outcome.counts["damaged in a gzip header alone, read"] += 1
    else:
        outcome.lost.append(f"verify: {_told(file, fate)}, damaged, is not named")


def _judge_extracted(
    file: DamagedFile,
    fate: Fate,
    pages: dict[int, Capture],
    ranges: list[tuple[int, int]],
    warc: ForeignWarc,
    outcome: Outcome,
) -> None:
    page = pages.get(fate.start)
    if fate.untouched and page and (page.url, page.body) == (fate.known.url, fate.known.body):
        outcome.counts["untouched pages, extracted"] += 1
    elif _named(fate, ranges):
        outcome.counts["untouched pages, named" if fate.untouched else "damaged pages, named"] += 1
    elif not fate.untouched and (+warc.left_out or +warc.doubts):
        outcome.counts["damaged pages, counted as left out"] += 1
    elif page and not fate.untouched and (not fate.guarded or page.body == fate.known.body):
        outcome.counts["damaged pages, extracted with a change that nothing shows"] += 1
    elif page:
        outcome.lost.append(f"extract: {_told(file, fate)} comes out damaged without a warning")
    else:
        outcome.lost.append(f"extract: {_told(file, fate)} is neither extracted nor named")


def _told(file: DamagedFile, fate: Fate) -> str:
    form = "plain" if file.whole.plain else "gzip"
    return f"{form}, {file.what}: the {fate.known.kind} at byte {fate.start} (was {fate.known.start})"


def run(files: int, seed: int) -> Outcome:
    """Damage so many files. The same seed gives the same files."""
    outcome = Outcome()
    for number in range(files):
        luck = random.Random(f"{seed}-{number}")
        file = damaged(made_file(luck), luck)
        before = len(outcome.lost)
        judge(file, outcome)
        outcome.lost[before:] = [f"file {number}: {lost}" for lost in outcome.lost[before:]]
    return outcome


def main(
    files: Annotated[int, typer.Option(min=1, help="Files to damage.")] = 3000,
    seed: Annotated[int, typer.Option(help="Another seed, other damage.")] = 1,
) -> None:
    """Damage files and look for what is lost in silence."""
    outcome = run(files, seed)
    for what, count in sorted(outcome.counts.items()):
        print(f"{count:8}  {what}")
    print(f"{len(outcome.lost):8}  lost in silence")
    for lost in outcome.lost[:_SHOWN]:
        print(lost)
    raise typer.Exit(bool(outcome.lost))


if __name__ == "__main__":
    typer.run(main)
