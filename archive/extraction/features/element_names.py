"""The names that the markup gives the elements around a block, and those in its links' addresses, as terms.

Sites name their parts much alike: `article-body`, `teaser__kicker`, `/author/`. A term is one word of such a name with
how far above the block it stands.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from zlib import crc32

from lxml import etree

from archive.extraction.blocks import TextBlock
from archive.extraction.features.ancestors import Ancestors
from archive.extraction.features.terms import Terms

#: The terms of an element's tag and names, for each of the distances.
_Named = tuple[frozenset[int], ...]
#: How many numbers terms have.
SIZE = 1 << 15
#: How far above a block an element stands: it is the block's own, the one around that, or further up.
_ITSELF, _PARENT, _ABOVE = range(3)
#: Attributes that name an element, and what distinguishes their words.
_NAMED_BY = {"class": "", "id": "", "role": "ro", "itemprop": "it", "aria-label": "ar", "data-testid": "da"}
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
#: Characters of a name or address, and words of it, that are looked at.
_CHARACTERS, _WORDS = 400, 12
#: Terms from further up beyond which no more are taken.
_MOST = 60


def element_names(blocks: Sequence[TextBlock], ancestors: Ancestors) -> Terms:
    """The terms of each block, one block after the other."""
    named = [_named(*_cut(one)) for one in ancestors.elements]
    outside = _outside(named, ancestors.parents)
    around: dict[int, frozenset[int]] = {}
    for number in ancestors.own:
        if number not in around:
            around[number] = named[number][_ITSELF].union(outside[ancestors.parents[number]] if number else ())
    return Terms.numbered(
        [_with_link(around[number], block) for block, number in zip(blocks, ancestors.own, strict=True)]
    )


def _cut(element: etree._Element) -> tuple[str, ...]:
    """An element's tag and names, no longer than they are looked at: what is remembered of them stays small."""
    return (str(element.tag)[:_CHARACTERS], *[element.get(name, "")[:_CHARACTERS] for name in _NAMED_BY])


def _outside(named: Sequence[_Named], parents: Sequence[int]) -> dict[int, frozenset[int]]:
    """The terms of each element that has children and of those above it, as its children see them."""
    above: dict[int, frozenset[int]] = {0: frozenset()}
    found = {0: named[0][_PARENT]}
    for number in sorted(set(parents[1:]) - {0}):
        up = parents[number]
        # Pages may be as deep as they like.
        above[number] = above[up] | named[up][_ABOVE] if len(above[up]) < _MOST else above[up]
        found[number] = above[number] | named[number][_PARENT]
    return found


def _with_link(terms: frozenset[int], block: TextBlock) -> frozenset[int]:
    return terms | _linked(block) if block.anchors else terms


def _linked(block: TextBlock) -> frozenset[int]:
    """The terms of the address of the block's first link."""
    words = _words(block.anchors[0].get("href", "")[:_CHARACTERS])
    return frozenset([_number(f"link.{word}") for word in words])


@lru_cache(maxsize=16_384)
def _named(tag: str, *names: str) -> _Named:
    """The terms of an element's tag and of the attributes that name it, for each distance."""
    said = [f"{mark}.{word}" for mark, name in zip(_NAMED_BY.values(), names, strict=True) for word in _words(name)]
    return tuple(
        frozenset([_number(f"{distance}{word}") for word in (tag, *said)]) for distance in (_ITSELF, _PARENT, _ABOVE)
    )


def _words(name: str) -> list[str]:
    """The first words in a name."""
    return [word.lower() for word in _WORD.findall(name) if len(word) > 1][:_WORDS]


@lru_cache(maxsize=65_536)
def _number(term: str) -> int:
    return crc32(term.encode("utf-8", "surrogatepass")) % SIZE
