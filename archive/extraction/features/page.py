"""A block's part in its page: where it stands, which container it shares, what it repeats, what it is like."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from lxml import etree

from archive.extraction.blocks import TextBlock
from archive.extraction.features import names
from archive.extraction.features.ancestors import Ancestors
from archive.extraction.features.container import container_columns
from archive.extraction.features.known import Known, compared, like_any, opened
from archive.extraction.features.neighbours import Column, Matrix
from archive.extraction.features.terms import Numbers

NAMES = (
    "place words_before words_after from_headline from_headline_words after_headline headlines_before "
    "in_best best_before best_after place_in_best best_distance best_share "
    "path_count path_words path_links path_share path_sentences repeated "
    "like_title is_title like_description has_author author_share has_date has_publisher like_caption "
    "page_words page_blocks page_best_share from_last_long from_first_long stop_words opens_with_author"
).split() + names.NAMES

_STOP_SHARE_MIN_TOKENS = 3


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
    titled = like_any(sets, known.titles)
    columns = [
        *_position(blocks, tokens, _headline(blocks, tokens, titled)),
        *container_columns(blocks, tokens, ancestors),
        *_path_groups(blocks, tokens, places),
        _repeats(blocks),
        titled,
        *compared(blocks, sets, known),
        *_whole_page(blocks, tokens),
        [stop_share(words, stop_words) for words in tokens],
        opened(tokens, known.authors),
        *names.opening_columns([block.text for block in blocks], tokens),
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
