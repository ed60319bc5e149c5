"""What came of an exchange: one judgement, for crawls, re-extraction and verification alike."""

import gzip
from dataclasses import replace
from pathlib import Path

import pytest

from archive.exchange import IMPORTED, Completeness, Exchange, Kind, Origin, Purpose, Truncation
from archive.pipeline.captures import read_captures, written_answer
from archive.pipeline.judgement import Answer, judge
from tests.exchanges import writer
from tests.odd_answers import ODD, PAGE, PDF, Odd, sized, zipped

URL = "http://news.example/2026/11/18/swing-bridge-closed.html"
NOTED = Origin(found_in="list")


@pytest.mark.parametrize("name", ODD)
def test_what_an_answer_is(name: str) -> None:
    odd = ODD[name]
    found = judge(Answer("response", URL, odd.raw, NOTED))
    assert (found.kind, found.completeness) == (odd.kind, odd.completeness)
    if odd.decoded is not None:
        assert found.body == odd.decoded
    is_page = odd.kind in (Kind.ARTICLE, Kind.EMPTY, Kind.UNDECODABLE, Kind.CAPTCHA)
    assert found.has_record is (is_page and 200 <= found.status < 300)


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"type": "revisit"}, Kind.REVISIT),
        ({"type": "conversion"}, Kind.OTHER_MEDIA),
        ({"block": b""}, Kind.NO_ANSWER),
        ({"block": b"ICY 200 OK\r\n\r\n" + PAGE}, Kind.NO_HTTP),
        ({"block": PAGE}, Kind.NO_HTTP),
        ({"url": "urn:pageinfo:http://news.example/"}, Kind.NO_HTTP),
        ({"url": "HTTPS://news.example/"}, Kind.ARTICLE),
        ({"url": "http://[bad/"}, Kind.ARTICLE),
        ({"url": "http://news.example:port/"}, Kind.ARTICLE),
        ({"content_type": ""}, Kind.ARTICLE),
        ({"block": sized(PAGE).replace(b"HTTP/1.1 200", b"http/1.1 200")}, Kind.ARTICLE),
        ({"block": sized(PAGE).replace(b"HTTP/1.1 200", b"HTTP/2 200")}, Kind.ARTICLE),
        ({"block": sized(PAGE).replace(b"HTTP/1.1 200", b"HTTP/1.1 0")}, Kind.ARTICLE),
        ({"origin": Origin(found_in="")}, Kind.PAGE),
        ({"origin": Origin(Purpose.ROBOTS, "robots")}, Kind.ROBOTS),
        ({"origin": Origin(Purpose.FEED, "link")}, Kind.LIST),
        ({"origin": Origin(Purpose.REQUISITE, "page")}, Kind.REQUISITE),
        ({"type": "resource", "block": PAGE, "content_type": "text/html"}, Kind.ARTICLE),
        ({"type": "resource", "block": PDF, "content_type": "application/pdf"}, Kind.PDF),
        ({"type": "resource", "block": b"A text.", "content_type": "text/plain"}, Kind.OTHER_MEDIA),
        (
            {
                "type": "resource",
                "block": b"A text.",
                "content_type": "text/plain",
                "origin": Origin(found_in=IMPORTED),
                "url": "notes/a.txt",
            },
            Kind.ARTICLE,
        ),
    ],
)
def test_what_a_record_is(changed: dict[str, object], kind: Kind) -> None:
    plain = Answer("response", URL, sized(PAGE), NOTED)
    assert judge(replace(plain, **changed)).kind is kind  # type: ignore[arg-type]


@pytest.mark.parametrize("reason", ["length", "time", "disconnect", "unspecified", "LENGTH", "moonphase"])
def test_what_a_tool_says_was_cut_is_cut(reason: str) -> None:
    found = judge(Answer("response", URL, sized(PAGE), NOTED, truncated=reason))
    known = reason.lower() if reason.lower() in set(Truncation) else "unspecified"
    assert found.completeness is Completeness(known)
    assert found.warnings == (f"capture: truncated ({reason})",)
    assert found.has_record, "a cut page has a record, too"


def test_an_answer_to_head_has_no_body_to_miss() -> None:
    raw = sized(PAGE)[: -len(PAGE)]
    assert judge(Answer("response", URL, raw, NOTED, method="HEAD")).completeness is Completeness.WHOLE
    assert judge(Answer("response", URL, raw, NOTED)).completeness is Completeness.UNSPECIFIED


def test_the_kind_needs_no_body_in_memory() -> None:
    for odd in ODD.values():
        answer = Answer("response", URL, odd.raw, NOTED)
        assert judge(answer, max_body=0) == judge(answer)._replace(
            body=b"", warnings=judge(answer, max_body=0).warnings
        )


def test_a_bomb_is_cut() -> None:
    bomb = gzip.compress(b"<p>" + bytes(90_000_000))
    found = judge(Answer("response", URL, sized(bomb, "Content-Encoding: gzip"), NOTED), max_body=1_000_000)
    assert len(found.body) == 1_000_000
    assert any("more than" in warning for warning in found.warnings)


@pytest.mark.parametrize("odd", [ODD["plain"], ODD["gzip-cut"], ODD["captcha"], ODD["status-302"], ODD["nothing"]])
def test_what_was_just_written_is_judged_as_it_is_read_back(tmp_path: Path, odd: Odd) -> None:
    made = writer(tmp_path)
    exchange = Exchange(URL, made._clock(), b"GET / HTTP/1.1\r\n\r\n", odd.raw, NOTED, truncated=Truncation.TIME)
    live = judge(written_answer(exchange, made.write(exchange)))
    made.close()
    (path,) = tmp_path.glob("*.warc.gz")
    assert list(read_captures(path)) == [live]


def test_a_page_called_gzip_nowhere_is_told_of() -> None:
    found = judge(Answer("response", URL, sized(zipped(PAGE)), NOTED))
    assert found.warnings == ("content coding: is gzip, which no header says",)
