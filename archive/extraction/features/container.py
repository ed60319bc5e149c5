"""The element that holds most running text of a page, and each block's part in it."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from archive.extraction.blocks import TextBlock
from archive.extraction.features.ancestors import Ancestors
from archive.extraction.features.neighbours import Column
from archive.extraction.features.terms import Numbers


def _weight(block: TextBlock, words: list[str]) -> float:
    size = len(block.text)
    sentences = block.text.count(". ") + block.text.count(", ") + block.text.count("。") + block.text.count("、")
    return max(0.0, size - 2.0 * block.links) * (1 if len(words) > 8 or size > 60 else 0.1) + 10 * sentences


def container_columns(blocks: Sequence[TextBlock], tokens: Sequence[list[str]], ancestors: Ancestors) -> list[Column]:
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
