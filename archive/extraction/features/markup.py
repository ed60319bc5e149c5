"""What the markup says of a block: tags, names of classes and ids, links, up to the root."""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

import numpy as np
from lxml import etree

from archive.extraction.blocks import TextBlock
from archive.extraction.cues import markup_groups, name_bits
from archive.extraction.features import links
from archive.extraction.features.neighbours import Matrix

_TAGS = (
    "p h1 h2 h3 h4 h5 h6 li td th div section figcaption blockquote button dd dt pre label article header footer "
    "aside nav summary address legend main center"
).split()
_TAG_NUMBER = {tag: number for number, tag in enumerate(_TAGS, 1)}
_AROUND = (
    "article main aside nav header footer figure form ul table blockquote button section li a h1 details address"
).split()
_AROUND_BIT = {tag: 1 << number for number, tag in enumerate(_AROUND)} | {"ol": 1 << _AROUND.index("ul")}
_PICTURES = frozenset(("img", "picture", "video", "svg"))
_FORMS = frozenset(("form", "input", "textarea", "select"))
#: Nodes of a block's parent that are looked through for what stands beside the block.
_BESIDE = 40
_NAMED_BY = (
    "class",
    "id",
    "role",
    "itemprop",
    "data-testid",
    "data-component",
    "data-module",
    "data-type",
    "aria-label",
    "rel",
    "property",
)
#: How many bits of each number stand for a column: own, near and above groups, and tags around.
_BITS = (len(markup_groups()),) * 3 + (len(_AROUND),)

NAMES = [f"own_{group}" for group in markup_groups()]
NAMES += [f"near_{group}" for group in markup_groups()]
NAMES += [f"above_{group}" for group in markup_groups()]
NAMES += [f"in_{tag}" for tag in _AROUND]
NAMES += [f"is_{tag}" for tag in ("p", "heading", "li", "cell", "div", "caption", "quote", "button")]
NAMES += (
    "tag tag_above depth whole children same_tag_siblings place_in_parent link_share bold_share anchors all_link"
).split()
NAMES += links.NAMES
NAMES += "time_element rel_author itemprop_author opens_list italic after_rule picture_beside form_beside".split()


class Names(NamedTuple):
    """What is known of an element from its own names up to the root; the first four are bits of groups."""

    own: int
    parent: int
    grandparent: int
    above: int
    around: int
    depth: int


class Markup:
    """The names and tags around each element of one page, gathered once an element."""

    def __init__(self, url: str) -> None:
        self.host = links.host_of(url)
        self._known: dict[etree._Element, Names] = {}
        self._children: dict[etree._Element, dict[etree._Element, tuple[int, int]]] = {}
        self._sizes: dict[etree._Element, int] = {}
        self._neighbours: dict[etree._Element, tuple[bool, bool]] = {}

    def of(self, element: etree._Element) -> Names:
        """What is known of an element. Filled in from the root down: deep pages must not recurse."""
        missing = []
        at: etree._Element | None = element
        while at is not None and at not in self._known:
            missing.append(at)
            at = at.getparent()
        above = Names(0, 0, 0, 0, 0, 0) if at is None else self._known[at]
        for below in reversed(missing):
            above = self._known[below] = _below(below, above)
        return above

    def rows(self, blocks: Sequence[TextBlock]) -> Matrix:
        """The features of the blocks' markup, one row a block, columns in the order of NAMES."""
        names = [self.of(block.element) for block in blocks]
        numbers = [_numbers(block, known) for block, known in zip(blocks, names, strict=True)]
        bits = np.array(numbers, np.int64).reshape(len(blocks), len(_BITS))
        spread = [bits[:, [column]] >> np.arange(count) & 1 for column, count in enumerate(_BITS)]
        rest = np.array([self._row(block, known) for block, known in zip(blocks, names, strict=True)], np.float32)
        return np.hstack([*spread, rest.reshape(len(blocks), len(NAMES) - sum(_BITS))]).astype(np.float32)

    def _row(self, block: TextBlock, names: Names) -> list[float]:
        element = block.element
        tag = str(element.tag)
        return [
            *_kinds(tag[: links.LONGEST_KEY]),
            *self._place(block, element, tag, names.depth),
            *links.link_row(self.host, self._targets(block, names.around)),
            *_semantics(block),
            _italic(block),
            _after_rule(element),
            *self._beside(element),
        ]

    def _place(self, block: TextBlock, element: etree._Element, tag: str, depth: int) -> list[float]:
        parent = element.getparent()
        siblings = 0 if parent is None else self._size(parent)
        same = index = 0
        if parent is not None and siblings <= 400:
            same, index = self._among(parent)[element]
        above = 0 if parent is None else _TAG_NUMBER.get(str(parent.tag), 0)
        size = len(block.text) or 1
        return [
            _TAG_NUMBER.get(tag, 0),
            above,
            depth,
            block.whole,
            self._size(element),
            same,
            index / siblings if siblings else 0,
            min(1.0, block.links / size),
            min(1.0, block.bold / size),
            len(block.anchors),
            block.links >= 0.9 * size,
        ]

    def _size(self, parent: etree._Element) -> int:
        # Counting the children of one parent for each of them is quadratic.
        if parent not in self._sizes:
            self._sizes[parent] = len(parent)
        return self._sizes[parent]

    def _among(self, parent: etree._Element) -> dict[etree._Element, tuple[int, int]]:
        """How many children have a child's tag, and its index, for each child of an element."""
        if parent not in self._children:
            times = Counter(child.tag for child in parent)
            self._children[parent] = {child: (times[child.tag], index) for index, child in enumerate(parent)}
        return self._children[parent]

    def _beside(self, element: etree._Element) -> tuple[bool, bool]:
        """Whether there are pictures, and forms, among the first nodes of an element's parent."""
        parent = element.getparent()
        if parent is None:
            return False, False
        if parent not in self._neighbours:
            tags = {node.tag for node in islice(parent.iter(), _BESIDE)}
            self._neighbours[parent] = not tags.isdisjoint(_PICTURES), not tags.isdisjoint(_FORMS)
        return self._neighbours[parent]

    def _targets(self, block: TextBlock, around: int) -> tuple[str, ...]:
        if block.anchors:
            return tuple([anchor.get("href", "").strip() for anchor in block.anchors[:12]])
        if not around & _AROUND_BIT["a"]:
            return ()
        link = next((up for up in block.element.iterancestors("a")), None)
        return () if link is None else (link.get("href", ""),)


def _below(element: etree._Element, above: Names) -> Names:
    return Names(
        _own_bits(element),
        above.own,
        above.parent,
        above.above | above.grandparent,
        above.around | _AROUND_BIT.get(str(element.tag), 0),
        above.depth + 1,
    )


def _own_bits(element: etree._Element) -> int:
    found = 0
    for key, value in element.attrib.items():
        if key in _NAMED_BY:
            found |= name_bits(str(value)[:400])
    return found


def _numbers(block: TextBlock, names: Names) -> tuple[int, int, int, int]:
    """What _BITS spreads over columns."""
    own = names.own
    if block.start is not block.element and not block.after:
        own |= _own_bits(block.start)
    return own, names.parent | names.grandparent, names.above, names.around


@lru_cache(maxsize=1024)
def _kinds(tag: str) -> tuple[bool, ...]:
    heading = len(tag) == 2 and tag[0] == "h" and tag[1].isdigit()
    return (
        tag == "p",
        heading,
        tag in ("li", "dd", "dt"),
        tag in ("td", "th"),
        tag == "div",
        tag == "figcaption",
        tag == "blockquote",
        tag in ("button", "label", "summary"),
    )


def _semantics(block: TextBlock) -> tuple[bool, ...]:
    timed = related = named = False
    for node in _first_inside(block):
        timed = timed or node.tag == "time"
        related = related or "author" in node.get("rel", "")
        named = named or "author" in node.get("itemprop", "")
    return timed, related, named, block.element.getprevious() is None


def _italic(block: TextBlock) -> float:
    """The share of the block's text that stands in italics, as biographies and notes often do."""
    inside = 0
    for node in _first_inside(block):
        if node.tag in ("em", "i"):
            inside += len(node.text or "") + sum(len(child.text or "") + len(child.tail or "") for child in node)
    return min(1.0, inside / (len(block.text) or 1))


def _after_rule(element: etree._Element) -> bool:
    """Whether a horizontal rule stands before the element."""
    before = element.getprevious()
    return before is not None and before.tag == "hr"


def _first_inside(block: TextBlock) -> Sequence[etree._Element]:
    if not block.whole:
        return (block.start,)
    if not len(block.element):
        return (block.element,)
    return tuple(islice(block.element.iter(), 9))
