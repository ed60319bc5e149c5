"""What the page's structured data says, and how like it each block is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from archive.extraction.blocks import TextBlock
from archive.extraction.features.words import tokens_of
from archive.extraction.stated_body import StatedBody

_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Known:
    """What the page's structured data says, to compare blocks with: token sets, and the article's text."""

    titles: tuple[frozenset[str], ...] = ()
    description: frozenset[str] = frozenset()
    authors: tuple[frozenset[str], ...] = ()
    dates: tuple[str, ...] = ()
    publisher: frozenset[str] = frozenset()
    captions: tuple[frozenset[str], ...] = ()
    body: StatedBody | None = None


def known_of(
    titles: Sequence[str],
    description: str | None,
    authors: Sequence[str],
    dates: Sequence[str | None],
    publisher: str | None,
    captions: Sequence[str] = (),
    body: str | None = None,
) -> Known:
    """Structured data as token sets. `dates` are ISO 8601; only their days are compared."""
    return Known(
        tuple(frozenset(tokens_of(title)) for title in titles if title),
        frozenset(tokens_of(description or "")),
        tuple(frozenset(tokens_of(name)) for name in authors if name),
        tuple(date[:10] for date in dates if date),
        frozenset(tokens_of(publisher or "")),
        tuple(frozenset(tokens_of(caption)) for caption in captions if caption),
        StatedBody(body) if body else None,
    )


def likeness(left: frozenset[str], right: frozenset[str]) -> float:
    """Jaccard likeness of two token sets, 0 where either is empty."""
    common = len(left & right)
    return common / (len(left) + len(right) - common) if common else 0.0


def compared(blocks: Sequence[TextBlock], sets: Sequence[frozenset[str]], known: Known) -> list[Sequence[float]]:
    """What of the structured data each block repeats; `page.NAMES` has the columns, from is_title on."""
    return [
        [words in known.titles for words in sets],
        [likeness(words, known.description) for words in sets],
        *_named(sets, known.authors),
        [_date_share(block.text, known.dates) if len(block.text) < 200 else 0.0 for block in blocks],
        [bool(known.publisher) and known.publisher <= words for words in sets],
        like_any(sets, known.captions),
    ]


def _named(sets: Sequence[frozenset[str]], authors: Sequence[frozenset[str]]) -> list[list[float]]:
    """Whether each block holds an author's whole name, and the share of its words that are one author's."""
    if not authors:
        return [[0.0] * len(sets)] * 2
    return [
        [any(name <= words for name in authors) for words in sets],
        [max([len(name & words) for name in authors]) / (len(words) or 1) for words in sets],
    ]


def opened(tokens: Sequence[list[str]], authors: Sequence[frozenset[str]]) -> list[float]:
    """Whether each block opens with an author's name."""
    if not authors:
        return [0.0] * len(tokens)
    return [any(frozenset(words[: len(name)]) == name for name in authors) for words in tokens]


def like_any(sets: Sequence[frozenset[str]], others: Sequence[frozenset[str]]) -> list[float]:
    """How like each block's words are to the likest of the others."""
    said = frozenset[str]().union(*others)
    return [0.0 if words.isdisjoint(said) else _most_like(words, others) for words in sets]


def _most_like(words: frozenset[str], others: Sequence[frozenset[str]]) -> float:
    found = 0.0
    for other in others:
        if not words.isdisjoint(other):
            found = max(found, likeness(words, other))
    return found


def _date_share(text: str, dates: Sequence[str]) -> float:
    """How many of year, month and day of a known date stand in the text as numbers, at best."""
    found = _NUMBER.findall(text) if dates else ()
    if not found:
        return 0.0
    numbers = {int(number) for number in found[:12] if len(number) < 6}
    best = 0.0
    for date in dates:
        parts = _date_parts(date)
        if len(parts) == 3 and parts[0] in numbers:
            best = max(best, (1 + (parts[1] in numbers) + (parts[2] in numbers)) / 3)
    return best


@lru_cache(maxsize=256)
def _date_parts(date: str) -> tuple[int, ...]:
    return tuple(int(part) for part in _NUMBER.findall(date)[:3])
