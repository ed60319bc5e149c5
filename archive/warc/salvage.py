"""Everything that can be read of a damaged WARC: no record that is whole is lost, and what is lost is named.

Behind damage a compressed file is read on from the next member, a plain one from the next line `WARC/1.`. That is our
own work: warcio and FastWARC end at the first damage, or pass over it in silence.
"""

from collections.abc import Callable, Iterator
from io import BufferedReader

from archive.errors import WarcError
from archive.warc.fault import Fault
from archive.warc.scan import OpenRecord, SectionReader, sections
from archive.warc.sections import PlainSection

#: Faults of one file from which on it is not read further: it is no WARC, or made to keep us busy.
MOST_FAULTS = 10_000


class Salvage:
    """Iterating gives the records, of which damaged ones have a `fault` once they are read. Each fault is told.

    `read` is how many bytes of the file have been read, `header` that of the gzip member being read. Nothing is raised
    but what reading the file itself raises.
    """

    def __init__(self, file: BufferedReader, name: str, tell: Callable[[Fault], None]) -> None:
        self._name = name
        self._tell = tell
        self._source = sections(file, name)
        self._seekable = file.seekable()
        self._faults = 0

    @property
    def read(self) -> int:
        """Bytes."""
        return self._source.end

    @property
    def header(self) -> bytes:
        """Ten bytes; empty in a plain file."""
        return self._source.header

    def __iter__(self) -> Iterator[OpenRecord]:
        while self._faults < MOST_FAULTS:
            try:
                if not self._source.begin():
                    return
                yield from self._section()
            except WarcError as error:
                self._note(error, self._source.start)
                if not self._skip():
                    return
        self._say(f"there are more than {MOST_FAULTS} faults; the rest was not read", self._source.end)

    def _section(self) -> Iterator[OpenRecord]:
        """The records of one section. Raises WarcError where the section itself cannot be read on."""
        reader = SectionReader(self._source, self._name, lenient=True)
        goes_on = True
        while goes_on and self._faults < MOST_FAULTS:
            record = None
            try:
                record = reader.record()
                goes_on = record is not None
            except WarcError as error:
                self._judge(error, reader)
                goes_on = reader.resync()
            if record:
                yield record
                record.finish()
                if record.fault:
                    self._judge(record.fault, reader, record.id)
                    goes_on = reader.resync()

    def _judge(self, error: WarcError, reader: SectionReader, record_id: str | None = None) -> None:
        if self._source.broken:
            raise self._source.broken
        self._note(error, reader.at if isinstance(self._source, PlainSection) else self._source.start, record_id)

    def _skip(self) -> bool:
        if not self._seekable and not isinstance(self._source, PlainSection):
            self._say("the rest was not read, for this file cannot be sought: download it first", self._source.end)
        return self._source.skip_broken()

    def _note(self, error: WarcError, offset: int, record_id: str | None = None) -> None:
        self._faults += 1
        self._say(str(error).removeprefix(f"{self._name}: "), offset, record_id)

    def _say(self, what: str, offset: int, record_id: str | None = None) -> None:
        self._tell(Fault(self._name, what, offset, record_id or None))
