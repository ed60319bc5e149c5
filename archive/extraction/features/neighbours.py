"""The same for the blocks next to it: blocks come in runs, and alike ones stand together."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from archive.extraction.features.terms import Numbers, Terms

Matrix = NDArray[np.float32]
Column = NDArray[Any]

#: How far a block looks to each side.
REACH = (1, 2, 3)


class Features(NamedTuple):
    """What a model sees of a page or text, one row a block: the numbers, the count of words, and for each way of
    grouping the blocks (by the box around them, by the section, by their place in the template) the group's number.
    `terms` are the blocks' words, `names` what the markup names around them; plain texts have no names."""

    matrix: Matrix
    words: Matrix
    groups: tuple[Numbers, ...] = ()
    terms: Terms | None = None
    names: Terms | None = None


def shifted(matrix: Matrix, step: int) -> Matrix:
    """The rows `step` blocks later (earlier if negative); rows past the page's ends are -1."""
    out = np.full_like(matrix, -1.0)
    if step > 0:
        out[:-step] = matrix[step:]
    else:
        out[-step:] = matrix[:step]
    return out


def with_neighbours(matrix: Matrix, columns: Sequence[int]) -> Matrix:
    """The matrix with the chosen columns of the blocks around each block beside it."""
    return np.hstack([matrix, *around(matrix, columns)])


def around(matrix: Matrix, columns: Sequence[int]) -> list[Matrix]:
    """The chosen columns of the blocks around each block."""
    chosen = matrix[:, list(columns)]
    return [shifted(chosen, step * sign) for step in REACH for sign in (-1, 1)]


def beliefs_around(of: Features, beliefs: Matrix) -> Matrix:
    """A first pass's label probabilities as features: of the block, of those around it, summed over all words before
    and after it, the highest before it on the page, and the mean of each of its groups."""
    words, groups = of.words, of.groups
    weighted = beliefs * words[:, None]
    total = weighted.sum(axis=0, keepdims=True) + 1e-6
    before = (np.cumsum(weighted, axis=0) - weighted) / total
    highest = np.vstack([np.zeros((1, beliefs.shape[1]), np.float32), np.maximum.accumulate(beliefs, axis=0)[:-1]])
    following = np.maximum.accumulate(beliefs[::-1], axis=0)[::-1]
    after = np.vstack([following[1:], np.zeros((1, beliefs.shape[1]), np.float32)])
    share = np.repeat(total / (words.sum() + 1e-6), len(beliefs), axis=0)
    beside = [shifted(beliefs, step * sign) for step in (1, 2, 3, 5) for sign in (-1, 1)]
    wide = [_window(beliefs, 4), _window(beliefs, 10)]
    alike = [_group_mean(beliefs, group) for group in groups]
    return np.hstack([beliefs, *beside, *wide, before, highest, after, share, *alike]).astype(np.float32)


def _group_mean(beliefs: Matrix, group: Numbers) -> Matrix:
    """The mean probabilities of the blocks in each block's group."""
    sums = np.zeros((group.max(initial=-1) + 1, beliefs.shape[1]), np.float32)
    np.add.at(sums, group, beliefs)
    mean: Matrix = (sums / np.bincount(group)[:, None])[group].astype(np.float32)
    return mean


def _window(beliefs: Matrix, reach: int) -> Matrix:
    """Mean probabilities over `reach` blocks to each side."""
    padded = np.vstack([np.zeros((1, beliefs.shape[1]), np.float32), np.cumsum(beliefs, axis=0)])
    count = len(beliefs)
    low = np.maximum(np.arange(count) - reach, 0)
    high = np.minimum(np.arange(count) + reach + 1, count)
    mean: Matrix = ((padded[high] - padded[low]) / (high - low)[:, None]).astype(np.float32)
    return mean
