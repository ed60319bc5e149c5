"""HTML pages to links: articles, feeds, the next page of a list."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from lxml import etree, html

from archive.exchange import Origin, Purpose
from archive.sites import Archive, Section, Site
from archive.sites.article_urls import refusal
from archive.sites.selectors import select
from archive.telling.kinds import Skipped
from crawler.discover.feed_links import feeds_of_anchors, feeds_of_header, feeds_of_links
from crawler.discover.found import Found
from crawler.discover.urls import joined, normalise, same_site

_MAX_LINKS = 5_000
_MOST_FEEDS = 20


class ListPage:
    """A page that lists articles, parsed once."""

    def __init__(self, text: str, url: str) -> None:
        self.url = url
        self._tree = _parsed(text, url)
        base = None if self._tree is None else self._tree.find(".//base[@href]")
        self._base = url if base is None else joined(url, base.get("href", "")) or url

    def feeds(self, header: Sequence[str] = ()) -> list[str]:
        """The feeds that the page and the `Link` headers of its answer name, absolute, same site, each once."""
        of_header = (joined(self.url, address) or "" for address in feeds_of_header(header))
        return self._of_site(chain(of_header, feeds_of_links(self._all("link"))))

    def likely_feeds(self) -> list[str]:
        """What the page links to that is named as feeds are, absolute, same site, each once."""
        return self._of_site(feeds_of_anchors(self._all("a", "area")))

    def _of_site(self, addresses: Iterable[str]) -> list[str]:
        feeds = (joined(self._base, address) for address in addresses)
        return list(dict.fromkeys(feed for feed in feeds if feed and same_site(feed, self.url)))[:_MOST_FEEDS]

    def _all(self, *tags: str) -> Iterator[etree._Element]:
        return iter(()) if self._tree is None else self._tree.iter(*tags)

    def links(self, section: Section | Archive | None = None) -> list[Found]:
        """The page's links in page order, each once; where the section says which, only these."""
        found: dict[str, Found] = {}
        for anchor in self._anchors(section):
            target = joined(self._base, anchor.get("href") or "")
            if target and same_site(target, self.url):
                title = " ".join(str(anchor.xpath("string()")).split())[:300] or None
                found.setdefault(normalise(target), Found(target, Origin(Purpose.ARTICLE, "section", self.url, title)))
            if len(found) >= _MAX_LINKS:
                break
        return list(found.values())

    def _anchors(self, section: Section | Archive | None) -> Iterator[etree._Element]:
        if section is None or not section.links:
            yield from self._all("a", "area")
        elif self._tree is not None:
            for element in _first_found(section.links, self._tree):
                yield from element.iter("a", "area")

    def next(self, section: Section | Archive) -> str | None:
        """The next page of the list, on the same site, or None."""
        if self._tree is None:
            return None
        for element in _first_found(section.next, self._tree):
            link = element if element.get("href") else next(element.iter("a"), None)
            target = None if link is None else joined(self._base, link.get("href") or "")
            if target and target != self.url and same_site(target, self.url):
                return target
        return None


def _first_found(selectors: tuple[str, ...], tree: etree._Element) -> list[etree._Element]:
    return next((elements for selector in selectors if (elements := select(selector, tree))), [])


def _parsed(text: str, url: str) -> html.HtmlElement | None:
    try:
        return html.document_fromstring(text, base_url=url)
    except (etree.ParserError, ValueError):
        return None


@dataclass(frozen=True, slots=True)
class Chosen:
    """The links of a list, parted: those to fetch, and the reasons of the others."""

    articles: tuple[Found, ...]
    refused: tuple[tuple[str, Skipped], ...]


def choose(found: Sequence[Found], site: Site, *, listed: bool) -> Chosen:
    """Part links into articles of the site and others, with (URL, reason)."""
    reasons = [(link, refusal(link.url, site, listed=listed)) for link in found]
    return Chosen(
        tuple(link for link, reason in reasons if reason is None),
        tuple((link.url, reason) for link, reason in reasons if reason is not None),
    )
