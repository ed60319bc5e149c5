"""Feeds, sitemaps, pages and URLs to links."""

import gzip
import json
from datetime import date
from typing import Any

import pytest

from archive.collection.failure import FailureKind
from archive.exchange import Origin, Purpose
from archive.sites import Archive, Section, Site
from crawler.discover import (
    Listed,
    ListPage,
    archive_urls,
    choose,
    following,
    links_of_list,
    normalise,
    refusal,
    section_of,
)

URL = "https://www.gull.example/lists/all"
SITE = Site(domain="gull.example")


@pytest.mark.parametrize(
    "spelling",
    [
        "https://gull.example/story#comments",
        "https://gull.example/story?utm_source=rss&utm_medium=feed",
        "https://gull.example:443/story",
        "https://GULL.example/story",
        "https://gull.example/story/amp/",
        "https://gull.example/story/amp",
        "https://gull.example/story?amp",
        "https://gull.example/story?outputType=amp",
        "https://gull.example/story?print=1",
        "https://gull.example/story/print",
        "https://amp.gull.example/story",
    ],
)
def test_spellings_and_editions_of_a_page_are_one(spelling: str) -> None:
    assert normalise(spelling) == "https://gull.example/story"


@pytest.mark.parametrize(
    "url",
    [
        "https://gull.example/story?id=5",
        "https://gull.example/guitar-amp",
        "https://gull.example/prints/story",
        "https://gull.example/story?print=5",
        "https://amp.example/story",
    ],
)
def test_what_only_looks_like_an_edition_is_kept(url: str) -> None:
    assert normalise(url) == url


def test_an_rss_feed_gives_titles_and_dates() -> None:
    feed = b"""<rss version="2.0"><channel><item><title>Gulls &amp; terns</title><link>/a?x=1&amp;y=2</link>
    <pubDate>Tue, 24 Nov 2026 08:00:00 +0100</pubDate></item><item><title>No link</title></item></channel></rss>"""
    (found,) = links_of_list(feed, URL).pages
    assert found.url == "https://www.gull.example/a?x=1&y=2"
    assert (found.origin.title, found.origin.date) == ("Gulls & terns", "Tue, 24 Nov 2026 08:00:00 +0100")
    assert (found.origin.found_in, found.origin.via) == ("feed", URL)


def test_an_atom_feed() -> None:
    feed = b"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Gulls</title><link href="https://gull.example/b"/>
    <updated>2026-11-24T08:00:00Z</updated></entry></feed>"""
    (found,) = links_of_list(feed, URL).pages
    assert (found.url, found.origin.date) == ("https://gull.example/b", "2026-11-24T08:00:00Z")


def test_a_json_feed() -> None:
    items: list[Any] = [
        {"url": "/c", "title": "Gulls", "date_published": "2026-11-24T08:00:00Z"},
        {"external_url": "https://tern.example/d"},
        {"id": "no address"},
        "no item",
    ]
    found = links_of_list(
        json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode(), URL
    ).pages
    assert [link.url for link in found] == ["https://www.gull.example/c", "https://tern.example/d"]
    assert (found[0].origin.title, found[0].origin.date) == ("Gulls", "2026-11-24T08:00:00Z")


@pytest.mark.parametrize("body", [b"", b"{", b'{"items": 5}', b"<rss", b"\x00\xff", b"[" * 10_000, b'{"items": [[]]}'])
def test_a_broken_feed_gives_nothing(body: bytes) -> None:
    assert links_of_list(body, URL).fault is FailureKind.EMPTY_LIST


INDEX = b"""<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://gull.example/one.xml</loc><lastmod>2026-11-01</lastmod></sitemap>
<sitemap><loc>two.xml.gz</loc></sitemap></sitemapindex>"""
NEWS = b"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><image:image><image:loc>https://gull.example/p.jpg</image:loc><image:title>A gull</image:title></image:image>
<loc>https://gull.example/e</loc><lastmod>2026-11-24</lastmod></url>
<url><loc>https://gull.example/f</loc><news:news><news:publication><news:name>The Gull</news:name></news:publication>
<news:publication_date>2026-11-24T08:00Z</news:publication_date><news:title>Gulls</news:title></news:news></url></urlset>"""


def test_a_sitemap_index() -> None:
    found = links_of_list(INDEX, URL)
    assert [one.url for one in found.lists] == [
        "https://gull.example/one.xml",
        "https://www.gull.example/lists/two.xml.gz",
    ]
    assert [one.origin.date for one in found.lists] == ["2026-11-01", None]
    assert found.pages == ()


@pytest.mark.parametrize("body", [NEWS, gzip.compress(NEWS)])
def test_a_news_sitemap_with_pictures(body: bytes) -> None:
    plain, news = links_of_list(body, URL).pages
    assert (plain.url, plain.origin.found_in, plain.origin.title) == ("https://gull.example/e", "sitemap", None)
    assert plain.origin.date == "2026-11-24"
    assert (news.origin.found_in, news.origin.title, news.origin.date) == ("news_sitemap", "Gulls", "2026-11-24T08:00Z")


def test_a_text_sitemap() -> None:
    body = "\ufeffhttps://gull.example/g\r\nnonsense\nhttps://gull.example/h\n".encode()
    assert [page.url for page in links_of_list(body, URL).pages] == [
        "https://gull.example/g",
        "https://gull.example/h",
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<",
        b"\x1f\x8b broken",
        gzip.compress(NEWS, mtime=0)[:40],
        b"<urlset><url><loc>http://[</loc></url></urlset>",
    ],
)
def test_a_broken_sitemap_gives_nothing(body: bytes) -> None:
    assert links_of_list(body, URL) == Listed(fault=FailureKind.EMPTY_LIST)


def test_entities_of_a_sitemap_are_not_expanded() -> None:
    body = b"""<!DOCTYPE u [<!ENTITY a "https://gull.example/"><!ENTITY b "&a;&a;">]><urlset><url><loc>&b;</loc></url>
    <url><loc>https://gull.example/i</loc></url></urlset>"""
    assert [page.url for page in links_of_list(body, URL).pages] == ["https://gull.example/i"]


PAGE = """<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml">
<link rel="alternate" type="application/feed+json" href="https://news.gull.example/feed.json">
<link rel="alternate" type="application/rss+xml" href="https://tern.example/feed.xml">
<link rel="alternate" hreflang="de" href="/de/"></head><body>
<ul class="list"><li><h2><a href="/2026/gulls#top">Gulls <b>again</b></a></h2></li>
<li><h2><a href="/2026/gulls?utm_source=x">Gulls</a></h2></li><li><a href="/about">About</a></li>
<li><a href="https://tern.example/2026/12345-long-slug-of-a-story">Elsewhere</a></li></ul>
<a class="next" href="?page=2">Older</a><a href="javascript:void(0)">x</a><a href="http://[bad">y</a></body></html>"""


def test_a_page_names_its_feeds() -> None:
    assert ListPage(PAGE, URL).feeds() == ["https://www.gull.example/feed.xml", "https://news.gull.example/feed.json"]


def test_a_section_s_links() -> None:
    page = ListPage(PAGE, URL)
    section = Section(url="/lists/all", links=("h2 a",), next=("a.next",), pages=2)
    assert [(link.url, link.origin.title) for link in page.links(section)] == [
        ("https://www.gull.example/2026/gulls", "Gulls again")
    ]
    assert {link.url for link in page.links()} >= {"https://www.gull.example/about"}
    assert not any("tern" in link.url for link in page.links())


def test_links_count_from_the_page_s_base() -> None:
    page = ListPage('<head><base href="/news/"></head><a href="a-b-c-d">x</a>', URL)
    assert [link.url for link in page.links()] == ["https://www.gull.example/news/a-b-c-d"]


def test_a_list_goes_on_as_far_as_its_section_says() -> None:
    section = Section(url="/lists/all", next=("a.next",), pages=2)
    site = Site(domain="www.gull.example", discover={"sections": [section]})  # type: ignore[arg-type]
    first = Origin(Purpose.SECTION, "seed")
    assert section_of(site, first, URL) is not None
    second = following(section, ListPage(PAGE, URL), first, URL)
    assert second is not None
    assert (second.url, second.origin.title) == ("https://www.gull.example/lists/all?page=2", "page 2")
    assert section_of(site, second.origin, second.url) == section
    assert following(section, ListPage(PAGE, second.url), second.origin, second.url) is None


@pytest.mark.parametrize(
    ("url", "articles", "listed", "reason"),
    [
        ("https://gull.example/a", {}, True, None),
        ("https://gull.example/", {}, True, "the home page"),
        ("https://gull.example/p.jpg", {}, True, "a file and no page"),
        ("https://gull.example/a", {}, False, "does not look like an article"),
        ("https://gull.example/how-gulls-came-back", {}, False, None),
        ("https://gull.example/2026/11/a", {}, False, None),
        ("https://gull.example/live/1", {"exclude": "/live/"}, True, "excluded by /live/"),
        ("https://gull.example/a", {"include": r"/\d+"}, True, "not among articles.include"),
        ("https://gull.example/7", {"include": r"/\d+"}, False, None),
        ("mailto:a@gull.example", {}, True, "not a web address"),
    ],
)
def test_why_a_link_is_not_fetched(url: str, articles: dict[str, str], listed: bool, reason: str | None) -> None:
    site = Site(domain="gull.example", articles=articles)  # type: ignore[arg-type]
    assert refusal(url, site, listed=listed) == reason


def test_links_are_parted() -> None:
    chosen = choose(ListPage(PAGE, URL).links(), SITE, listed=False)
    assert [reason for _, reason in chosen.refused] == ["does not look like an article"] * len(chosen.refused)


def archive(template: str, **more: Any) -> Archive:
    return Archive(url=f"https://gull.example/{template}", since=date(2020, 1, 1), **more)


@pytest.mark.parametrize(
    ("template", "since", "until", "expected"),
    [
        ("{date:%Y/%m/%d}", None, None, ["2026/11/24"]),
        ("{date:%Y/%m/%d}", date(2026, 11, 22), date(2026, 11, 23), ["2026/11/23", "2026/11/22"]),
        ("{date:%Y-%m}", date(2025, 12, 31), date(2026, 2, 1), ["2026-02", "2026-01", "2025-12"]),
        ("{date:%Y}", date(2024, 12, 31), date(2026, 1, 1), ["2026", "2025", "2024"]),
        ("{date:%Y}", date(1999, 1, 1), date(2021, 1, 1), ["2021", "2020"]),
        ("{date:%Y}", date(2030, 1, 1), None, []),
    ],
)
def test_lists_by_date(template: str, since: date | None, until: date | None, expected: list[str]) -> None:
    urls = archive_urls(archive(template), since, until, date(2026, 11, 24))
    assert urls == [f"https://gull.example/{part}" for part in expected]


def test_an_archive_that_has_ended() -> None:
    ended = archive("{date:%Y}", until=date(2022, 6, 1))
    assert archive_urls(ended, None, None, date(2026, 11, 24)) == ["https://gull.example/2022"]
