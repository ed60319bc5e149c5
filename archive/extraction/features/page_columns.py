"""A block's part in its page: where it stands, which container it shares, what it repeats, what it is like."""

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from archive.extraction.blocks import TextBlock
from archive.extraction.features.elements import Ancestors
from archive.extraction.features.neighbours import Column, Matrix
from archive.extraction.features.terms import Numbers
from archive.extraction.features.word_rows import OPENING_NAMES, opening_columns
from archive.extraction.stated import StatedFacts, compared, like_any, opened

NAMES = (
    "place words_before words_after from_headline from_headline_words after_headline headlines_before "
    "in_best best_before best_after place_in_best best_distance best_share "
    "path_count path_words path_links path_share path_sentences repeated "
    "like_title is_title like_description has_author author_share has_date has_publisher like_caption "
    "page_words page_blocks page_best_share from_last_long from_first_long stop_words opens_with_author"
).split() + OPENING_NAMES

_STOP_SHARE_MIN_TOKENS = 3


def page_columns(
    blocks: Sequence[TextBlock],
    tokens: Sequence[list[str]],
    known: StatedFacts,
    stop_words: frozenset[str],
    ancestors: Ancestors,
    places: Numbers,
) -> Matrix:
    """The page features of NAMES, one row a block. `places` numbers the blocks' template places."""
    sets = [frozenset(words[:200]) for words in tokens]
    titled = like_any(sets, known.titles)
    times = Counter(block.text for block in blocks)
    columns = [
        *_position(blocks, tokens, _headline(blocks, tokens, titled)),
        *_container(blocks, tokens, ancestors),
        *_path_groups(blocks, tokens, places),
        [min(times[block.text], 10) for block in blocks],
        titled,
        *compared(blocks, sets, known),
        *_whole_page(blocks, tokens),
        [stop_share(words, stop_words) for words in tokens],
        opened(tokens, known.authors),
        *opening_columns([block.text for block in blocks], tokens),
    ]
    return np.array(columns, np.float32).T


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


def _container(blocks: Sequence[TextBlock], tokens: Sequence[list[str]], ancestors: Ancestors) -> list[Column]:
    """The element that holds most running text closely (after readability's scoring), and each block's part in it."""
    scores: defaultdict[int, float] = defaultdict(float)
    weights = []
    for block, words in zip(blocks, tokens, strict=True):
        size, count = len(block.text), block.text.count
        sentences = count(". ") + count(", ") + count("。") + count("、")
        running = max(0.0, size - 2.0 * block.links) * (1 if len(words) > 8 or size > 60 else 0.1)
        weights.append(running + 10 * sentences)
    # Nothing is above the root.
    above, own = [-1, *ancestors.parents[1:].tolist()], ancestors.own.tolist()
    for block, weight, number in zip(blocks, weights, own, strict=True):
        share = 1.0
        at = above[number] if block.whole else number
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
    up, steps = _ways(best, ancestors.parents.tolist())
    own = ancestors.own
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
    classed: dict[tuple[str, str], int] = {}
    kinds = [classed.setdefault((tag, dict(named).get("class", "")), len(classed)) for tag, named in ancestors.looks]
    kind = np.array(kinds, np.intp)[ancestors.look]
    above = np.where(ancestors.own > 0, kind[ancestors.parents[ancestors.own]], -1)
    numbers: dict[tuple[int, int], int] = {}
    pairs = zip(kind[ancestors.own].tolist(), above.tolist(), strict=True)
    return np.array([numbers.setdefault(pair, len(numbers)) for pair in pairs], np.intp)


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
