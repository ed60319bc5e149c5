"""A small neural network over all blocks of a page: what each is, seen together with those around it.

It weighs what forests cannot: thousands of words and names of classes, each by a few learned numbers. Then each block
looks three times at blocks before and behind it, further away each time (dilated convolution: van den Oord and others,
2016), and at the means of the blocks in its box, its section and its place in the template.

Processors add numbers with a point in different orders, and then differ in the last digit. So every sum here is one of
whole numbers, small enough to be exact in any order: weights are bytes, and what is weighed is rounded to whole steps
first. The same page gives the same numbers everywhere.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache, lru_cache
from types import ModuleType
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from archive.extraction.features.neighbours import Features, Matrix, group_sums
from archive.extraction.features.terms import Numbers, Terms
from archive.extraction.forest import from_bytes, to_bytes
from archive.extraction.native import compiled
from archive.own_process import has_one_thread

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

_kernel = compiled("network_pass")
#: How far the blocks are to each side that a block looks at, the first time to the third.
REACHES = (1, 3, 9)
#: The highest weight that a byte holds, and the highest number up to which single precision holds all whole ones.
HIGHEST, EXACT = 127, 1 << 24
#: Rows that questions are asked about at once, so that long pages take little memory.
_ROWS = 1024


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A weighted sum for each of some outputs: `weights` (whole, a row an input and a column an output) times the
    output's `scales`, over inputs in multiples of `step`, and `base` beside it."""

    weights: Matrix
    scales: Matrix
    base: Matrix
    step: Matrix

    def steps(self, values: Matrix) -> Matrix:
        """Values as whole numbers of steps."""
        most = most_steps(len(self.weights))
        return np.asarray(np.clip(np.rint(values / self.step), -most, most), np.float32)

    def weigh(self, steps: Matrix) -> Matrix:
        """The outputs for inputs in steps, one row each."""
        return self.outputs(steps @ self.weights)

    def outputs(self, sums: Matrix) -> Matrix:
        """The outputs for sums of weighted steps."""
        return np.asarray(sums * self.scales + self.base, np.float32)

    def __call__(self, values: Matrix) -> Matrix:
        return self.weigh(self.steps(values))


def most_steps(inputs: int) -> int:
    """The number of steps up to which the sum of so many inputs, each times a byte, is exact in single precision."""
    return EXACT // (inputs * HIGHEST)


def group_means(steps: Matrix, group: Numbers) -> Matrix:
    """The mean over each group, in whole steps, one row a group; `group` is the number of each row's, and no group is
    empty."""
    sums, sizes, _ = group_sums(steps.astype(float), group)
    return np.asarray(np.rint(sums / sizes[:, None]), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Questions ("is feature f more than t?"), the learned numbers of words and names (a row a term, whole), and the
    layers: of the questions' answers, of the words and of the names; of the page's mean; of the blocks around and of
    what is made of them, once for each reach; and of the outputs."""

    features: Numbers
    thresholds: Matrix
    word_rows: NDArray[np.int8]
    name_rows: NDArray[np.int8]
    layers: dict[str, Layer]

    def scores(self, of: Features) -> Matrix:
        """One row a block, one column an output; to be read as log odds."""
        if _kernel:
            return np.asarray(_pass_of(_kernel, self).scores(of, REACHES))
        with _one_thread():
            if not len(of.words):
                return np.zeros((0, len(self.layers["out"].base)), np.float32)
            state, page, weights = self._own(of), self.layers["page"], of.words.astype(float) + 1
            # The mean over the page's words, in whole steps: one row.
            mean = np.rint((weights @ page.steps(state).astype(float)) / weights.sum())
            state = np.maximum(state + page.weigh(np.asarray(mean, np.float32)[None]), 0)
            for number, reach in enumerate(REACHES):
                seen = _around(self.layers[f"around{number}"], state, reach, of.groups)
                state = state + self.layers[f"made{number}"](np.maximum(seen, 0))
            return self.layers["out"](np.maximum(state, 0))

    def _own(self, of: Features) -> Matrix:
        """What each block says by itself."""
        answered = []
        for start in range(0, len(of.matrix), _ROWS):
            answers = of.matrix[start : start + _ROWS].take(self.features, axis=1) > self.thresholds
            answered.append(self.layers["asked"].weigh(answers.astype(np.float32)))
        state = np.vstack(answered)
        for name, rows, terms in (("words", self.word_rows, of.terms), ("names", self.name_rows, of.names)):
            if terms is not None:
                state = state + self.layers[name](term_sums(rows, terms))
        return np.maximum(state, 0)

    def to_bytes(self) -> bytes:
        """The network as an .npz file; equal networks give equal bytes."""
        arrays: dict[str, NDArray[Any]] = {
            "features": self.features.astype(np.int16),
            "thresholds": self.thresholds,
            "word_rows": self.word_rows,
            "name_rows": self.name_rows,
        }
        for name, layer in self.layers.items():
            arrays[f"{name}.weights"] = layer.weights.astype(np.int8)
            arrays |= {f"{name}.{part}": getattr(layer, part) for part in _NUMBERS}
        return to_bytes(arrays)

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Read what `to_bytes` wrote. Raises ValueError if it is something else."""
        found = from_bytes(content, (*_ARRAYS, *(f"{name}.{part}" for name in LAYERS for part in _PARTS)))
        layers = {
            name: Layer(found[f"{name}.weights"].astype(np.float32), *(found[f"{name}.{part}"] for part in _NUMBERS))
            for name in LAYERS
        }
        thresholds, words, names = (found[name] for name in _ARRAYS[1:])
        return cls(found["features"].astype(np.intp), thresholds, words, names, layers)


@lru_cache(maxsize=4)
def _pass_of(kernel: ModuleType, network: Network) -> Any:
    """The network as the kernel has it: of whole numbers, laid out for it."""
    return kernel.Pass(network, {name: most_steps(len(layer.weights)) for name, layer in network.layers.items()})


def _one_thread() -> AbstractContextManager[object]:
    """Matrices of one page are small: threads would mostly wait for each other, and take twice the processor's time."""
    return nullcontext() if has_one_thread() else _threads().limit(limits=1, user_api="blas")


@cache
def _threads() -> "ThreadpoolController":
    from threadpoolctl import ThreadpoolController  # noqa: PLC0415 - a process of our own has one thread anyway

    return ThreadpoolController()


_ARRAYS = ("features", "thresholds", "word_rows", "name_rows")
_NUMBERS = ("scales", "base", "step")
_PARTS = ("weights", *_NUMBERS)
LAYERS = (
    "asked",
    "words",
    "names",
    "page",
    *(f"{kind}{number}" for number in range(len(REACHES)) for kind in ("around", "made")),
    "out",
)


def term_sums(rows: NDArray[np.int8], terms: Terms) -> Matrix:
    """The sum of each block's terms' rows, by the square root of their number."""
    starts = np.cumsum(terms.sizes) - terms.sizes
    sums = np.add.reduceat(rows[terms.numbers], starts, axis=0, dtype=np.int32)
    return np.asarray(sums / np.sqrt(terms.sizes)[:, None], np.float32)


def _around(layer: Layer, state: Matrix, reach: int, groups: Sequence[Numbers]) -> Matrix:
    """What the layer makes of each block between those `reach` blocks before and behind it, and of the means of its
    groups. The layer's weights stand in this order; what is the same for many blocks is weighed once."""
    steps = layer.steps(state)
    before, own, behind, *of_groups = np.split(layer.weights, 3 + len(groups))
    sums = steps @ own
    sums[reach:] += steps[:-reach] @ before
    sums[:-reach] += steps[reach:] @ behind
    for group, weights in zip(groups, of_groups, strict=True):
        sums += (group_means(steps, group) @ weights)[group]
    return layer.outputs(sums)
