"""Content codings (RFC 9110, section 8.4.1) taken off a body: as far as they go, never further than a limit.

Servers and proxies state codings wrongly: a body is read by how it begins, where that tells, and by what is stated
where it does not. What cannot be decoded stays as it is, with a warning.
"""

import codecs
import re
import sys
import zlib
from collections.abc import Callable, Iterator

import brotlicffi
from isal import isal_zlib

from archive.telling.kinds import Warned, WarningKind

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

#: Codings stacked deeper than this are an attack, not a page.
_MAX_CODINGS = 4
#: Bytes given to a decoder at a time where it would lose all output of a piece that is broken.
_ZLIB_STEP = 512
_BROTLI_STEP = 4096
#: Bytes of output that brotlicffi sets aside for each piece.
_BROTLI_ROOM = 65_536
#: The window that a zstd body may ask for is 2 to the power of this in bytes: 8 MiB, the most for HTTP (RFC 9659).
_ZSTD_WINDOW_LOG = 23

_MARKUP = re.compile(rb"\s*+(?:\xef\xbb\xbf\s*+)?<")
#: Bytes of a body that tell text from what is compressed.
_TEXT = 512
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
#: zlib's window for gzip alone, header and trailer checked.
_GZIP_WINDOW = 31
#: Said of bodies that are not coded at all.
_NO_CODINGS = frozenset(("", "identity", "none", "utf-8", "utf8", "binary", "8bit", "7bit"))
_SILENT = frozenset(("", "identity"))

Decoded = tuple[bytes, Warned | None]
_ENDS_EARLY = Warned(WarningKind.TRUNCATED, "ends before its end")


def decoded(body: bytes, codings: list[str], limit: int) -> tuple[bytes, tuple[Warned, ...]]:
    """The body with its content codings removed, at most `limit` bytes, with warnings. Never fails."""
    warnings: list[Warned] = []
    known = [coding for coding in codings if coding not in _NO_CODINGS]
    warnings += [
        _odd(f"content coding: '{coding}' is not known") for coding in codings if coding in _NO_CODINGS - _SILENT
    ]
    if len(known) > _MAX_CODINGS:
        warnings.append(_odd(f"content coding: {len(known)} codings; only the last {_MAX_CODINGS} were removed"))
    for coding in reversed(known[-_MAX_CODINGS:]):
        body, warning = _removed(body, coding, limit)
        if warning:
            warnings.append(Warned(warning.kind, f"content coding: {warning}"))
    if len(body) > limit:
        warnings.append(Warned(WarningKind.SIZE, f"size: only the first {limit} bytes were read"))
    return body[:limit], tuple(warnings)


def _removed(body: bytes, coding: str, limit: int) -> Decoded:
    """One coding taken off, whichever it turns out to be."""
    stated = coding.removeprefix("x-")
    if stated not in _DECODERS:
        return body, _odd(f"'{coding}' is not known")
    # Some servers send an empty line in front of what they compressed.
    coded = body.lstrip(b"\r\n") if body[:1] in (b"\r", b"\n") else body
    found = "gzip" if coded.startswith(_GZIP) else "zstd" if coded.startswith(_ZSTD) else stated
    out, warning = _DECODERS[found](coded, limit)
    if found != stated:
        kind = warning.kind if warning else WarningKind.CONTENT_CODING
        return out, Warned(kind, f"{coding}: is {found}" + (f"; {warning}" if warning else ""))
    if warning and ((not out and _MARKUP.match(body)) or _is_text(body)):
        # Some crawlers store what they decoded under the header that they received, and some servers compress nothing.
        return body, _odd(f"{coding}: is not {coding}")
    return out, Warned(warning.kind, f"{coding}: {warning}") if warning else None


def _is_text(body: bytes) -> bool:
    """Whether a body begins as no compressed data does: its first bytes are UTF-8 without control characters."""
    start = codecs.getincrementaldecoder("utf-8")("replace").decode(body[:_TEXT])
    return bool(start) and "\ufffd" not in start and not _CONTROL.search(start)


def is_gzip(body: bytes) -> bool:
    """Whether a body is gzip by its first bytes (WHATWG MIME Sniffing, section 6.3)."""
    return body.startswith(b"\x1f\x8b\x08")


def _odd(sentence: str) -> Warned:
    return Warned(WarningKind.CONTENT_CODING, sentence)


def _too_long(limit: int) -> Warned:
    return Warned(WarningKind.SIZE, f"more than {limit} bytes; the rest was not read")


def _inflate(body: bytes, limit: int, window: int) -> Decoded:
    machine = zlib.decompressobj(window)
    try:
        out = machine.decompress(body, limit)
    except zlib.error as error:
        return _inflate_as_far(body, limit, window), _odd(str(error))
    if machine.unconsumed_tail:
        return out, _too_long(limit)
    if not machine.eof:
        return out, _ENDS_EARLY
    if window == _GZIP_WINDOW and is_gzip(machine.unused_data) and len(out) < limit:
        # A gzip file is one member or more, and all of them count (RFC 1952, section 2.2).
        more, warning = _members(machine.unused_data, limit - len(out))
        return out + more, warning
    return out, None


def _members(body: bytes, limit: int) -> Decoded:
    """Further gzip members. Bytes behind them that are no gzip are passed over, as browsers do."""
    parts: list[bytes] = []
    while is_gzip(body) and limit > 0:
        machine = zlib.decompressobj(_GZIP_WINDOW)
        try:
            parts.append(machine.decompress(body, limit))
        except zlib.error as error:
            parts.append(_inflate_as_far(body, limit, _GZIP_WINDOW))
            return b"".join(parts), _odd(str(error))
        if machine.unconsumed_tail:
            return b"".join(parts), _too_long(limit)
        if not machine.eof:
            return b"".join(parts), _ENDS_EARLY
        limit -= len(parts[-1])
        body = machine.unused_data
    return b"".join(parts), None


def _inflate_as_far(body: bytes, limit: int, window: int) -> bytes:
    """What comes before the fault: step by step, and in the step that fails byte by byte."""
    machine = zlib.decompressobj(window)
    out: list[bytes] = []
    room, at, step = limit, 0, _ZLIB_STEP
    while at < len(body) and room > 0:
        before = machine.copy()
        try:
            out.append(machine.decompress(body[at : at + step], room))
        except zlib.error:
            if step == 1:
                break
            machine, step = before, 1
            continue
        room -= len(out[-1])
        at += step
    return b"".join(out)


def _gunzip(body: bytes, limit: int) -> Decoded:
    if not body.startswith(b"\x1f\x8b"):
        return body, _odd("is not gzip") if body else None
    whole = gunzip_whole(body, limit)
    return _inflate(body, limit, _GZIP_WINDOW) if whole is None else (whole, None)


def gunzip_whole(body: bytes, limit: int) -> bytes | None:
    """What one sound gzip member of at most `limit` bytes holds, in less than half of zlib's time; None for everything
    else, of which slower decoders take what can be had."""
    machine = isal_zlib.decompressobj(wbits=31)
    try:
        out = bytes(machine.decompress(body, limit))
    except isal_zlib.error:  # type: ignore[misc]
        return None
    return out if machine.eof and not machine.unused_data else None


def _deflate(body: bytes, limit: int) -> Decoded:
    """RFC 9110 (8.4.1.2) means zlib; many servers send raw deflate."""
    if not body:
        return body, None
    out, warning = _inflate(body, limit, 15)
    if warning and not out:
        return _inflate(body, limit, -15)
    return out, warning


class _Output:
    """What a decoder gives, up to a limit; `taken` is the bytes of input that it came from."""

    def __init__(self, limit: int) -> None:
        self.parts: list[bytes] = []
        self.room = self.limit = limit
        self.taken = 0

    def add(self, part: bytes) -> None:
        self.parts.append(part)
        self.room -= len(part)


def _unbrotli(body: bytes, limit: int) -> Decoded:
    if not body:
        return body, None
    output = _Output(limit)
    try:
        fault = _unbrotli_into(output, _steps(body, len(body)))
    except brotlicffi.error:
        # The piece that failed took its output with it: once more, byte by byte from where it began.
        fine_from = output.taken
        output = _Output(limit)
        try:
            fault = _unbrotli_into(output, _steps(body, fine_from))
        except brotlicffi.error:
            fault = _odd("broken data")
    return b"".join(output.parts), fault


def _steps(body: bytes, fine_from: int) -> Iterator[bytes]:
    for at in range(0, fine_from, _BROTLI_STEP):
        yield body[at : min(at + _BROTLI_STEP, fine_from)]
    for at in range(fine_from, len(body)):
        yield body[at : at + 1]


def _unbrotli_into(output: _Output, pieces: Iterator[bytes]) -> Warned | None:
    machine = brotlicffi.Decompressor()
    for piece in pieces:
        given = piece
        while given or not machine.can_accept_more_data():
            if not output.room:
                return _too_long(output.limit)
            output.add(machine.process(given, output_buffer_limit=min(_BROTLI_ROOM, output.room)))
            given = b""
        output.taken += len(piece)
        if machine.is_finished():
            return None
    return _ENDS_EARLY


def _unzstd(body: bytes, limit: int) -> Decoded:
    if not body.startswith(_ZSTD):
        return body, _odd("is not zstd") if body else None
    machine = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG})
    parts: list[bytes] = []
    room = limit
    try:
        for start in range(0, len(body), _BROTLI_STEP):
            given = body[start : start + _BROTLI_STEP]
            while not machine.eof and (given or not machine.needs_input):
                parts.append(machine.decompress(given, min(_BROTLI_ROOM, room)))
                room -= len(parts[-1])
                given = b""
                if room <= 0:
                    return b"".join(parts), _too_long(limit)
    except zstd.ZstdError as error:
        return b"".join(parts), _odd(str(error))
    return b"".join(parts), None if machine.eof else _ENDS_EARLY


_DECODERS: dict[str, Callable[[bytes, int], Decoded]] = {
    "gzip": _gunzip,
    "deflate": _deflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
