"""The records of one WARC, checked one by one: gzip checksums, fields, block and payload digests."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BufferedReader

from archive.errors import WarcError
from archive.telling.kinds import Warned
from archive.warc.any_record import AnyRecord
from archive.warc.fault import Fault
from archive.warc.header_faults import header_faults
from archive.warc.index import IndexEntry, is_indexed
from archive.warc.message import HttpMessage
from archive.warc.packing import HEADER
from archive.warc.record import is_arc, read_records
from archive.warc.record_reading import Reading
from archive.warc.salvage import Salvage
from archive.warc.scan import Fielded, Fields, OpenRecord

_NEEDED = ("WARC-Type", "WARC-Record-ID", "WARC-Date")
#: Told the bytes that have been read since it was last told.
Progress = Callable[[int], None]


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
