"""A feed or a sitemap to links, whichever it is: it is read by what is in it, and not by what it is called.

Servers send feeds as sitemaps, sitemaps as feeds, an error page in place of both, and warnings in front of either.
"""

import re
from dataclasses import dataclass
from itertools import islice

from archive.collection.failure import FailureKind
from crawler.discover.feeds import entries_of_json, entries_of_xml
from crawler.discover.found import MAX_ENTRIES, Found
from crawler.discover.sitemaps import entries_of_lines, entries_of_sitemap
from crawler.discover.unwrapping import unwrapped

#: What an XML list begins with, and HTML, within so many bytes.
_ROOT = re.compile(
    rb"<(?:!doctype\s{1,9}+)?(?:[\w.-]{1,40}+:)?(urlset|sitemapindex|rss|feed|rdf|html)(?=[\s>/:])", re.I
)
_LOOKED_AT = 65_536
_FEEDS = (b"rss", b"feed", b"rdf")


@dataclass(frozen=True, slots=True)
class Listed:
    """What one list holds: pages, and further lists with the day of their last change, if it says so. `fault` is why
    there is neither."""

    pages: tuple[Found, ...] = ()
    lists: tuple[Found, ...] = ()
    fault: FailureKind | None = None


def links_of_list(body: bytes, url: str) -> Listed:
    """The pages and lists that a feed or a sitemap names: RSS, Atom, JSON Feed, XML or text."""
    content = unwrapped(body)
    name, start = _root(content)
    # Where XML is cut within a text, that is an address no more.
    document = content[start : content.rfind(b">") + 1]
    if content[:1] == b"{":
        entries = entries_of_json(content, url)
    elif name in _FEEDS:
        entries = entries_of_xml(document, url)
    elif name == b"html":
        return Listed(fault=FailureKind.NO_LIST)
    elif name or content[:1] == b"<":
        entries = entries_of_sitemap(document, url)
    else:
        entries = entries_of_lines(content, url)
    found = list(islice(entries, MAX_ENTRIES))
    pages = tuple(one for one in found if one.is_page)
    lists = tuple(one for one in found if not one.is_page)
    return Listed(pages, lists, None if found else FailureKind.EMPTY_LIST)


def is_list(body: bytes) -> bool:
    """Whether a body is a feed or a sitemap in XML."""
    return _root(unwrapped(body))[0] not in (b"", b"html")


def _root(content: bytes) -> tuple[bytes, int]:
    """The name of the first element that says what this is, and where the document begins: text and markup may stand
    in front of it."""
    found = list(_ROOT.finditer(content, 0, _LOOKED_AT))
    root = next((one for one in found if one[1].lower() != b"html"), found[0] if found else None)
    if root is None:
        return b"", 0
    declared = content.rfind(b"<?xml ", 0, root.start())
    return root[1].lower(), root.start() if declared < 0 else declared
