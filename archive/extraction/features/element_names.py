"""The names that the markup gives the elements around a block, as terms.

Sites name their parts much alike: `article-body`, `teaser__kicker`. A term is one word of such a name with how far
above the block it stands.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import chain

import numpy as np

from archive.extraction.features.ancestors import Ancestors, Attributes
from archive.extraction.features.terms import Hashes, Numbers, Terms, WordHashes, mixer

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

_hashes = WordHashes()


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
    """The hashes of all elements, one element after the other, and how many each has."""
    rows = [
        _element_hashes(str(element.tag), attributes)
        for element, attributes in zip(ancestors.elements, ancestors.attributes, strict=True)
    ]
    sizes = np.fromiter(map(len, rows), np.intp, len(rows))
    return np.fromiter(chain.from_iterable(rows), np.uint64, int(sizes.sum())), sizes


def _element_hashes(tag: str, attributes: Attributes) -> list[int]:
    """The hashes of an element's tag and of the words in the attributes that name it."""
    found = [_hashes[tag[:_CHARACTERS]]]
    for name, value in attributes:
        mark = _NAMED_BY.get(name)
        if mark is not None:
            found += _words(mark, value[:_CHARACTERS])
    return found[:_MOST]


@lru_cache(maxsize=16_384)
def _words(mark: str, name: str) -> tuple[int, ...]:
    """The hashes of the first words in a name."""
    return tuple([_hashes[mark + word.lower()] for word in _WORD.findall(name) if len(word) > 1][:_WORDS])
