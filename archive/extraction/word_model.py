"""The word model: what a text's words alone say of its label.

It weighs each term for each label and adds them up (logistic regression). What it believes is a feature of the forests,
which see the order that it does not.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from archive.extraction.array_file import from_bytes, to_bytes
from archive.extraction.features.neighbours import Matrix, shifted
from archive.extraction.features.terms import SIZE, Terms

_ARRAYS = ("weights", "scales", "base")
#: The highest weight that a byte holds.
_HIGHEST = 127


@dataclass(frozen=True, slots=True, eq=False)
class WordModel:
    """`weights` has a row a term and a column a label, in multiples of the label's `scales`; `base` is what holds
    without any term."""

    weights: NDArray[np.int8]
    scales: Matrix
    base: Matrix

    @classmethod
    def of(cls, weights: Matrix, base: Matrix) -> Self:
        """A trained model, its weights rounded to bytes."""
        scales = (np.abs(weights).max(axis=0) / _HIGHEST + 1e-12).astype(np.float32)
        return cls(np.rint(weights / scales).astype(np.int8), scales, base.astype(np.float32))

    def beliefs(self, terms: Terms) -> Matrix:
        """The probabilities of the labels, one row a text."""
        if not len(terms.sizes):
            return np.zeros((0, len(self.base)), np.float32)
        weighed = self.weights[terms.numbers] * terms.weights[:, None]
        starts = np.cumsum(terms.sizes) - terms.sizes
        return shares(np.add.reduceat(weighed, starts, axis=0) * self.scales + self.base)

    def to_bytes(self) -> bytes:
        """The model as an .npz file; equal models give equal bytes."""
        return to_bytes({name: getattr(self, name) for name in _ARRAYS})

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Read what `to_bytes` wrote. Raises ValueError if it is something else."""
        found = cls(**from_bytes(content, _ARRAYS))
        if len(found.weights) != SIZE:
            raise ValueError(f"a word model of {len(found.weights)} terms instead of {SIZE}")
        return found


def shares(scores: Matrix) -> Matrix:
    """Each label's score against all others (log odds), as shares of 1."""
    # Powers are taken in double precision: in single precision processors differ in the last digit.
    odds = 1 / (1 + np.exp(-scores.astype(float)))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True), np.float32)


def beside(beliefs: Matrix) -> Matrix:
    """The word model's beliefs as the forests see them: of the text, of the one before and of the one after it."""
    return np.hstack([beliefs, shifted(beliefs, -1), shifted(beliefs, 1)])
