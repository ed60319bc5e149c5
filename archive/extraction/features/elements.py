"""The elements that hold a page's blocks, each once: what is true of an element is found once for all its blocks.

Their names, as the markup gives them, are much alike on all sites: `article-body`, `teaser__kicker`. Some hint at what
stands in them (`Names`); all are also terms: one word of a name with how far above the block it stands.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import NamedTuple, Self, cast

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from archive.extraction.blocks import TextBlock
from archive.extraction.cues import name_bits
from archive.extraction.features.terms import Hashes, Numbers, Terms, WordHashes, mixer

Bits = NDArray[np.int64]
#: How many bits a term's number has, and how many numbers there are.
_BITS = 15
SIZE = 1 << _BITS
#: How far above a block an element stands: it is the block's own, the one around that, or further up.
_DISTANCES = tuple(mixer(distance, _BITS) for distance in ("itself", "parent", "above"))
#: Elements that are looked at, from a block's own upwards: pages may be as deep as they like. Labels are the same with
#: twenty, and a little worse with five.
_LEVELS = 8
#: Attributes that name an element, and what distinguishes their words.
_NAMED_BY = {"class": "", "id": "", "role": "ro.", "itemprop": "it.", "aria-label": "ar.", "data-testid": "da."}
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
#: Characters of a name, words of it, and words of all names of an element that are looked at.
_CHARACTERS, _WORDS, _MOST = 400, 12, 16
#: Tags of the elements around a block that are told apart, and the bits that stand for them.
AROUND = (
    "article main aside nav header footer figure form ul table blockquote button section li a h1 details address"
).split()
AROUND_BIT = {tag: 1 << number for number, tag in enumerate(AROUND)} | {"ol": 1 << AROUND.index("ul")}
#: Attributes whose words hint at what stands in an element.
_HINTING = frozenset(
    "class id role itemprop data-testid data-component data-module data-type aria-label rel property".split()
)

_hashes = WordHashes()
#: The attributes of an element: names and values.
Attributes = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Ancestors:
    """The blocks' elements and all above them, by number, with their attributes: parents come before their children,
    the root is 0 and its own parent. `own` is the number of each block's element."""

    elements: Sequence[etree._Element]
    attributes: Sequence[Attributes]
    parents: Sequence[int]
    own: Sequence[int]

    @classmethod
    def of(cls, blocks: Sequence[TextBlock]) -> Self:
        """Number the elements around the blocks of one page."""
        numbers: dict[etree._Element, int] = {}
        parents: list[int] = []
        for block in blocks:
            missing = []
            at: etree._Element | None = block.element
            # From the root down: deep pages must not recurse.
            while at is not None and at not in numbers:
                missing.append(at)
                at = at.getparent()
            above = numbers[at] if at is not None else 0
            for below in reversed(missing):
                parents.append(above)
                above = numbers[below] = len(parents) - 1
        attributes = [cast(Attributes, element.items()) for element in numbers]
        return cls(list(numbers), attributes, parents, [numbers[block.element] for block in blocks])

    def parent(self, number: int) -> etree._Element | None:
        """The element around an element; None for the root."""
        return self.elements[self.parents[number]] if number else None


class Names(NamedTuple):
    """What the names of each element and of those above it hint at, one entry an element: `own`, `near` and `above` are
    bits of groups, `around` bits of tags."""

    own: Bits
    near: Bits
    above: Bits
    around: Bits
    depth: Bits


def names_of(ancestors: Ancestors) -> Names:
    """The names of all elements around a page's blocks."""
    parents = ancestors.parents
    own = [hints_of(attributes) for attributes in ancestors.attributes]
    tags = [AROUND_BIT.get(str(element.tag), 0) for element in ancestors.elements]
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


def hints_of(attributes: Attributes) -> int:
    """The groups that an element's names hint at, as bits."""
    found = 0
    for key, value in attributes:
        if key in _HINTING:
            found |= name_bits(value[:400])
    return found


def element_names(ancestors: Ancestors) -> Terms:
    """The terms of each block, one block after the other: of its own element, of the one around that, and so on."""
    hashes, sizes = _flat(ancestors)
    levels = list(_levels(ancestors))
    parts = [
        _terms(those, hashes, sizes, distance)
        for distance, those in zip(_DISTANCES, (levels[:1], levels[1:2], levels[2:]), strict=True)
        if those
    ]
    return Terms.together(parts, len(ancestors.own))


def _terms(
    levels: Sequence[tuple[Numbers, Numbers]], hashes: Hashes, sizes: Numbers, distance: Callable[[Hashes], Hashes]
) -> tuple[Numbers, Hashes]:
    """The terms of elements at one distance, with the blocks that they belong to."""
    blocks, elements = (np.concatenate(part) for part in zip(*levels, strict=True))
    counts = sizes[elements]
    before, first = np.cumsum(counts) - counts, (np.cumsum(sizes) - sizes)[elements]
    places = np.repeat(first - before, counts) + np.arange(counts.sum())
    return np.repeat(blocks, counts), distance(hashes[places])


def _levels(ancestors: Ancestors) -> Iterator[tuple[Numbers, Numbers]]:
    """Blocks and their elements, then those of them that have an element around that, and so on."""
    parents = np.array(ancestors.parents, np.intp)
    blocks, at = np.arange(len(ancestors.own)), np.array(ancestors.own, np.intp)
    for _ in range(_LEVELS):
        yield blocks, at
        inside = np.flatnonzero(at)
        if not len(inside):
            break
        blocks, at = blocks[inside], parents[at[inside]]


def _flat(ancestors: Ancestors) -> tuple[Hashes, Numbers]:
    """The hashes of the elements' tags and of the words in the attributes that name them, one element after the other,
    and how many each has."""
    rows = []
    for element, attributes in zip(ancestors.elements, ancestors.attributes, strict=True):
        found = [_hashes[str(element.tag)[:_CHARACTERS]]]
        for name, value in attributes:
            mark = _NAMED_BY.get(name)
            if mark is not None:
                found += _words(mark, value[:_CHARACTERS])
        rows.append(found[:_MOST])
    sizes = np.fromiter(map(len, rows), np.intp, len(rows))
    return np.fromiter(chain.from_iterable(rows), np.uint64, int(sizes.sum())), sizes


@lru_cache(maxsize=16_384)
def _words(mark: str, name: str) -> tuple[int, ...]:
    """The hashes of the first words in a name."""
    return tuple([_hashes[mark + word.lower()] for word in _WORD.findall(name) if len(word) > 1][:_WORDS])
