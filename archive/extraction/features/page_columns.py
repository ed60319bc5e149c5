"""A block's part in its page: where it stands, which container it shares, what it repeats, what it is like."""

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from operator import mul
from typing import NamedTuple

import numpy as np

from archive.extraction.blocks import TextBlock
from archive.extraction.features.elements import Ancestors
from archive.extraction.features.neighbours import Column, Matrix
from archive.extraction.features.terms import Numbers
from archive.extraction.features.word_rows import OPENING_NAMES, opening_columns
from archive.extraction.native import compiled
from archive.extraction.stated import StatedFacts, compared, date_parts, like_any, opened

_kernel, _words, _tree = map(compiled, ("page_places", "page_words", "page_elements"))
NAMES = (
    "place words_before words_after from_headline from_headline_words after_headline headlines_before "
    "in_best best_before best_after place_in_best best_distance best_share "
    "path_count path_words path_links path_share path_sentences repeated "
    "like_title is_title like_description has_author author_share has_date has_publisher like_caption "
    "page_words page_blocks page_best_share from_last_long from_first_long stop_words opens_with_author"
).split() + OPENING_NAMES

_STOP_SHARE_MIN_TOKENS = 3
#: What an element, and each one around it, has of what a block below it weighs.
_SHARES = tuple(accumulate((1.0, 0.6, 0.6, 0.6), mul))


class _Sizes(NamedTuple):
    """The characters, words and link characters of each block."""

    chars: Numbers
    words: Numbers
    links: Numbers


def page_columns(
    blocks: Sequence[TextBlock],
    tokens: Sequence[list[str]],
    known: StatedFacts,
    stop_words: frozenset[str],
    ancestors: Ancestors,
    places: Numbers,
) -> Matrix:
    """The page features of NAMES, one row a block. `places` numbers the blocks' template places."""
    if not (_kernel and _words):
        return _by_column(blocks, tokens, known, stop_words, ancestors, places)
    rows, listed, words = np.zeros((len(blocks), len(NAMES))), list(blocks), list(tokens)
    dates = [parts for parts in map(date_parts, known.dates) if len(parts) == 3]
    _words.fill(listed, words, known, dates, stop_words, rows)
    _kernel.fill(listed, words, ancestors.own, ancestors.parents, places, np.array(_SHARES), rows)
    rows[:, -len(OPENING_NAMES) :] = np.transpose(opening_columns([block.text for block in blocks], words))
    return rows.astype(np.float32)


def _by_column(
    blocks: Sequence[TextBlock],
    tokens: Sequence[list[str]],
    known: StatedFacts,
    stop_words: frozenset[str],
    ancestors: Ancestors,
    places: Numbers,
) -> Matrix:
    """The same without kernels, column by column."""
    texts, count = [block.text for block in blocks], len(blocks)
    links = np.array([block.links for block in blocks], np.intp)
    sizes = _Sizes(np.fromiter(map(len, texts), np.intp, count), np.fromiter(map(len, tokens), np.intp, count), links)
    sets = [frozenset(words[:200]) for words in tokens]
    titled, times = like_any(sets, known.titles), Counter(texts)
    tags = [block.element.tag for block in blocks]
    columns = [
        *_position(tags, sizes, titled),
        *_container(blocks, sizes, ancestors),
        *_path_groups(texts, sizes, places),
        [min(times[text], 10) for text in texts],
        titled,
        *compared(blocks, sets, known),
        *_whole_page(sizes),
        [stop_share(words, stop_words) for words in tokens],
        opened(tokens, known.authors),
        *opening_columns(texts, tokens),
    ]
    return np.array(columns, np.float32).T


def _position(tags: Sequence[str], sizes: _Sizes, titled: Sequence[float]) -> list[Column]:
    """Where each block stands on the page and from the headline: an h1, or a repetition of the title, which `titled`
    tells."""
    count = len(tags)
    score = 1.5 * np.array(titled) + [0.8 if tag == "h1" else 0.3 if tag == "h2" else 0.0 for tag in tags]
    score = np.where(sizes.words > 60, 0.0, score - 0.2 * (sizes.links > 0))
    headline = int(score.argmax())
    found = score[headline] > 0.5
    before = np.cumsum(sizes.words) - sizes.words
    total = int(sizes.words.sum()) or 1
    indexes = np.arange(count)
    headings = np.array([tag in ("h1", "h2", "h3") for tag in tags], np.int64)
    return [
        indexes / count,
        before / total,
        1 - before / total,
        np.clip(indexes - headline, -60, 60) if found else np.full(count, -99.0),
        np.clip(before - before[headline], -2000, 2000) if found else np.full(count, -2999.0),
        (indexes > headline) & found,
        np.cumsum(headings) - headings,
    ]


def _container(blocks: Sequence[TextBlock], sizes: _Sizes, ancestors: Ancestors) -> list[Column]:
    """The element that holds most running text closely (after readability's scoring), and each block's part in it."""
    ends = np.array([sum(map(block.text.count, (". ", ", ", "。", "、"))) for block in blocks])
    is_running = (sizes.words > 8) | (sizes.chars > 60)
    weights = np.maximum(0.0, sizes.chars - 2.0 * sizes.links) * np.where(is_running, 1, 0.1) + 10 * ends
    # Nothing is above the root, whose number stands last here too.
    above = np.append(ancestors.parents, -1)
    above[0] = -1
    levels = [np.where([block.whole for block in blocks], above[ancestors.own], ancestors.own)]
    for _ in _SHARES[1:]:
        levels.append(above[levels[-1]])
    holding = np.column_stack(levels).ravel()
    held = np.flatnonzero(holding >= 0)
    if not len(held):
        return [np.zeros(len(blocks)) for _ in range(6)]
    scores = np.bincount(holding[held], np.outer(weights, _SHARES).ravel()[held])
    return _against(int(holding[held][scores[holding[held]].argmax()]), ancestors, weights)


def _against(best: int, ancestors: Ancestors, weights: Column) -> list[Column]:
    up, steps = _ways(best, ancestors.parents.tolist())
    own = ancestors.own
    inside = up[own] == 0
    members = np.flatnonzero(inside)
    first, last = (int(members[0]), int(members[-1])) if len(members) else (0, 0)
    span = (last - first) or 1
    # One after the other, as every Python and the kernel add them.
    total = weights.cumsum()[-1] or 1.0
    held = weights[inside].cumsum()[-1] / total if inside.any() else 0.0
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


def _path_groups(texts: Sequence[str], sizes: _Sizes, places: Numbers) -> list[Column]:
    """What the blocks of one template place have in common."""
    ends = np.array([text.rstrip('"”»')[-1:] in ".!?…。" for text in texts], float)
    count = np.bincount(places)[places]
    chars, words, linked, sentences = (np.bincount(places, one)[places] for one in (*sizes, ends))
    return [
        np.minimum(count, 100),
        words / count,
        np.minimum(1.0, linked / np.maximum(chars, 1)),
        words / (sizes.words.sum() or 1),
        sentences / count,
    ]


def path_numbers(ancestors: Ancestors) -> Numbers:
    """The number of each block's template place on its page: same tag and class, in parents of the same tag and
    class."""
    classed: dict[tuple[str, str], int] = {}
    kinds = [classed.setdefault((tag, dict(named).get("class", "")), len(classed)) for tag, named in ancestors.looks]
    kind = np.array(kinds, np.intp)[ancestors.look]
    placed = _tree.places if _tree else _pairs
    return np.array(placed(kind, ancestors.parents, ancestors.own), np.intp)


def _pairs(kinds: Numbers, parents: Numbers, own: Numbers) -> list[int]:
    """The number of each block's place: the kind of its element and of the one above that."""
    # Nothing is above the root.
    above = np.where(own > 0, kinds[parents[own]], -1)
    numbers: dict[tuple[int, int], int] = {}
    pairs = zip(kinds[own].tolist(), above.tolist(), strict=True)
    return [numbers.setdefault(pair, len(numbers)) for pair in pairs]


def _whole_page(sizes: _Sizes) -> list[Column]:
    count, total = len(sizes.words), float(sizes.words.sum())
    longs = np.flatnonzero((sizes.chars > 140) & (sizes.links < 0.3 * sizes.chars))
    first, last = (longs[0], longs[-1]) if len(longs) else (0, count)
    indexes = np.arange(count)
    return [
        np.full(count, total),
        np.full(count, count),
        np.full(count, sizes.words[longs].sum() / (total or 1)),
        np.clip(indexes - last, -50, 50),
        np.clip(indexes - first, -50, 50),
    ]


def stop_share(words: Sequence[str], stop_words: frozenset[str]) -> float:
    """The share of stop words among the first 200 words; -1 where there are too few to tell."""
    if len(words) < _STOP_SHARE_MIN_TOKENS or not stop_words:
        return -1.0
    return sum(map(stop_words.__contains__, words[:200])) / min(len(words), 200)
