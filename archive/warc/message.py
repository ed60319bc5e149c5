"""HTTP/1.x messages as they stood on the wire: found apart, never changed; and the chunked transfer coding (RFC 9112,
section 7.1) taken off a body.

Lenient as browsers are: bare LF, colonless and folded lines, no reason phrase, no status line at all.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TypeVar

from archive.telling.kinds import Warned, WarningKind

_HEAD_END = re.compile(rb"\r?\n\r?\n")
#: Tools write the version in lower case, `HTTP/2` of answers that never stood in lines, and 0 for a status unknown.
_STATUS = re.compile(rb"HTTP(?:/\d(?:\.\d)?)?[ \t]+(\d{1,3})(?=[\s]|\Z)", re.IGNORECASE)
#: Bytes that the status line and headers of a response may have where it is read in pieces; what follows is body.
_MAX_HEAD = 1_000_000
_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\n]*)?\r?\n?\Z")
#: Bytes that a line with a chunk's size, extensions included, may have.
_LONGEST_LINE = 65_536
_NO_SIZE = Warned(WarningKind.TRANSFER_CODING, "a chunk has no valid size")

Headers = tuple[tuple[str, str], ...]
#: A view where a copy of the whole would be a waste.
Bytes = TypeVar("Bytes", bytes, memoryview)


@dataclass(frozen=True)
class HttpMessage:
    """A response taken apart. `status` is None for an answer that is not HTTP; `body_start` is in bytes."""

    status: int | None
    headers: Headers
    body_start: int

    def values(self, name: str) -> list[str]:
        """The values of all headers of that (lower-case) name, split at commas, lower-cased."""
        return [
            part.strip().lower() for value in self._named.get(name, ()) for part in value.split(",") if part.strip()
        ]

    def first(self, name: str) -> str | None:
        """The value of the first header of that (lower-case) name, as it stands."""
        found = self._named.get(name)
        return found[0] if found else None

    @cached_property
    def _named(self) -> dict[str, list[str]]:
        """The values of each (lower-case) name. A capture is asked for seven of them, or more."""
        named: dict[str, list[str]] = {}
        for name, value in self.headers:
            named.setdefault(name.lower(), []).append(value)
        return named


def parse_message(raw: bytes) -> HttpMessage:
    """Take a response apart. Headers are decoded as latin-1, in order, case kept, folded lines joined."""
    status = _STATUS.match(raw)
    if not status:
        return HttpMessage(None, (), 0)
    end = _HEAD_END.search(raw)
    head, body_start = (raw[: end.start()], end.end()) if end else (raw, len(raw))
    found: list[tuple[str, str]] = []
    name: str | None = None
    value = ""
    # Not splitlines: in latin-1 it would also part lines at bytes such as 0x85, which cp1252 uses for an ellipsis.
    for line in head.decode("latin-1").replace("\r\n", "\n").split("\n")[1:]:
        if line[:1] in (" ", "\t") and name is not None:
            value = f"{value} {line.strip()}"
            continue
        if name is not None:
            found.append((name, value))
        before, colon, after = line.partition(":")
        name, value = (before.strip(), after.strip()) if colon else (None, "")
    if name is not None:
        found.append((name, value))
    return HttpMessage(int(status[1]), tuple(found), body_start)


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


def method_of(request: bytes) -> str:
    """The method of a request as sent; GET where nothing is known of it."""
    return request[:20].partition(b" ")[0].decode("latin-1") or "GET"


def entity(raw: Bytes, message: HttpMessage) -> tuple[Bytes | bytes, tuple[Warned, ...]]:
    """The body with chunked transfer coding removed and its content coding kept, with warnings."""
    body = raw[message.body_start :]
    if "chunked" not in message.values("transfer-encoding"):
        return body, ()
    chunks = Dechunker()
    parts = chunks.feed(bytes(body))
    fault = chunks.fault
    warnings = (Warned(fault.kind, f"transfer coding: {fault}"),) if fault else ()
    # A server may say chunked and not do it: then the body stands as it is.
    return b"".join(parts) if chunks.begun else bytes(body), warnings


class Dechunker:
    """Give it a body with `feed` and it gives back what the chunks hold; `fault` says what was wrong with them.

    Lenient as browsers are: bare LF, a missing line end behind a chunk. Trailers and what follows are left out.
    """

    def __init__(self) -> None:
        self.ended = False
        self.begun = False
        self._broken: Warned | None = None
        self._line = b""
        self._left = 0
        self._behind = False

    @property
    def fault(self) -> Warned | None:
        """What is wrong with the coding, as far as it was fed."""
        if self._broken or self.ended:
            return self._broken
        return Warned(WarningKind.TRUNCATED, "the last chunk is cut short") if self.begun else _NO_SIZE

    def feed(self, piece: bytes) -> list[bytes]:
        """What is in the chunks of this piece."""
        parts: list[bytes] = []
        at = 0
        while at < len(piece) and not (self.ended or self._broken):
            if self._left:
                part = piece[at : at + self._left]
                parts.append(part)
                self._left -= len(part)
                self._behind = not self._left
                at += len(part)
            else:
                at = self._size_line(piece, at)
        return parts

    def _size_line(self, piece: bytes, at: int) -> int:
        """Read on in the line that says the next chunk's size; where to go on in the piece."""
        end = piece.find(b"\n", at) + 1 or len(piece)
        self._line += piece[at:end]
        if self._behind and self._line.strip(b"\r\n") == b"":
            # The line end behind a chunk, which belongs to none.
            if self._line.endswith(b"\n"):
                self._line, self._behind = b"", False
            return end
        if self._line.endswith(b"\n"):
            self._begin_chunk()
        elif len(self._line) > _LONGEST_LINE:
            self._broken = _NO_SIZE
        return end

    def _begin_chunk(self) -> None:
        size = _SIZE.match(self._line)
        self._line, self._behind = b"", False
        if not size:
            self._broken = _NO_SIZE
            return
        self.begun = True
        self._left = int(size[1], 16)
        self.ended = not self._left
