"""A block's part in its page: where it stands, which container it shares, what it repeats."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from archive.extraction.blocks import TextBlock
from archive.extraction.features import names
from archive.extraction.features.ancestors import Ancestors
from archive.extraction.features.neighbours import Matrix
from archive.extraction.features.words import tokens_of
from archive.extraction.stated_body import StatedBody

NAMES = (
    "place words_before words_after from_headline from_headline_words after_headline headlines_before "
    "in_best best_before best_after place_in_best best_distance best_share "
    "path_count path_words path_links path_share path_sentences repeated "
    "like_title is_title like_description has_author author_share has_date has_publisher like_caption "
    "page_words page_blocks page_best_share from_last_long from_first_long stop_words opens_with_author"
).split() + names.NAMES

_STOP_SHARE_MIN_TOKENS = 3

Numbers = NDArray[np.intp]
Column = NDArray[Any]


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


def page_columns(
    blocks: Sequence[TextBlock],
    tokens: Sequence[list[str]],
    known: Known,
    stop_words: frozenset[str],
    ancestors: Ancestors,
    places: Numbers,
) -> Matrix:
    """The page features of NAMES, one row a block. `places` numbers the blocks' template places."""
    sets = [frozenset(words[:200]) for words in tokens]
    titled = _like_any(sets, known.titles)
    columns = [
        *_position(blocks, tokens, _headline(blocks, tokens, titled)),
        *_container(blocks, tokens, ancestors),
        *_path_groups(blocks, tokens, places),
        _repeats(blocks),
        titled,
        *_compared(blocks, sets, known),
        *_whole_page(blocks, tokens),
        [stop_share(words, stop_words) for words in tokens],
        _opened(tokens, known.authors),
        *names.opening_columns([block.text for block in blocks], tokens),
    ]
    return np.array(columns, np.float32).T


def likeness(left: frozenset[str], right: frozenset[str]) -> float:
    """Jaccard likeness of two token sets, 0 where either is empty."""
    common = len(left & right)
    return common / (len(left) + len(right) - common) if common else 0.0


def _headline(blocks: Sequence[TextBlock], tokens: Sequence[list[str]], titled: Sequence[float]) -> int:
    """The block most likely to be the headline: an h1 or a repetition of the title; -1 if there is none. `titled` says
    how like a title each block is."""
    best, best_score = -1, 0.5
    for index, (block, words, like) in enumerate(zip(blocks, tokens, titled, strict=True)):
        if len(words) > 60:
            continue
        tag = block.element.tag
        score = 1.5 * like
        score += 0.8 if tag == "h1" else 0.3 if tag == "h2" else 0.0
        score -= 0.2 * (block.links > 0)
        if score > best_score:
            best, best_score = index, score
    return best


def _position(blocks: Sequence[TextBlock], tokens: Sequence[list[str]], headline: int) -> list[Column]:
    count = len(blocks)
    sizes = np.array([len(words) for words in tokens], np.int64)
    before = np.cumsum(sizes) - sizes
    total = int(sizes.sum()) or 1
    indexes = np.arange(count)
    headings = np.array([block.element.tag in ("h1", "h2", "h3") for block in blocks], np.int64)
    found = headline >= 0
    return [
        indexes / count,
        before / total,
        1 - before / total,
        np.clip(indexes - headline, -60, 60) if found else np.full(count, -99.0),
        np.clip(before - before[headline], -2000, 2000) if found else np.full(count, -2999.0),
        (indexes > headline) & found,
        np.cumsum(headings) - headings,
    ]


def _weight(block: TextBlock, words: list[str]) -> float:
    size = len(block.text)
    sentences = block.text.count(". ") + block.text.count(", ") + block.text.count("。") + block.text.count("、")
    return max(0.0, size - 2.0 * block.links) * (1 if len(words) > 8 or size > 60 else 0.1) + 10 * sentences


def _container(blocks: Sequence[TextBlock], tokens: Sequence[list[str]], ancestors: Ancestors) -> list[Column]:
    """The element that holds most running text closely (after readability's scoring), and each block's part in it."""
    scores: defaultdict[int, float] = defaultdict(float)
    weights = [_weight(block, words) for block, words in zip(blocks, tokens, strict=True)]
    # Nothing is above the root.
    above = [-1, *ancestors.parents[1:]]
    for block, weight, own in zip(blocks, weights, ancestors.own, strict=True):
        share = 1.0
        at = above[own] if block.whole else own
        for _ in range(4):
            if at < 0:
                break
            scores[at] += share * weight
            share *= 0.6
            at = above[at]
    if not scores:
        return [np.zeros(len(blocks)) for _ in range(6)]
    best = max(scores, key=lambda number: scores[number])
    return _against(best, ancestors, np.array(weights))


def _against(best: int, ancestors: Ancestors, weights: Column) -> list[Column]:
    up, steps = _ways(best, ancestors.parents)
    own = np.array(ancestors.own, np.intp)
    inside = up[own] == 0
    members = np.flatnonzero(inside)
    first, last = (int(members[0]), int(members[-1])) if len(members) else (0, 0)
    span = (last - first) or 1
    total = sum(weights.tolist()) or 1.0
    held = sum(weights[inside].tolist()) / total
    indexes = np.arange(len(own))
    return [
        inside,
        np.clip(first - indexes, -40, 40),
        np.clip(indexes - last, -40, 40),
        np.clip((indexes - first) / span, -3, 3),
        np.minimum(30, steps[own] + 2 * up[own]),
        np.full(len(own), held),
    ]


def _ways(best: int, parents: Sequence[int]) -> tuple[Numbers, Numbers]:
    """How far up from one element to the nearest that holds another too, and how far down to that, for each other."""
    up, steps = [-1] * len(parents), [0] * len(parents)
    at, way = best, 0
    while up[at] < 0:
        up[at] = way
        at, way = parents[at], way + 1
    for number in range(len(parents)):
        if up[number] < 0:
            above = parents[number]
            up[number], steps[number] = up[above], steps[above] + 1
    return np.array(up), np.array(steps)


def _path_groups(blocks: Sequence[TextBlock], tokens: Sequence[list[str]], places: Numbers) -> list[Column]:
    """What the blocks of one template place have in common."""
    sums = np.array(
        [
            (1, len(words), block.links, len(block.text), block.text.rstrip('"”»')[-1:] in ".!?…。")
            for block, words in zip(blocks, tokens, strict=True)
        ],
        float,
    ).T
    count, words, linked, chars, sentences = (np.bincount(places, one)[places] for one in sums)
    return [
        np.minimum(count, 100),
        words / count,
        np.minimum(1.0, linked / np.maximum(chars, 1)),
        words / (sums[1].sum() or 1),
        sentences / count,
    ]


def path_numbers(ancestors: Ancestors) -> Numbers:
    """The number of each block's template place on its page: same tag and class, in parents of the same tag and
    class."""
    keys: dict[int, str] = {}
    for own in ancestors.own:
        if own not in keys:
            keys[own] = _path_key(ancestors.elements[own], ancestors.parent(own))
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(keys[own], len(numbers)) for own in ancestors.own], np.intp)


def _path_key(element: etree._Element, parent: etree._Element | None) -> str:
    parts = [str(element.tag), element.get("class", "")]
    if parent is not None:
        parts += [str(parent.tag), parent.get("class", "")]
    return " ".join(parts)


def _repeats(blocks: Sequence[TextBlock]) -> list[int]:
    texts = [block.text for block in blocks]
    times = Counter(texts)
    return [min(times[text], 10) for text in texts]


def _compared(blocks: Sequence[TextBlock], sets: Sequence[frozenset[str]], known: Known) -> list[Sequence[float]]:
    return [
        [words in known.titles for words in sets],
        [likeness(words, known.description) for words in sets],
        *_named(sets, known.authors),
        [_date_share(block.text, known.dates) if len(block.text) < 200 else 0.0 for block in blocks],
        [bool(known.publisher) and known.publisher <= words for words in sets],
        _like_any(sets, known.captions),
    ]


def _named(sets: Sequence[frozenset[str]], authors: Sequence[frozenset[str]]) -> list[list[float]]:
    """Whether each block holds an author's whole name, and the share of its words that are one author's."""
    if not authors:
        return [[0.0] * len(sets)] * 2
    return [
        [any(name <= words for name in authors) for words in sets],
        [max([len(name & words) for name in authors]) / (len(words) or 1) for words in sets],
    ]


def _opened(tokens: Sequence[list[str]], authors: Sequence[frozenset[str]]) -> list[float]:
    """Whether each block opens with an author's name."""
    if not authors:
        return [0.0] * len(tokens)
    return [any(frozenset(words[: len(name)]) == name for name in authors) for words in tokens]


def _like_any(sets: Sequence[frozenset[str]], others: Sequence[frozenset[str]]) -> list[float]:
    """How like each block's words are to the likest of the others."""
    said = frozenset[str]().union(*others)
    return [0.0 if words.isdisjoint(said) else _most_like(words, others) for words in sets]


def _most_like(words: frozenset[str], others: Sequence[frozenset[str]]) -> float:
    found = 0.0
    for other in others:
        if not words.isdisjoint(other):
            found = max(found, likeness(words, other))
    return found


_NUMBER = re.compile(r"\d+")


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


def _whole_page(blocks: Sequence[TextBlock], tokens: Sequence[list[str]]) -> list[Column]:
    count = len(blocks)
    total = float(sum(map(len, tokens)))
    longs = [
        index for index, block in enumerate(blocks) if len(block.text) > 140 and block.links < 0.3 * len(block.text)
    ]
    first, last = (longs[0], longs[-1]) if longs else (0, count)
    words_in_long = sum(len(tokens[index]) for index in longs)
    indexes = np.arange(count)
    return [
        np.full(count, total),
        np.full(count, count),
        np.full(count, words_in_long / (total or 1)),
        np.clip(indexes - last, -50, 50),
        np.clip(indexes - first, -50, 50),
    ]


def stop_share(words: Sequence[str], stop_words: frozenset[str]) -> float:
    """The share of stop words among the first 200 words; -1 where there are too few to tell."""
    if len(words) < _STOP_SHARE_MIN_TOKENS or not stop_words:
        return -1.0
    return sum(map(stop_words.__contains__, words[:200])) / min(len(words), 200)
