"""WARC records read back: header fields and block, exactly as they stand in the file."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from archive.errors import WarcError
from archive.warc.members import Member, is_gzip, read_members


@dataclass(frozen=True, slots=True)
class WarcRecord:
    """One record: `fields` by name as written, `offset` and `length` of its gzip member (of the record itself in
    a plain file) in bytes."""

    fields: tuple[tuple[str, str], ...]
    block: bytes
    offset: int
    length: int

    def field(self, name: str) -> str | None:
        """The first field of that name, whatever its case."""
        wanted = name.lower()
        return next((value for key, value in self.fields if key.lower() == wanted), None)

    @property
    def type(self) -> str:
        """WARC-Type."""
        return self.field("WARC-Type") or ""

    @property
    def id(self) -> str:
        """The record's id: a bare UUID where it is one."""
        return bare_id(self.field("WARC-Record-ID"))


def bare_id(value: str | None) -> str:
    """`<urn:uuid:X>` to `X`."""
    return (value or "").strip().strip("<>").removeprefix("urn:uuid:")


def read_warc(path: Path, offset: int = 0) -> Iterator[WarcRecord]:
    """Stream the records of a WARC file from a record's offset on, gzip by record or otherwise.

    Raises WarcError, naming file and offset, at what cannot be read; everything before has been yielded.
    """
    if not path.stat().st_size:
        return
    if is_gzip(path) and _gzipped_by_record(path):
        with path.open("rb") as file:
            for member in read_members(file, path.name, offset):
                yield parse_record(member, path.name)
    else:
        yield from _read_with_warcio(path, offset)


def parse_record(member: Member, name: str) -> WarcRecord:
    """One gzip member as a record. Raises WarcError if it is none."""
    head, blank, rest = member.content.partition(b"\r\n\r\n")
    if not head.startswith(b"WARC/") or not blank:
        raise WarcError(f"{name}: the gzip member at byte {member.offset} holds no WARC record")
    fields = tuple(_fields(head))
    size = next((value for key, value in fields if key.lower() == "content-length"), "")
    if not size.isdigit() or int(size) > len(rest):
        raise WarcError(f"{name}: the record at byte {member.offset} is shorter than its Content-Length says")
    return WarcRecord(fields, rest[: int(size)], member.offset, member.length)


def _fields(head: bytes) -> Iterator[tuple[str, str]]:
    lines = head.decode("utf-8", "replace").split("\r\n")[1:]
    for line, following in pairwise([*lines, ""]):
        if line[:1] in (" ", "\t"):
            continue
        name, _, value = line.partition(":")
        folded = f" {following.strip()}" if following[:1] in (" ", "\t") else ""
        yield name.strip(), value.strip() + folded


def _gzipped_by_record(path: Path) -> bool:
    """A WARC of one gzip member that holds many records cannot be read by offset."""
    with path.open("rb") as file:
        try:
            first = next(read_members(file, path.name))
        except WarcError:
            return True
    head, _, rest = first.content.partition(b"\r\n\r\n")
    size = next((value for key, value in _fields(head) if key.lower() == "content-length"), "0")
    return not rest[int(size) if size.isdigit() else 0 :].strip(b"\r\n")


def _read_with_warcio(path: Path, offset: int) -> Iterator[WarcRecord]:
    with path.open("rb") as file:
        file.seek(offset)
        records = ArchiveIterator(file, no_record_parse=True, arc2warc=True)
        try:
            for record in records:
                block = record.raw_stream.read()
                fields = tuple((str(key), str(value)) for key, value in record.rec_headers.headers)
                at = offset + records.get_record_offset()
                yield WarcRecord(fields, block, at, records.get_record_length())
        except (ArchiveLoadFailed, EOFError, OSError, ValueError) as error:
            raise WarcError(f"{path.name}: cannot be read on as WARC: {error}") from error
