"""Patterns with words in them, made for a text of those words alone that it holds.

The lists of sixty languages make patterns of hundreds of words each. They take a fifth of a second of every process to
compile, and are slow besides: every word is tried at every place. Hardly a text holds more than three of the words, and
which those are is looked up.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache, lru_cache, wraps
from typing import NamedTuple, Self, TypeVar

from archive.extraction.metadata.word_lists import UNSPACED, alternation

_T = TypeVar("_T")
#: Writes any of some words as a part of a pattern, as `alternation` does.
AnyOf = Callable[[Iterable[str]], str]

_RUN = re.compile(r"\w+")
#: Stands for the run of letters of a word that has none, such as ©.
_SIGN = ""
#: To ignore case, a pattern takes these for an i; folded they would be something else.
_DOTLESS = str.maketrans("İı", "ii")


def of_words(
    make: Callable[[AnyOf], _T], kin: Callable[[frozenset[str]], frozenset[str]] = frozenset
) -> Callable[[str], _T]:
    """Make of a function that makes patterns one that makes them for a text. They find there what those of all words
    would find. `kin` gives more words to the ones a text holds, so that a pattern serves more texts."""

    @cache
    def listed() -> _Listed:
        entries: list[str] = []

        def noted(some: Iterable[str]) -> str:
            entries.extend(some)
            return alternation(())

        make(noted)
        return _Listed.of(set(entries))

    # A pattern takes some 20 kB; 400 pages of mixed sites have a hundred sets of words at most.
    @lru_cache(256)
    def made(held: frozenset[str]) -> _T:
        return make(lambda some: alternation(held.intersection(some)))

    @wraps(make)
    def of_text(text: str) -> _T:
        return made(kin(listed().held_by(text)))

    return of_text


class _Listed(NamedTuple):
    """Words and what they are when case is ignored: by their first run of letters, and those without spaces about
    them."""

    by_run: dict[str, list[tuple[str, str]]]
    unspaced: list[tuple[str, str]]

    @classmethod
    def of(cls, words: Iterable[str]) -> Self:
        found = cls({}, [])
        for word in words:
            folded, run = _looked_for(word)
            if run is None:
                found.unspaced.append((word, folded))
            else:
                found.by_run.setdefault(run, []).append((word, folded))
        return found

    def held_by(self, text: str) -> frozenset[str]:
        """The words that a text may hold; those with spaces about them begin with a whole run of its letters."""
        text = _folded(text)
        known = self.by_run.keys() & {_SIGN, *_RUN.findall(text)}
        possible = [entry for run in known for entry in self.by_run[run]]
        if not text.isascii():
            possible += self.unspaced
        return frozenset(word for word, folded in possible if folded in text)


@cache
def _looked_for(word: str) -> tuple[str, str | None]:
    """A word of the lists without its case, and its first run of letters, or None if it has no spaces about it."""
    folded = _folded(word)
    if UNSPACED.search(word):
        return folded, None
    run = _RUN.search(folded)
    return folded, run[0] if run else _SIGN


def _folded(text: str) -> str:
    return " ".join(text.split()).translate(_DOTLESS).casefold()
