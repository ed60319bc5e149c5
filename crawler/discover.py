"""Where a site lists its articles: feeds, sitemaps and pages, from bytes to links. Pure functions.

All of it is foreign input: entries, nesting and sizes are capped, XML entities are not expanded, and what cannot
be read gives fewer links, never an error.
"""

import gzip
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import feedparser
from courlan import extract_domain, normalize_url
from courlan.filters import is_navigation_page, is_not_crawlable
from lxml import etree, html

from archive.exchange import Origin, Purpose
from archive.sites import Site

#: Entries taken from one source, and bytes of one source once inflated (the sitemap protocol allows 50,000
#: entries and 50 MB).
MAX_ENTRIES = 50_000
MAX_BYTES = 60_000_000
_MAX_LINKS = 5_000
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/json+feed")
#: A slug of several words, a long number or a date in the path: how articles are named nearly everywhere.
_SLUG = re.compile(r"(?:[^\W_]+[-_]){3,}[^\W_]+|\d{5,}|/\d{4}/\d{1,2}(?:/\d{1,2})?/|\b20\d\d-?[01]\d-?[0-3]\d")
_NOT_TEXT = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|mp[34]|pdf|zip|gz|xml|json|css|js|ico|woff2?|avi|mov|docx?)$", re.I
)


@dataclass(frozen=True, slots=True)
class Found:
    """A link worth fetching and how it was found."""

    url: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What one sitemap lists: pages, and further sitemaps."""

    pages: tuple[Found, ...]
    sitemaps: tuple[str, ...]


def is_web(url: str) -> bool:
    """Whether a URL is http or https with a host."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def normalise(url: str) -> str:
    """The URL that stands for all spellings of a page: no fragment, no tracking parameters."""
    try:
        return str(normalize_url(url, strict=False, trailing_slash=True)) or url
    except (ValueError, TypeError):
        return url


def same_site(url: str, other: str) -> bool:
    """Whether two URLs are of one registrable domain, or of one host where there is none (an address)."""
    host, other_host = urlsplit(url).hostname, urlsplit(other).hostname
    if host == other_host:
        return True
    domain = extract_domain(url, fast=True)
    return domain is not None and domain == extract_domain(other, fast=True)


def looks_like_article(url: str, site: Site) -> bool:
    """Whether a URL is one of the site's articles: by its patterns, else by the look of its path."""
    if any(re.search(pattern, url) for pattern in site.articles.exclude):
        return False
    if site.articles.include:
        return any(re.search(pattern, url) for pattern in site.articles.include)
    path = urlsplit(url).path
    if _NOT_TEXT.search(path) or is_not_crawlable(url) or is_navigation_page(url):
        return False
    return bool(_SLUG.search(path))


def wanted(url: str, site: Site) -> bool:
    """Whether a URL that a feed or sitemap lists is to be fetched: those sources list articles, so that only the
    site's own patterns and file kinds count."""
    if any(re.search(pattern, url) for pattern in site.articles.exclude) or _NOT_TEXT.search(urlsplit(url).path):
        return False
    if site.articles.include:
        return any(re.search(pattern, url) for pattern in site.articles.include)
    return urlsplit(url).path.strip("/") != ""


def links_of_feed(body: bytes, url: str) -> list[Found]:
    """The entries of an RSS, Atom or JSON feed, with their titles and dates as they stand there."""
    parsed = feedparser.parse(io.BytesIO(body[:MAX_BYTES]), response_headers={"content-location": url})
    return [
        Found(
            urljoin(url, entry["link"]),
            Origin(Purpose.ARTICLE, "feed", url, entry.get("title"), entry.get("published") or entry.get("updated")),
        )
        for entry in parsed.entries[:MAX_ENTRIES]
        if entry.get("link")
    ]


def links_of_sitemap(body: bytes, url: str) -> Sitemap:
    """The pages and sitemaps that a sitemap lists: XML, with or without Google's news tags, gzip, or plain text."""
    content = _inflated(body)
    if content.lstrip()[:1] != b"<":
        lines = content.decode("utf-8", "replace").splitlines()[:MAX_ENTRIES]
        return Sitemap(tuple(_listed(line.strip(), url) for line in lines if is_web(line.strip())), ())
    pages: list[Found] = []
    sitemaps: list[str] = []
    for kind, entry in _entries(content):
        location = urljoin(url, entry.get("loc", ""))
        if kind == "sitemap" and is_web(location):
            sitemaps.append(location)
        elif is_web(location):
            pages.append(_listed(location, url, entry))
        if len(pages) + len(sitemaps) >= MAX_ENTRIES:
            break
    return Sitemap(tuple(pages), tuple(sitemaps))


def _listed(location: str, via: str, entry: dict[str, str] | None = None) -> Found:
    entry = entry or {}
    news = "publication_date" in entry or "title" in entry
    origin = Origin(
        Purpose.ARTICLE,
        "news_sitemap" if news else "sitemap",
        via,
        entry.get("title"),
        entry.get("publication_date") or entry.get("lastmod"),
    )
    return Found(location, origin)


def _inflated(body: bytes) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body[:MAX_BYTES]
    try:
        with gzip.open(io.BytesIO(body)) as file:
            return file.read(MAX_BYTES)
    except (OSError, EOFError):
        return b""


def _entries(content: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    """Each `url` or `sitemap` element with the text of its descendants by local name; parsed piece by piece."""
    events = etree.iterparse(
        io.BytesIO(content), events=("end",), recover=True, resolve_entities=False, no_network=True, huge_tree=False
    )
    try:
        for _, element in events:
            name = etree.QName(element).localname if isinstance(element.tag, str) else ""
            if name in ("url", "sitemap"):
                yield name, _texts(element)
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
    except etree.XMLSyntaxError:
        return


def _texts(element: etree._Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for child in element.iter("*"):
        if text := (child.text or "").strip():
            found.setdefault(etree.QName(child).localname, text[:2000])
    return found


def _page(text: str, url: str) -> html.HtmlElement | None:
    try:
        return html.document_fromstring(text, base_url=url)
    except (etree.ParserError, ValueError):
        return None


def alternates(text: str, url: str) -> list[str]:
    """The feeds that a page names in `<link rel=alternate>`, absolute, same site, each once."""
    tree = _page(text, url)
    if tree is None:
        return []
    links = (link for link in tree.iter("link") if "alternate" in (link.get("rel") or "").lower())
    feeds = (urljoin(url, link.get("href", "")) for link in links if (link.get("type") or "").lower() in _FEED_TYPES)
    return list(dict.fromkeys(feed for feed in feeds if is_web(feed) and same_site(feed, url)))[:20]


def links_of_page(text: str, url: str, site: Site) -> list[Found]:
    """The links of a page that look like articles of its site, in page order, each once."""
    tree = _page(text, url)
    if tree is None:
        return []
    found: dict[str, Found] = {}
    for anchor in tree.iter("a"):
        target = _target(anchor, url)
        if target and same_site(target, url) and looks_like_article(target, site):
            title = " ".join("".join(anchor.itertext()).split())[:300] or None
            found.setdefault(normalise(target), Found(target, Origin(Purpose.ARTICLE, "section", url, title)))
        if len(found) >= _MAX_LINKS:
            break
    return list(found.values())


def _target(anchor: html.HtmlElement, url: str) -> str | None:
    try:
        target = urljoin(url, (anchor.get("href") or "").strip()).partition("#")[0]
    except ValueError:
        return None
    return target if is_web(target) else None
