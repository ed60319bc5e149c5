"""What pages and style sheets need as entries of the frontier."""

import re
from collections.abc import Iterator
from email.message import Message

from lxml import etree

from archive.exchange import Capture, Origin, Purpose
from archive.extraction.page_reading import page_tree
from crawler.discover.web_url import web_url
from crawler.frontier.entry import Entry
from crawler.requisites.sheet import requisites_of_attribute, requisites_of_sheet

#: What a link may be that is loaded with the page.
_LINKS = frozenset(("stylesheet", "icon", "apple-touch-icon", "mask-icon", "preload", "modulepreload", "manifest"))
#: Preloads of these kinds alone; films and data are left.
_PRELOADED = frozenset(("style", "script", "font", "image"))
#: Where pictures are said that a script puts into place once they are scrolled to.
_LAZY = ("data-src", "data-lazy-src", "data-original", "data-lazy")
_LAZY_SETS = ("data-srcset", "data-lazy-srcset")
_XLINK = "{http://www.w3.org/1999/xlink}href"
#: Elements that show a picture of their own, and the attributes that name it.
_SOURCES: dict[str, tuple[str, ...]] = {
    "img": ("src", *_LAZY),
    "source": _LAZY,
    "input": ("src",),
    "script": ("src",),
    "video": ("poster",),
    "image": ("href", _XLINK, "xlink:href"),
    "use": ("href", _XLINK, "xlink:href"),
    "body": ("background",),
    "table": ("background",),
    "td": ("background",),
}
_SETS = ("srcset", *_LAZY_SETS)
_CANDIDATE = re.compile(r"[\s,]*(\S+)")
#: Behind a URL: its size, in which parentheses may hold commas.
_DESCRIPTOR = re.compile(r"(?:[^,(]|\([^)]*\)?)*")
#: Requisites are fetched when a host has no article waiting.
PRIORITY = -10
#: Requisites of one page, and of one style sheet, that are taken.
MOST_OF_PAGE, MOST_OF_SHEET = 500, 200
#: Characters of a URL.
LONGEST_URL = 4_000
#: Style sheets that import each other are followed so far; redirects count too.
DEEPEST = 5
#: Bytes of a requisite; the rest is cut and the capture says so.
LARGEST = 16_000_000
_MARK = "requisite "
_HTML = ("text/html", "application/xhtml+xml", "")


def requisites_of_page(body: bytes, content_type: str | None) -> tuple[str | None, list[str]]:
    """The page's `base`, if it has one, and the URLs that it loads, as they stand there, each once and in order.
    Never raises for a bad page."""
    tree = page_tree(body, content_type)
    if tree is None:
        return None, []
    base = tree.find(".//base[@href]")
    return (None if base is None else base.get("href")), list(dict.fromkeys(_urls(tree)))


def _urls(tree: etree._Element) -> Iterator[str]:
    for element in tree.iter(etree.Element):
        for name in _SOURCES.get(element.tag, ()):
            if value := element.get(name):
                yield value.strip()
        if element.tag in ("img", "source"):
            for name in _SETS:
                yield from candidates(element.get(name) or "")
        elif element.tag == "link":
            yield from _of_link(element)
        elif element.tag == "style":
            yield from requisites_of_sheet((element.text or "").encode("utf-8", "replace"), "utf-8")
        if style := element.get("style"):
            yield from requisites_of_attribute(style)


def _of_link(link: etree._Element) -> Iterator[str]:
    kinds = set((link.get("rel") or "").lower().split())
    wanted = kinds & _LINKS
    if not wanted or (wanted == {"preload"} and (link.get("as") or "").lower() not in _PRELOADED):
        return
    if href := link.get("href"):
        yield href.strip()
    yield from candidates(link.get("imagesrcset") or "")


def candidates(srcset: str) -> Iterator[str]:
    """The URLs of a `srcset`, all of them: which one a browser takes depends on its window (HTML, section 4.8.4.2)."""
    at = 0
    while found := _CANDIDATE.match(srcset, at):
        url, at = found[1], found.end()
        if url.endswith(","):
            url = url.rstrip(",")
        elif behind := _DESCRIPTOR.match(srcset, at):
            at = behind.end()
        if url:
            yield url


def key_of(url: str) -> str:
    """The key of a requisite in the frontier: apart from those of pages, so that a page is still fetched as one if
    another takes it for a picture."""
    return _MARK + url


def needs_of(capture: Capture, site: str, hops: int = 0, *, kept: bool = False) -> list[Entry]:
    """What a captured page needs, or a style sheet that a page needs, in the order that it is named. `site` is the
    page's, `hops` the style sheets and redirects before this one, `kept` whether a section's page is kept over time."""
    kind = (capture.header("Content-Type") or "").partition(";")[0].strip().lower()
    if capture.rendering:
        return []  # A browser has asked for what it needs.
    if (capture.origin.purpose in (Purpose.ARTICLE, Purpose.PAGE) or kept) and kind in _HTML:
        base, found = requisites_of_page(capture.body, capture.header("Content-Type"))
        return _entries(
            capture.url, base, found[:MOST_OF_PAGE], Origin(Purpose.REQUISITE, "page", capture.url), site, 0
        )
    if capture.origin.purpose is Purpose.REQUISITE and kind == "text/css" and hops < DEEPEST:
        found = requisites_of_sheet(capture.body, _charset(capture))
        origin = Origin(Purpose.REQUISITE, "style", capture.url)
        return _entries(capture.url, None, found[:MOST_OF_SHEET], origin, site, hops + 1)
    return []


def _entries(url: str, base: str | None, found: list[str], origin: Origin, site: str, hops: int) -> list[Entry]:
    joined = web_url(base or "", url) or url
    absolute = dict.fromkeys(web_url(each, joined) for each in found if each[:1] not in ("", "#"))
    return [
        Entry(key_of(each), each, origin, site, hops, PRIORITY)
        for each in absolute
        if each and len(each) <= LONGEST_URL and each != url.partition("#")[0]
    ]


def _charset(capture: Capture) -> str | None:
    message = Message()
    message["Content-Type"] = capture.header("Content-Type") or ""
    return message.get_content_charset()
