"""What the spider is given of a coded body is what Scrapy's own middleware gives, at less cost."""

import gzip
import zlib
from typing import Any

import brotlicffi
import pytest
from scrapy import Request, Spider
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse, Response, TextResponse
from scrapy.utils.test import get_crawler

from crawler.spiders.decompression import Decompression

PAGE = "<html><body><p>Käse, größer als gedacht</p></body></html>".encode("cp1252") * 50
ZIPPED = gzip.compress(PAGE)
BODIES = {
    "gzip": ("gzip", ZIPPED),
    "x-gzip": ("x-gzip", ZIPPED),
    "two members": ("gzip", ZIPPED + gzip.compress(b"more")),
    "bytes behind the end": ("gzip", ZIPPED + b"garbage"),
    "cut short": ("gzip", ZIPPED[:-20]),
    "a wrong checksum": ("gzip", ZIPPED[:-8] + bytes(8)),
    "nothing in it": ("gzip", gzip.compress(b"")),
    "deflate": ("deflate", zlib.compress(PAGE)),
    "br": ("br", brotlicffi.compress(PAGE)),
    "twice": ("gzip, gzip", gzip.compress(ZIPPED)),
    "none": ("", PAGE),
}


def decoded(kind: type[HttpCompressionMiddleware], body: bytes, headers: dict[str, str], most: int = 100_000) -> Any:
    crawler = get_crawler(Spider, {"DOWNLOAD_MAXSIZE": most})
    response = HtmlResponse("http://a.example/", headers={"Content-Type": "text/html"} | headers, body=body)
    response.flags.append("kept")
    return kind.from_crawler(crawler).process_response(Request("http://a.example/"), response)


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("charset", ["", "; charset=cp1252"])
def test_it_decodes_as_scrapy_does(name: str, charset: str) -> None:
    coding, body = BODIES[name]
    headers = {"Content-Type": "text/html" + charset, **({"Content-Encoding": coding} if coding else {})}
    ours, theirs = (decoded(kind, body, headers) for kind in (Decompression, HttpCompressionMiddleware))
    assert type(ours) is type(theirs)
    assert isinstance(ours, TextResponse)
    for field in (*Response.attributes, "encoding", "text"):
        assert getattr(ours, field) == getattr(theirs, field), field


def test_a_body_of_an_unknown_coding_is_given_as_it_came() -> None:
    """Scrapy's raises TypeError for it, so that a page that is captured counts as failed."""
    response = decoded(Decompression, ZIPPED, {"Content-Encoding": "gzip, sdch"})
    assert response.body == ZIPPED
    assert response.flags == ["kept"]


@pytest.mark.parametrize("kind", [Decompression, HttpCompressionMiddleware])
def test_it_refuses_what_becomes_too_large_as_scrapy_does(kind: type[HttpCompressionMiddleware]) -> None:
    headers = {"Content-Encoding": "gzip"}
    assert decoded(kind, ZIPPED, headers, most=len(PAGE)).body == PAGE
    with pytest.raises(IgnoreRequest, match="exceeded DOWNLOAD_MAXSIZE"):
        decoded(kind, ZIPPED, headers, most=len(PAGE) - 1)


def test_no_charset_is_guessed_from_compressed_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    guessed: list[bytes] = []
    monkeypatch.setattr(TextResponse, "_auto_detect_fun", lambda _, text: guessed.append(text))
    response = decoded(Decompression, ZIPPED, {"Content-Encoding": "gzip"})
    assert response.body == PAGE
    assert guessed == []
