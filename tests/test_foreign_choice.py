"""Which pages of other tools' WARC files are articles."""

import pytest

from archive.exchange import Capture, Kind, Origin, Purpose
from archive.pipeline.article_choice import decided, page_refusal
from archive.sites import Site
from tests.exchanges import page
from tests.foreign_warcs import HOST, LIST, STORY


def _page(body: bytes, url: str = HOST + STORY, **more: str) -> Capture:
    return Capture(url, body, origin=Origin(found_in="", **more), kind=Kind.PAGE)  # type: ignore[arg-type]


SHORT = b"<body><article><p>" + b"Gulls are back on the pier, says the harbour office. " * 5
DECLARED = b'<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Gulls"}</script>'


@pytest.mark.parametrize(
    ("capture", "reason"),
    [
        (_page(page("Gulls")), None),
        (_page(LIST), "no text in one stretch"),
        (_page(page("Gulls"), HOST + "/"), "the home page"),
        (_page(page("Gulls"), HOST + "/tags/gulls/"), "no text in one stretch"),
        (_page(page("Gulls", 400), HOST + "/archives/2026/gulls-came-back-today/"), None),
        (_page(SHORT), "no text in one stretch"),
        (_page(DECLARED + SHORT), None),
        (_page(page("Gulls"), HOST + "/about"), "no text in one stretch"),
        (_page(page("Gulls", 400), HOST + "/about"), None),
        (_page(b""), "empty"),
        (_page(page("Gulls"), HOST + "/gulls-came-back-to-us.pdf"), "a file and no page"),
        (Capture(HOST + "/", LIST, origin=Origin(Purpose.ARTICLE)), None),
    ],
)
def test_what_is_an_article(capture: Capture, reason: str | None) -> None:
    judged, why = decided(capture, Site(domain="gull.example"))
    assert (judged.kind, why) == (Kind.NO_ARTICLE if reason else Kind.ARTICLE, reason)


def test_a_sites_patterns_decide_of_its_urls() -> None:
    site = Site(domain="gull.example", articles={"include": "/story/"})  # type: ignore[arg-type]
    assert decided(_page(page("Gulls")), site)[1] == "not among articles.include"
    assert decided(_page(LIST, HOST + "/story/1"), site)[1] == "no text in one stretch"


def test_scripts_without_spaces_need_no_more_text() -> None:
    text = "港務局表示潮水今年不會等待任何委員會的決定。" * 8
    assert page_refusal(_page(f"<html><meta charset=utf-8><p>{text}".encode())) is None
