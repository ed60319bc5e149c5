"""Sitemaps and sitemap indexes to links: XML with or without Google's news tags, gzip, or plain text."""

import gzip
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from lxml import etree

from archive.exchange import Origin, Purpose
from crawler.discover.found import MAX_BYTES, MAX_ENTRIES, Found
from crawler.discover.urls import is_web

_NEWS = "schemas/sitemap-news"
_NAMED = re.compile(r"\.(?:xml|txt)(?:\.gz)?(?:[?#]|$)", re.I)


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What one sitemap lists: pages, and further sitemaps with the day of their last change, if it says so."""

    pages: tuple[Found, ...]
    sitemaps: tuple[Found, ...]


def is_named_sitemap(url: str) -> bool:
    """Whether a URL ends as sitemaps do."""
    return bool(_NAMED.search(url))


def links_of_sitemap(body: bytes, url: str) -> Sitemap:
    """The pages and sitemaps that a sitemap lists."""
    content = _inflated(body)
    if content.lstrip()[:1] != b"<":
        lines = (line.strip() for line in content.decode("utf-8-sig", "replace").splitlines()[:MAX_ENTRIES])
        return Sitemap(tuple(_page(line, url, {}) for line in lines if is_web(line)), ())
    pages: list[Found] = []
    sitemaps: list[Found] = []
    for kind, entry in _entries(content):
        location = _absolute(url, entry.get("loc", ""))
        if location is None:
            continue
        if kind == "sitemap":
            sitemaps.append(Found(location, Origin(Purpose.SITEMAP, "sitemap", url, None, entry.get("lastmod"))))
        else:
            pages.append(_page(location, url, entry))
        if len(pages) + len(sitemaps) >= MAX_ENTRIES:
            break
    return Sitemap(tuple(pages), tuple(sitemaps))


def _absolute(url: str, location: str) -> str | None:
    try:
        absolute = urljoin(url, location)
    except ValueError:
        return None
    return absolute if location and is_web(absolute) else None


def _page(location: str, via: str, entry: dict[str, str]) -> Found:
    date = entry.get("publication_date")
    kind = "news_sitemap" if date or "title" in entry else "sitemap"
    return Found(location, Origin(Purpose.ARTICLE, kind, via, entry.get("title"), date or entry.get("lastmod")))


def _inflated(body: bytes) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body[:MAX_BYTES]
    try:
        with gzip.open(io.BytesIO(body)) as file:
            return file.read(MAX_BYTES)
    except (OSError, EOFError):
        return b""


def _entries(content: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    """Each `url` or `sitemap` element with the texts that count; parsed piece by piece."""
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
    """`loc` and `lastmod` of the entry itself, `title` and `publication_date` of its news tags: pictures and videos
    in a sitemap have a loc and a title of their own."""
    found: dict[str, str] = {}
    for child in element.iter("*"):
        name = etree.QName(child)
        mine = child.getparent() is element and name.localname in ("loc", "lastmod")
        news = name.localname in ("title", "publication_date") and _NEWS in (name.namespace or "")
        if (mine or news) and (text := (child.text or "").strip()):
            found.setdefault(name.localname, text[:2000])
    return found
