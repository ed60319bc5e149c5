"""Sitemaps and sitemap indexes to links: XML with or without Google's news tags, or plain text."""

import io
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from lxml import etree

from archive.exchange import Origin, Purpose
from crawler.discover.found import Found
from crawler.discover.urls import is_web, joined

_NEWS = "schemas/sitemap-news"
_NAMED = re.compile(r"\.(?:xml|txt)(?:\.gz)?(?:[?#]|$)", re.I)
#: What is no page, and listed as one: some list their sitemaps in a sitemap and not in an index.
_NO_PAGE = re.compile(r"\.(?:xml|xml\.gz|txt\.gz)$", re.I)
#: An ampersand that begins no entity.
_BARE = re.compile(rb"&(?!#?\w{1,32};)")


def is_named_sitemap(url: str) -> bool:
    """Whether a URL ends as sitemaps do."""
    return bool(_NAMED.search(url))


def entries_of_lines(content: bytes, url: str) -> Iterator[Found]:
    """The pages of a sitemap in plain text."""
    lines = (line.strip() for line in content.decode("utf-8", "replace").splitlines())
    return (_found("url", line, url, {}) for line in lines if is_web(line))


def entries_of_sitemap(content: bytes, url: str) -> Iterator[Found]:
    """The pages and sitemaps of a sitemap in XML."""
    for kind, entry in _entries(_escaped(content)):
        location = joined(url, entry.get("loc", ""))
        if location is not None:
            yield _found(kind, location, url, entry)


def _found(kind: str, location: str, via: str, entry: dict[str, str]) -> Found:
    if kind == "sitemap" or _NO_PAGE.search(urlsplit(location).path):
        return Found(location, Origin(Purpose.SITEMAP, "sitemap", via, None, entry.get("lastmod")))
    date = entry.get("publication_date")
    found_in = "news_sitemap" if date or "title" in entry else "sitemap"
    return Found(location, Origin(Purpose.ARTICLE, found_in, via, entry.get("title"), date or entry.get("lastmod")))


def _escaped(content: bytes) -> bytes:
    """The same with bare ampersands as XML wants them, which the parser would leave out; in CDATA they are right."""
    parts = content.split(b"<![CDATA[")
    for number, part in enumerate(parts):
        inside, end, outside = part.partition(b"]]>") if number else (b"", b"", part)
        parts[number] = inside + end + _BARE.sub(b"&amp;", outside)
    return b"<![CDATA[".join(parts)


def _entries(content: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    """Each `url` or `sitemap` element with the texts that count; parsed piece by piece."""
    events = etree.iterparse(
        io.BytesIO(content),
        events=("end",),
        recover=True,
        resolve_entities=False,
        remove_comments=True,
        remove_pis=True,
        no_network=True,
        huge_tree=False,
    )
    try:
        for _, element in events:
            name = _name(element)
            if name in ("url", "sitemap"):
                yield name, _texts(element)
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
    except etree.XMLSyntaxError:
        return


def _name(element: etree._Element) -> str:
    """In lower case, without its namespace or a prefix that stands for none."""
    return element.tag.rpartition("}")[2].rpartition(":")[2].lower()


def _texts(element: etree._Element) -> dict[str, str]:
    """`loc` and `lastmod` of the entry itself, `title` and `publication_date` of its news tags: pictures and videos
    in a sitemap have a loc and a title of their own."""
    found: dict[str, str] = {}
    for child in element.iter("*"):
        name = _name(child)
        mine = child.getparent() is element and name in ("loc", "lastmod")
        is_news = _NEWS in child.tag or child.tag.lower().startswith("news:")
        if (mine or (is_news and name in ("title", "publication_date"))) and (text := (child.text or "").strip()):
            found.setdefault(name, text[:2000])
    return found
