"""The demo site and its server."""

import gzip
import json
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPResponse
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from lxml import etree
from protego import Protego

from crawler.demo import DemoSite

TRUTH = {
    path.stem: json.loads(path.read_text("utf-8")) for path in (Path(__file__).parent / "demo_truth").glob("*.json")
}
GLUED = "who-owns-the-tide"
LATIN_PAGE = "/de/wirtschaft/windpark-verzoegerung-a-4715.html"
WINDOWS_PAGE = "/world/2026/11/17/ferry-talks-stall.html"
UNDECLARED_PAGE = "/de/kultur/leuchtturm-museum-a-4720.html"
ENCODINGS = {LATIN_PAGE: "iso-8859-1", WINDOWS_PAGE: "windows-1252"}


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


@pytest.fixture(scope="module")
def site() -> Iterator[DemoSite]:
    with DemoSite() as running:
        yield running


def fetch(site: DemoSite, path: str, method: str = "GET", **headers: str) -> Reply:
    connection = HTTPConnection("127.0.0.1", urlsplit(site.url).port or 0, timeout=10)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response: HTTPResponse = connection.getresponse()
        return Reply(response.status, dict(response.getheaders()), response.read())
    finally:
        connection.close()


def locations(reply: Reply) -> list[str]:
    return [str(element.text) for element in etree.fromstring(reply.body).iter("{*}loc")]


# The site


def test_every_page_of_the_sitemap_answers_and_names_this_server(site: DemoSite) -> None:
    parts = locations(fetch(site, "/sitemap.xml"))
    pages = [page for part in parts for page in locations(fetch(site, urlsplit(part).path))]
    assert sorted(pages) == sorted(site.url_of(truth["page"]) for truth in TRUTH.values())
    assert {fetch(site, urlsplit(page).path).status for page in pages} == {200}


def test_news_sitemap_has_titles_dates_and_languages(site: DemoSite) -> None:
    root = etree.fromstring(fetch(site, "/news-sitemap.xml").body)
    by_url = {site.url_of(truth["page"]): truth for truth in TRUTH.values()}
    entries = list(root.iter("{*}url"))
    assert len(entries) == 4
    for entry in entries:
        truth = by_url[str(entry.findtext("{*}loc"))]
        assert entry.findtext(".//{*}title") == truth["title"]
        assert entry.findtext(".//{*}publication_date") == truth["date_published"]
        assert entry.findtext(".//{*}language") == truth["language"]


@pytest.mark.parametrize(("path", "count"), [("/feed.xml", 7), ("/de/feed.xml", 4)])
def test_feeds_list_articles_with_title_and_date(site: DemoSite, path: str, count: int) -> None:
    items = list(etree.fromstring(fetch(site, path).body).iter("item"))
    titles = {truth["title"] for truth in TRUTH.values()}
    assert len(items) == count
    assert all(item.findtext("title") in titles for item in items)
    assert all(parsedate_to_datetime(str(item.findtext("pubDate"))).tzinfo for item in items)
    assert all(str(item.findtext("link")).startswith(site.url) for item in items)


def test_robots_names_the_sitemaps_and_keeps_crawlers_out_of_drafts(site: DemoSite) -> None:
    robots = Protego.parse(fetch(site, "/robots.txt").body.decode())
    assert list(robots.sitemaps) == [site.url_of("/sitemap.xml"), site.url_of("/news-sitemap.xml")]
    draft = re.search(rb'href="(/drafts/[^"]+)"', fetch(site, "/news/").body)
    assert draft
    assert not robots.can_fetch(site.url_of(draft[1].decode()), "cleancopy")
    assert all(robots.can_fetch(site.url_of(truth["page"]), "cleancopy") for truth in TRUTH.values())
    assert (robots.crawl_delay("cleancopy") or 0) <= 0.05


def test_a_section_links_to_a_page_that_is_not_there(site: DemoSite) -> None:
    missing = "/news/2026/11/15/thornby-mayor-resigns.html"
    assert f'href="{missing}"'.encode() in fetch(site, "/news/").body
    reply = fetch(site, missing)
    assert reply.status == 404
    assert b"We cannot find that page" in reply.body


def test_moved_addresses_lead_to_articles(site: DemoSite) -> None:
    for old, name in (("/go/4711", "fischmarkt-umbau-a-4711"), ("/go/5581", GLUED)):
        reply = fetch(site, old)
        assert reply.status == 301
        assert reply.headers["Location"] == site.url_of(TRUTH[name]["page"])
    assert fetch(site, "/news").headers["Location"] == site.url_of("/news/")


def test_everything_an_article_needs_is_there(site: DemoSite) -> None:
    for truth in TRUTH.values():
        page = fetch(site, truth["page"]).body.decode(ENCODINGS.get(truth["page"], "utf-8"))
        assert "{{" not in page
        for needed in set(re.findall(r'["\s](/assets/[^"\s]+)', page)):
            assert fetch(site, needed).status == 200, needed


def test_a_paywalled_page_says_so(site: DemoSite) -> None:
    page = fetch(site, TRUTH["kelp-farms-investors"]["page"]).body.decode()
    [data] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    assert json.loads(data)["@graph"][1]["isAccessibleForFree"] == "False"


# Charsets


def test_one_page_is_latin_1_by_its_header_alone(site: DemoSite) -> None:
    reply = fetch(site, LATIN_PAGE)
    assert reply.headers["Content-Type"] == "text/html; charset=ISO-8859-1"
    assert b"charset" not in reply.body
    assert "verz\xf6gert".encode("latin-1") in reply.body


def test_one_page_is_windows_1252_by_its_meta_tag_alone(site: DemoSite) -> None:
    reply = fetch(site, WINDOWS_PAGE)
    assert reply.headers["Content-Type"] == "text/html"
    assert b"charset=windows-1252" in reply.body
    assert b"pilots\x92 hours" in reply.body


def test_one_page_declares_no_charset(site: DemoSite) -> None:
    reply = fetch(site, UNDECLARED_PAGE)
    assert reply.headers["Content-Type"] == "text/html"
    assert b"charset" not in reply.body
    assert "Möllgaard" in reply.body.decode("utf-8")


# The server


def test_gzip_is_for_those_who_ask(site: DemoSite) -> None:
    plain = fetch(site, "/")
    packed = fetch(site, "/", Accept_Encoding="gzip, br")
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 2


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ({"If_Modified_Since": "Sun, 22 Nov 2026 20:00:00 GMT"}, 304),
        ({"If_Modified_Since": "Sat, 21 Nov 2026 20:00:00 GMT"}, 200),
        ({"If_Modified_Since": "yesterday"}, 200),
        ({"If_None_Match": '"other"'}, 200),
        ({"If_None_Match": '"other"', "If_Modified_Since": "Sun, 22 Nov 2026 20:00:00 GMT"}, 200),
    ],
)
def test_conditional_requests(site: DemoSite, condition: dict[str, str], status: int) -> None:
    reply = fetch(site, "/", **condition)
    assert reply.status == status
    assert bool(reply.body) == (status == 200)


def test_an_etag_is_recognised(site: DemoSite) -> None:
    etag = fetch(site, "/").headers["ETag"]
    reply = fetch(site, "/", If_None_Match=f'"other", {etag}', Accept_Encoding="gzip")
    assert (reply.status, reply.body, reply.headers["ETag"]) == (304, b"", etag)


def test_head_has_the_headers_alone(site: DemoSite) -> None:
    reply = fetch(site, "/", "HEAD")
    assert reply.body == b""
    assert int(reply.headers["Content-Length"]) == len(fetch(site, "/").body)


def test_one_connection_serves_many_requests(site: DemoSite) -> None:
    connection = HTTPConnection("127.0.0.1", urlsplit(site.url).port or 0, timeout=10)
    used = set()
    for path in ("/", "/missing", "/go/4711", "/feed.xml"):
        connection.request("GET", path)
        connection.getresponse().read()
        used.add(id(connection.sock))
    connection.close()
    assert len(used) == 1


def test_requests_are_counted_by_path() -> None:
    with DemoSite() as site:
        for path in ("/", "/", "/missing?page=2"):
            fetch(site, path, User_Agent="reader")
        assert site.counts == {"/": 2, "/missing?page=2": 1}
        assert [(hit.method, hit.status, hit.user_agent) for hit in site.hits][-1] == ("GET", 404, "reader")
        assert [hit.time for hit in site.hits] == sorted(hit.time for hit in site.hits)


def test_the_port_is_free_again_after_the_block() -> None:
    with DemoSite() as site:
        port = urlsplit(site.url).port
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port or 0), timeout=5):
        pass


def test_the_site_comes_with_the_package() -> None:
    folder = files("crawler.demo") / "site"
    assert (folder / "robots.txt").is_file()
    assert (folder / "assets" / "library.png").read_bytes().startswith(b"\x89PNG\r\n")
