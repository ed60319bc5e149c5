"""The feeds that a page names: in `<link>`, in the HTTP header `Link`, or where it names none so, in its own links."""

import re
from collections.abc import Iterable, Iterator
from email.message import Message

from lxml import etree

#: Media types of feeds, right ones and those that are written for them: application/rss, text/atom+xml.
_FEED = re.compile(r"(?:application|text)/(?:x[.-])?(?:(?:rss|atom|rdf)(?:\+xml)?|feed\+json|json\+feed)")
#: Media types of much else too, which an alternate of a page seldom is.
_MAYBE = ("application/xml", "text/xml", "application/json")
#: WordPress names its interface for programs as an alternate of every page.
_INTERFACE = "/wp-json/"
_NAMED = re.compile(
    r"(?:^|[/?=])(?:feed|rss|atom|rdf)s?/?$|(?:^|[/_-])(?:feed|rss|atom|index)\.(?:xml|rdf|rss|atom|json)$"
    r"|\.(?:rss|atom|rdf)$",
    re.I,
)
_NEXT_LINK = re.compile(r",\s{0,20}+(?=<)")
_SCHEME = re.compile(r"feed:(?://)?", re.I)


def feeds_of_links(links: Iterable[etree._Element]) -> Iterator[str]:
    """The addresses of feeds among `<link>` elements."""
    for link in links:
        if _names_feed(link.get("rel") or "", link.get("type") or "", link.get("href") or ""):
            yield as_web(link.get("href") or "")


def feeds_of_header(values: Iterable[str]) -> Iterator[str]:
    """The addresses of feeds in `Link` headers (RFC 8288)."""
    for value in values:
        for link in _NEXT_LINK.split(value):
            target, _, parameters = link.strip().removeprefix("<").partition(">")
            message = Message()
            message["Content-Type"] = "text/plain" + parameters
            rel, kind = (str(message.get_param(name) or "") for name in ("rel", "type"))
            if _names_feed(rel, kind, target):
                yield as_web(target)


def feeds_of_anchors(anchors: Iterable[etree._Element]) -> Iterator[str]:
    """The addresses of what is named as feeds are, or says that it is one, among `<a>` elements."""
    for anchor in anchors:
        address = (anchor.get("href") or "").strip()
        kind = (anchor.get("type") or "").partition(";")[0].strip().lower()
        is_said = _FEED.fullmatch(kind) or "feed" in (anchor.get("rel") or "").lower().split() or _SCHEME.match(address)
        if is_said or _NAMED.search(address[:2000].partition("#")[0]):
            yield as_web(address)


def as_web(address: str) -> str:
    """An address without `feed:`, which stands in front of others or in place of their scheme."""
    rest, found = _SCHEME.subn("", address.strip(), count=1) if _SCHEME.match(address.strip()) else (address, 0)
    return rest if not found or rest[:4].lower() == "http" else "//" + rest.lstrip("/")


def _names_feed(rel: str, kind: str, address: str) -> bool:
    relations = rel.lower().split()
    media = kind.partition(";")[0].strip().lower()
    if "feed" in relations:
        return True
    return "alternate" in relations and bool(_FEED.fullmatch(media) or (media in _MAYBE and _INTERFACE not in address))
