"""The index compared with the files that it is of, in flat memory: sums of digests stand for the lines."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Protocol

from archive.warc.fault import Fault

_MODULUS = 1 << 128
#: Bytes of a line of an index or a list of pages, which may be packed a thousand times smaller.
LONGEST_LINE = 10_000_000


class Lines(Protocol):
    """A file that is read by lines, packed or not."""

    def readline(self, size: int, /) -> bytes:
        """The next line, or as much of it."""


def lines_in(file: Lines) -> Iterator[bytes]:
    """The lines of a file that may be anybody's; of one that is too long, its first part alone, which is none."""
    while line := file.readline(LONGEST_LINE):
        yield line
        while len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            line = file.readline(LONGEST_LINE)


def whole_line(line: bytes) -> bytes:
    """Our own index must have exactly the lines that we would write."""
    return line


def place_in_line(line: bytes) -> bytes:
    """Other tools' lines have other fields, but say the same of where a capture lies."""
    try:
        _, date, told = line.split(b" ", 2)
        fields = json.loads(told)
        found = [str(fields.get(name)) for name in ("url", "filename", "offset", "length")]
    except (ValueError, AttributeError, RecursionError):
        return line
    return " ".join([date.decode("latin-1"), *found]).encode("utf-8", "replace")


Reading = Callable[[bytes], bytes]


class LineTally:
    """The lines of one file, in any order, as their number and the sum of their digests."""

    def __init__(self) -> None:
        self.lines = 0
        self._sum = 0

    def add(self, line: bytes) -> None:
        """Count a line in."""
        self.lines += 1
        self._sum = (self._sum + int.from_bytes(blake2b(line, digest_size=16).digest(), "big")) % _MODULUS

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LineTally) and (self.lines, self._sum) == (other.lines, other._sum)

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class IndexCheck:
    """What is wrong with an index. `lines` reads it, `read` says what of a line counts, and `lines_of` makes the lines
    that one file should have."""

    name: str
    lines: Callable[[], Iterable[bytes]]
    read: Reading
    lines_of: Callable[[str], Iterable[bytes]]

    def faults(self, files: dict[str, LineTally], *, unfinished: bool = False) -> Iterator[Fault]:
        """Compare it with the tallies of the lines that each file should have. `unfinished` says that whole files may
        not be in it yet."""
        told: dict[str, LineTally] = defaultdict(LineTally)
        yield from self._count(told)
        for name, tally in sorted(told.items()):
            if name not in files:
                yield Fault(self.name, f"{tally.lines} lines name {name}, which is not there")
        for name, tally in sorted(files.items()):
            if tally != told[name] and not (unfinished and not told[name].lines):
                yield from self._differences(name)

    def _count(self, told: dict[str, LineTally]) -> Iterator[Fault]:
        last = b""
        for number, line in enumerate(self.lines(), 1):
            if line < last:
                yield Fault(self.name, "the line is not in order", line=number)
            last = line
            name = filename_of(line)
            if name is None:
                yield Fault(self.name, "this is no line of an index", line=number)
            else:
                told[name].add(self.read(line))

    def _differences(self, name: str) -> Iterator[Fault]:
        stated = {self.read(line): number for number, line in enumerate(self.lines(), 1) if filename_of(line) == name}
        for line in self.lines_of(name):
            if stated.pop(self.read(line), None) is None:
                fields = json.loads(line.split(b" ", 2)[2])
                yield Fault(self.name, f"the record at byte {fields['offset']} of {name} is not in the index")
        for number in sorted(stated.values()):
            yield Fault(self.name, f"the line is of no record in {name}, or not as its record says", line=number)


def filename_of(line: bytes) -> str | None:
    """The file that a line names; None for a line that is not one of an index."""
    try:
        return str(json.loads(line.split(b" ", 2)[2])["filename"])
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        return None
