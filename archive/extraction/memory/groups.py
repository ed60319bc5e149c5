"""Blocks of one page that share a key: a text, or a place in the template."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from archive.extraction.features.neighbours import Matrix


class Groups:
    """Which rows have which key. Rows with an empty key are in no group: their `of` is -1."""

    def __init__(self, keys: Sequence[str]) -> None:
        numbers: dict[str, int] = {}
        self.of: NDArray[np.intp] = np.array(
            [numbers.setdefault(key, len(numbers)) if key else -1 for key in keys], int
        )
        self.keys = list(numbers)
        self._rows = np.flatnonzero(self.of >= 0)
        self._grouped = self.of[self._rows]

    def sizes(self) -> NDArray[np.intp]:
        """How many rows each group has."""
        return np.bincount(self._grouped, minlength=len(self.keys))

    def first_rows(self) -> NDArray[np.intp]:
        """The first row of each group."""
        return self._rows[np.unique(self._grouped, return_index=True)[1]]

    def means(self, beliefs: Matrix, words: Sequence[int]) -> Matrix:
        """What is believed of each group; the model is surer of long blocks, which count by the root of their words."""
        weights = np.sqrt(1 + np.array(words, np.float32))[self._rows]
        sums = np.zeros((len(self.keys), beliefs.shape[1]), np.float32)
        np.add.at(sums, self._grouped, beliefs[self._rows] * weights[:, None])
        total = np.bincount(self._grouped, weights, len(self.keys)).astype(np.float32)
        means: Matrix = sums / total[:, None]
        return means
