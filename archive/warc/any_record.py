"""Records of any WARC or ARC as a stream, one form for all."""

import re
from collections.abc import Iterator
from io import BufferedReader
from itertools import chain

from archive.warc.record import WarcRecord, is_arc, read_records
from archive.warc.scan import OpenRecord, scan

_HEAD_END = re.compile(rb"\r?\n\r?\n")
#: Bytes that the status line and headers of a response may have; what follows counts as body.
_MAX_HEAD = 1_000_000

AnyRecord = OpenRecord | WarcRecord


def open_records(file: BufferedReader, name: str) -> Iterator[AnyRecord]:
    """All records of an open file. Raises WarcError at what cannot be read."""
    yield from read_records(file, name) if is_arc(file) else scan(file, name)


def behind_head(block: bytes) -> bytes:
    """What follows the first blank line, which is what an index digests of a block without a stated digest."""
    end = _HEAD_END.search(block)
    return block[end.end() :] if end else b""


def take_head(pieces: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The head of an HTTP message, its blank line included, and the pieces of what follows."""
    head = b""
    for piece in pieces:
        searched = max(0, len(head) - 3)
        head += piece
        end = _HEAD_END.search(head, searched)
        if end:
            return head[: end.end()], chain([head[end.end() :]], pieces)
        if len(head) > _MAX_HEAD:
            break
    return head, pieces
