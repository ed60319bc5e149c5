"""Whether a text is at its XPath in a parsed page, or is stated there.

The page is read anew, without cutting it into blocks: from the node that the XPath names on, the visible characters
of the page must begin with those of the text. White space does not count.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from lxml import etree

from archive.extraction.script_text import carries
from archive.extraction.stated import states
from archive.extraction.visibility import is_hidden, is_never_shown
from archive.extraction.xpaths import SHADOW_PLACE, SLOTTED_PLACE, text_nodes

_STEP = re.compile(r"(.+?)(\[\d+\])?")
_PLAIN = re.compile(r"[\w.-]+|\*|text\(\)|")
#: What blocks leave out of a text: soft hyphens, zero-width spaces, byte-order marks, control characters.
_UNSEEN = re.compile("[\\s\x00-\x1f\xad\u200b\u2060\ufeff]+")


class Behind(NamedTuple):
    """The place behind an element."""

    element: etree._Element


Hidden = Callable[[etree._Element], bool]


def stands_at(tree: etree._Element, xpath: str, text: str) -> bool:
    """Whether the page has this text at this place."""
    wanted = _UNSEEN.sub("", text)
    # Some pages show by script what their markup hides.
    return any(
        _begins(_following(tree, xpath, hidden), wanted) for hidden in (is_hidden, is_never_shown)
    ) or _is_in_shadow(tree, xpath, wanted)


def stands_anywhere(tree: etree._Element, text: str) -> bool:
    """Whether the page has this text at some place."""
    return _UNSEEN.sub("", text) in _UNSEEN.sub("", "".join(map(str, tree.itertext())))


def _is_in_shadow(tree: etree._Element, xpath: str, wanted: str) -> bool:
    """Whether the element holds a shadow root, into which no XPath leads, that has this text."""
    host = place_at(tree, xpath)
    if not isinstance(host, etree._Element) or not any(child.get(SHADOW_PLACE) for child in host):
        return False
    return wanted in _UNSEEN.sub("", "".join(_within(host, is_hidden)))


def states_at(tree: etree._Element, xpath: str, text: str) -> bool:
    """Whether the page has a JSON-LD script at this place that states this text, which the page does not show."""
    script = place_at(tree, xpath)
    return isinstance(script, etree._Element) and script.tag == "script" and states(script, text)


def carries_at(tree: etree._Element, xpath: str, text: str) -> bool:
    """Whether the page has a script at this place whose data holds this text, which the page does not show."""
    script = place_at(tree, xpath)
    return isinstance(script, etree._Element) and carries(script, text)


def place_at(tree: etree._Element, xpath: str) -> object:
    """What the XPath names first: an element, or where a text begins that stands behind one. None where it names
    nothing."""
    path, _, number = xpath.partition("/text()[")
    place = _element(tree, path)
    return _text(place, int(number[:-1])) if isinstance(place, etree._Element) and number[:-1].isdigit() else place


def _element(tree: etree._Element, path: str) -> object:
    steps = [_step(step) for step in path.split("/")]
    try:
        found = tree.getroottree().xpath("/".join(steps))
        if not found:  # it may stand in a slot
            slotted = {element.get(SLOTTED_PLACE): element for element in tree.iter() if element.get(SLOTTED_PLACE)}
            rest: list[str] = []
            above = path
            while above and above not in slotted:
                above, rest = above.rpartition("/")[0], [steps[len(steps) - len(rest) - 1], *rest]
            found = above and slotted[above].xpath("/".join([".", *rest]))
    except etree.XPathError:
        return None
    return found[0] if isinstance(found, list) and found else None


def _text(parent: etree._Element, number: int) -> Behind | etree._Element | None:
    """Where a text node begins, counted as a browser does."""
    number -= len(text_nodes(parent))
    if number <= 0:
        return parent
    for child in parent:
        number -= len(text_nodes(child, after=True))
        if number <= 0:
            return Behind(child)
    return None


def _step(step: str) -> str:
    """A step whose name XPath would not read, by that name: word processors write `o:p`, slips make `pclass="x"`."""
    if _PLAIN.fullmatch(step.partition("[")[0]):
        return step
    found = _STEP.fullmatch(step)
    if found is None:
        return step
    quote = "'" if '"' in found[1] else '"'
    return f"*[name()={quote}{found[1]}{quote}]{found[2] or ''}"


def _begins(pieces: Iterator[str], wanted: str) -> bool:
    at = 0
    for piece in pieces:
        seen = _UNSEEN.sub("", piece)[: len(wanted) - at]
        if not wanted.startswith(seen, at):
            return False
        at += len(seen)
        if at == len(wanted):
            return True
    return False


def _following(tree: etree._Element, xpath: str, hidden: Hidden) -> Iterator[str]:
    """The visible text from a place to the end of the page, piece by piece."""
    place = place_at(tree, xpath)
    if isinstance(place, etree._Element):
        yield from _within(place, hidden)
        yield from _behind(place, hidden)
    elif isinstance(place, Behind):
        yield from _behind(place.element, hidden)


def _within(element: etree._Element, hidden: Hidden) -> Iterator[str]:
    walker = etree.iterwalk(element, events=("start", "end"))
    for event, node in walker:
        if event == "start":
            if hidden(node):
                walker.skip_subtree()
            elif node.text:
                yield node.text
        elif node is not element and node.tail:
            yield node.tail


def _behind(element: etree._Element, hidden: Hidden) -> Iterator[str]:
    node: etree._Element | None = element
    while node is not None:
        if node.tail:
            yield node.tail
        for sibling in node.itersiblings():
            yield from _within(sibling, hidden)
            if sibling.tail:
                yield sibling.tail
        node = node.getparent()
