"""Refusals, tests for robots and consent walls, told from articles by one answer."""

import pytest

from archive.exchange import Capture, Kind
from archive.extraction.extract import extract_capture
from archive.extraction.model import load_model
from archive.extraction.obstacles import obstacle_of
from archive.pipeline.judgement import HTML as HTML_TYPES
from archive.pipeline.judgement import media_type
from archive.sites import Site
from tests.scripted import story

HTML = ("Content-Type", "text/html; charset=utf-8")
CHALLENGE = b"""<!doctype html><html><head><title>Just a moment...</title></head><body>
<h1>site.example</h1><p>Verifying you are human. This may take a few seconds.</p>
<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script></body></html>"""
SILENT_TEST = b"<html><head></head><body><script src='https://geo.captcha-delivery.com/c.js'></script></body></html>"
WALL = b"""<html><head><title>The Courier and your data</title></head><body><h2>Your privacy matters</h2>
<p>We and our 214 partners store cookies and process personal data. Accept all, or subscribe to read without.</p>
<a href=/accept>Accept all</a> <a href=/pur>Subscribe</a> <a href=/policy>Privacy policy</a></body></html>"""
DENIED = b"<html><head><title>Access Denied</title></head><body><h1>Access Denied</h1>Reference #18.2</body></html>"
SHORT = b"""<html><head><title>Bridge closed</title></head><body><nav><a href=/>Home</a></nav>
<p>We use cookies. <button>Accept</button></p><article><h1>Bridge closed</h1><p>It is.</p></article></body></html>"""
WORDS = b"word " * 200
UNSEEN = b"".join(b"<%s><g><a>%s</a></g></%s>" % (name, WORDS, name) for name in (b"template", b"svg", b"iframe"))
#: What speaks of captchas and of consent, and is an article.
ABOUT = story("Just a moment: are you a robot? Access denied, accept cookies").encode()


@pytest.mark.parametrize(
    ("status", "headers", "body", "expected"),
    [
        (403, (HTML,), b"<p>no</p>", Kind.REFUSED),
        (401, (), b"", Kind.REFUSED),
        (451, (HTML,), b"<p>not in your country</p>", Kind.REFUSED),
        (429, (HTML,), b"slow down", Kind.RATE_LIMITED),
        (403, (HTML,), CHALLENGE, Kind.CAPTCHA),
        (503, (HTML,), CHALLENGE, Kind.CAPTCHA),
        (403, (("CF-Mitigated", "challenge"),), b"", Kind.CAPTCHA),
        (405, (("x-amzn-waf-action", "captcha"),), b"", Kind.CAPTCHA),
        (200, (HTML,), CHALLENGE, Kind.CAPTCHA),
        (200, (HTML,), SILENT_TEST, Kind.CAPTCHA),
        (200, (HTML,), CHALLENGE + UNSEEN, Kind.CAPTCHA),
        (200, (HTML,), CHALLENGE + b"<i></i>" + WORDS, None),
        (200, (HTML,), WALL, Kind.CONSENT_WALL),
        (200, (HTML,), DENIED, Kind.REFUSED),
        (200, (HTML,), SHORT, None),
        (200, (HTML,), ABOUT, None),
        (200, (HTML,), ABOUT + b"<script src=https://www.google.com/recaptcha/api.js></script>", None),
        (200, (HTML,), b"", None),
        (200, (("Content-Type", "application/rss+xml"),), b"<rss><title>Access denied</title></rss>", None),
        (404, (HTML,), DENIED, None),
        (500, (HTML,), b"", None),
        (503, (HTML,), b"<p>Back soon.</p>", None),
        (302, (HTML,), b"", None),
    ],
)
def test_what_came_instead_of_a_page(
    status: int, headers: tuple[tuple[str, str], ...], body: bytes, expected: Kind | None
) -> None:
    is_html = media_type([value for name, value in headers if name == "Content-Type"]) in HTML_TYPES
    assert obstacle_of(status, headers, body, is_html=is_html) is expected


def test_a_wall_on_a_host_of_its_own_says_so_by_its_name() -> None:
    page = b"<html><body><p>Welcome. Choose how you would like to read.</p></body></html>"
    assert obstacle_of(200, (HTML,), page, "https://consent.site.example/?to=/story") is Kind.CONSENT_WALL
    assert obstacle_of(200, (HTML,), page, "https://site.example/story") is None


def test_hostile_pages_do_not_stop_the_look() -> None:
    deep = b"<div>" * 50_000 + b"recaptcha"
    assert obstacle_of(200, (HTML,), deep) in (None, Kind.CAPTCHA)
    assert obstacle_of(200, (HTML,), b"\x00\xff<recaptcha" * 1000) in (None, Kind.CAPTCHA)


def test_the_record_of_a_wall_keeps_its_text_and_calls_none_of_it_body() -> None:
    capture = Capture("https://site.example/story", WALL, headers=(HTML,), kind=Kind.CONSENT_WALL)
    record = extract_capture(capture, Site(domain="site.example"), load_model())
    assert record.text == ""
    assert record.obstacle is Kind.CONSENT_WALL
    assert "obstacle: consent_wall" in record.extraction.warnings
    assert {block.label.value for block in record.blocks} == {"legal_notice"}
    assert any("214 partners" in block.text for block in record.blocks)
