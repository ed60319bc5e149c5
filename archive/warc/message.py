"""HTTP/1.x messages as they stood on the wire: found apart, never changed.

Lenient as browsers are: bare LF, colonless and folded lines, no reason phrase, no status line at all.
"""

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import brotli

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})")
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[^\r\n]*\r?\n")
#: Codings stacked deeper than this are an attack, not a page.
_MAX_CODINGS = 4

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Message:
    """A response taken apart. `status` is None for an answer that is not HTTP; `body_start` is in bytes."""

    status: int | None
    headers: Headers
    body_start: int

    def values(self, name: str) -> list[str]:
        """The values of all headers of that (lower-case) name, split at commas, lower-cased."""
        found = (value for key, value in self.headers if key.lower() == name)
        return [part.strip().lower() for value in found for part in value.split(",") if part.strip()]


def parse_message(raw: bytes) -> Message:
    """Take a response apart. Headers are decoded as latin-1, in order, case kept, folded lines joined."""
    status = _STATUS.match(raw)
    if not status:
        return Message(None, (), 0)
    end = _HEAD_END.search(raw)
    head, body_start = (raw[: end.start()], end.end()) if end else (raw, len(raw))
    return Message(int(status[1]), tuple(_headers(head)), body_start)


def _headers(head: bytes) -> Iterator[tuple[str, str]]:
    name: str | None = None
    value = ""
    for line in head.decode("latin-1").splitlines()[1:]:
        if line[:1] in (" ", "\t") and name is not None:
            value = f"{value} {line.strip()}"
            continue
        if name is not None:
            yield name, value
        before, colon, after = line.partition(":")
        name, value = (before.strip(), after.strip()) if colon else (None, "")
    if name is not None:
        yield name, value


def entity(raw: bytes, message: Message) -> tuple[bytes, tuple[str, ...]]:
    """The body with chunked transfer coding removed and its content coding kept, with warnings."""
    body = raw[message.body_start :]
    if "chunked" not in message.values("transfer-encoding"):
        return body, ()
    return _dechunk(body)


def _dechunk(body: bytes) -> tuple[bytes, tuple[str, ...]]:
    parts: list[bytes] = []
    at = 0
    while True:
        size = _CHUNK_SIZE.match(body, at)
        if not size:
            return b"".join(parts) if parts else body, ("transfer coding: a chunk has no valid size",)
        length = int(size[1], 16)
        if length == 0:
            return b"".join(parts), ()
        part = body[size.end() : size.end() + length]
        parts.append(part)
        if len(part) < length:
            return b"".join(parts), ("transfer coding: the last chunk is cut short",)
        at = size.end() + length
        at += 2 if body[at : at + 2] == b"\r\n" else 1


def decoded(body: bytes, codings: list[str], limit: int) -> tuple[bytes, tuple[str, ...]]:
    """The body with its content codings removed, at most `limit` bytes, with warnings. Never fails."""
    warnings: list[str] = []
    known = [coding for coding in codings if coding not in ("identity", "")]
    for coding in reversed(known[-_MAX_CODINGS:]):
        decoder = _DECODERS.get(coding)
        if decoder is None:
            return body, (*warnings, f"content coding: '{coding}' is not known")
        body, warning = decoder(body, limit)
        if warning:
            warnings.append(f"content coding: {coding}: {warning}")
    return body[:limit], tuple(warnings)


Decoded = tuple[bytes, str | None]


def _inflate(body: bytes, limit: int, window: int) -> Decoded:
    machine = zlib.decompressobj(window)
    try:
        out = machine.decompress(body, limit)
    except zlib.error as error:
        return _inflate_as_far(body, limit, window), str(error)
    if machine.unconsumed_tail:
        return out, f"more than {limit} bytes; the rest was not read"
    return out, None if machine.eof else "ends before its end"


def _inflate_as_far(body: bytes, limit: int, window: int) -> bytes:
    machine = zlib.decompressobj(window)
    out: list[bytes] = []
    size = 0
    try:
        for start in range(0, len(body), 512):
            out.append(machine.decompress(body[start : start + 512], limit - size))
            size += len(out[-1])
            if size >= limit:
                break
    except zlib.error:
        pass
    return b"".join(out)


def _gunzip(body: bytes, limit: int) -> Decoded:
    if not body.startswith(b"\x1f\x8b"):
        return body, "is not gzip" if body else None
    return _inflate(body, limit, 31)


def _deflate(body: bytes, limit: int) -> Decoded:
    """RFC 9110 (8.4.1.2) means zlib; many servers send raw deflate."""
    out, warning = _inflate(body, limit, 15)
    if warning and not out:
        return _inflate(body, limit, -15)
    return out, warning


def _unbrotli(body: bytes, limit: int) -> Decoded:
    machine = brotli.Decompressor()
    out: list[bytes] = []
    size = 0
    try:
        for start in range(0, len(body), 4096):
            given = body[start : start + 4096]
            while given or not machine.can_accept_more_data():
                out.append(machine.process(given, output_buffer_limit=max(1, limit - size)))
                size += len(out[-1])
                given = b""
                if size >= limit:
                    return b"".join(out), f"more than {limit} bytes; the rest was not read"
    except brotli.error as error:
        return b"".join(out), str(error)
    return b"".join(out), None if machine.is_finished() or not body else "ends before its end"


_DECODERS: dict[str, Callable[[bytes, int], Decoded]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _deflate,
    "br": _unbrotli,
}
