"""What the markup says of a block: tags, names of classes and ids, links, up to the root."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from archive.extraction.blocks import TextBlock
from archive.extraction.cues import markup_groups, name_bits
from archive.extraction.features import links
from archive.extraction.features.ancestors import Ancestors, Attributes, attributes_of
from archive.extraction.features.neighbours import Matrix
from archive.extraction.remembered import LONGEST

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
#: Characters of a link that are looked at: hundreds of blocks may stand in one link.
_LONGEST_LINK = 2_000
#: Children beyond which an element's place among them is not looked for.
_MANY = 400
_NAMED_BY = frozenset(
    "class id role itemprop data-testid data-component data-module data-type aria-label rel property".split()
)
#: How many bits of each number stand for a column: own, near and above groups, and tags around.
_BITS = (len(markup_groups()),) * 3 + (len(_AROUND),)

NAMES = [f"own_{group}" for group in markup_groups()]
NAMES += [f"near_{group}" for group in markup_groups()]
NAMES += [f"above_{group}" for group in markup_groups()]
NAMES += [f"in_{tag}" for tag in _AROUND]
_REST = [f"is_{tag}" for tag in ("p", "heading", "li", "cell", "div", "caption", "quote", "button")]
_REST += (
    "tag tag_above depth whole children same_tag_siblings place_in_parent link_share bold_share anchors all_link"
).split()
_REST += links.NAMES
_REST += "time_element rel_author itemprop_author opens_list italic after_rule picture_beside form_beside".split()
NAMES += _REST
#: The same as they are found: what is true of a block's element, and what only of the block.
_OF_ELEMENT = [*_REST[:8], "tag", "tag_above", "depth", "children", "same_tag_siblings", "place_in_parent"]
_OF_ELEMENT += "picture_beside form_beside opens_list after_rule".split()
_OF_BLOCK = ["whole", "anchors", *links.NAMES, *"time_element rel_author itemprop_author italic".split()]
_OF_BLOCK += ["link_share", "bold_share", "all_link"]
_ORDER = [(_OF_ELEMENT + _OF_BLOCK).index(name) for name in _REST]

Numbers = NDArray[np.int64]


class Names(NamedTuple):
    """What the names of each element and of those above it hint at, one entry an element: `own`, `near` and `above` are
    bits of groups, `around` bits of tags."""

    own: Numbers
    near: Numbers
    above: Numbers
    around: Numbers
    depth: Numbers


def names_of(ancestors: Ancestors) -> Names:
    """The names of all elements around a page's blocks."""
    parents = ancestors.parents
    own = [_own_bits(attributes) for attributes in ancestors.attributes]
    tags = [_AROUND_BIT.get(str(element.tag), 0) for element in ancestors.elements]
    parent, grandparent, above, around, depth = [0], [0], [0], tags[:1], [1]
    for number in range(1, len(own)):
        up = parents[number]
        parent.append(own[up])
        grandparent.append(parent[up])
        above.append(above[up] | grandparent[up])
        around.append(around[up] | tags[number])
        depth.append(depth[up] + 1)
    near = np.array(parent, np.int64) | np.array(grandparent, np.int64)
    return Names(np.array(own, np.int64), near, *(np.array(one, np.int64) for one in (above, around, depth)))


def markup_rows(blocks: Sequence[TextBlock], ancestors: Ancestors, names: Names, url: str) -> Matrix:
    """The features of NAMES, one row a block, for the blocks of one page."""
    own = np.array(ancestors.own, np.intp)
    bits = [names.own[own] | _start_bits(blocks), names.near[own], names.above[own], names.around[own]]
    spread = [column[:, None] >> np.arange(count) & 1 for column, count in zip(bits, _BITS, strict=True)]
    distinct, place = np.unique(own, return_inverse=True)
    of_elements = _element_rows(ancestors, names, distinct.tolist())[place]
    rest = np.hstack([of_elements, _block_rows(blocks, names.around[own].tolist(), links.host_of(url))])
    return np.hstack([*spread, rest[:, _ORDER]], dtype=np.float32, casting="same_kind")


def _element_rows(ancestors: Ancestors, names: Names, numbers: Sequence[int]) -> Matrix:
    """The features of _OF_ELEMENT for the elements of these numbers."""
    siblings = _Siblings()
    depth = names.depth.tolist()
    rows = [
        _element_row(ancestors.elements[number], ancestors.parent(number), depth[number], siblings)
        for number in numbers
    ]
    return np.array(rows, np.float32)


def _element_row(
    element: etree._Element, parent: etree._Element | None, depth: int, siblings: "_Siblings"
) -> tuple[float, ...]:
    tag = str(element.tag)
    before = element.getprevious()
    return (
        *_kinds(tag[:LONGEST]),
        _TAG_NUMBER.get(tag, 0),
        0 if parent is None else _TAG_NUMBER.get(str(parent.tag), 0),
        depth,
        len(element),
        *((0, 0.0, False, False) if parent is None else siblings.of(element, parent, tag)),
        before is None,
        before is not None and before.tag == "hr",
    )


class _Siblings:
    """What stands beside elements, looked for once a parent."""

    def __init__(self) -> None:
        self._known: dict[etree._Element, tuple[list[str], bool, bool]] = {}

    def of(self, element: etree._Element, parent: etree._Element, tag: str) -> tuple[int, float, bool, bool]:
        """How many children of the parent have the element's tag, the element's place among all, and whether there are
        pictures and forms among the parent's first nodes."""
        if parent not in self._known:
            self._known[parent] = self._look(parent)
        tags, pictures, forms = self._known[parent]
        if len(tags) > _MANY:
            return 0, 0.0, pictures, forms
        return tags.count(tag), parent.index(element) / len(tags), pictures, forms

    def _look(self, parent: etree._Element) -> tuple[list[str], bool, bool]:
        first = {node.tag for node in islice(parent.iter(), _BESIDE)}
        tags = [str(child.tag) for child in parent]
        return tags, not first.isdisjoint(_PICTURES), not first.isdisjoint(_FORMS)


def _block_rows(blocks: Sequence[TextBlock], around: Sequence[int], host: str) -> Matrix:
    """The features of _OF_BLOCK, one row a block; `around` are the bits of the tags around each."""
    sizes = np.array([len(block.text) or 1 for block in blocks])
    linked = np.array([block.links for block in blocks])
    bold = np.array([block.bold for block in blocks])
    shares = [np.minimum(1.0, linked / sizes), np.minimum(1.0, bold / sizes), linked >= 0.9 * sizes]
    rows = [
        (
            block.whole,
            len(block.anchors),
            *links.link_row(host, _targets(block, tags)),
            *_inside(block),
        )
        for block, tags in zip(blocks, around, strict=True)
    ]
    return np.column_stack([np.array(rows, np.float32), *shares]).astype(np.float32)


def _targets(block: TextBlock, around: int) -> tuple[str, ...]:
    if block.anchors:
        return tuple([anchor.get("href", "").strip()[:_LONGEST_LINK] for anchor in block.anchors[:12]])
    if not around & _AROUND_BIT["a"]:
        return ()
    link = next((up for up in block.element.iterancestors("a")), None)
    return () if link is None else (link.get("href", "")[:_LONGEST_LINK],)


def _own_bits(attributes: Attributes) -> int:
    found = 0
    for key, value in attributes:
        if key in _NAMED_BY:
            found |= name_bits(value[:400])
    return found


def _start_bits(blocks: Sequence[TextBlock]) -> Numbers:
    """The names of the inline elements that blocks begin with."""
    starts = [
        0 if block.after or block.start is block.element else _own_bits(attributes_of(block.start)) for block in blocks
    ]
    return np.array(starts, np.int64)


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


def _inside(block: TextBlock) -> tuple[float, ...]:
    """Whether the block's first elements are times and name an author, and the share of its text that stands in
    italics, as biographies and notes often do."""
    timed = related = named = False
    italic = 0
    for node in _first_inside(block):
        tag = node.tag
        if tag == "time":
            timed = True
        elif tag in ("em", "i"):
            italic += len(node.text or "") + sum(len(child.text or "") + len(child.tail or "") for child in node)
        related = related or "author" in node.get("rel", "")
        named = named or "author" in node.get("itemprop", "")
    return timed, related, named, min(1.0, italic / (len(block.text) or 1))


def _first_inside(block: TextBlock) -> Sequence[etree._Element]:
    if not block.whole:
        return (block.start,)
    if not len(block.element):
        return (block.element,)
    return tuple(islice(block.element.iter(), 9))
