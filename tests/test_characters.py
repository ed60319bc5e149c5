"""Control characters reach no record, through whatever door; a helper that fails costs its own field."""

import json
import logging
import re
from typing import Any

import feedparser
import pytest
from courlan import filters

from archive.exchange import Capture, Origin
from archive.extraction import page_reading as reading
from archive.extraction.charset import printable
from archive.extraction.extract import extract, extract_capture, extract_text
from archive.extraction.metadata import completion, credits, date_guess, page_dates
from archive.extraction.model import load_model
from archive.extraction.parsing import parse_page
from archive.records import Record
from archive.sites import Site, article_urls
from archive.telling.kinds import WarningKind
from crawler.discover import lists, urls

SITE = Site(domain="courier.example")
WORDS = "The harbour council voted on Tuesday to close the swing bridge for the winter."
#: ESC, backspace, form feed, DEL, CSI, a noncharacter, half a pair.
ODD = "\x1b[2J\x08\x0c\x7f\x9b\ufffe\U0001fffe\ud800"
UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\U0001fffe\ud800-\udfff]")


def texts_of(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in texts_of(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in texts_of(inner)]
    return [value] if isinstance(value, str) else []


def check(record: Record) -> Record:
    assert [text for text in texts_of(json.loads(record.to_line())) if UNWANTED.search(text)] == []
    return record


@pytest.mark.parametrize(
    "code",
    "#27 #1 #8 #11 #12 #127 #0 #00027 #xFFFE #x1b #X1B #x0001B #xFDD0 #x1FFFE #x81 #xD800 #x110000".split(),
)
@pytest.mark.parametrize("end", [";", " "])
def test_no_reference_puts_a_control_character_into_the_tree(code: str, end: str) -> None:
    page = f"<title>The&{code}{end}bridge</title><body><p title='a&{code}{end}'>Body<script></script>&{code}{end}of it"
    tree = parse_page(page)
    assert not UNWANTED.search("".join(map(str, tree.itertext())) + str(tree.xpath("string(//p/@title)")))
    record = check(extract(page, site=SITE))
    assert record.extraction.warnings in ((), ("text: no body text found",))
    assert any("of it" in block.text for block in record.blocks)


def test_references_that_browsers_show_are_left_alone() -> None:
    assert (
        parse_page("<p>&#65;&#x42;&#128;&#x97;&#9;&#133;&#199C&#x1F600;</p>").findtext(".//p") == "AB€—\t…ÇC\U0001f600"
    )


def test_a_reference_left_out_makes_no_tag() -> None:
    assert parse_page("<p>a <&#27;b> c</p>").find(".//b") is None


def test_raw_characters_are_left_out_and_white_space_is_a_space() -> None:
    assert parse_page("<p>a\x0cb\x7fc\x9bd\x85e\ufffef\U0001ffffg</p>").findtext(".//p") == "a bcd efg"
    assert printable(f"a{ODD}b\tc\n\x85\x1fd") == "a[2J b\tc\n  d"


def test_json_ld_meta_tags_headers_and_feeds_bring_none() -> None:
    stated = {
        "@type": "NewsArticle", "headline": f"The {ODD}bridge", "author": f"Jane{ODD} Roe",
        "keywords": [f"har{ODD}bour"],
        "articleSection": ODD + "News", "image": {"url": f"/a{ODD}.png", "caption": ODD + "A bridge"},
        "articleBody": f"{WORDS}{ODD} " * 20, "license": ODD + "CC BY", "publisher": {"name": ODD + "Courier"},
    }  # fmt: skip
    page = (
        f"<title>x</title><script type=application/ld+json>{json.dumps(stated)}</script>"
        f"<meta name=description content='Of&#27; bridges &amp;#27; &amp;#x9b; \x9b'><p>{WORDS}</p>"
    )
    headers = (("Content-Type", "text/html; charset=\x1b"), ("ETag", "\x1b[1m"), ("X-Robots-Tag", "no\x9bindex"))
    capture = Capture(
        url="https://courier.example/1",
        body=page.encode(),
        headers=headers,
        record_id="1",
        origin=Origin(title=f"The {ODD}bridge", date=ODD),
    )
    record = check(extract_capture(capture, SITE, load_model()))
    assert (record.title, record.authors, record.keywords) == (
        "The [2J \ufffdbridge",
        ("Jane[2J \ufffd Roe",),
        ("har[2J \ufffdbour",),
    )
    assert record.rights.x_robots_tag == "noindex"
    assert record.discovery.title == "The [2J bridge"


def test_a_plain_text_brings_none() -> None:
    assert check(extract_text(f"{WORDS}{ODD}\n\n{WORDS}\x9b")).blocks[1].text == WORDS


def fails(*_: object, **__: object) -> Any:
    raise AttributeError("'NoneType' object\x1b has no attribute 'x'")


@pytest.mark.parametrize(
    ("module", "name", "lost"),
    [
        (date_guess, "find_date", "date_published"),
        (page_dates, "choose_dates", "date_published"),
        (completion, "choose_title", "title"),
        (credits, "choose_authors", "authors"),
        (completion, "choose_images", "images"),
        (completion, "choose_licence", "license"),
        (reading, "read_facts", "structured data"),
    ],
)
def test_what_fails_costs_its_own_field(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, lost: str) -> None:
    monkeypatch.setattr(module, name, fails)
    record = check(extract(f"<title>The bridge</title><h1>The bridge</h1><p>{WORDS}</p>", site=SITE))
    assert [block.text for block in record.blocks] == ["The bridge", WORDS]
    wanted = f"{lost}: cannot be read: AttributeError: 'NoneType' object has no attribute 'x'"
    assert wanted in record.extraction.warnings


def test_a_failing_detection_of_the_charset_costs_the_charset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("charset_normalizer.from_bytes", fails)
    record = extract("<p>Die Brücke schließt für den Winter, sagt die Größe der Stadt.</p>".encode("cp1252"), site=SITE)
    assert record.blocks[0].text.startswith("Die Brücke")
    assert record.extraction.warnings[0].startswith("charset: ")


def test_a_fault_of_our_own_leaves_a_record_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.extraction.extract.label_blocks", fails)
    record = extract(f"<p>{WORDS}</p>", "https://courier.example/1", site=SITE)
    assert record.url == "https://courier.example/1"
    assert record.extraction.warnings[0].startswith("the page could not be extracted: AttributeError")
    assert record.extraction.warning_kinds == (WarningKind.EXTRACTION_FAILED,)


def test_one_record_does_not_bear_the_warnings_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(date_guess, "find_date", fails)
        assert extract(f"<p>{WORDS}</p>", site=SITE).extraction.warnings
    assert not any("cannot be read" in warning for warning in extract(f"<p>{WORDS}</p>", site=SITE).extraction.warnings)


def test_helpers_of_discovery_that_fail_are_said_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(feedparser, "parse", fails)
    monkeypatch.setattr(urls, "normalize_url", fails)
    monkeypatch.setattr(urls, "extract_domain", fails)
    monkeypatch.setattr(filters, "is_not_crawlable", fails)
    with caplog.at_level(logging.WARNING):
        assert lists.links_of_list(b"<rss/>", "https://courier.example/feed").pages == ()
        assert urls.normalise("https://courier.example/a#b") == "https://courier.example/a"
        assert not urls.same_site("https://a.courier.example/", "https://b.courier.example/")
        assert not article_urls.is_overview("https://courier.example/a-b-c-d")
    assert len(caplog.records) == 5
