"""HTTP/1.x messages as they stood on the wire: found apart, never changed.

Lenient as browsers are: bare LF, colonless and folded lines, no reason phrase, no status line at all.
"""

import re
from dataclasses import dataclass
from typing import TypeVar

from archive.telling.kinds import Warned
from archive.warc.chunks import Dechunker

_HEAD_END = re.compile(rb"\r?\n\r?\n")
#: Tools write the version in lower case, `HTTP/2` of answers that never stood in lines, and 0 for a status unknown.
_STATUS = re.compile(rb"HTTP(?:/\d(?:\.\d)?)?[ \t]+(\d{1,3})(?=[\s]|\Z)", re.IGNORECASE)

Headers = tuple[tuple[str, str], ...]
#: A view where a copy of the whole would be a waste.
Bytes = TypeVar("Bytes", bytes, memoryview)


@dataclass(frozen=True, slots=True)
class HttpMessage:
    """A response taken apart. `status` is None for an answer that is not HTTP; `body_start` is in bytes."""

    status: int | None
    headers: Headers
    body_start: int

    def values(self, name: str) -> list[str]:
        """The values of all headers of that (lower-case) name, split at commas, lower-cased."""
        found = [value for key, value in self.headers if len(key) == len(name) and key.lower() == name]
        return [part.strip().lower() for value in found for part in value.split(",") if part.strip()]

    def first(self, name: str) -> str | None:
        """The value of the first header of that (lower-case) name, as it stands."""
        for key, value in self.headers:
            if len(key) == len(name) and key.lower() == name:
                return value
        return None


def parse_message(raw: bytes) -> HttpMessage:
    """Take a response apart. Headers are decoded as latin-1, in order, case kept, folded lines joined."""
    status = _STATUS.match(raw)
    if not status:
        return HttpMessage(None, (), 0)
    end = _HEAD_END.search(raw)
    head, body_start = (raw[: end.start()], end.end()) if end else (raw, len(raw))
    return HttpMessage(int(status[1]), _headers(head), body_start)


def method_of(request: bytes) -> str:
    """The method of a request as sent; GET where nothing is known of it."""
    return request[:20].partition(b" ")[0].decode("latin-1") or "GET"


def _headers(head: bytes) -> Headers:
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
    return tuple(found)


def entity(raw: Bytes, message: HttpMessage) -> tuple[Bytes | bytes, tuple[Warned, ...]]:
    """The body with chunked transfer coding removed and its content coding kept, with warnings."""
    body = raw[message.body_start :]
    if "chunked" not in message.values("transfer-encoding"):
        return body, ()
    return _dechunk(bytes(body))


def _dechunk(body: bytes) -> tuple[bytes, tuple[Warned, ...]]:
    chunks = Dechunker()
    parts = chunks.feed(body)
    fault = chunks.fault
    warnings = (Warned(fault.kind, f"transfer coding: {fault}"),) if fault else ()
    # A server may say chunked and not do it: then the body stands as it is.
    return b"".join(parts) if chunks.begun else body, warnings
