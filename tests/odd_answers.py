"""Answers that servers give and should not, with what each is: raw bytes, for the judgement and for a crawl."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import brotlicffi

from archive.exchange import Completeness, Kind
from tests.exchanges import page

#: Stands for the page that an answer holds.
ITSELF = b"the page itself"
PAGE = page("Swing bridge closed after cracks are found", words=300)
PDF = b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n" * 20
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 8
WALL = b"<html><head><title>Just a moment...</title></head><body><h1>Checking your browser</h1></body></html>"


def zipped(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


def _raw_deflate(body: bytes) -> bytes:
    machine = zlib.compressobj(wbits=-15)
    return machine.compress(body) + machine.flush()


@dataclass(frozen=True)
class Odd:
    """`raw` is the whole answer, `decoded` the body that a browser would show, None where that does not matter.
    With `closes` the server ends the connection behind it."""

    raw: bytes
    kind: Kind = Kind.ARTICLE
    completeness: Completeness = Completeness.WHOLE
    decoded: bytes | None = ITSELF
    closes: bool = True


def answer(body: bytes, *headers: str, status: str = "200 OK", kind: str | None = "text/html") -> bytes:
    lines = [f"HTTP/1.1 {status}", *([f"Content-Type: {kind}"] if kind is not None else []), *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def sized(body: bytes, *headers: str, status: str = "200 OK", kind: str | None = "text/html") -> bytes:
    return answer(body, f"Content-Length: {len(body)}", *headers, status=status, kind=kind)


def _coded(body: bytes, coding: str) -> bytes:
    return sized(body, f"Content-Encoding: {coding}")


def _chunked(body: bytes, *, end: bool = True) -> bytes:
    return b"%x\r\n%b\r\n" % (len(body), body) + (b"0\r\n\r\n" if end else b"")


_ANSWERS: dict[str, Callable[[bytes], Odd]] = {
    "plain": lambda body: Odd(sized(body), closes=False),
    "no-type": lambda body: Odd(sized(body, kind=None)),
    "empty-type": lambda body: Odd(sized(body, kind="")),
    "type-without-slash": lambda body: Odd(sized(body, kind="html")),
    "garbage-type": lambda body: Odd(sized(body, kind="garbage")),
    "two-types": lambda body: Odd(sized(body, "Content-Type: text/html; charset=utf-8", kind="text/plain")),
    "types-joined": lambda body: Odd(sized(body, kind="text/html, text/html; charset=utf-8")),
    "upper-type": lambda body: Odd(sized(body, kind="TEXT/HTML;charset=UTF-8")),
    "octet-stream": lambda body: Odd(sized(body, kind="application/octet-stream"), Kind.OTHER_MEDIA),
    "plain-text": lambda _: Odd(sized(b"A plain text story. " * 50, kind="text/plain"), Kind.OTHER_MEDIA, decoded=None),
    "json": lambda _: Odd(sized(b'{"a": "b"}', kind="application/json"), Kind.OTHER_MEDIA, decoded=None),
    "pdf": lambda body: Odd(sized(PDF + body, kind="application/pdf"), Kind.PDF, decoded=PDF + body),
    "pdf-as-html": lambda body: Odd(sized(PDF + body), Kind.PDF, decoded=PDF + body),
    "png-as-html": lambda body: Odd(sized(PNG + body), Kind.IMAGE, decoded=PNG + body),
    "png-as-nothing": lambda body: Odd(sized(PNG + body, kind=None), Kind.IMAGE, decoded=PNG + body),
    "noise-as-html": lambda _: Odd(sized(bytes(range(256)) * 12), Kind.OTHER_MEDIA, decoded=None),
    "zip-as-html": lambda _: Odd(sized(b"PK\x03\x04" + bytes(500)), Kind.OTHER_MEDIA, decoded=None),
    "gzip": lambda body: Odd(_coded(zipped(body), "gzip"), closes=False),
    "gzip-unsaid": lambda body: Odd(sized(zipped(body))),
    "gzip-that-is-not": lambda body: Odd(_coded(body, "gzip")),
    "gzip-said-twice": lambda body: Odd(_coded(zipped(body), "gzip, gzip")),
    "gzip-done-twice": lambda body: Odd(_coded(gzip.compress(zipped(body)), "gzip, gzip")),
    "gzip-of-two-members": lambda body: Odd(_coded(gzip.compress(body[:500]) + gzip.compress(body[500:]), "gzip")),
    "gzip-and-more": lambda body: Odd(_coded(zipped(body) + b"trailing junk", "gzip")),
    "gzip-behind-a-line": lambda body: Odd(_coded(b"\r\n" + zipped(body), "gzip")),
    "gzip-of-nothing": lambda _: Odd(_coded(gzip.compress(b""), "gzip"), Kind.EMPTY, decoded=b""),
    "gzip-cut": lambda body: Odd(
        _coded(zipped(body)[:-60], "gzip"), completeness=Completeness.UNSPECIFIED, decoded=None
    ),
    "gzip-noise": lambda body: Odd(_coded(zipped(body)[:10] + b"\xff" * 500, "gzip"), Kind.UNDECODABLE, decoded=b""),
    "deflate": lambda body: Odd(_coded(zlib.compress(body), "deflate")),
    "deflate-raw": lambda body: Odd(_coded(_raw_deflate(body), "deflate")),
    "deflate-is-gzip": lambda body: Odd(_coded(zipped(body), "deflate")),
    "deflate-that-is-not": lambda body: Odd(_coded(body, "deflate")),
    "br": lambda body: Odd(_coded(brotlicffi.compress(body), "br")),
    "br-that-is-not": lambda body: Odd(_coded(body, "br")),
    "br-is-gzip": lambda body: Odd(_coded(zipped(body), "br")),
    "br-cut": lambda body: Odd(
        _coded(brotlicffi.compress(body)[:-100], "br"), completeness=Completeness.UNSPECIFIED, decoded=None
    ),
    "zstd-that-is-not": lambda body: Odd(_coded(body, "zstd")),
    "unknown-coding": lambda body: Odd(_coded(body, "x-foo")),
    "no-coding": lambda body: Odd(_coded(body, "none")),
    "nonsense-beside-gzip": lambda body: Odd(_coded(zipped(body), "gzip, none")),
    "charset-as-coding": lambda body: Odd(_coded(body, "UTF-8")),
    "chunked": lambda body: Odd(answer(_chunked(body), "Transfer-Encoding: chunked"), closes=False),
    "chunked-without-end": lambda body: Odd(
        answer(_chunked(body, end=False), "Transfer-Encoding: chunked"), completeness=Completeness.UNSPECIFIED
    ),
    "chunked-and-length": lambda body: Odd(answer(_chunked(body), "Content-Length: 5", "Transfer-Encoding: chunked")),
    "until-the-end": lambda body: Odd(answer(body)),
    "length-too-long": lambda body: Odd(
        answer(body[:700], f"Content-Length: {len(body)}"), completeness=Completeness.UNSPECIFIED, decoded=body[:700]
    ),
    "length-empty": lambda body: Odd(answer(body, "Content-Length:")),
    "length-negative": lambda body: Odd(answer(body, "Content-Length: -1")),
    "length-no-number": lambda body: Odd(answer(body, "Content-Length: abc")),
    "status-203": lambda body: Odd(sized(body, status="203 Non-Authoritative Information")),
    "status-206": lambda body: Odd(sized(body, "Content-Range: bytes 0-99/200", status="206 Partial Content")),
    "status-299": lambda body: Odd(sized(body, status="299 Odd")),
    "status-300": lambda body: Odd(sized(body, status="300 Multiple Choices"), Kind.HTTP_ERROR),
    "status-302-nowhere": lambda body: Odd(sized(body, status="302 Found"), Kind.HTTP_ERROR),
    "status-302": lambda _: Odd(sized(b"", "Location: /plain", status="302 Found"), Kind.REDIRECT, decoded=b""),
    "status-304": lambda _: Odd(answer(b"", status="304 Not Modified"), Kind.NOT_MODIFIED, decoded=b"", closes=False),
    "status-401": lambda body: Odd(sized(body, status="401 Unauthorized"), Kind.REFUSED),
    "status-403": lambda body: Odd(sized(body, status="403 Forbidden"), Kind.REFUSED),
    "status-404": lambda body: Odd(sized(body, status="404 Not Found"), Kind.NOT_FOUND),
    "status-410": lambda body: Odd(sized(body, status="410 Gone"), Kind.NOT_FOUND),
    "status-451": lambda body: Odd(sized(body, status="451 Unavailable For Legal Reasons"), Kind.REFUSED),
    "status-500": lambda body: Odd(sized(body, status="500 Internal Server Error"), Kind.HTTP_ERROR),
    "status-999": lambda body: Odd(sized(body, status="999 Denied"), Kind.HTTP_ERROR),
    "captcha": lambda _: Odd(
        sized(WALL, "cf-mitigated: challenge", status="403 Forbidden"), Kind.CAPTCHA, decoded=WALL
    ),
    "captcha-as-page": lambda _: Odd(
        sized(WALL + b'<script src="/cdn-cgi/challenge-platform/h/b"></script>'), Kind.CAPTCHA, decoded=None
    ),
    "nothing": lambda _: Odd(sized(b""), Kind.EMPTY, decoded=b"", closes=False),
    "white-space": lambda _: Odd(sized(b" \r\n\t "), Kind.EMPTY, decoded=None),
}


def _made() -> Iterator[tuple[str, Odd]]:
    """Each with a page of its own, so that none repeats another's."""
    for name, make in _ANSWERS.items():
        shown = page(f"Swing bridge closed: {name}", words=300)
        odd = make(shown)
        yield name, replace(odd, decoded=shown) if odd.decoded == ITSELF else odd


ODD = dict(_made())
