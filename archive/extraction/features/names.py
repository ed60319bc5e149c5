"""Blocks that open with a name: an author's, or one that a short line of the page holds too."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

#: Words of a line that may be a byline or a heading with a name in it.
_SHORT_LINE = 12
_MOST = 5
NAMES = "opens_with_name name_in_lines name_openings".split()


def opening_columns(texts: Sequence[str], tokens: Sequence[list[str]]) -> list[list[float]]:
    """The features of NAMES: whether a block opens with two capitalised words, how many short lines hold these two,
    and how many blocks open with them."""
    openings = [_opening(text, words) for text, words in zip(texts, tokens, strict=True)]
    wanted = {opening for opening in openings if opening}
    first_words = {first for first, _ in wanted}
    lines: Counter[tuple[str, str]] = Counter()
    for words in tokens:
        if len(words) <= _SHORT_LINE and not first_words.isdisjoint(words):
            lines.update(wanted.intersection(pairwise(words)))
    times = Counter(openings)
    return [
        [float(opening is not None) for opening in openings],
        [float(min(lines[opening], _MOST)) if opening else 0.0 for opening in openings],
        [float(min(times[opening], _MOST)) if opening else 0.0 for opening in openings],
    ]


def _opening(text: str, words: list[str]) -> tuple[str, str] | None:
    """The first two words, lower-cased, where they look like a name."""
    # Most blocks end here, without being split.
    if len(words) < 2 or not text.lstrip()[:1].isupper():
        return None
    first = text.split(maxsplit=2)[:2]
    if len(first) < 2 or not all(word[0].isupper() and word[1:2].islower() for word in first):
        return None
    return words[0], words[1]
