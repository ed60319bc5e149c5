"""Text of an article that is hidden until its reader asks for it: behind "read more", in accordions and tabs.

It belongs to the article; what is hidden elsewhere (menus, pop-ups, notes for editors and machines) does not. So a
hidden element is opened only where something opens it for the reader, where it holds text and no links or fields, and
where running text is shown close by.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple, Self, cast

from lxml import etree

from archive.extraction.blocks import TextBlock
from archive.extraction.visibility import HIDDEN, is_hidden

#: Characters of a hidden text, and the share of them in links, from which and up to which it may be an article's.
_LEAST, _LINKED = 35, 0.3
#: Characters of a beginning that is not alike by chance.
_BEGINNING = 40
#: Levels up in which running text is shown, and in which names are read.
_NEAR, _NAMED = 4, 3
#: Hidden elements that are looked at. Of 1,589 real pages none has as many.
_MOST = 500
_OPENS = re.compile(
    r"accordion|collaps|expand|toggle|tab-?(?:s\b|pan|content|body)|(?:read|show|see|view|load)-?more|more-?(?:text|content)"
    r"|full-?(?:text|story|article|content)|truncat|spoiler|transcript|faq",
    re.I,
)
_ELSEWHERE = re.compile(
    r"modal|pop-?up|pop-?over|overlay|dialog|cookie|consent|gdpr|privacy|newsletter|subscri|paywall|login|sign-?(?:in|up)"
    r"|menu|\bnav|lightbox|share|social|banner|tooltip|dropdown|drop-down|search|comment|advert|\bads?\b|promo|related"
    r"|recommend|track|analytic|print-?only|sidebar|footer|off-?canvas|drawer|\btoc\b|skip|sr-only|screen-reader",
    re.I,
)
_ELSEWHERE_TAGS = frozenset("nav aside footer form dialog menu header".split())
_FIELDS = ("form", "input", "select", "textarea", "iframe")
_CONTROLS = ("aria-controls", "data-target", "data-bs-target", "data-toggle-target", "href")
_COVERED = etree.XPath("//*[@hidden or contains(@style, 'none') or contains(@style, 'hidden')]")
_CLOSED = etree.XPath("//details[not(@open)] | //*[@hidden = 'until-found']")
_CONTROLLED = etree.XPath(
    "//*[self::a or self::button or @role='button' or @role='tab' or @aria-expanded or self::summary or self::label]"
    "[@aria-controls or @data-target or @data-bs-target or @data-toggle-target or starts-with(@href, '#')]"
)


class Opened(NamedTuple):
    """The hidden elements that are read, and the shown ones that only begin what those say in full."""

    shown: frozenset[etree._Element]
    replaced: frozenset[etree._Element]
    is_any: bool
    """Whether a reader must open something to read all, native `<details>` included."""

    @classmethod
    def of(cls, tree: etree._Element, running: Sequence[TextBlock]) -> Self:
        """What a page hides of its article, whose running text is shown in these blocks."""
        stories = frozenset(above for block in running for above in islice(_upwards(block.element), _NEAR + 1))
        covered = _some(_COVERED, tree)
        controls = _some(_CONTROLLED, tree) if covered else ()
        controlled = {target for control in controls for target in _targets(control)}
        shown: set[etree._Element] = set()
        replaced: set[etree._Element] = set()
        for element in covered:
            is_asked_for = element.get("id") in controlled or _is_asked_for(element)
            if is_asked_for and is_hidden(element) and element.tag not in HIDDEN and _is_story(element, stories):
                shown.add(element)
                replaced.update(_beginnings(element))
        closed = any(_is_story(element, stories) for element in _some(_CLOSED, tree))
        return cls(frozenset(shown), frozenset(replaced), bool(shown) or closed)


def _some(path: etree.XPath, tree: etree._Element) -> list[etree._Element]:
    return cast(list[etree._Element], path(tree))[:_MOST]


def _upwards(element: etree._Element) -> Iterator[etree._Element]:
    """An element and those around it, below `<body>`."""
    at: etree._Element | None = element
    while at is not None and at.tag not in ("body", "html"):
        yield at
        at = at.getparent()


def _targets(control: etree._Element) -> Iterator[str]:
    for name in _CONTROLS:
        yield from (target.removeprefix("#") for target in control.get(name, "").split())


def _is_story(element: etree._Element, stories: frozenset[etree._Element]) -> bool:
    """Whether an element holds text, and stands where the article is."""
    around = list(islice(_upwards(element), _NEAR + 1))
    if stories.isdisjoint(around[1:]) or next(element.iter(*_FIELDS), None) is not None:
        return False
    if any(_ELSEWHERE.search(_names(above)) for above in around[:_NAMED]):
        return False
    if any(above.tag in _ELSEWHERE_TAGS for above in _upwards(element)):
        return False
    size, linked = (len(_text(element)), sum(len(_text(link)) for link in element.iter("a")))
    return size >= _LEAST and linked <= _LINKED * size


def _is_asked_for(element: etree._Element) -> bool:
    """Whether something beside the element, or its name, says that it can be opened."""
    if element.get("role") == "tabpanel" or _OPENS.search(_names(element)):
        return True
    parent = element.getparent()
    beside = [element.getprevious(), element.getnext(), None if parent is None else parent.getprevious()]
    return any(other is not None and _is_switch(other) for other in beside)


def _is_switch(element: etree._Element) -> bool:
    """Whether an element is a button that opens something, or little more than one."""
    switches = element.xpath("descendant-or-self::*[self::button or self::summary or @role='button' or @aria-expanded]")
    named = element.tag in ("a", "span", "div", "p", "label") and _OPENS.search(_names(element))
    return bool(switches or named) and len(_text(element)) < 200


def _beginnings(element: etree._Element) -> Iterator[etree._Element]:
    """The element before one that shows no more than the start of its text."""
    before = element.getprevious()
    if before is not None and not is_hidden(before):
        start = _text(before).rstrip(" .…")
        if len(start) > _BEGINNING and _text(element).startswith(start):
            yield before


def _names(element: etree._Element) -> str:
    return " ".join(element.get(name, "") for name in ("class", "id", "role", "aria-label", "data-testid"))


def _text(element: etree._Element) -> str:
    return " ".join(" ".join(map(str, element.itertext())).split())
