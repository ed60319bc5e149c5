"""WARC records read as a stream: the header fields at once, the block piece by piece, whatever its size.

Lenient as other tools' files need: bare LF, folded fields, missing or additional line ends behind a block. Not warcio's
reader, which tells nothing of damage and of places within a file that is one gzip member.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from io import BufferedReader

from archive.errors import CutShortError, WarcError
from archive.warc.frames import ZstdSections, is_zstd
from archive.warc.sections import LONGEST_START, RECORD_START, GzipSections, PlainSection

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_LINE_END = re.compile(r"\r?\n")
#: Bytes that the header fields of one record may have.
MAX_HEAD = 1_000_000

_NAMED = re.compile(r"\.(gz|zst)(?:\.open)?$", re.I)
_FORMS: dict[str, type[GzipSections | ZstdSections]] = {"gz": GzipSections, "zst": ZstdSections}

Sections = GzipSections | ZstdSections | PlainSection


class Fields(tuple[tuple[str, str], ...]):
    """The fields of a record's header, as written and in order."""

    @cached_property
    def first(self) -> dict[str, str]:
        """The first value that each name has; names are in lower case."""
        # A record is asked some twenty times: going through all fields took a quarter of the time of verifying.
        return {name.lower(): value for name, value in reversed(self)}


def bare_id(value: str | None) -> str:
    """`<urn:uuid:X>` to `X`."""
    return (value or "").strip().strip("<>").removeprefix("urn:uuid:")


class Fielded:
    """What has WARC header fields."""

    __slots__ = ()
    fields: Fields

    def field(self, name: str) -> str | None:
        """The first field of that name, whatever its case."""
        return self.fields.first.get(name.lower())

    @property
    def type(self) -> str:
        """WARC-Type."""
        return self.field("WARC-Type") or ""

    @property
    def id(self) -> str:
        """The record's id: a bare UUID where it is one."""
        return bare_id(self.field("WARC-Record-ID"))

    @property
    def url(self) -> str:
        """WARC-Target-URI without the angle brackets that WARC 1.0 asked for."""
        return (self.field("WARC-Target-URI") or "").strip("<>")

    @property
    def is_http(self) -> bool:
        """Whether the block is an HTTP message. A response from the web is one where nobody says what it is."""
        kind = self.field("Content-Type")
        if kind is None:
            return self.type == "response" and self.url.lower().startswith(("http://", "https://"))
        return kind.lower().replace(" ", "").startswith("application/http")


@dataclass(slots=True)
class OpenRecord(Fielded):
    """A record whose block is still to be read: `pieces` gives it, once; what is left is passed over.

    `offset` is where the record begins in the file and `size` the length of its block, in bytes. `length`, known
    after `finish`, is that of its gzip member or zstd frame, or in a plain file of the record without the line ends
    behind it. Where one member holds many records, `alone` is then False and both count inflated bytes: such a record
    is only reached from the start.

    Of a `lenient` record the block ends where it cannot be read on, and `fault` then says why.
    """

    fields: Fields
    offset: int
    size: int
    _reader: "SectionReader"
    _left: int
    length: int = 0
    alone: bool = True
    lenient: bool = False
    fault: WarcError | None = None

    def pieces(self) -> Iterator[bytes]:
        """The block, piece by piece. Raises WarcError where it cannot be read on."""
        while self._left:
            try:
                piece = self._reader.take(self._left) or self._cut_short()
            except WarcError as error:
                self._fail(error)
                return
            self._left -= len(piece)
            yield piece

    def end_at(self, size: int) -> None:
        """Take only so much of the block, for its Content-Length lies."""
        self._left = size
        self.fault = CutShortError(
            f"{self._reader.name}: the record at byte {self.offset} does not end where its Content-Length says"
        )

    def _cut_short(self) -> bytes:
        raise CutShortError(
            f"{self._reader.name}: the record at byte {self.offset} is shorter than its Content-Length says"
        )

    def _fail(self, error: WarcError) -> None:
        if not self.lenient:
            raise error
        self.fault, self._left = error, 0

    def finish(self) -> None:
        """Read to the record's end, as going on to the next one does. Raises WarcError as `pieces` does."""
        if self.length:
            return
        try:
            for _ in self.pieces():
                pass
            self._reader.finish(self)
        except WarcError as error:
            self._fail(error)


def scan(file: BufferedReader, name: str, offset: int = 0) -> Iterator[OpenRecord]:
    """Stream the records of a WARC from a record's offset on. `name` stands in errors.

    Raises WarcError, with the offset, at what cannot be read; everything before has been yielded.
    """
    source = sections(file, name, offset)
    while source.begin():
        reader = SectionReader(source, name)
        while record := reader.record():
            yield record
            record.finish()


def sections(file: BufferedReader, name: str, offset: int = 0) -> Sections:
    """The sections of a file from an offset on at which one begins.

    Its bytes there tell the form, or its name where they are damaged. A file that cannot be sought, such as a response
    from the web, is read from where it stands.
    """
    if offset:
        try:
            file.seek(offset)
        except (OSError, ValueError) as error:  # a place that a record names may be any number
            raise WarcError(f"{name}: there is no byte {offset}") from error
    start = file.peek(8)[:8]
    if start.startswith(GzipSections.magic[:2]):
        return GzipSections(file, name, offset)
    if is_zstd(start):
        return ZstdSections(file, name, offset)
    named = None if start.startswith(b"WARC/") else _NAMED.search(name)
    return _FORMS[named[1].lower()](file, name, offset) if named else PlainSection(file, offset)


class SectionReader:
    """The section that `source` stands at, read record by record. `at` is where the record begins that was read or
    looked for last."""

    def __init__(self, source: Sections, name: str, *, lenient: bool = False) -> None:
        self.name = name
        self.at = 0
        self._source = source
        self._lenient = lenient
        self._packed = not isinstance(source, PlainSection)
        self._start = source.inflated
        self._buffer = b""
        self._alone = True

    def take(self, most: int) -> bytes:
        """Up to `most` bytes; empty at the section's end."""
        piece = self._buffer or self._source.read()
        self._buffer = piece[most:]
        return piece[:most] if self._buffer else piece

    def position(self) -> int:
        """The byte that comes next: of the file, or of what its members inflate to."""
        return self._source.inflated - len(self._buffer)

    def record(self) -> OpenRecord | None:
        """The next record; None at the section's end. Raises WarcError where none begins."""
        self._skip_line_ends()
        first = self._packed and self.position() == self._start
        offset = self.at = self._source.start if first else self.position()
        if not self._packed and offset and self._buffer.startswith(b"\0"):
            self._skip_padding(offset)
        if not self._buffer:
            return None
        fields = self._head(offset)
        size = fields.first.get("content-length", "")
        if not (size.isascii() and size.isdigit() and len(size) < 16):
            raise WarcError(f"{self.name}: the record at byte {offset} has no valid Content-Length")
        record = OpenRecord(fields, offset, int(size), self, int(size), alone=self._alone, lenient=self._lenient)
        if self._lenient and isinstance(self._source, PlainSection):
            self._measure(record, self._source)
        return record

    def _skip_padding(self, offset: int) -> None:
        """Pass over zeros that are all that is left of a plain file; its records must not end in others."""
        while self._buffer and not self._buffer.strip(b"\0"):
            self._buffer = self._source.read()
        if self._buffer:
            raise WarcError(f"{self.name}: what stands at byte {offset} is no WARC record")

    def _measure(self, record: OpenRecord, source: PlainSection) -> None:
        """Find a Content-Length that lies before it swallows the records behind it: what follows the block of a plain
        file must be the next record, or the end."""
        start = self.position()
        end = start + record.size
        if not source.sought or source.ends_record(end):
            return
        following = source.next_record(start, min(end, source.size))
        if following is not None:
            record.end_at(following - start - source.line_ends_before(following, start))
        elif source.may_end_record(end):
            return
        elif end < source.size and not source.look(end, 2).startswith((b"\r\n", b"\n")):
            record.end_at(record.size)

    def finish(self, record: OpenRecord) -> None:
        """Tell a record whose block has been read its length."""
        end = self.position()
        if not record.fault:
            self._skip_line_ends()
        self._alone = record.alone and (not self._packed or not self._buffer)
        record.alone = self._alone
        if self._packed and self._alone:
            record.length = self._source.end - self._source.start
        else:
            record.length = end - record.offset

    def _skip_line_ends(self) -> None:
        self._buffer = self._buffer.lstrip(b"\r\n")
        while not self._buffer and (piece := self._source.read()):
            self._buffer = piece.lstrip(b"\r\n")

    def _head(self, offset: int) -> Fields:
        end = following = None
        while self._buffer.startswith(b"WARC/"[: len(self._buffer)]):
            end = _HEAD_END.search(self._buffer)
            following = RECORD_START.search(self._buffer, 1, end.start() if end else len(self._buffer))
            piece = b"" if end or following or len(self._buffer) > MAX_HEAD else self._source.read()
            if not piece:
                break
            self._buffer += piece
        if not end or following:
            # Behind the first byte, the next one is to be looked for.
            self._buffer = self._buffer[1:]
            what = f"the record at byte {offset} has no end of its header" if following else ""
            raise WarcError(f"{self.name}: {what or f'what stands at byte {offset} is no WARC record'}")
        head, self._buffer = self._buffer[: end.start()], self._buffer[end.end() :]
        return parse_head(head)

    def resync(self) -> bool:
        """Go forward to where the next record of the section seems to begin; False at the section's end.

        Raises WarcError where the section cannot be read on.
        """
        while not (found := RECORD_START.search(self._buffer)):
            piece = self._source.read()
            if not piece:
                self._buffer = b""
                return False
            self._buffer = self._buffer[-LONGEST_START:] + piece
        self._buffer = self._buffer[found.start() :]
        return True


def parse_head(head: bytes) -> Fields:
    """The fields of a record's header, as written, folded lines joined."""
    found: list[tuple[str, str]] = []
    for line in _LINE_END.split(head.decode("utf-8", "replace"))[1:]:
        if line[:1] in (" ", "\t") and found:
            name, value = found[-1]
            found[-1] = name, f"{value} {line.strip()}"
        elif line:
            name, _, value = line.partition(":")
            # Control characters stay, for they tell of damage.
            found.append((name.strip(" \t"), value.strip(" \t")))
    return Fields(found)
