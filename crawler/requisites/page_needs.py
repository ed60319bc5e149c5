"""HTML pages to the URLs of what they need to be shown."""

import re
from collections.abc import Iterator

from lxml import etree

from archive.errors import PageError
from archive.extraction.charset import decode
from archive.extraction.page_reading import MAX_BYTES
from archive.extraction.parsing import parse_page
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


def requisites_of_page(body: bytes, content_type: str | None) -> tuple[str | None, list[str]]:
    """The page's `base`, if it has one, and the URLs that it loads, as they stand there, each once and in order.
    Never raises for a bad page."""
    try:
        tree = parse_page(decode(body[:MAX_BYTES], content_type)[0])
    except PageError:
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
