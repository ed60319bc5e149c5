"""Trained trees to the bits and gates by which `archive.extraction.forest` asks them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from archive.extraction.forest import CONSTANTS, Forest

_NEVER, _ALWAYS = 0, 1


class Split(NamedTuple):
    """A node of a tree: rows whose feature is at most the threshold go to `yes`, all others to `no`."""

    feature: int
    threshold: float
    yes: "Node"
    no: "Node"


#: A node, or the value of a leaf.
Node = Split | float


class _Gate(NamedTuple):
    """A digit that depends on a question and on two other digits; digits are rows of constants and questions, or the
    numbers of gates below 0."""

    asked: int
    yes: int
    no: int


@dataclass(slots=True)
class _Gates:
    """The gates of a forest as they are found, each once. `levels` says how many gates lie one behind the other."""

    questions: dict[tuple[int, float], int]
    numbers: dict[_Gate, int] = field(default_factory=dict)
    levels: list[int] = field(default_factory=list)

    def digit(self, asked: int, yes: int, no: int) -> int:
        """What a digit is at a node, from what it is on both sides."""
        if yes == no:
            return yes
        if (yes, no) == (_ALWAYS, _NEVER):
            return asked
        gate = _Gate(asked, yes, no)
        if gate not in self.numbers:
            self.numbers[gate] = len(self.levels)
            self.levels.append(1 + max(self.level(yes), self.level(no)))
        return -1 - self.numbers[gate]

    def level(self, digit: int) -> int:
        return 0 if digit >= 0 else self.levels[-1 - digit]

    def digits(self, tree: Node, leaves: list[float], count: int) -> list[int]:
        """The digits of the number of the leaf that a row ends in; the values of the leaves are gathered by number."""
        if not isinstance(tree, Split):
            # In Gray's code neighbours differ in one digit, which makes for the fewest gates.
            number = len(leaves) ^ len(leaves) >> 1
            leaves.append(tree)
            return [number >> digit & 1 for digit in range(count)]
        asked = self.questions[tree.feature, tree.threshold]
        yes, no = (self.digits(side, leaves, count) for side in (tree.yes, tree.no))
        return [self.digit(asked, *both) for both in zip(yes, no, strict=True)]


def forest_of(trees: Sequence[Node], classes: int) -> Forest:
    """A forest whose trees belong to the classes in turn. Thresholds are taken down to float32: for a float32 feature
    the answers are the same."""
    trees = [_float32(tree) for tree in trees]
    splits = sorted({(split.feature, split.threshold) for tree in trees for split in _splits(tree)})
    gates = _Gates({split: CONSTANTS + number for number, split in enumerate(splits)})
    count = max(1, max(_leaves(tree) - 1 for tree in trees).bit_length())
    digits, values = [], np.zeros((len(trees), 2**count), np.float32)
    for tree, row in zip(trees, values, strict=True):
        leaves: list[float] = []
        digits.append(gates.digits(tree, leaves, count))
        numbers = np.arange(len(leaves))
        row[numbers ^ numbers >> 1] = leaves
    return _forest(splits, gates, np.array(digits, np.int32).T, values.reshape(-1, classes, 2**count))


def _forest(splits: Sequence[tuple[int, float]], gates: _Gates, digits: np.ndarray, leaves: np.ndarray) -> Forest:
    order = np.argsort(gates.levels, kind="stable")
    rows = np.empty(len(order), np.int32)
    rows[order] = CONSTANTS + len(splits) + np.arange(len(order))
    asked, yes, no = _placed(np.array([*gates.numbers], np.int32).reshape(-1, 3)[order].T, rows)
    features = np.array([feature for feature, _ in splits], np.int32)
    thresholds = np.array([threshold for _, threshold in splits], np.float32)
    levels = np.cumsum(np.bincount(np.array(gates.levels, np.int32), minlength=1)[1:], dtype=np.int32)
    return Forest(features, thresholds, asked, yes, no, levels, _placed(digits, rows), leaves)


def _placed(digits: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The rows of digits: gates were numbered as they were found, and lie in the order of their levels."""
    gates = digits < 0
    placed = digits.copy(order="C")
    placed[gates] = rows[-1 - digits[gates]]
    return placed


def _splits(tree: Node) -> Iterator[Split]:
    if isinstance(tree, Split):
        yield tree
        yield from _splits(tree.yes)
        yield from _splits(tree.no)


def _leaves(tree: Node) -> int:
    return 1 + sum(1 for _ in _splits(tree))


def _float32(tree: Node) -> Node:
    if not isinstance(tree, Split):
        return tree
    near = np.float32(tree.threshold)
    below = near if float(near) <= tree.threshold else np.nextafter(near, np.float32(-np.inf))
    return Split(tree.feature, float(below), _float32(tree.yes), _float32(tree.no))
