"""Forests of decision trees, asked about many rows at once by bits.

Walking each row down each tree waits at every node for a branch that no processor foresees. Here every question of a
forest ("is feature f at most t?") is answered once for all rows, as one row of bits; trees ask the same questions again
and again. A tree numbers its leaves, and each binary digit of a leaf's number is a gate: where the question's bit is
set, the digit that its `yes` side leads to, else that of its `no` side. Sixty-four rows go through a gate at once. The
sums are those of the walk, in its order. On this project's forests it takes half of ONNX Runtime's time (measured).

`benchmarks/gates.py` makes the gates of a trained forest; this module keeps and asks them. Models lie in .npz files
(numpy's arrays in a zip): data, not code.
"""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from archive.extraction.native import compiled

Matrix = NDArray[np.float32]
Indices = NDArray[np.int32]

_kernel = compiled("gates")
_WORD = 64
#: Rows that are asked about at once, questions put at once, trees summed at once: so all stays in the cache.
_ROWS, _QUESTIONS, _TREES = 128, 512, 300
#: What stands before an array's numbers (numpy.lib.format): their type and the array's shape.
_HEADER = re.compile(
    rb"\x93NUMPY\x01\0..\{'descr': '([<|]\w{2})', 'fortran_order': False, 'shape': \(([\d, ]{0,80}+)\), \} *+\n", re.S
)
#: The first two rows of bits: a digit that is never set, and one that always is.
CONSTANTS = 2


class FeatureColumns(NamedTuple):
    """A matrix as forests read it: feature by feature, in runs of at most 128 rows, filled up to whole words."""

    rows: int
    runs: list[Matrix]

    @classmethod
    def of(cls, matrix: Matrix) -> Self:
        """The columns of a matrix of one row a block."""
        runs = []
        for start in range(0, len(matrix), _ROWS):
            rows = matrix[start : start + _ROWS]
            runs.append(np.zeros((rows.shape[1], -(-len(rows) // _WORD) * _WORD), np.float32))
            runs[-1][:, : len(rows)] = rows.T
        return cls(len(matrix), runs)


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """The trees of one forest.

    Bits are kept in rows: two constants, the answers to the questions, the gates. `features` and `thresholds` are the
    questions, ordered by feature. `asked`, `yes` and `no` are the rows that each gate reads, and `levels` the ends of
    the runs of gates that read only rows before their own run. `digits` are the rows of each tree's digits, the lowest
    first. `leaves` holds the value of each leaf: rounds, classes, trees of a class in a round, 2 ** digits.
    """

    features: Indices
    thresholds: Matrix
    asked: Indices
    yes: Indices
    no: Indices
    levels: Indices
    digits: Indices
    leaves: Matrix

    def scores(self, *parts: FeatureColumns) -> Matrix:
        """The sums of the leaves that each row ends in: one row a class, one column a row asked about. The features
        are the columns of the parts in turn."""
        runs = zip(*(part.runs for part in parts), strict=True)
        sizes = [min(_ROWS, parts[0].rows - start) for start in range(0, parts[0].rows, _ROWS)]
        # A single number a tree would be summed pairwise, in another order; runs are filled up, so that there are more.
        found = [self._scores(run, max(2, size))[:, :size] for run, size in zip(runs, sizes, strict=True)]
        return np.hstack([np.zeros((self.leaves.shape[1], 0), np.float32), *found])

    def _scores(self, parts: tuple[Matrix, ...], rows: int) -> Matrix:
        if not _kernel:
            return self._scores_by_level(parts, rows)
        scores = np.zeros((self.leaves.shape[1], -(-rows // 8) * 8), np.float32)
        _kernel.add_scores(self, parts, scores)
        return scores

    def _scores_by_level(self, parts: tuple[Matrix, ...], rows: int) -> Matrix:
        """The same without a kernel."""
        bits = self._answered(parts)
        self._open_gates(bits)
        rounds, classes, _ = self.leaves.shape
        scores = np.zeros((classes, rows), np.float32)
        step = max(1, _TREES // classes)
        for start in range(0, rounds, step):
            values = self._values(bits, start, start + step, rows)
            # The sums so far come first: along the first axis one is added after the other, as a walk adds them.
            scores = np.concatenate([scores[None], values]).sum(axis=0)
        return scores

    def _values(self, bits: NDArray[np.uint64], start: int, end: int, rows: int) -> Matrix:
        """The leaves that the rows end in, in the trees of these rounds."""
        leaves = self.leaves[start:end]
        rounds, classes, size = leaves.shape
        trees = self.digits[:, start * classes : end * classes]
        digits = np.unpackbits(bits.take(trees, axis=0).view(np.uint8), axis=-1, bitorder="little", count=rows)
        leaf = digits[-1]
        for digit in digits[-2::-1]:
            leaf <<= 1
            leaf |= digit
        place = np.add(leaf, size * np.arange(rounds * classes)[:, None], dtype=np.intp)
        return np.asarray(leaves.take(place).reshape(rounds, classes, rows))

    def _answered(self, parts: tuple[Matrix, ...]) -> NDArray[np.uint64]:
        """The bits, with the rows of constants and questions filled in."""
        bits = np.empty((CONSTANTS + len(self.features) + len(self.asked), parts[0].shape[1] // _WORD), np.uint64)
        bits[0], bits[1] = 0, ~np.uint64(0)
        answers = bits.view(np.uint8)[CONSTANTS:]
        firsts = np.cumsum([0, *map(len, parts)])
        ends = np.searchsorted(self.features, firsts).tolist()
        for part, first, (begin, end) in zip(parts, firsts.tolist(), pairwise(ends), strict=False):
            for start in range(begin, end, _QUESTIONS):
                run = slice(start, min(end, start + _QUESTIONS))
                values = part.take(self.features[run] - first, axis=0)
                answers[run] = np.packbits(values <= self.thresholds[run, None], axis=1, bitorder="little")
        return bits

    def _open_gates(self, bits: NDArray[np.uint64]) -> None:
        """Fill in the rows of the gates, level by level."""
        first = CONSTANTS + len(self.features)
        for start, end in pairwise([0, *self.levels.tolist()]):
            no = bits.take(self.no[start:end], axis=0)
            gates = bits.take(self.yes[start:end], axis=0)
            gates ^= no
            gates &= bits.take(self.asked[start:end], axis=0)
            np.bitwise_xor(gates, no, out=bits[first + start : first + end])

    def to_bytes(self) -> bytes:
        """The forest as an .npz file; equal forests give equal bytes."""
        return to_bytes({name: _small(name, getattr(self, name)) for name in _ARRAYS})

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Read what `to_bytes` wrote. Raises ValueError if it is something else."""
        return cls(**{name: _read(name, array) for name, array in from_bytes(content, _ARRAYS).items()})


_NUMBERS = ("thresholds", "leaves")
_ARRAYS = ("features", "thresholds", "asked", "yes", "no", "levels", "digits", "leaves")


def _small(name: str, array: NDArray[Any]) -> NDArray[Any]:
    """The same numbers in as few bytes as hold them."""
    return array if name in _NUMBERS else array.astype(np.min_scalar_type(int(array.max(initial=0))))


def _read(name: str, array: NDArray[np.generic]) -> Any:
    return array.astype(np.float32 if name in _NUMBERS else np.int32)


def to_bytes(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Named arrays as an .npz file. Equal arrays give equal bytes: it holds no time and is not compressed."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as entries:
        for name, array in arrays.items():
            # A name alone would be stamped with the time.
            with entries.open(zipfile.ZipInfo(f"{name}.npy"), "w") as entry:
                np.lib.format.write_array(entry, np.asarray(array, order="C"), allow_pickle=False)
    return file.getvalue()


def from_bytes(content: bytes, names: Sequence[str]) -> dict[str, NDArray[Any]]:
    """The arrays of these names, not to be written to. Raises ValueError if they are not there."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as entries:
            return {name: _array(entries.read(f"{name}.npy")) for name in names}
    except (KeyError, TypeError, ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"no file of the arrays {', '.join(names)}: {error}") from error


def _array(entry: bytes) -> NDArray[Any]:
    """An array as `to_bytes` wrote it. numpy's own reader, which knows more forms, evaluates its header as Python does:
    that takes two thirds of the time in which a model is loaded."""
    header = _HEADER.match(entry)
    if not header:
        raise ValueError("an array of another form")
    shape = [int(size) for size in header[2].split(b",") if size.strip()]
    return np.frombuffer(entry, header[1].decode(), offset=header.end()).reshape(shape)
