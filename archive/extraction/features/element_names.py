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

#: The terms of an element's tag and names, a tuple for each of the distances.
_Named = list[tuple[tuple[int, ...], ...]]
#: How many numbers terms have.
SIZE = 1 << 15
#: How far above a block an element stands: it is the block's own, the one around that, or further up.
_ITSELF, _PARENT, _ABOVE = range(3)
#: Attributes that name an element, and what distinguishes their words.
_NAMED_BY = {"class": "", "id": "", "role": "ro", "itemprop": "it", "aria-label": "ar", "data-testid": "da"}
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
#: Characters of a name or address, and words of it, that are looked at.
_CHARACTERS, _WORDS = 400, 12
#: Terms from further up beyond which no more are taken: pages may be as deep as they like.
_MOST = 60


def element_names(blocks: Sequence[TextBlock], ancestors: Ancestors) -> Terms:
    """The terms of each block, one block after the other."""
    named = [_named(element) for element in ancestors.elements]
    above = _above(named, ancestors.parents)
    around: dict[int, set[int]] = {}
    for number in ancestors.own:
        if number not in around:
            parent = named[ancestors.parents[number]] if number else []
            around[number] = _with(named[number], _ITSELF, _with(parent, _PARENT, above[number]))
    return Terms.numbered(
        [around[number] | _linked(block) for block, number in zip(blocks, ancestors.own, strict=True)]
    )


def _above(named: Sequence[_Named], parents: Sequence[int]) -> list[set[int]]:
    """The terms of what stands above each element's parent."""
    found: list[set[int]] = [set()]
    for parent in parents[1:]:
        terms = found[parent]
        # Children of one element share what stands above it; so do all in what is too deep.
        found.append(_with(named[parents[parent]], _ABOVE, terms) if parent and len(terms) < _MOST else terms)
    return found


def _with(named: _Named, distance: int, terms: set[int]) -> set[int]:
    return terms.union(*[part[distance] for part in named])


def _named(element: etree._Element) -> _Named:
    found = [_numbered("", str(element.tag))]
    for key, value in element.items():
        if key in _NAMED_BY:
            found.append(_numbered(f"{_NAMED_BY[key]}.", value[:_CHARACTERS]))
    return found


def _linked(block: TextBlock) -> set[int]:
    """The terms of the address of the block's first link."""
    if not block.anchors:
        return set()
    words = _words(block.anchors[0].get("href", "")[:_CHARACTERS])
    return {_number(f"link.{word}") for word in words}


@lru_cache(maxsize=65_536)
def _numbered(kind: str, name: str) -> tuple[tuple[int, ...], ...]:
    """The terms of a tag or a name, for each distance."""
    words = _words(name) if kind else [name]
    return tuple(tuple(_number(f"{distance}{kind}{word}") for word in words) for distance in (_ITSELF, _PARENT, _ABOVE))


def _words(name: str) -> list[str]:
    """The first words in a name."""
    return [word.lower() for word in _WORD.findall(name) if len(word) > 1][:_WORDS]


@lru_cache(maxsize=65_536)
def _number(term: str) -> int:
    return crc32(term.encode("utf-8", "surrogatepass")) % SIZE
