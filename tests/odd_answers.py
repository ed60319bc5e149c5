"""Answers that servers give and should not, with what each is: raw bytes, for the judgement and for a crawl."""

import gzip
import zlib
from dataclasses import dataclass

import brotlicffi

from archive.exchange import Completeness, Kind
from tests.exchanges import page

PAGE = page("Swing bridge closed after cracks are found", words=300)
LAST = b"</html>"
ZIPPED = gzip.compress(PAGE, mtime=0)
_DEFLATED = zlib.compressobj(wbits=-15)
RAW_DEFLATE = _DEFLATED.compress(PAGE) + _DEFLATED.flush()
PDF = b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n" * 20
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 8
WALL = b"<html><head><title>Just a moment...</title></head><body><h1>Checking your browser</h1></body></html>"


@dataclass(frozen=True)
class Odd:
    """`raw` is the whole answer, `decoded` the body that a browser would show, None where that does not matter.
    With `closes` the server ends the connection behind it."""

    raw: bytes
    kind: Kind = Kind.ARTICLE
    completeness: Completeness = Completeness.WHOLE
    decoded: bytes | None = PAGE
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


_HALF = PAGE[: len(PAGE) // 2]
ODD = {
    "plain": Odd(sized(PAGE), closes=False),
    "no-type": Odd(sized(PAGE, kind=None)),
    "empty-type": Odd(sized(PAGE, kind="")),
    "type-without-slash": Odd(sized(PAGE, kind="html")),
    "garbage-type": Odd(sized(PAGE, kind="garbage")),
    "two-types": Odd(sized(PAGE, "Content-Type: text/html; charset=utf-8", kind="text/plain")),
    "types-joined": Odd(sized(PAGE, kind="text/html, text/html; charset=utf-8")),
    "upper-type": Odd(sized(PAGE, kind="TEXT/HTML;charset=UTF-8")),
    "octet-stream": Odd(sized(PAGE, kind="application/octet-stream"), Kind.OTHER_MEDIA),
    "plain-text": Odd(sized(b"A plain text story. " * 50, kind="text/plain"), Kind.OTHER_MEDIA, decoded=None),
    "json": Odd(sized(b'{"a": "b"}', kind="application/json"), Kind.OTHER_MEDIA, decoded=None),
    "pdf": Odd(sized(PDF, kind="application/pdf"), Kind.PDF, decoded=PDF),
    "pdf-as-html": Odd(sized(PDF), Kind.PDF, decoded=PDF),
    "png-as-html": Odd(sized(PNG), Kind.IMAGE, decoded=PNG),
    "png-as-nothing": Odd(sized(PNG, kind=None), Kind.IMAGE, decoded=PNG),
    "noise-as-html": Odd(sized(bytes(range(256)) * 12), Kind.OTHER_MEDIA, decoded=None),
    "zip-as-html": Odd(sized(b"PK\x03\x04" + bytes(500)), Kind.OTHER_MEDIA, decoded=None),
    "gzip": Odd(_coded(ZIPPED, "gzip"), closes=False),
    "gzip-unsaid": Odd(sized(ZIPPED)),
    "gzip-that-is-not": Odd(_coded(PAGE, "gzip")),
    "gzip-said-twice": Odd(_coded(ZIPPED, "gzip, gzip")),
    "gzip-done-twice": Odd(_coded(gzip.compress(ZIPPED), "gzip, gzip")),
    "gzip-of-two-members": Odd(_coded(gzip.compress(PAGE[:500]) + gzip.compress(PAGE[500:]), "gzip")),
    "gzip-and-more": Odd(_coded(ZIPPED + b"trailing junk", "gzip")),
    "gzip-behind-a-line": Odd(_coded(b"\r\n" + ZIPPED, "gzip")),
    "gzip-of-nothing": Odd(_coded(gzip.compress(b""), "gzip"), Kind.EMPTY, decoded=b""),
    "gzip-cut": Odd(_coded(ZIPPED[:-60], "gzip"), completeness=Completeness.UNSPECIFIED, decoded=None),
    "gzip-noise": Odd(_coded(ZIPPED[:10] + b"\xff" * 500, "gzip"), Kind.UNDECODABLE, decoded=b""),
    "deflate": Odd(_coded(zlib.compress(PAGE), "deflate")),
    "deflate-raw": Odd(_coded(RAW_DEFLATE, "deflate")),
    "deflate-is-gzip": Odd(_coded(ZIPPED, "deflate")),
    "deflate-that-is-not": Odd(_coded(PAGE, "deflate")),
    "br": Odd(_coded(brotlicffi.compress(PAGE), "br")),
    "br-that-is-not": Odd(_coded(PAGE, "br")),
    "br-is-gzip": Odd(_coded(ZIPPED, "br")),
    "br-cut": Odd(_coded(brotlicffi.compress(PAGE)[:-100], "br"), completeness=Completeness.UNSPECIFIED, decoded=None),
    "zstd-that-is-not": Odd(_coded(PAGE, "zstd")),
    "unknown-coding": Odd(_coded(PAGE, "x-foo")),
    "no-coding": Odd(_coded(PAGE, "none")),
    "nonsense-beside-gzip": Odd(_coded(ZIPPED, "gzip, none")),
    "charset-as-coding": Odd(_coded(PAGE, "UTF-8")),
    "chunked": Odd(answer(_chunked(PAGE), "Transfer-Encoding: chunked"), closes=False),
    "chunked-without-end": Odd(
        answer(_chunked(PAGE, end=False), "Transfer-Encoding: chunked"), completeness=Completeness.UNSPECIFIED
    ),
    "chunked-and-length": Odd(answer(_chunked(PAGE), "Content-Length: 5", "Transfer-Encoding: chunked")),
    "until-the-end": Odd(answer(PAGE)),
    "length-too-long": Odd(
        answer(_HALF, f"Content-Length: {len(PAGE)}"), completeness=Completeness.UNSPECIFIED, decoded=_HALF
    ),
    "length-empty": Odd(answer(PAGE, "Content-Length:")),
    "length-negative": Odd(answer(PAGE, "Content-Length: -1")),
    "length-no-number": Odd(answer(PAGE, "Content-Length: abc")),
    "status-203": Odd(sized(PAGE, status="203 Non-Authoritative Information")),
    "status-206": Odd(sized(PAGE, "Content-Range: bytes 0-99/200", status="206 Partial Content")),
    "status-299": Odd(sized(PAGE, status="299 Odd")),
    "status-300": Odd(sized(PAGE, status="300 Multiple Choices"), Kind.HTTP_ERROR),
    "status-302-nowhere": Odd(sized(PAGE, status="302 Found"), Kind.HTTP_ERROR),
    "status-302": Odd(sized(b"", "Location: /plain", status="302 Found"), Kind.REDIRECT, decoded=b""),
    "status-304": Odd(answer(b"", status="304 Not Modified"), Kind.NOT_MODIFIED, decoded=b"", closes=False),
    "status-401": Odd(sized(PAGE, status="401 Unauthorized"), Kind.REFUSED),
    "status-403": Odd(sized(PAGE, status="403 Forbidden"), Kind.REFUSED),
    "status-404": Odd(sized(PAGE, status="404 Not Found"), Kind.NOT_FOUND),
    "status-410": Odd(sized(PAGE, status="410 Gone"), Kind.NOT_FOUND),
    "status-451": Odd(sized(PAGE, status="451 Unavailable For Legal Reasons"), Kind.REFUSED),
    "status-500": Odd(sized(PAGE, status="500 Internal Server Error"), Kind.HTTP_ERROR),
    "status-999": Odd(sized(PAGE, status="999 Denied"), Kind.HTTP_ERROR),
    "captcha": Odd(sized(WALL, "cf-mitigated: challenge", status="403 Forbidden"), Kind.CAPTCHA, decoded=WALL),
    "captcha-as-page": Odd(
        sized(WALL + b'<script src="/cdn-cgi/challenge-platform/h/b"></script>'), Kind.CAPTCHA, decoded=None
    ),
    "nothing": Odd(sized(b""), Kind.EMPTY, decoded=b"", closes=False),
    "white-space": Odd(sized(b" \r\n\t "), Kind.EMPTY, decoded=None),
}
