"""The licence that a page gives its article."""

from collections.abc import Iterable

from lxml import etree

from archive.extraction.metadata.facts import Facts
from archive.extraction.metadata.values import web_address

#: A licence linked in one of these is that of a picture or of another page.
_FOREIGN = ("figure", "figcaption", "aside")


def choose_licence(facts: Facts, links: Iterable[etree._Element], url: str) -> str | None:
    """The stated licence, or the first that one of the page's links calls so (`<a rel=license>`)."""
    if facts.license:
        return facts.license.value
    return next((target for link in links if (target := _target(link, url))), None)


def _target(link: etree._Element, url: str) -> str | None:
    called, address = link.get("rel"), link.get("href")
    if called is None or address is None or "license" not in called.split():
        return None
    if next(link.iterancestors(*_FOREIGN), None) is not None:
        return None
    return web_address(address, url)
