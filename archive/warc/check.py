"""The records of one WARC, checked one by one: gzip checksums, fields, block and payload digests."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BufferedReader

from archive.errors import WarcError
from archive.telling.kinds import Warned
from archive.warc.fault import Fault
from archive.warc.index import IndexEntry, is_indexed
from archive.warc.message import HttpMessage
from archive.warc.packing import HEADER
from archive.warc.record import AnyRecord, is_arc, read_records
from archive.warc.record_reading import Reading
from archive.warc.salvage import Salvage
from archive.warc.scan import Fielded, Fields, OpenRecord

#: The fields that a header has once at most: all of WARC 1.1, section 5, but WARC-Concurrent-To. Others are free.
_SINGLE = frozenset(
    "warc-type warc-record-id warc-date content-length content-type warc-block-digest warc-payload-digest "
    "warc-ip-address warc-refers-to warc-refers-to-target-uri warc-refers-to-date warc-target-uri warc-truncated "
    "warc-warcinfo-id warc-filename warc-profile warc-identified-payload-type warc-segment-number "
    "warc-segment-origin-id warc-segment-total-length".split()
)
#: All but tabs: line ends are gone, and folded lines joined.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_NAME = re.compile(r"[!#-'*+.^-z|~A-Z0-9-]+")
#: Dates as the standard wants them, to any precision, and what other tools make of that; ids with brackets or without.
_FORMS = {
    "warc-date": re.compile(
        r"\d{4}(?:-?\d\d(?:-?\d\d(?:[T ]?\d\d(?::?\d\d(?::?\d\d(?:[.,]\d+)?)?)?(?:Z|[+-]\d\d:?\d\d)?)?)?)?", re.I
    ),
    "warc-record-id": re.compile(r"<[^<>\s]+>|[^<>\s]+"),
}
_NAMES = re.compile(rf"(?:{_NAME.pattern}\n)*")
_NEEDED = ("WARC-Type", "WARC-Record-ID", "WARC-Date")
#: Told the bytes that have been read since it was last told.
Progress = Callable[[int], None]


def header_faults(fields: Fields) -> Iterator[str]:
    """The traces of damage. Zeroing or deletion melts two headers into one, which then has fields of both."""
    # All names, and all values, at a time: one by one they took a tenth of the time of verifying.
    names = [name for name, _ in fields]
    joined = "".join([f"{name}\n" for name in names])
    if _CONTROLS.search(joined) or _CONTROLS.search("\n".join([value for _, value in fields])):
        yield "the header holds control characters"
    elif not _NAMES.fullmatch(joined):
        wrong = next(name for name in names if not _NAME.fullmatch(name))
        yield f"a line of the header names no field: {wrong[:80]!r}"
    lowered = joined.lower().split("\n")
    for name, (_, value) in zip(lowered, fields, strict=False):
        if name in _FORMS and not _FORMS[name].fullmatch(value):
            yield f"the header's {name} is none: {value[:80]!r}"
    if len(set(lowered)) < len(lowered):
        for name, count in Counter(lowered).items():
            if count > 1 and name in _SINGLE:
                yield f"the header has the field {name} {count} times"


@dataclass(frozen=True, slots=True)
class Checked(Fielded):
    """A record that could be read: what others need to know of it. `message` is its HTTP head, `block` as much of its
    block as was to be kept, all of a small record's, `entry` what an index says of it."""

    fields: Fields
    offset: int
    length: int
    size: int
    alone: bool
    message: HttpMessage | None
    block: bytes
    entry: IndexEntry | None
    doubts: tuple[Warned, ...] = ()
    cut_short: bool = False


class FileCheck:
    """Checks the records of one WARC or ARC. Iterating gives what could be read; `faults` collects the rest."""

    def __init__(self, file: BufferedReader, name: str, progress: Progress, *, keep: int = 0) -> None:
        """`keep` is how many bytes of a block are kept for who iterates."""
        self.name = name
        self.faults: list[Fault] = []
        self.records = 0
        self._file = file
        self._progress = progress
        self._told = 0
        self._other: tuple[int, str] | None = None
        self._ours = False
        self._keep = keep

    def __iter__(self) -> Iterator[Checked]:
        if is_arc(self._file):
            yield from self._arc()
            return
        source = Salvage(self._file, self.name, self.faults.append)
        for record in source:
            checked = self._check(record)
            if not record.fault:
                self._check_header(source.header, record)
                yield checked
            self._tell(source.read)

    def _arc(self) -> Iterator[Checked]:
        try:
            for record in read_records(self._file, self.name):
                yield self._check(record)
                self._tell(record.offset + record.length)
        except WarcError as error:
            self._fault(str(error).removeprefix(f"{self.name}: "), self._told)

    def _tell(self, at: int) -> None:
        self._progress(at - self._told)
        self._told = at

    def _fault(self, what: str, offset: int, record_id: str | None = None) -> None:
        self.faults.append(Fault(self.name, what, offset, record_id or None))

    def _check(self, record: AnyRecord) -> Checked:
        self.records += 1
        reading = Reading(record, digests=True, keep=self._keep)
        missing = (f"the record has no {name}" for name in _NEEDED if not record.field(name))
        # The digests of what is cut short say nothing new.
        wrong = () if isinstance(record, OpenRecord) and record.fault else reading.wrong()
        for what in (*header_faults(record.fields), *missing, *wrong):
            self._fault(what, record.offset, record.id)
        entry = reading.entry(self.name) if is_indexed(record) else None
        return Checked(
            record.fields,
            record.offset,
            record.length,
            record.size,
            record.alone,
            reading.message,
            reading.note,
            entry,
        )

    def _check_header(self, header: bytes, record: AnyRecord) -> None:
        """In a file of our own all headers are alike; other tools' hold times and names."""
        if header == HEADER:  # of each member that our own writer wrote; no checksum covers it
            self._ours = True
        elif self._other is None:
            self._other = record.offset, record.id
        if self._ours and self._other:
            self._fault("the header of the gzip member is not as it was written", *self._other)
            self._other = None
