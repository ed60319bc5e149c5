"""Where blocks lie in their page, as XPaths that a browser finds in its own tree of the page, scripts switched off.

A browser knows no path into a shadow root: what is shown there has the path of the element that holds the root.

libxml2 finds the path of one element by counting its siblings. On a page with thousands of siblings that is quadratic
in their number, so the paths of all blocks are found together: each parent's children are counted once.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from archive.extraction.blocks import TextBlock
from archive.extraction.flow import INLINE, MATH, is_inline
from archive.extraction.native import compiled
from archive.places import ITEMS, PLAIN, Setting, set_in

#: Characters of the longest path that is written. Ten thousand blocks below hundreds of levels would make a record a
#: hundred times as long as its page; of 27,000 blocks of real pages none has a path longer than 228.
_LONGEST = 1000
#: Where all that an element holds is found, and where an element is that was moved into a slot: paths in the page as it
#: was. No attribute of a page has such names: theirs are in small letters.
SHADOW_PLACE, SLOTTED_PLACE = "SHADOW-PLACE", "SLOTTED-PLACE"
#: How comments part the text of an element, or its tail, into text nodes: `x` is one with something to see, `_` one
#: without. No attribute of a page has such names: theirs are in small letters.
TEXT_NODES, TAIL_NODES = "TEXT-NODES", "TAIL-NODES"
#: Names that a browser finds among the elements of HTML.
_PLAIN = re.compile(r"[a-z_][a-z0-9_.-]*")
_kernel = compiled("block_paths")


class Located(NamedTuple):
    """The path of a block or an element, how it is set there, and the path of the item that it stands in. What has no
    path is set as if nothing stood around it."""

    xpath: str | None
    setting: Setting = PLAIN
    item: str | None = None


def xpaths(blocks: Sequence[TextBlock]) -> Iterator[str | None]:
    """The path of each block in the page as browsers parse it: its element's where the block is all of the element;
    else that of the inline element that it begins with, or of the text node where there is none or it holds other
    blocks. None where it would be longer than any real page needs."""
    return (found.xpath for found in located(blocks))


def located(blocks: Sequence[TextBlock]) -> Iterator[Located]:
    """The path of each block, and how it is set there."""
    found = _kernel.Paths(sys.modules[__name__], INLINE, _LONGEST).of(blocks) if _kernel else None
    return iter(found) if found is not None else _located(blocks)


def _located(blocks: Sequence[TextBlock]) -> Iterator[Located]:
    paths = _Paths(blocks)
    for block in blocks:
        start, number = block.element if block.whole else block.start, 0
        if not block.whole and not block.after:
            is_text = start is block.element or not all(map(is_inline, start.iterdescendants()))
            number = first(text_nodes(start)) if is_text else 0
        elif not block.whole and (parent := start.getparent()) is not None:
            start, number = parent, paths.texts[start]
        found = paths.of(start)
        yield text_in(found, number) if number and start not in paths.shadows else found


def text_in(found: Located, number: int) -> Located:
    """Where the text node of that number is, from 1, in the element at a place."""
    return found if found.xpath is None else found._replace(xpath=f"{found.xpath}/text()[{number}]")


def path_to(element: etree._Element) -> str:
    """The path of one element, however long."""
    steps: list[str] = []
    while (above := element.getparent()) is not None and not element.get(SLOTTED_PLACE):
        if place := element.get(SHADOW_PLACE):
            return place
        steps.append(steps_to(above, {element})[element])
        element = above
    return "/".join([element.get(SLOTTED_PLACE) or f"/{element.tag}", *reversed(steps)])


def steps_to(parent: etree._Element, wanted: Set[etree._Element]) -> dict[etree._Element, str]:
    """The steps from an element to some of its children."""
    times: dict[str, int] = {}
    places = []
    for child in parent:
        tag = str(child.tag)
        times[tag] = place = times.get(tag, 0) + 1
        if child in wanted:
            places.append((child, tag, place))
    return {child: f"{name_of(tag)}[{place}]" if times[tag] > 1 else name_of(tag) for child, tag, place in places}


@lru_cache(1024)
def name_of(tag: str) -> str:
    """The step to an element. Names without a prefix are those of HTML, and `o:p` would be one with a prefix."""
    if _PLAIN.fullmatch(tag) and tag not in MATH:
        return tag
    quote = "'" if '"' in tag else '"'
    return f"*[name()={quote}{tag}{quote}]"


def text_nodes(element: etree._Element, *, after: bool = False) -> str:
    """The text nodes that a browser has at the start of an element, or behind it: `x` for each, `_` for a blank one."""
    written = element.get(TAIL_NODES if after else TEXT_NODES)
    return written or ("x" if (element.tail if after else element.text) else "")


def first(nodes: str) -> int:
    """The number of the first text node with something to see."""
    return max(nodes.find("x"), 0) + 1


ROOT, FAR = Located(""), Located(None)


def _at(path: str) -> Located:
    """Where the element at a path is that was written down before."""
    found = ROOT
    for step in path.split("/")[1:]:
        found = below(found, step.partition("[")[0], step)
    return found


def below(above: Located, tag: str, step: str) -> Located:
    """Where the child of that name and step is."""
    path = f"{above.xpath}/{step}"
    if above.xpath is None or len(path) > _LONGEST:
        return FAR
    setting = set_in(above.setting, tag)
    return Located(path, setting, path if tag in ITEMS else above.item if setting.in_item else None)


class _Paths:
    """The paths of some elements of a page; `texts` counts the text nodes of the parent up to the first with
    something to see behind each, and `shadows` are those whose path is that of another that holds them."""

    def __init__(self, blocks: Sequence[TextBlock]) -> None:
        self.texts: dict[etree._Element, int] = {}
        self.shadows: set[etree._Element] = set()
        self._steps: dict[etree._Element, str] = {}
        self._known: dict[etree._Element, Located] = {}
        followed = {block.start for block in blocks if block.after and not block.whole}
        # Every element on the way to a block with its parent, and by its parent.
        self._parents: dict[etree._Element, etree._Element] = {}
        families: defaultdict[etree._Element, set[etree._Element]] = defaultdict(set)
        for block in blocks:
            child = block.element if block.whole else block.start
            while child not in self._parents and (above := child.getparent()) is not None:
                self._parents[child] = above
                families[above].add(child)
                child = above
        # What a shadow root shows stands in slots; to ask each element for its place costs as much as all else.
        self._has_slots = any(element.tag == "slot" for element in self._parents)
        for parent, children in families.items():
            self._steps.update(steps_to(parent, children))
            if not followed.isdisjoint(children):
                self._count_texts(parent, children)

    def of(self, element: etree._Element) -> Located:
        """Where an element is, written down from the root: deep pages must not recurse."""
        missing = []
        at: etree._Element | None = element
        while at is not None and at not in self._known:
            missing.append(at)
            at = self._parents.get(at)
        found = ROOT if at is None else self._known[at]
        for below in reversed(missing):
            self._known[below] = found = self._where(found, below)
        return found

    def _where(self, above: Located, element: etree._Element) -> Located:
        around = self._parents.get(element)
        if self._has_slots and around is not None:
            if slotted := element.get(SLOTTED_PLACE):
                return _at(slotted)
            place = element.get(SHADOW_PLACE)
            if place or around in self.shadows:
                self.shadows.add(element)
                return _at(place) if place else above
        tag = str(element.tag)
        return below(above, tag, self._steps.get(element, tag))

    def _count_texts(self, parent: etree._Element, wanted: set[etree._Element]) -> None:
        texts = len(text_nodes(parent))
        for child in parent:
            nodes = text_nodes(child, after=True)
            if child in wanted:
                self.texts[child] = texts + first(nodes)
            texts += len(nodes)
