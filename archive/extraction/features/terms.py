"""The words of a text, by where they stand in it.

A term is a word with the kind of place that it stands in, such as "the text begins with `copyright`". Terms are known
by number: the hash of what names them (Weinberger and others, 2009). Words are hashed once, and their hashes mixed with
each kind of place for all texts of a page together.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from math import log2
from typing import NamedTuple, Self
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from archive.extraction.native import compiled

Numbers = NDArray[np.intp]
Hashes = NDArray[np.uint64]

_kernel = compiled("term_mixing")
#: How many bits a number has, and how many numbers there are.
_BITS = 16
SIZE = 1 << _BITS
#: Words of a text that are looked at: the first, the last, and those between.
_FIRST, _LAST, _BETWEEN = 12, 6, 60
#: Words up to which a text is also a term as a whole, and the first that are also looked at in pairs.
_WHOLE, _PAIRED = 5, 9
#: Words whose hashes are remembered, and the characters of the longest such.
_MOST, _LONGEST = 131_072, 64
#: The count of words from which all texts are alike long, and for each count below what stands for it: itself where it
#: is small, then steps of half a power of two.
_LONG = 64
_ABOUT = np.array([count if count < 7 else 2 + int(2 * log2(count)) for count in range(_LONG + 1)], np.uint64)


class Terms(NamedTuple):
    """The terms of texts, one text after the other: their numbers, and how many each text has (at least one)."""

    numbers: Numbers
    sizes: Numbers

    @classmethod
    def of(cls, tokens: Sequence[list[str]]) -> Self:
        """The terms of texts, which `tokens` are the words of."""
        if not _kernel:
            return cls.together(list(_terms(tokens)), len(tokens))
        numbers = np.empty(len(tokens) * _kernel.most_terms, np.intp)
        sizes = np.empty(len(tokens), np.intp)
        end = _kernel.word_terms(tokens, _FACTORS, _WHOLES, _ABOUT, _BITS, numbers, sizes)
        return cls(numbers[:end].copy(), sizes)

    @classmethod
    def together(cls, parts: Sequence[tuple[Numbers, Hashes]], count: int) -> Self:
        """The terms of so many texts: of each part, the texts they belong to and their numbers."""
        of, numbers = (np.concatenate(part) for part in zip(*parts, strict=True))
        return cls(numbers[np.argsort(of, kind="stable")].astype(np.intp), np.bincount(of, minlength=count))


class WordHashes(dict[str, int]):
    """The hashes of words, remembered."""

    def __missing__(self, word: str) -> int:
        number = crc32(word.encode("utf-8", "surrogatepass"))
        if len(self) >= _MOST:
            self.clear()
        if len(word) <= _LONGEST:
            self[word] = number
        return number


def factor_of(kind: str) -> np.uint64:
    """An odd number of 64 bits, another for each kind: the highest bits of its product with a hash are the number of a
    term (Knuth, The Art of Computer Programming, section 6.4)."""
    low, high = (crc32(f"{part} {kind}".encode()) for part in ("low", "high"))
    return np.uint64(high << 32 | low | 1)


_hashes = WordHashes()
_FACTORS = np.array([factor_of(kind) for kind in "first last between opening closing size pair other".split()])
_FIRST_WORD, _LAST_WORD, _BETWEEN_WORD, _OPENING, _CLOSING, _COUNT, _PAIR, _OTHER = _FACTORS
_WHOLES = np.array([factor_of(f"whole {place}") for place in range(_WHOLE)])
_SHIFT = np.uint64(64 - _BITS)


class _Words(NamedTuple):
    """The words of texts that are looked at, one text after the other: the text of each, its hash, its place, how many
    come behind it, and how many words its text has."""

    of: Numbers
    hashes: Hashes
    place: Numbers
    behind: Numbers
    counts: Numbers

    @classmethod
    def looked_at(cls, tokens: Sequence[list[str]], counts: Numbers) -> Self:
        """Those of texts with so many words each."""
        most = _BETWEEN + _LAST
        looked = [words if len(words) <= most else words[:_BETWEEN] + words[-_LAST:] for words in tokens]
        sizes = np.minimum(counts, most)
        of = np.repeat(np.arange(len(tokens)), sizes)
        hashes = np.fromiter(map(_hashes.__getitem__, chain.from_iterable(looked)), np.uint64, len(of))
        place = np.arange(len(of)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return cls(of, hashes, place, sizes[of] - 1 - place, counts[of])


def _terms(tokens: Sequence[list[str]]) -> Iterator[tuple[Numbers, Hashes]]:
    counts = np.fromiter(map(len, tokens), np.intp, len(tokens))
    yield np.arange(len(tokens)), (_ABOUT[np.minimum(counts, _LONG)] + np.uint64(1)) * _COUNT >> _SHIFT
    words = _Words.looked_at(tokens, counts)
    for factor, there in (
        (_FIRST_WORD, words.place < _FIRST),
        (_OPENING, words.place == 0),
        (_CLOSING, words.behind == 0),
        (_LAST_WORD, (words.behind < _LAST) & (words.counts > _FIRST)),
        (_BETWEEN_WORD, (words.place >= _FIRST) & (words.place < _BETWEEN)),
    ):
        yield words.of[there], words.hashes[there] * factor >> _SHIFT
    one = np.flatnonzero((words.place < _PAIRED - 1) & (words.behind > 0))
    yield words.of[one], words.hashes[one] * _PAIR + words.hashes[one + 1] * _OTHER >> _SHIFT
    short = words.counts <= _WHOLE
    starts = np.flatnonzero(words.place[short] == 0)
    wholes = np.add.reduceat(words.hashes[short] * _WHOLES[words.place[short]], starts)
    yield words.of[short][starts], wholes >> _SHIFT
