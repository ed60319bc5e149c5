"""The gzip members of a WARC file, one a record: where each lies, and whether it is whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from isal import isal_zlib

from archive.errors import WarcError

#: Bytes read at a time: members are small, and what follows one is copied.
_CHUNK = 262_144
#: Bytes that one record may have once inflated: a record is held in memory.
MAX_RECORD = 1_000_000_000
_GZIP = 31


@dataclass(frozen=True, slots=True)
class Member:
    """One gzip member: its place in the file (bytes) and its content, inflated, with a right CRC."""

    offset: int
    length: int
    content: bytes


def read_members(file: BinaryIO, name: str, offset: int = 0) -> Iterator[Member]:
    """All members from `offset` on. Raises WarcError, with the offset, at one that is torn or broken."""
    file.seek(offset)
    rest = file.read(_CHUNK)
    while rest:
        content, used, rest = _inflate(file, rest, name, offset)
        yield Member(offset, used, content)
        offset += used
        rest = rest or file.read(_CHUNK)


def _inflate(file: BinaryIO, chunk: bytes, name: str, offset: int) -> tuple[bytes, int, bytes]:
    machine = isal_zlib.decompressobj(wbits=_GZIP)
    parts: list[bytes] = []
    size: int = 0
    taken = 0
    while True:
        if not chunk:
            raise WarcError(f"{name}: the gzip member at byte {offset} is cut short")
        taken += len(chunk)
        try:
            parts.append(machine.decompress(chunk, max_length=MAX_RECORD + 1 - size))
        except (isal_zlib.error, ValueError) as error:  # type: ignore[misc]
            raise WarcError(f"{name}: the gzip member at byte {offset} is broken: {error}") from error
        size += len(parts[-1])
        if size > MAX_RECORD:
            raise WarcError(f"{name}: the record at byte {offset} inflates to more than {MAX_RECORD} bytes")
        if machine.eof:
            rest = machine.unused_data
            return b"".join(parts), taken - len(rest), rest
        chunk = file.read(_CHUNK)


def is_gzip(path: Path) -> bool:
    """Whether a file begins as gzip does."""
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"
