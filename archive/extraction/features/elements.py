"""The elements that hold a page's blocks, each once: what is true of an element is found once for all its blocks.

Their names, as the markup gives them, are much alike on all sites: `article-body`, `teaser__kicker`. Some hint at what
stands in them (`Names`); all are also terms: one word of a name with how far above the block it stands.
"""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import chain
from types import ModuleType
from typing import Any, NamedTuple, Self, cast

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from archive.extraction.blocks import TextBlock
from archive.extraction.cues import markup_words, name_bits
from archive.extraction.features.terms import Numbers, Terms, WordHashes, factor_of
from archive.extraction.native import compiled

Bits = NDArray[np.int64]

_kernel, _tree = compiled("term_mixing"), compiled("page_elements")
#: How many bits a term's number has, and how many numbers there are.
_BITS = 15
SIZE = 1 << _BITS
_SHIFT = np.uint64(64 - _BITS)
#: How far above a block an element stands: it is the block's own, the one around that, or further up.
_DISTANCES = np.array([factor_of(distance) for distance in ("itself", "parent", "above")])
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
#: Attributes whose words hint at what stands in an element; all that name it are among them.
_TELLING = frozenset(
    "class id role itemprop data-testid data-component data-module data-type aria-label rel property".split()
)

_hashes = WordHashes()
#: Attributes of an element: names and values.
Attributes = tuple[tuple[str, str], ...]
#: A tag and its attributes of _TELLING: many elements of a page look alike.
Look = tuple[str, Attributes]


class Ancestors(NamedTuple):
    """The blocks' elements and all above them, by number: parents come before their children, the root is 0 and its own
    parent. `own` is the number of each block's element. `looks` are what tells of the elements, each once, and `look`
    the number of each element's."""

    parents: Numbers
    own: Numbers
    looks: Sequence[Look]
    look: Numbers

    @classmethod
    def of(cls, blocks: Sequence[TextBlock]) -> Self:
        """Number the elements around the blocks of one page."""
        parents, own, looks, look = (_tree.numbered if _tree else _numbered)(list(blocks))
        return cls(np.array(parents, np.intp), np.array(own, np.intp), looks, np.array(look, np.intp))


def _numbered(blocks: Sequence[TextBlock]) -> tuple[list[int], list[int], list[Look], list[int]]:
    """What is in `Ancestors`, in its order."""
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
    looks: dict[Look, int] = {}
    look = [looks.setdefault((str(element.tag), _told(element)), len(looks)) for element in numbers]
    return parents, [numbers[block.element] for block in blocks], list(looks), look


def _told(element: etree._Element) -> Attributes:
    """The telling attributes of an element."""
    return tuple([one for one in cast(Attributes, element.items()) if one[0] in _TELLING])


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
    own = _hints(ancestors.looks)[ancestors.look]
    around = np.array([AROUND_BIT.get(tag, 0) for tag, _ in ancestors.looks], np.int64)[ancestors.look]
    # The root has nothing above it.
    parent = own[ancestors.parents] * (ancestors.parents != np.arange(len(own)))
    grandparent = parent[ancestors.parents]
    above, depth = grandparent[ancestors.parents], np.ones(len(own), np.int64)
    (_tree.hand_down if _tree else _hand_down)(ancestors.parents, above, around, depth)
    return Names(own, parent | grandparent, above, around, depth)


def _hand_down(parents: Numbers, above: Bits, around: Bits, depth: Bits) -> None:
    """Add to the bits of each element those of the one above it, and to its depth."""
    for number, up in enumerate(parents[1:].tolist(), 1):
        above[number] |= above[up]
        around[number] |= around[up]
        depth[number] += depth[up]


def start_hints(blocks: Sequence[TextBlock]) -> Bits:
    """What the names of the inline element hint at that each block begins with, if it does with one."""
    if _tree:
        looks, numbers = _tree.start_looks(list(blocks))
        hints: Bits = _hints(looks)[numbers]
        return hints
    starts = (None if block.after or block.start is block.element else block.start for block in blocks)
    return np.array([0 if one is None else hints_of(_told(one)) for one in starts], np.int64)


def _hints(looks: Sequence[Look]) -> Bits:
    """The groups that the names of each look hint at, as bits."""
    told = _words_of(_tree).hints(list(looks)) if _tree else [hints_of(attributes) for _, attributes in looks]
    return np.array(told, np.int64)


@cache
def _words_of(kernel: ModuleType) -> Any:
    """The markup words as the kernel has them."""
    return kernel.MarkupWords(markup_words())


def hints_of(attributes: Attributes) -> int:
    """The groups that an element's names hint at, as bits."""
    found = 0
    for _, value in attributes:
        found |= name_bits(value[:_CHARACTERS])
    return found


def element_names(ancestors: Ancestors) -> Terms:
    """The terms of each block, one block after the other: of its own element, of the one around that, and so on."""
    if not _kernel:
        return _mixed(ancestors)
    numbers = np.empty(len(ancestors.own) * _LEVELS * _MOST, np.intp)
    held = np.empty(len(ancestors.own), np.intp)
    tree = ancestors.look, ancestors.parents, ancestors.own
    end = _kernel.name_terms(list(ancestors.looks), _NAMED_BY, *tree, _DISTANCES, _LEVELS, _BITS, numbers, held)
    return Terms(numbers[:end].copy(), held)


def _mixed(ancestors: Ancestors) -> Terms:
    """The terms without a kernel."""
    words = [_look_words(look) for look in ancestors.looks]
    counts = np.fromiter(map(len, words), np.intp, len(words))
    hashes = np.fromiter(chain.from_iterable(words), np.uint64, int(counts.sum()))
    starts = np.cumsum(counts) - counts
    parts = []
    blocks, at = np.arange(len(ancestors.own)), ancestors.own
    for level in range(_LEVELS):
        looks = ancestors.look[at]
        sizes = counts[looks]
        places = np.repeat(starts[looks] - (np.cumsum(sizes) - sizes), sizes) + np.arange(sizes.sum())
        distance = _DISTANCES[min(level, len(_DISTANCES) - 1)]
        parts.append((np.repeat(blocks, sizes), hashes[places] * distance >> _SHIFT))
        # Nothing is around the root.
        blocks, at = blocks[at > 0], ancestors.parents[at[at > 0]]
    return Terms.together(parts, len(ancestors.own))


def _look_words(look: Look) -> list[int]:
    """The hashes of a tag and of the words in the attributes that name the element."""
    tag, attributes = look
    found = [_hashes[tag[:_CHARACTERS]]]
    for name, value in attributes:
        if (mark := _NAMED_BY.get(name)) is not None:
            found += _words(mark, value[:_CHARACTERS])
    return found[:_MOST]


@lru_cache(maxsize=16_384)
def _words(mark: str, name: str) -> tuple[int, ...]:
    """The hashes of the first words in a name."""
    return tuple([_hashes[mark + word.lower()] for word in _WORD.findall(name) if len(word) > 1][:_WORDS])
