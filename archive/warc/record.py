"""WARC records read back into memory: header fields and block, exactly as they stand in the file."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from isal import isal_zlib
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from archive.errors import WarcError
from archive.telling.kinds import Warned
from archive.warc.scan import Fielded, Fields, OpenRecord, bare_id, scan

__all__ = ["MAX_BLOCK", "WarcRecord", "bare_id", "read_records", "read_warc"]

#: Bytes of a block that are held in memory; no page is that long, and the rest is passed over.
MAX_BLOCK = 100_000_000
_ARC = b"filedesc://"


@dataclass(frozen=True, slots=True)
class WarcRecord(Fielded):
    """One record. `offset`, `length`, `size` and `alone` are as in OpenRecord; the block may be less than `size`.
    `doubts` is what tells of damage, `cut_short` that the file ends within it."""

    fields: Fields
    block: bytes
    offset: int
    length: int
    size: int
    alone: bool = True
    doubts: tuple[Warned, ...] = ()
    cut_short: bool = False

    @property
    def cut(self) -> bool:
        """Whether the block is not all of it."""
        return len(self.block) < self.size

    def pieces(self) -> Iterator[bytes]:
        """The block, as OpenRecord gives it."""
        yield self.block

    def finish(self) -> None:
        """Nothing is left to read."""


def read_warc(path: Path, offset: int = 0) -> Iterator[WarcRecord]:
    """Stream the records of a WARC (or ARC) file from a record's offset on, gzip by record or otherwise.

    Raises WarcError, naming file and offset, at what cannot be read; everything before has been yielded.
    """
    with path.open("rb") as file:
        yield from read_records(file, path.name, offset)


def read_records(file: BufferedReader, name: str, offset: int = 0) -> Iterator[WarcRecord]:
    """The records of an open file."""
    if not offset and is_arc(file):
        yield from _read_arc(file, name)
        return
    for record in scan(file, name, offset):
        block = _block(record)
        record.finish()
        yield WarcRecord(record.fields, block, record.offset, record.length, record.size, record.alone)


def _block(record: OpenRecord) -> bytes:
    parts: list[bytes] = []
    size = 0
    for piece in record.pieces():
        parts.append(piece[: MAX_BLOCK - size])
        size += len(piece)
        if size >= MAX_BLOCK:
            break
    return b"".join(parts)


def is_arc(file: BufferedReader) -> bool:
    """Whether a file, read from its start, is an ARC, which the Internet Archive wrote before there was WARC."""
    start = bytes(file.peek(1024))
    if start.startswith(b"\x1f\x8b"):
        try:
            start = isal_zlib.decompressobj(wbits=31).decompress(start, len(_ARC))
        except (isal_zlib.error, ValueError):  # type: ignore[misc]
            return False
    return start.startswith(_ARC)


def _read_arc(file: BufferedReader, name: str) -> Iterator[WarcRecord]:
    records = ArchiveIterator(file, no_record_parse=True, arc2warc=True)
    try:
        for record in records:
            block = record.raw_stream.read(MAX_BLOCK)
            fields = tuple((str(key), str(value)) for key, value in record.rec_headers.headers)
            size = int(record.rec_headers.get_header("Content-Length") or 0)
            records.read_to_end()
            at, length = records.get_record_offset(), records.get_record_length()
            yield WarcRecord(fields, block, at, length, size)
    except (ArchiveLoadFailed, EOFError, OSError, ValueError) as error:
        raise WarcError(f"{name}: cannot be read on as ARC: {error}") from error
