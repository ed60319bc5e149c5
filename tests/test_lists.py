"""Lists are read as servers send them, and a home page's lists are found however it names them."""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from archive.collection.failure import FailureKind
from crawler.discover import feeds, links_of_list, unwrapped
from tests.scripted import Answer, Run, ScriptedSite, run_cleancopy

URL = "https://gull.example/lists/all"
FIRST, SECOND = "https://gull.example/first-story", "https://gull.example/second-story"
DECLARED = '<?xml version="1.0" encoding="UTF-8"?>\n'
MAP = f'{DECLARED}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>{FIRST}</loc></url>' + (
    f"<url><loc>{SECOND}</loc></url></urlset>"
)
RSS = f"<rss version='2.0'><channel><item><link>{FIRST}</link></item><item><link>{SECOND}</link></item></channel></rss>"
ATOM = f'{DECLARED}<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="{FIRST}"/></entry>' + (
    f'<entry><link href="{SECOND}"/></entry></feed>'
)
JSON = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [{"url": FIRST}, {"url": SECOND}]})
TEXT = f"{FIRST}\r\n{SECOND}\r\n"
LISTS = {"sitemap": MAP, "rss": RSS, "atom": ATOM, "json": JSON, "text": TEXT}


def damaged(body: bytes) -> bytes:
    """Gzip whose checksum is wrong."""
    packed = bytearray(gzip.compress(body, mtime=0))
    packed[-6] ^= 1
    return bytes(packed)


def packed(text: str) -> bytes:
    return gzip.compress(text.encode(), mtime=0)


WRAPPED = {
    "as it is": str.encode,
    "byte-order mark": lambda text: text.encode("utf-8-sig"),
    "blank lines": lambda text: b"\n\r\n " + text.encode(),
    "mark and blank lines": lambda text: b"\xef\xbb\xbf\n\n" + text.encode(),
    "blank lines and mark": lambda text: b"\n\xef\xbb\xbf" + text.encode(),
    "two marks": lambda text: b"\xef\xbb\xbf\xef\xbb\xbf" + text.encode(),
    "a mark that was taken for text": lambda text: "\xef\xbb\xbf".encode() + text.encode(),
    "UTF-16": lambda text: text.replace("UTF-8", "UTF-16").encode("utf-16"),
    "UTF-16 that says UTF-8": lambda text: text.encode("utf-16"),
    "UTF-16 without a mark": lambda text: text.encode("utf-16-be"),
    "UTF-32": lambda text: text.encode("utf-32"),
    "gzip": packed,
    "gzip, blank lines in front": lambda text: b"\r\n\n" + packed(text),
    "gzip twice": lambda text: gzip.compress(packed(text)),
    "gzip, padded": lambda text: packed(text) + b"\0" * 40,
    "gzip, a comment behind": lambda text: packed(text) + b"<!-- made in 0.2 s -->",
    "gzip, cut": lambda text: packed(text + " " * 50)[:-9],
    "gzip, wrong checksum": lambda text: damaged(text.encode()),
    "gzip in two members": lambda text: packed(text[:60]) + packed(text[60:]),
    "UTF-16 in gzip": lambda text: gzip.compress(text.encode("utf-16")),
    "zeros behind": lambda text: text.encode() + b"\0\0\0",
}


@pytest.mark.parametrize("kind", LISTS)
@pytest.mark.parametrize("wrapping", WRAPPED)
def test_what_a_list_is_wrapped_in_comes_off(kind: str, wrapping: str) -> None:
    wrapped = WRAPPED[wrapping](LISTS[kind])
    assert [page.url for page in links_of_list(wrapped, URL).pages] == [FIRST, SECOND]


@pytest.mark.parametrize("kind", ["sitemap", "rss", "atom"])
@pytest.mark.parametrize(
    "front", ["<br />\n<b>Warning</b>: no such index in <b>map.php</b><br />\n", "x", "<!-- cached -->\n"]
)
def test_text_in_front_of_a_list_is_passed_over(kind: str, front: str) -> None:
    assert [page.url for page in links_of_list((front + LISTS[kind]).encode(), URL).pages] == [FIRST, SECOND]


@pytest.mark.parametrize(
    ("entries", "urls"),
    [
        ("<url><loc><!-- id 7 -->/a<!-- -->b<?x y?>c</loc></url>", ["/abc"]),
        ("<url><loc>/a?x=1&y=2&copy=3</loc></url>", ["/a?x=1&y=2&copy=3"]),
        ("<url><loc>/a?x=1&amp;y=2&#38;z=3</loc></url>", ["/a?x=1&y=2&z=3"]),
        ("<url><loc><![CDATA[/a?x=1&y=2]]></loc></url><url><loc>/b?x&y</loc></url>", ["/a?x=1&y=2", "/b?x&y"]),
        ("<url><loc><![CDATA[/a?x=1&y=2</loc></url>", []),
        ("<URL><LOC>/a</LOC></URL><Url><Loc>/b</Loc></Url>", ["/a", "/b"]),
        ('<url><loc>/a</loc><xhtml:link href="/de"/></url><url><loc>/b</loc></url>', ["/a", "/b"]),
        ("<sm:url><sm:loc>/a</sm:loc></sm:url><sm:url><sm:loc>/b</sm:loc></sm:url>", ["/a", "/b"]),
        ("<url><loc>/a</loc></url><url><loc>http://[bad/</loc></url><url><loc>/b</loc></url>", ["/a", "/b"]),
    ],
)
def test_entries_of_a_sitemap_that_are_no_good_xml(entries: str, urls: list[str]) -> None:
    listed = links_of_list(f"<urlset>{entries}</urlset>".encode(), URL)
    assert [page.url.removeprefix("https://gull.example") for page in listed.pages] == urls


@pytest.mark.parametrize("kind", ["sitemap", "rss"])
def test_an_address_that_is_cut_is_none(kind: str) -> None:
    body = LISTS[kind].encode()
    cut = body[: body.index(b"second-story") + 3]
    assert [page.url for page in links_of_list(cut, URL).pages] == [FIRST]


def test_news_tags_whose_prefix_is_not_declared() -> None:
    body = (
        "<urlset><url><loc>/a</loc><news:news><news:title>T</news:title></news:news><image:title>P</image:title></url>"
    )
    (page,) = links_of_list(body.encode(), URL).pages
    assert (page.origin.found_in, page.origin.title) == ("news_sitemap", "T")


def test_sitemaps_among_the_pages_of_a_sitemap() -> None:
    body = "<urlset><url><loc>/a.xml</loc></url><url><loc>/b.xml.gz</loc></url><url><loc>/xml</loc></url></urlset>"
    listed = links_of_list(body.encode(), URL)
    assert [found.url for found in listed.lists] == ["https://gull.example/a.xml", "https://gull.example/b.xml.gz"]
    assert [page.url for page in listed.pages] == ["https://gull.example/xml"]


def test_an_entry_whose_clicks_are_counted_says_where_it_leads() -> None:
    item = "<item><link>https://feeds.example/~r/1</link><feedburner:origLink>/a</feedburner:origLink></item>"
    named = 'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
    (page,) = links_of_list(f"<rss {named}><channel>{item}</channel></rss>".encode(), URL).pages
    assert page.url == "https://gull.example/a"


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<!doctype html><title>Not here</title><p>Sorry", FailureKind.NO_LIST),
        ("<html><body><a href=/a>x</a></body></html>", FailureKind.NO_LIST),
        ('<?xml version="1.0"?><!DOCTYPE html PUBLIC "x"><html xmlns="y"></html>', FailureKind.NO_LIST),
        ("<urlset/>", FailureKind.EMPTY_LIST),
        ("<rss><channel></channel></rss>", FailureKind.EMPTY_LIST),
        ('{"items": []}', FailureKind.EMPTY_LIST),
        ("nothing yet", FailureKind.EMPTY_LIST),
        ("", FailureKind.EMPTY_LIST),
        (RSS, None),
    ],
)
def test_a_list_without_an_entry_is_a_fault(body: str, fault: FailureKind | None) -> None:
    assert links_of_list(body.encode(), URL).fault is fault


def test_a_feed_of_too_many_tags_is_read_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "_MOST_TAGS", 6)
    assert [page.url for page in links_of_list(RSS.encode(), URL).pages] == [FIRST]


def test_gzip_in_gzip_is_taken_off_so_often_and_not_for_ever() -> None:
    body = MAP.encode()
    for _ in range(6):
        body = gzip.compress(body)
    assert links_of_list(body, URL).fault is FailureKind.EMPTY_LIST


@pytest.mark.parametrize("wrapping", WRAPPED)
def test_what_robots_txt_is_wrapped_in_comes_off(wrapping: str) -> None:
    rules = "User-agent: *\nDisallow: /private/ # and nothing more, for everybody\n"
    assert unwrapped(WRAPPED[wrapping](rules)).startswith(rules.strip().encode())


FEED = '<rss version="2.0"><channel><item><link>/the-first-story-of-today</link></item></channel></rss>'
NO_FEED = "<rss version='2.0'><channel><title>Comments</title></channel></rss>"
STORY, LINKED = "/the-first-story-of-today", "/a-story-the-page-links-to"
LINK = f"<a href='{LINKED}'>S</a>"
SITEMAP = f"<urlset><url><loc>{STORY}</loc></url></urlset>"


def alternate(kind: str, href: str = "/feed.xml", rel: str = "alternate") -> str:
    return f'<html><head><link rel="{rel}" type="{kind}" href="{href}"></head><body>{LINK}</body></html>'


@dataclass(frozen=True)
class Home:
    """A site: its home page, what else it has, and the articles that are to be found."""

    page: str = f"<html><body>{LINK}</body></html>"
    found: tuple[str, ...] = (STORY,)
    files: dict[str, str | bytes] = field(default_factory=lambda: {"/feed.xml": FEED})
    headers: dict[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    robots_coding: str = "identity"


def robots(text: str, **files: str | bytes) -> dict[str, str | bytes]:
    return {"/robots.txt": text, **{"/" + name.replace("_", "."): body for name, body in files.items()}}


HOMES = {
    "charset in the type": Home(alternate("application/rss+xml; charset=utf-8")),
    "spaces around the type": Home(alternate(" Application/RSS+xml ")),
    "application/rss": Home(alternate("application/rss")),
    "text/x-atom+xml": Home(alternate("text/x-atom+xml")),
    "text/xml": Home(alternate("text/xml")),
    "application/xml": Home(alternate("application/xml")),
    "application/rdf+xml": Home(alternate("application/rdf+xml")),
    "application/json": Home(alternate("application/json")),
    "rel=feed": Home('<link rel="feed" href="/feed.xml">'),
    "feed: in front": Home(alternate("application/rss+xml", "feed:{origin}/feed.xml")),
    "feed: as scheme": Home(alternate("application/rss+xml", "feed://{host}/feed.xml")),
    "Link header": Home(headers={"Link": '</style.css>; rel=preload, </feed.xml>; rel="alternate"; type="text/xml"'}),
    "an anchor": Home(f'<a href="/feed.xml">RSS</a>{LINK}', (LINKED, STORY)),
    "an interface for programs": Home(alternate("application/json", "/wp-json/wp/v2/pages/7"), (LINKED,)),
    "an image map": Home(f"<map><area href='{LINKED}'></map>", (LINKED,)),
    "nothing but the usual sitemap": Home("<p>Welcome", files={"/sitemap.xml": SITEMAP}),
    "a feed and the usual sitemap": Home(
        alternate("application/rss+xml"),
        (STORY, "/more"),
        {"/feed.xml": FEED, "/sitemap.xml": SITEMAP.replace(STORY, "/more")},
    ),
    "an empty feed": Home(
        alternate("application/rss+xml"), (LINKED,), {"/feed.xml": NO_FEED}, faults={"/feed.xml": "empty_list"}
    ),
    "a feed that is gone": Home(alternate("application/rss+xml"), (LINKED,), {}, faults={"/feed.xml": "not_found"}),
    "a page in place of a feed": Home(
        alternate("application/rss+xml"),
        (LINKED,),
        {"/feed.xml": "<!doctype html><p>Sorry", "/sitemap.xml": "<!doctype html><p>Sorry"},
        faults={"/feed.xml": "no_list"},
    ),
    "an index of nothing": Home(
        files=robots(
            "Sitemap: /index.xml", index_xml="<sitemapindex><sitemap><loc>/a.xml</loc></sitemap></sitemapindex>"
        ),
        found=(LINKED,),
        faults={"/a.xml": "not_found"},
    ),
    "a sitemap by its path": Home(files=robots("Sitemap: /map.xml", map_xml=SITEMAP)),
    "a sitemap by its name": Home(files=robots("Sitemap: map.xml", map_xml=SITEMAP)),
    "sitemaps nowhere": Home(
        files=robots("Sitemap: http://[bad/map.xml\nSitemap: http://gull.example:x/\nSitemap: mailto:a@gull.example"),
        found=(LINKED,),
    ),
    "robots.txt in UTF-16": Home(
        files={**robots(""), "/robots.txt": f"User-agent: *\r\nDisallow: {LINKED}".encode("utf-16")}, found=()
    ),
    "robots.txt with a false coding": Home(
        files={"/robots.txt": f"User-agent: *\nDisallow: {LINKED}"}, robots_coding="br", found=()
    ),
    "robots.txt in gzip": Home(files={"/robots.txt": packed(f"User-agent: *\nDisallow: {LINKED}")}, found=()),
    "a feed in place of a home page": Home(FEED),
}


@dataclass(frozen=True)
class Found:
    """What one run found: articles and faults of lists by the name of the home page, and the paths asked for."""

    articles: dict[str, list[str]]
    faults: dict[str, dict[str, str]]
    asked: dict[str, list[str]]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    folder = tmp_path_factory.mktemp("homes")
    sites = {name: opened(home, f"127.0.31.{number}") for number, (name, home) in enumerate(HOMES.items(), 1)}
    fast = ("--delay", 0, "--allow-private")
    ran = run_cleancopy(folder, "discover", *(f"{site.url}/" for site in sites.values()), "--collection", "c", *fast)
    (report,) = (json.loads(path.read_text()) for path in (folder / "c" / "crawls").glob("*.json"))
    names = {site.url: name for name, site in sites.items()}
    articles: defaultdict[str, list[str]] = defaultdict(list)
    faults: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for url in (line.split("\t")[0] for line in ran.out.splitlines()):
        articles[names[origin_of(url)]].append(url.removeprefix(origin_of(url)))
    for read in (read for read in report["lists"] if read["fault"]):
        faults[names[origin_of(read["url"])]][read["url"].removeprefix(origin_of(read["url"]))] = read["fault_kind"]
    yield Found(articles, faults, {name: site.paths() for name, site in sites.items()})
    for site in sites.values():
        site.close()


def opened(home: Home, host: str) -> ScriptedSite:
    site = ScriptedSite(host)
    page = home.page.replace("{origin}", site.url).replace("{host}", site.url.removeprefix("http://"))
    site.pages["/"] = Answer(page.encode(), 200, {"Content-Type": "text/html", **home.headers})
    for path, body in home.files.items():
        content: Any = body.encode() if isinstance(body, str) else body
        coding = {"Content-Encoding": home.robots_coding} if path == "/robots.txt" else {}
        site.pages[path] = Answer(content, 200, {"Content-Type": "text/plain", **coding})
    return site


def origin_of(url: str) -> str:
    return "/".join(url.split("/")[:3])


@pytest.mark.parametrize("name", HOMES)
def test_a_home_page_leads_to_its_articles(found: Found, name: str) -> None:
    assert sorted(found.articles.get(name, [])) == sorted(HOMES[name].found)
    assert found.faults.get(name, {}) == HOMES[name].faults


@pytest.mark.parametrize("name", HOMES)
def test_no_list_is_asked_for_twice(found: Found, name: str) -> None:
    asked = found.asked[name]
    read_again = ["/"] if HOMES[name].faults else []
    assert sorted(asked) == sorted([*set(asked), *read_again])


def test_a_section_that_is_a_file_or_holds_no_link_is_named(site: ScriptedSite, tmp_path: Path, cleancopy: Run) -> None:
    site.page("/news/", b"%PDF-1.7 the news", Content_Type="application/pdf")
    site.page("/sport/", "<p>Nothing today")
    (tmp_path / "127.0.0.1.yaml").write_text(f"home: {site.url}/\ndiscover: {{sections: [/news/, /sport/]}}\n")
    ran = cleancopy("discover", "127.0.0.1.yaml", "--delay", 0, "--allow-private")
    assert f"section {site.url}/news/ (seed): what came is a file, and no page" in ran.err
    assert f"section {site.url}/sport/ (seed): no address is in it" in ran.err
