"""WARC records read back into memory, exactly as they stand in the file, and which of them are one exchange."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Generic, TypeVar

from isal import isal_zlib

from archive.errors import WarcError
from archive.telling.kinds import Warned
from archive.warc.scan import Fielded, Fields, OpenRecord, bare_id, scan

#: Bytes of a block that are held in memory; no page is that long, and the rest is passed over.
MAX_BLOCK = 100_000_000
_ARC = b"filedesc://"
#: Record types that hold what came back. All others stand beside one of these.
MAIN = frozenset(("response", "revisit", "resource", "conversion", "continuation"))
Item = TypeVar("Item", bound=Fielded)


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


AnyRecord = OpenRecord | WarcRecord


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
        parts, size = [], 0
        for piece in record.pieces():
            parts.append(piece[: MAX_BLOCK - size])
            size += len(piece)
            if size >= MAX_BLOCK:
                break
        record.finish()
        block = b"".join(parts)
        yield WarcRecord(record.fields, block, record.offset, record.length, record.size, record.alone)


def open_records(file: BufferedReader, name: str) -> Iterator[AnyRecord]:
    """All records of an open file, of which only those of an ARC are in memory. Raises WarcError at what cannot be
    read."""
    yield from read_records(file, name) if is_arc(file) else scan(file, name)


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
    # It brings asyncio and fsspec: a tenth of the time in which a worker begins.
    from warcio.archiveiterator import ArchiveIterator  # noqa: PLC0415
    from warcio.exceptions import ArchiveLoadFailed  # noqa: PLC0415

    records = ArchiveIterator(file, no_record_parse=True, arc2warc=True)
    try:
        for record in records:
            block = record.raw_stream.read(MAX_BLOCK)
            fields = Fields((str(key), str(value)) for key, value in record.rec_headers.headers)
            size = int(record.rec_headers.get_header("Content-Length") or 0)
            records.read_to_end()
            at, length = records.get_record_offset(), records.get_record_length()
            yield WarcRecord(fields, block, at, length, size)
    except (ArchiveLoadFailed, EOFError, OSError, ValueError) as error:
        raise WarcError(f"{name}: cannot be read on as ARC: {error}") from error


@dataclass(frozen=True, slots=True)
class Recorded(Generic[Item]):
    """The records of one exchange. `main` is what came back, None where nothing did; `beside` its request and metadata,
    in the order of the file."""

    main: Item | None
    beside: tuple[Item, ...]

    def of_type(self, kind: str) -> Item | None:
        """The first record of a type that stands beside the answer."""
        return next((item for item in self.beside if item.type == kind), None)


def exchanges(records: Iterable[Item]) -> Iterator[Recorded[Item]]:
    """Bring together the records that name each other (WARC-Concurrent-To), in whichever order a tool wrote them, as
    long as nothing else stands between. Each record must have been read when the next one is asked for.

    Raises WarcError where `records` does; the exchange before that has been given out.
    """
    held: list[Item] = []
    broken: WarcError | None = None
    try:
        for record in records:
            if held and not _belongs(record, held):
                yield _recorded(held)
                held = []
            held.append(record)
    except WarcError as error:
        # What came before was whole.
        broken = error
    if held:
        yield _recorded(held)
    if broken:
        raise broken


def _belongs(record: Item, held: list[Item]) -> bool:
    if record.type in MAIN and any(item.type in MAIN for item in held):
        return False
    named = bare_id(record.field("WARC-Concurrent-To"))
    return any(
        (named and item.id == named) or (record.id and bare_id(item.field("WARC-Concurrent-To")) == record.id)
        for item in held
    )


def _recorded(held: list[Item]) -> Recorded[Item]:
    main = next((item for item in held if item.type in MAIN), None)
    return Recorded(main, tuple(item for item in held if item is not main))
