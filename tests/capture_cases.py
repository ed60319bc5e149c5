"""Answers as the web really sends them, to be captured byte for byte."""

import gzip
import zlib
from dataclasses import dataclass, field
from typing import Any

import brotli

from crawler.capture.connection import LARGEST_HEAD
from tests.capture_crawl import LARGEST
from tests.raw_server import Step, Then

PAGE = "<html><body><p>Grüße vom Leuchtturm, sagte der Wärter.</p></body></html>\n".encode() * 20
BIG = bytes(range(256)) * 300
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00;"
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


@dataclass(frozen=True)
class Case:
    """`steps` is what the server does, and `block` what of it belongs into the archive: all it sends, unless given.

    `entity` is what the payload digest is over; what is not HTTP has none.
    `error` is the name of what the errback is given.
    """

    steps: list[Step]
    entity: bytes | None = PAGE
    block: bytes | None = None
    interim: bytes = b""
    truncated: str | None = None
    error: str | None = None
    protocol: str | None = "http/1.1"
    request: dict[str, Any] = field(default_factory=dict)

    @property
    def expected(self) -> bytes:
        """The block of the response record."""
        return b"".join(step for step in self.steps if isinstance(step, bytes)) if self.block is None else self.block


def page(*lines: bytes, body: bytes = PAGE) -> bytes:
    """A page with these headers."""
    head = [b"HTTP/1.1 200 OK", *lines, b"Content-Length: %d" % len(body)]
    return b"\r\n".join(head) + b"\r\n\r\n" + body


def chunks(body: bytes, size: int = 700, extension: bytes = b"") -> bytes:
    """A body in chunks, without the last."""
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x%s\r\n%s\r\n" % (len(part), extension, part) for part in parts)


def coded(coding: bytes, body: bytes) -> Case:
    """A page with a content coding."""
    return Case([page(b"Content-Encoding: " + coding, body=body)], entity=body)


def raw_deflate(body: bytes) -> bytes:
    """Deflate without zlib's frame, as many servers send it."""
    machine = zlib.compressobj(wbits=-15)
    return machine.compress(body) + machine.flush()


HEADERS = {
    "mixed-case": Case([page(b"CONTENT-type: text/html", b"x-dUP: one", b"Content-LANGUAGE: de")]),
    "duplicates": Case([page(b"X-Dup: one", b"x-dup: two", b"Set-Cookie: a=1", b"Set-Cookie: b=2", b"X-Dup: one")]),
    "folded": Case([page(b"X-Folded: first\r\n  second\r\n\tthird", b"X-Next: 1")]),
    "colonless": Case([page(b"this line has no colon", b"X-Next: 1")]),
    "latin-1": Case([page(b"X-Latin: caf\xe9 \xff\xfe", b"X-Utf8: \xc3\xa9")]),
    "odd-spacing": Case([page(b"X-Before : 1", b"X-None:1", b"X-Many:    1   ", b"X-Empty:", b"X-Tab:\t1")]),
    "bare-lf": Case([page(b"X-Bare: 1").replace(b"\r\n", b"\n")]),
    "mixed-line-ends": Case([page(b"X-Bare: 1\nX-Other: 2", b"X-Next: 3")]),
    "no-reason": Case([b"HTTP/1.1 200\r\nContent-Length: %d\r\n\r\n%s" % (len(PAGE), PAGE)]),
    "empty-reason": Case([b"HTTP/1.1 200 \r\nContent-Length: %d\r\n\r\n%s" % (len(PAGE), PAGE)]),
    "odd-reason": Case([b"HTTP/1.1 299 Gr\xfc\xdfe  aus\t\r\nContent-Length: 0\r\n\r\n"], entity=b""),
    "repeated-length": Case([page(b"Content-Length: %d" % len(PAGE))]),
    "long-line": Case([page(b"X-Long: " + b"1" * 60_000)]),
    "in-pieces": Case([piece for byte in page(b"X-Slow: 1", body=b"abc") for piece in (bytes([byte]), 0.0005)], b"abc"),
    "query?a=1&b=%20;c=%C3%A9&&=": Case([page()]),
}

BODIES = {
    "chunked": Case([CHUNKED + chunks(PAGE) + b"0\r\n\r\n"]),
    "chunk-extensions": Case([CHUNKED + chunks(PAGE, extension=b';name="a b";x') + b"0;last\r\n\r\n"]),
    "trailers": Case([CHUNKED + chunks(PAGE) + b"0\r\nX-Checksum: 12ab\r\nx-TRAILER: \xe9\r\n\r\n"]),
    "chunks-in-pieces": Case(
        [CHUNKED, 0.01, chunks(PAGE)[:333], 0.01, chunks(PAGE)[333:], 0.01, b"0\r", 0.01, b"\n\r\n"]
    ),
    "gzip": coded(b"gzip", gzip.compress(PAGE)),
    "gzip-of-two-members": coded(b"gzip", gzip.compress(PAGE) + gzip.compress(PAGE)),
    "deflate": coded(b"deflate", zlib.compress(PAGE)),
    "raw-deflate": coded(b"deflate", raw_deflate(PAGE)),
    "brotli": coded(b"br", brotli.compress(PAGE)),
    "not-gzip": Case([page(b"Content-Encoding: gzip")], error="BadGzipFile"),
    "chunked-gzip": Case(
        [
            OK
            + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
            + chunks(gzip.compress(PAGE), 9)
            + b"0\r\n\r\n"
        ],
        entity=gzip.compress(PAGE),
    ),
    "big": Case([page(body=BIG)], entity=BIG),
    "binary": Case([page(b"Content-Type: image/gif", body=GIF)], entity=GIF),
    "empty": Case([page(body=b"")], entity=b""),
    "http-1.0": Case(
        [b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(PAGE), PAGE), Then.CLOSE], protocol="http/1.0"
    ),
    "http-1.0-until-close": Case([b"HTTP/1.0 200 OK\r\n\r\n", 0.01, PAGE, Then.CLOSE], protocol="http/1.0"),
    "until-close": Case([OK + b"Connection: close\r\n\r\n" + PAGE, 0.01, PAGE, Then.CLOSE], entity=PAGE * 2),
    "no-content": Case([b"HTTP/1.1 204 No Content\r\nX-Next: 1\r\n\r\n"], entity=b""),
    "not-modified": Case(
        [b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\nContent-Length: 4711\r\n\r\n'],
        entity=b"",
        request={"headers": {"If-None-Match": '"1"'}},
    ),
    "not-found": Case([page().replace(b"200 OK", b"404 Gone Fishing")]),
    "server-error": Case([page().replace(b"200 OK", b"500 Oh")]),
    "head": Case([OK + b"Content-Length: 4711\r\n\r\n"], entity=b"", request={"method": "HEAD"}),
    "post": Case(
        [page()], request={"method": "POST", "body": "name=Gr%C3%BC%C3%9Fe&x=1", "headers": {"X-Odd": "a  b"}}
    ),
    "empty-post": Case([page()], request={"method": "POST"}),
}

EARLY = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

INTERIM = {
    "early-hints": Case([EARLY + page()], block=page(), interim=EARLY),
    "interim-in-pieces": Case(
        [CONTINUE[:9], 0.01, CONTINUE[9:], 0.01, EARLY + page()[:40], 0.01, page()[40:]],
        block=page(),
        interim=CONTINUE + EARLY,
    ),
}

WORDY_CHUNKS = chunks(PAGE * 3, 1, b";" + b"x" * 20)

#: Long enough for what the server sends at once to come in, on any machine.
IMPATIENT = {"meta": {"download_timeout": 1.0}}

CUT = {
    "short-length": Case(
        [page()[:-100], Then.CLOSE], PAGE[:-100], truncated="disconnect", error="ResponseDataLossError"
    ),
    "cut-chunk": Case(
        # Two of the bytes end the chunk.
        [CHUNKED + chunks(PAGE)[:-50], Then.CLOSE],
        entity=PAGE[:-48],
        truncated="disconnect",
        error="ResponseDataLossError",
    ),
    "no-last-chunk": Case([CHUNKED + chunks(PAGE), Then.CLOSE], truncated="disconnect", error="ResponseDataLossError"),
    "cut-head": Case([OK + b"Content-Le", Then.CLOSE], b"", truncated="disconnect", error="DownloadFailedError"),
    "reset": Case(
        [page()[:-100], 0.05, Then.RESET], PAGE[:-100], truncated="disconnect", error="ResponseDataLossError"
    ),
    "reset-until-close": Case([OK + b"\r\n" + PAGE, 0.05, Then.RESET], truncated="disconnect"),
    "too-long": Case(
        [OK + b"Connection: close\r\n\r\n" + BIG + BIG, Then.CLOSE],
        entity=(BIG + BIG)[: LARGEST - 38],
        block=(OK + b"Connection: close\r\n\r\n" + BIG + BIG)[:LARGEST],
        truncated="length",
        error="DownloadCancelledError",
    ),
    "too-long-by-chunks": Case(
        [CHUNKED + WORDY_CHUNKS, Then.CLOSE],
        # 27 bytes a chunk, of which one is of the page; of the last chunk kept, only its line end is missing.
        entity=(PAGE * 3)[: -(-(LARGEST - len(CHUNKED)) // 27)],
        block=(CHUNKED + WORDY_CHUNKS)[:LARGEST],
        truncated="length",
        error="DownloadCancelledError",
    ),
    "too-long-a-head": Case(
        [OK + b"X-Many: 1\r\n" * 30_000],
        entity=b"",
        block=(OK + b"X-Many: 1\r\n" * 30_000)[:LARGEST_HEAD],
        truncated="length",
        error="DownloadCancelledError",
        request={"meta": {"download_maxsize": 1_000_000}},
    ),
    "declared-too-long": Case(
        [OK + b"Content-Length: 9999999\r\n\r\n", 0.5], b"", truncated="length", error="DownloadCancelledError"
    ),
    "slow-body": Case(
        [page()[:-100], 2.0], PAGE[:-100], truncated="time", error="DownloadTimeoutError", request=IMPATIENT
    ),
    "slow-head": Case(
        [OK + b"X-Next: 1\r\n", 2.0], b"", truncated="time", error="DownloadTimeoutError", request=IMPATIENT
    ),
    "bad-chunk": Case(
        [CHUNKED + chunks(PAGE) + b"zz\r\n", 0.3], truncated="unspecified", error="ResponseDataLossError"
    ),
    "unknown-transfer": Case(
        [OK + b"Transfer-Encoding: snail\r\n\r\nabc", 0.3], b"abc", truncated="unspecified", error="DownloadFailedError"
    ),
    "not-http": Case(
        [b"SSH-2.0-OpenSSH_9.2\r\n", 0.3],
        entity=None,
        truncated="unspecified",
        error="DownloadFailedError",
        protocol=None,
    ),
    "http-0.9": Case(
        [PAGE, Then.CLOSE], entity=None, truncated="unspecified", error="DownloadFailedError", protocol=None
    ),
}

BEHIND = {
    "behind-length": Case([page() + b"<!-- cached -->\n"], block=page()),
    "behind-chunks": Case([CHUNKED + chunks(PAGE) + b"0\r\n\r\nmore"], block=CHUNKED + chunks(PAGE) + b"0\r\n\r\n"),
    "behind-no-content": Case(
        [b"HTTP/1.1 204 No Content\r\n\r\n" + PAGE], entity=b"", block=b"HTTP/1.1 204 No Content\r\n\r\n"
    ),
    "behind-head": Case([page()], entity=b"", block=page()[: -len(PAGE)], request={"method": "HEAD"}),
    "second-answer": Case([page() + page()], block=page()),
}

CASES = HEADERS | BODIES | INTERIM | CUT | BEHIND
