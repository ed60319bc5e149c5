"""The words of a text, by where they stand in it.

A term is a word with the kind of place that it stands in, such as "the text begins with `copyright`". Terms are known
by number: the hash of what names them (Weinberger and others, 2009).
"""

from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import chain, pairwise
from math import log2
from typing import NamedTuple, Self
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

#: How many numbers there are.
SIZE = 1 << 16
#: Words of a text that are looked at: the first, the last, and those between.
_FIRST, _LAST, _BETWEEN = 12, 6, 60
#: Words up to which a text is also a term as a whole, and the first that are also looked at in pairs.
_WHOLE, _PAIRED = 5, 9
#: Numbers of terms that are remembered for each kind of place.
_MOST = 65_536


class Terms(NamedTuple):
    """The terms of texts, one text after the other: their numbers, and how many each text has (at least one)."""

    numbers: NDArray[np.intp]
    sizes: NDArray[np.intp]

    @classmethod
    def of(cls, tokens: Sequence[list[str]]) -> Self:
        """The terms of texts, which `tokens` are the words of."""
        return cls.numbered([_terms(words) for words in tokens])

    @classmethod
    def numbered(cls, rows: Sequence[Collection[int]]) -> Self:
        """The terms of these numbers, a row a text."""
        sizes = np.fromiter(map(len, rows), np.intp, len(rows))
        return cls(np.fromiter(chain.from_iterable(rows), np.intp, int(sizes.sum())), sizes)


class _Place(dict[str, int]):
    """The numbers of the words that stand in one kind of place."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def __missing__(self, word: str) -> int:
        if len(self) >= _MOST:
            self.clear()
        number = self[word] = crc32(f"{self._name}:{word}".encode("utf-8", "surrogatepass")) % SIZE
        return number


_first, _last, _between, _opening, _closing = map(_Place, ("first", "last", "between", "opening", "closing"))
_pair, _whole, _size = map(_Place, ("pair", "whole", "size"))


def _terms(words: list[str]) -> set[int]:
    count = len(words)
    found = {_size[_about(count)]}
    if not count:
        return found
    found.update((_opening[words[0]], _closing[words[-1]]))
    found.update([_first[word] for word in words[:_FIRST]])
    found.update([_pair[f"{one} {other}"] for one, other in pairwise(words[:_PAIRED])])
    if count > _FIRST:
        found.update([_last[word] for word in words[-_LAST:]])
        found.update([_between[word] for word in words[_FIRST:_BETWEEN]])
    if count <= _WHOLE:
        found.add(_whole[" ".join(words)])
    return found


@lru_cache(maxsize=1024)
def _about(count: int) -> str:
    """A count of words, exact where it is small, in steps of half a power of two beyond."""
    return str(count) if count < 7 else f"about {min(12, int(2 * log2(count)))}"
