"""Old and new record lines of one WARC, brought together."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archive.records import Record


@dataclass(frozen=True, slots=True)
class Pair:
    """The record of one capture as it is and as it would be; None where there is none. Of lines that are the same
    bytes `same` is true and only `new` is filled. `broken` says that the old line was no record."""

    old: Record | None
    new: Record | None
    same: bool = False
    broken: bool = False


def pairs(old: Iterable[bytes], new: Iterable[bytes]) -> Iterator[Pair]:
    """Both are in the order of the WARC, and name their places in it: at most a line of each is held."""
    before = iter(old)
    line = next(before, None)
    for made in new:
        record: Record | None = None
        while line is not None and line != made:
            record = record or Record.from_line(made)
            known = _parsed(line)
            if known is not None and _offset(known) >= _offset(record):
                break
            yield Pair(known, None, broken=known is None)
            line = next(before, None)
        if line == made:
            yield Pair(None, record or Record.from_line(made), same=True)
        elif line is not None and known is not None and _offset(known) == _offset(record):
            yield Pair(known, record)
        else:
            yield Pair(None, record or Record.from_line(made))
            continue
        line = next(before, None)
    yield from _rest(line, before)


def _rest(line: bytes | None, lines: Iterator[bytes]) -> Iterator[Pair]:
    while line is not None:
        known = _parsed(line)
        yield Pair(known, None, broken=known is None)
        line = next(lines, None)


def _parsed(line: bytes) -> Record | None:
    try:
        return Record.from_line(line)
    except ValueError:
        return None


def _offset(record: Record | None) -> int:
    return record.warc.offset if record and record.warc else -1
