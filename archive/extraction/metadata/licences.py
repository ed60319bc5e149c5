"""The licence that a page gives its article."""

from collections.abc import Iterable
from typing import cast
from urllib.parse import urljoin

from lxml import etree

from archive.extraction.metadata.facts import Facts

_LINKS = etree.XPath("//a[contains(@rel, 'license')][@href]")
#: A licence linked in one of these is that of a picture or of another page.
_FOREIGN = ("figure", "figcaption", "aside")


def choose_licence(facts: Facts, tree: etree._Element, url: str) -> str | None:
    """The stated licence, or the first that a link of the page calls so (`<a rel=license>`)."""
    if facts.license:
        return facts.license.value
    links = cast(Iterable[etree._Element], _LINKS(tree))
    return next((target for link in links if (target := _target(link, url))), None)


def _target(link: etree._Element, url: str) -> str | None:
    if "license" not in link.get("rel", "").split() or next(link.iterancestors(*_FOREIGN), None) is not None:
        return None
    try:
        target = urljoin(url, link.get("href", "").strip())
    except ValueError:
        return None
    return target if target.startswith(("http://", "https://")) else None
