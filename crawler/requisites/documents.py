"""The documents that an article links to: PDF files, texts, tables, slides, books, packed files.

Films and sound are left. An address tells what it leads to by its ending, and a link by its `type` or `download`.
"""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from archive.exchange import Capture, Origin, Purpose
from archive.extraction.page_reading import page_links
from archive.telling.kinds import SkipKind, Skipped
from crawler.discover import joined
from crawler.frontier.entry import Entry
from crawler.requisites.needs import LONGEST_URL, PRIORITY, key_of

_ENDINGS = "pdf|docx?|docm|odt|rtf|xls[xmb]?|ods|csv|tsv|pptx?|odp|epub|zip"
_NAMED = re.compile(rf"\.(?:{_ENDINGS})$", re.I)
_ENDING = re.compile(rf"\.(?:{_ENDINGS})", re.I)
_KINDS = {
    "application/": ("pdf", "rtf", "zip", "epub+zip", "msword", "vnd.ms-", "vnd.oasis.", "vnd.openxml"),
    "text/": ("csv", "tab-"),
}
_TYPES = tuple(family + kind for family, kinds in _KINDS.items() for kind in kinds)
#: Whether a page in lower case may link to any: most do not, and are not parsed for it.
_HINT = re.compile(rf"\.(?:{_ENDINGS})[\"'\s>?#]".encode())
_HINTS = {family.encode(): tuple(kind.encode() for kind in kinds) for family, kinds in _KINDS.items()}
#: Documents of one article that are taken.
MOST_OF_ARTICLE = 100
LEFT_OUT = Skipped(SkipKind.DOCUMENT, "a document that an article links to; 'crawl: {documents: true}' captures it")


def documents_of(capture: Capture, site: str) -> list[Entry]:
    """What a captured article links to that is a document, in page order, each once. `site` is the article's."""
    if capture.origin.purpose is not Purpose.ARTICLE or not capture.has_record or not _may_link(capture.body):
        return []
    links = page_links(capture.body, capture.header("Content-Type"))
    named = next((link.get("href") or "" for tag, link in links if tag == "base"), None)
    base = capture.url if named is None else joined(capture.url, named) or capture.url
    urls = (joined(base, link.get("href") or "") for tag, link in links if tag != "base" and _is_document(link))
    found = dict.fromkeys(url for url in urls if url and len(url) <= LONGEST_URL)
    origin = Origin(Purpose.DOCUMENT, "article", capture.url)
    return [Entry(key_of(url), url, origin, site, priority=PRIORITY) for url in list(found)[:MOST_OF_ARTICLE]]


def _may_link(body: bytes) -> bool:
    lower = body.lower()
    return bool(_HINT.search(lower)) or any(_has_type(lower, family, kinds) for family, kinds in _HINTS.items())


def _has_type(lower: bytes, family: bytes, kinds: tuple[bytes, ...]) -> bool:
    # To look for a family, and then on, takes a seventh of the time that a pattern of all types does.
    at = lower.find(family)
    while at >= 0 and not lower.startswith(kinds, at + len(family)):
        at = lower.find(family, at + 1)
    return at >= 0


def _is_document(link: Mapping[str, str | None]) -> bool:
    address = (link.get("href") or "").strip()
    if not address or address.startswith("#"):
        return False
    name, kind = link.get("download") or "", link.get("type") or ""
    is_said = bool(_NAMED.search(name)) or kind.strip().lower().startswith(_TYPES)
    # Most addresses hold no ending at all, and to take one apart is slow. Line breaks within one do not count.
    if not is_said and address.isprintable() and not _ENDING.search(address):
        return False
    try:
        path = urlsplit(address).path
    except ValueError:
        return False
    return is_said or bool(_NAMED.search(path))
