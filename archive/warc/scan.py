"""WARC records read as a stream: the header fields at once, the block piece by piece, whatever its size.

Lenient as other tools' files need: bare LF, folded fields, missing or additional line ends behind a block.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader

from archive.errors import WarcError
from archive.warc.members import GzipSections, Sections, sections

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_LINE_END = re.compile(r"\r?\n")
#: Bytes that the header fields of one record may have.
MAX_HEAD = 1_000_000

Fields = tuple[tuple[str, str], ...]


def bare_id(value: str | None) -> str:
    """`<urn:uuid:X>` to `X`."""
    return (value or "").strip().strip("<>").removeprefix("urn:uuid:")


class Fielded:
    """What has WARC header fields."""

    __slots__ = ()
    fields: Fields

    def field(self, name: str) -> str | None:
        """The first field of that name, whatever its case."""
        # A record is asked some fifteen times: this loop was a quarter of the time of verifying.
        size = len(name)
        for key, value in self.fields:
            if len(key) == size and (key == name or key.lower() == name.lower()):
                return value
        return None

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
        """Whether the block is an HTTP message."""
        return (self.field("Content-Type") or "").lower().replace(" ", "").startswith("application/http")


@dataclass(slots=True)
class OpenRecord(Fielded):
    """A record whose block is still to be read: `pieces` gives it, once; what is left is passed over.

    `offset` is where the record begins in the file and `size` the length of its block, in bytes. `length`, known
    after `finish`, is that of its gzip member, or in a plain file of the record without the line ends behind it.
    Where one gzip member holds many records, `alone` is then False and both count inflated bytes: such a record is
    only reached from the start.
    """

    fields: Fields
    offset: int
    size: int
    _reader: "_SectionReader"
    _left: int
    length: int = 0
    alone: bool = True

    def pieces(self) -> Iterator[bytes]:
        """The block, piece by piece. Raises WarcError where it cannot be read on."""
        while self._left:
            piece = self._reader.take(self._left)
            if not piece:
                raise WarcError(
                    f"{self._reader.name}: the record at byte {self.offset} is shorter than its Content-Length says"
                )
            self._left -= len(piece)
            yield piece

    def finish(self) -> None:
        """Read to the record's end, as going on to the next one does. Raises WarcError as `pieces` does."""
        if not self.length:
            for _ in self.pieces():
                pass
            self._reader.finish(self)


def scan(file: BufferedReader, name: str, offset: int = 0) -> Iterator[OpenRecord]:
    """Stream the records of a WARC from a record's offset on. `name` stands in errors.

    Raises WarcError, with the offset, at what cannot be read; everything before has been yielded.
    """
    yield from scan_sections(sections(file, name, offset), name)


def scan_sections(source: Sections, name: str) -> Iterator[OpenRecord]:
    """The records of what is left of these sections."""
    inflated = 0
    while source.begin():
        reader = _SectionReader(source, name, inflated)
        while record := reader.record():
            yield record
            record.finish()
        inflated += reader.read


class _SectionReader:
    """One section, read record by record. `before` is the bytes that the sections before it inflated to."""

    def __init__(self, source: Sections, name: str, before: int) -> None:
        self.name = name
        self.read = 0
        self._source = source
        self._gzip = isinstance(source, GzipSections)
        self._base = before if self._gzip else source.start
        self._buffer = b""
        self._alone = True

    def take(self, most: int) -> bytes:
        """Up to `most` bytes; empty at the section's end."""
        piece = self._buffer or self._more()
        self._buffer = piece[most:]
        return piece[:most] if self._buffer else piece

    def _more(self) -> bytes:
        piece = self._source.read()
        self.read += len(piece)
        return piece

    def _position(self) -> int:
        return self._base + self.read - len(self._buffer)

    def record(self) -> OpenRecord | None:
        """The next record; None at the section's end."""
        self._skip_line_ends()
        if not self._buffer:
            return None
        first = self._gzip and self._position() == self._base
        offset = self._source.start if first else self._position()
        fields = self._head(offset)
        size = next((value for key, value in fields if key.lower() == "content-length"), "")
        if not (size.isascii() and size.isdigit() and len(size) < 16):
            raise WarcError(f"{self.name}: the record at byte {offset} has no valid Content-Length")
        return OpenRecord(fields, offset, int(size), self, int(size), alone=self._alone)

    def finish(self, record: OpenRecord) -> None:
        """Tell a record whose block has been read its length."""
        end = self._position()
        self._skip_line_ends()
        self._alone = record.alone and (not self._gzip or not self._buffer)
        record.alone = self._alone
        if self._gzip and self._alone:
            record.length = self._source.end - self._source.start
        else:
            record.length = end - record.offset

    def _skip_line_ends(self) -> None:
        self._buffer = self._buffer.lstrip(b"\r\n")
        while not self._buffer and (piece := self._more()):
            self._buffer = piece.lstrip(b"\r\n")

    def _head(self, offset: int) -> Fields:
        end = None
        while self._buffer.startswith(b"WARC/"[: len(self._buffer)]):
            end = _HEAD_END.search(self._buffer)
            piece = b"" if end or len(self._buffer) > MAX_HEAD else self._more()
            if not piece:
                break
            self._buffer += piece
        if not end:
            raise WarcError(f"{self.name}: what stands at byte {offset} is no WARC record")
        head, self._buffer = self._buffer[: end.start()], self._buffer[end.end() :]
        return parse_head(head)


def parse_head(head: bytes) -> Fields:
    """The fields of a record's header, as written, folded lines joined."""
    found: list[tuple[str, str]] = []
    for line in _LINE_END.split(head.decode("utf-8", "replace"))[1:]:
        if line[:1] in (" ", "\t") and found:
            name, value = found[-1]
            found[-1] = name, f"{value} {line.strip()}"
        elif line:
            name, _, value = line.partition(":")
            found.append((name.strip(), value.strip()))
    return tuple(found)
