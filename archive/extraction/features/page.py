"""A block's part in its page: where it stands, which container it shares, what it repeats."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from archive.extraction.blocks import TextBlock
from archive.extraction.features import names
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
    blocks: Sequence[TextBlock], tokens: Sequence[list[str]], known: Known, stop_words: frozenset[str]
) -> list[list[float]]:
    """The page features, a list for each of NAMES with a value for each block."""
    return [
        *_position(blocks, tokens, _headline(blocks, tokens, known)),
        *_container(blocks, tokens),
        *_path_groups(blocks, tokens),
        *_repeats(blocks),
        *_compared(blocks, tokens, known),
        *_whole_page(blocks, tokens),
        [stop_share(words, stop_words) for words in tokens],
        [float(any(frozenset(words[: len(name)]) == name for name in known.authors)) for words in tokens],
        *names.opening_columns([block.text for block in blocks], tokens),
    ]


def likeness(left: frozenset[str], right: frozenset[str]) -> float:
    """Jaccard likeness of two token sets, 0 where either is empty."""
    common = len(left & right)
    return common / (len(left) + len(right) - common) if common else 0.0


def _headline(blocks: Sequence[TextBlock], tokens: Sequence[list[str]], known: Known) -> int:
    """The block most likely to be the headline: an h1 or a repetition of the title; -1 if there is none."""
    best, best_score = -1, 0.5
    for index, block in enumerate(blocks):
        if len(tokens[index]) > 60:
            continue
        words = frozenset(tokens[index])
        score = 1.5 * _most_like(words, known.titles)
        tag = block.element.tag
        score += 0.8 if tag == "h1" else 0.3 if tag == "h2" else 0.0
        score -= 0.2 * (block.links > 0)
        if score > best_score:
            best, best_score = index, score
    return best


def _position(blocks: Sequence[TextBlock], tokens: Sequence[list[str]], headline: int) -> list[list[float]]:
    count = len(blocks)
    total = sum(map(len, tokens)) or 1
    before, running = [], 0
    for words in tokens:
        before.append(running)
        running += len(words)
    offset = before[headline] if headline >= 0 else 0
    headings = 0
    seen = []
    for block in blocks:
        seen.append(float(headings))
        headings += block.element.tag in ("h1", "h2", "h3")
    return [
        [index / count for index in range(count)],
        [position / total for position in before],
        [1 - position / total for position in before],
        [_clip(index - headline, 60) if headline >= 0 else -99.0 for index in range(count)],
        [_clip(position - offset, 2000) if headline >= 0 else -2999.0 for position in before],
        [float(headline >= 0 and index > headline) for index in range(count)],
        seen,
    ]


def _clip(value: float, limit: float) -> float:
    return float(max(-limit, min(limit, value)))


def _weight(block: TextBlock, words: list[str]) -> float:
    size = len(block.text)
    sentences = block.text.count(". ") + block.text.count(", ") + block.text.count("。") + block.text.count("、")
    return max(0.0, size - 2.0 * block.links) * (1 if len(words) > 8 or size > 60 else 0.1) + 10 * sentences


def _container(blocks: Sequence[TextBlock], tokens: Sequence[list[str]]) -> list[list[float]]:
    """The element that holds most running text closely (after readability's scoring), and each block's part in it."""
    scores: defaultdict[etree._Element, float] = defaultdict(float)
    weights = [_weight(block, words) for block, words in zip(blocks, tokens, strict=True)]
    for block, weight in zip(blocks, weights, strict=True):
        share = 1.0
        at: etree._Element | None = block.element.getparent() if block.whole else block.element
        for _ in range(4):
            if at is None:
                break
            scores[at] += share * weight
            share *= 0.6
            at = at.getparent()
    if not scores:
        return [[0.0] * len(blocks) for _ in range(6)]
    best = max(scores, key=lambda element: scores[element])
    return _against(best, blocks, weights)


def _against(best: etree._Element, blocks: Sequence[TextBlock], weights: Sequence[float]) -> list[list[float]]:
    chain = {best: 0} | {up: number for number, up in enumerate(best.iterancestors(), 1)}
    inside, distance = [], []
    for block in blocks:
        steps = 0
        at: etree._Element | None = block.element
        while at is not None and at not in chain:
            at, steps = at.getparent(), steps + 1
        up = chain.get(at, 30) if at is not None else 30
        inside.append(up == 0)
        distance.append(float(min(30, steps + 2 * up)))
    members = [index for index, value in enumerate(inside) if value] or [0]
    first, last = members[0], members[-1]
    span = (last - first) or 1
    total = sum(weights) or 1.0
    held = sum(weight for weight, value in zip(weights, inside, strict=True) if value) / total
    indexes = np.arange(len(blocks))
    return [
        [float(value) for value in inside],
        np.clip(first - indexes, -40, 40).tolist(),
        np.clip(indexes - last, -40, 40).tolist(),
        np.clip((indexes - first) / span, -3, 3).tolist(),
        distance,
        [held] * len(blocks),
    ]


def _path_groups(blocks: Sequence[TextBlock], tokens: Sequence[list[str]]) -> list[list[float]]:
    """Blocks of the same template place: same tag and class, in parents of the same tag and class."""
    keys = [_path_key(block) for block in blocks]
    count: Counter[str] = Counter(keys)
    words: Counter[str] = Counter()
    links: Counter[str] = Counter()
    chars: Counter[str] = Counter()
    sentences: Counter[str] = Counter()
    for key, block, found in zip(keys, blocks, tokens, strict=True):
        words[key] += len(found)
        links[key] += block.links
        chars[key] += len(block.text)
        sentences[key] += block.text.rstrip('"”»')[-1:] in ".!?…。"
    total = sum(words.values()) or 1
    return [
        [float(min(count[key], 100)) for key in keys],
        [words[key] / count[key] for key in keys],
        [min(1.0, links[key] / (chars[key] or 1)) for key in keys],
        [words[key] / total for key in keys],
        [sentences[key] / count[key] for key in keys],
    ]


def path_numbers(blocks: Sequence[TextBlock]) -> NDArray[np.intp]:
    """The number of each block's template place on its page."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(_path_key(block), len(numbers)) for block in blocks], np.intp)


def _path_key(block: TextBlock) -> str:
    element = block.element
    parts = [str(element.tag), element.get("class", "")]
    parent = element.getparent()
    if parent is not None:
        parts += [str(parent.tag), parent.get("class", "")]
    return " ".join(parts)


def _repeats(blocks: Sequence[TextBlock]) -> list[list[float]]:
    times = Counter(block.text for block in blocks)
    return [[float(min(times[block.text], 10)) for block in blocks]]


def _compared(blocks: Sequence[TextBlock], tokens: Sequence[list[str]], known: Known) -> list[list[float]]:
    sets = [frozenset(words[:200]) for words in tokens]
    captioned = frozenset[str]().union(*known.captions)
    return [
        [_most_like(words, known.titles) for words in sets],
        [float(words in known.titles) for words in sets],
        [likeness(words, known.description) for words in sets],
        [float(any(name <= words for name in known.authors)) for words in sets],
        [max([len(name & words) for name in known.authors], default=0) / (len(words) or 1) for words in sets],
        [_date_share(block.text, known.dates) if len(block.text) < 200 else 0.0 for block in blocks],
        [float(bool(known.publisher) and known.publisher <= words) for words in sets],
        [0.0 if words.isdisjoint(captioned) else _most_like(words, known.captions) for words in sets],
    ]


def _most_like(words: frozenset[str], others: Sequence[frozenset[str]]) -> float:
    found = 0.0
    for other in others:
        if not words.isdisjoint(other):
            found = max(found, likeness(words, other))
    return found


_NUMBER = re.compile(r"\d+")


def _date_share(text: str, dates: Sequence[str]) -> float:
    """How many of year, month and day of a known date stand in the text as numbers, at best."""
    numbers = {int(number) for number in _NUMBER.findall(text)[:12] if len(number) < 6}
    if not numbers:
        return 0.0
    best = 0.0
    for date in dates:
        parts = _date_parts(date)
        if len(parts) == 3 and parts[0] in numbers:
            best = max(best, (1 + (parts[1] in numbers) + (parts[2] in numbers)) / 3)
    return best


@lru_cache(maxsize=256)
def _date_parts(date: str) -> tuple[int, ...]:
    return tuple(int(part) for part in _NUMBER.findall(date)[:3])


def _whole_page(blocks: Sequence[TextBlock], tokens: Sequence[list[str]]) -> list[list[float]]:
    count = len(blocks)
    total = float(sum(map(len, tokens)))
    longs = [
        index for index, block in enumerate(blocks) if len(block.text) > 140 and block.links < 0.3 * len(block.text)
    ]
    first, last = (longs[0], longs[-1]) if longs else (0, count)
    words_in_long = sum(len(tokens[index]) for index in longs)
    indexes = np.arange(count)
    return [
        [total] * count,
        [float(count)] * count,
        [words_in_long / (total or 1)] * count,
        np.clip(indexes - last, -50, 50).tolist(),
        np.clip(indexes - first, -50, 50).tolist(),
    ]


def stop_share(words: Sequence[str], stop_words: frozenset[str]) -> float:
    """The share of stop words among the first 200 words; -1 where there are too few to tell."""
    if len(words) < _STOP_SHARE_MIN_TOKENS or not stop_words:
        return -1.0
    return sum(1 for word in words[:200] if word in stop_words) / min(len(words), 200)
