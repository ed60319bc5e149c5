"""The label model's training: three forests, cross-validated by site.

The first guesses all labels, from the pages that have label truth. The second decides body or not from all pages,
seeing the first one's guesses around each block; those guesses come from folds that did not see the page's site. The
third guesses all labels from label truth, seeing what the first two made of the blocks around.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing import cpu_count, get_context
from typing import Any, NamedTuple
from zlib import crc32

import lightgbm
import numpy as np

from archive.extraction.features.neighbours import Features, Matrix, with_beliefs
from archive.extraction.forest import Forest
from archive.extraction.model import LABELS, Guesses, combine, share_out
from archive.labels import Label
from benchmarks.gates import Node, Split, forest_of

FOLDS = 5
_COMMON = {
    "verbosity": -1,
    # Folds run side by side; threads of one forest would wait for each other.
    "num_threads": 1,
    "learning_rate": 0.1,
    "min_data_in_leaf": 10,
    # Most blocks are easy; this looks at the hard ones, in half the time (measured).
    "data_sample_strategy": "goss",
    "lambda_l2": 3.0,
    "max_bin": 31,
    "seed": 1,
    "deterministic": True,
    "force_col_wise": True,
}
_FIRST = {**_COMMON, "objective": "multiclass", "num_class": len(LABELS), "num_leaves": 15, "feature_fraction": 0.15}
_BODY = {**_COMMON, "objective": "binary", "num_leaves": 31, "feature_fraction": 0.12}
_LAST = {**_FIRST, "feature_fraction": 0.12}
FIRST_ROUNDS, BODY_ROUNDS, LAST_ROUNDS = 80, 150, 60
#: Pages of news count more than the many blog posts and guides: news is what the project is for.
SET_WEIGHTS = {"wcxb-dev": 1.0, "fundus-a": 3.0, "multi": 2.0, "newspaper3k": 1.0}
#: How far rare labels are raised: their class weight is (mean count / count) to this power.
_RARE, _RARE_LAST = 0.3, 0.5
#: How far a label counts that a reader of this project gave, against one of the corpus' own.
_READ_HERE = 0.7
#: Of those at labels that are common anyway one in so many is taken, and counts three times.
_ONE_IN = {Label.NAVIGATION: 16, Label.RELATED: 8, Label.BODY: 3}


class Rows(NamedTuple):
    """What a forest learns from: one row a block."""

    matrix: Matrix
    classes: np.ndarray
    weights: np.ndarray

    @classmethod
    def of(cls, matrix: Matrix, classes: np.ndarray, weights: np.ndarray) -> "Rows":
        """The rows whose class is known."""
        known = classes >= 0
        return cls(matrix[known], classes[known], weights[known])


@dataclass(slots=True)
class Sample:
    """One page, or one plain text, to learn from. `labels` holds class numbers and `body` 0 or 1, one a block; -1
    where the truth is open, None where the page has no such truth. `evidence` is what is known beside the forests;
    `read_here` is true where the labels are not the corpus' own."""

    site: str
    set: str
    features: Features
    labels: np.ndarray | None
    body: np.ndarray | None
    evidence: Matrix | float = 0.0
    read_here: bool = False
    beliefs: Matrix = field(default_factory=lambda: np.zeros((0, len(LABELS)), np.float32))
    is_body: Matrix = field(default_factory=lambda: np.zeros(0, np.float32))
    last: Matrix = field(default_factory=lambda: np.zeros((0, len(LABELS)), np.float32))

    @property
    def fold(self) -> int:
        """Which fold leaves this page's site out."""
        return crc32(self.site.encode()) % FOLDS

    def seen(self) -> Matrix:
        """What the second forest sees."""
        return with_beliefs(self.features, self.beliefs)

    def seen_last(self) -> Matrix:
        """What the third forest sees."""
        return with_beliefs(self.features, share_out(self.beliefs, self.is_body))

    def label_weights(self) -> np.ndarray:
        """Blocks count by the square root of their words."""
        return np.sqrt(1 + self.features.words)

    def body_weights(self) -> np.ndarray:
        """As for labels, but every page counts much the same, however long it is."""
        weights = np.sqrt(1 + self.features.words)
        return np.asarray(SET_WEIGHTS[self.set] * 200 / (100 + weights.sum()) * weights)


def settled(sample: Sample) -> Matrix:
    """The cross-validated label probabilities of a sample's blocks."""
    guesses = Guesses(sample.beliefs, sample.is_body, sample.last)
    return combine(guesses, sample.features.words, sample.evidence)


def class_numbers(labels: Sequence[Label | None]) -> np.ndarray:
    """Labels as the numbers of their classes, None as -1."""
    return np.array([-1 if label is None else LABELS.index(label) for label in labels])


def fit_first(samples: Sequence[Sample]) -> lightgbm.Booster:
    """The first forest, from label truth."""
    return _fit_labels([label_rows(one, one.features.matrix) for one in samples], _FIRST, FIRST_ROUNDS, _RARE)


def label_rows(sample: Sample, matrix: Matrix) -> Rows:
    """What a sample's label truth teaches of its blocks, of which a forest sees `matrix`."""
    if sample.labels is None:
        return Rows.of(matrix[:0], np.zeros(0, int), np.zeros(0))
    classes, weights = sample.labels, sample.label_weights()
    return _thinned(matrix, classes, weights) if sample.read_here else Rows.of(matrix, classes, weights)


def _thinned(matrix: Matrix, classes: np.ndarray, weights: np.ndarray) -> Rows:
    """Readings of whole pages have mostly menus and body text, of which there is enough: some of it is left out."""
    kept, weights = np.ones(len(classes), bool), weights * _READ_HERE
    for label, every in _ONE_IN.items():
        common = classes == LABELS.index(label)
        kept &= ~common | (np.arange(len(classes)) % every == 0)
        weights[common] *= 3
    return Rows.of(matrix, np.where(kept, classes, -1), weights)


def _fit_labels(parts: Sequence[Rows], how: dict[str, Any], rounds: int, rare: float) -> lightgbm.Booster:
    matrix, classes, weights = map(np.concatenate, zip(*parts, strict=True))
    counts = np.bincount(classes, minlength=len(LABELS))
    raised = (len(classes) / len(LABELS) / np.maximum(counts, 1)) ** rare
    return lightgbm.train(how, lightgbm.Dataset(matrix, classes, weight=weights * raised[classes], params=how), rounds)


def fit_body(samples: Sequence[Sample]) -> lightgbm.Booster:
    """The second forest, from the samples that have body truth; their beliefs must be there."""
    parts = [Rows.of(one.seen(), one.body, one.body_weights()) for one in samples if one.body is not None]
    matrix, classes, weights = map(np.concatenate, zip(*parts, strict=True))
    return lightgbm.train(_BODY, lightgbm.Dataset(matrix, classes, weight=weights, params=_BODY), BODY_ROUNDS)


def fit_last(samples: Sequence[Sample]) -> lightgbm.Booster:
    """The third forest, from label truth; what the other two believe must be there."""
    parts = [label_rows(one, one.seen_last()) for one in samples if one.labels is not None]
    return _fit_labels(parts, _LAST, LAST_ROUNDS, _RARE_LAST)


def predict(forest: lightgbm.Booster, matrix: Matrix) -> Matrix:
    """What a forest makes of each row."""
    return np.asarray(forest.predict(matrix, num_threads=1), np.float32)


#: What a worker process works on; it comes with the fork and is not copied.
_shared: list[Sample] = []


def _share(samples: Sequence[Sample]) -> None:
    _shared[:] = samples


@dataclass(frozen=True, slots=True)
class _Step:
    """One forest: how it is fitted, what it sees of a sample, and where its beliefs go."""

    name: str
    fit: Callable[[Sequence[Sample]], lightgbm.Booster]
    sees: Callable[[Sample], Matrix]

    def over_fold(self, fold: int) -> list[tuple[int, Matrix]]:
        """What a forest that did not see this fold's sites believes of its samples; run in a worker process."""
        forest = self.fit([sample for sample in _shared if sample.fold != fold])
        left = [number for number, sample in enumerate(_shared) if sample.fold == fold]
        return [(number, predict(forest, self.sees(_shared[number]))) for number in left]


_STEPS = (
    _Step("beliefs", fit_first, lambda sample: sample.features.matrix),
    _Step("is_body", fit_body, Sample.seen),
    _Step("last", fit_last, Sample.seen_last),
)


def cross_validate(samples: Sequence[Sample], tell: Callable[[str], None]) -> None:
    """Fill the beliefs of every sample from forests that never saw its site. Folds run on all cores."""
    for number, step in enumerate(_STEPS):
        with get_context("fork").Pool(min(FOLDS, cpu_count()), _share, (samples,)) as pool:
            for found in pool.imap(_fold, [(number, fold) for fold in range(FOLDS)]):
                for place, beliefs in found:
                    setattr(samples[place], step.name, beliefs)
        tell(f"forest {number + 1} of {len(_STEPS)}: cross-validated")


def _fold(of: tuple[int, int]) -> list[tuple[int, Matrix]]:
    step, fold = of
    return _STEPS[step].over_fold(fold)


def as_gates(forest: lightgbm.Booster) -> Forest:
    """A trained forest as extraction asks it. No feature is ever missing, so that what trees do then is left out."""
    model = forest.dump_model()
    return forest_of([_tree(tree["tree_structure"]) for tree in model["tree_info"]], model["num_tree_per_iteration"])


def _tree(node: dict[str, Any]) -> Node:
    if "split_feature" not in node:
        return float(node["leaf_value"])
    return Split(node["split_feature"], node["threshold"], _tree(node["left_child"]), _tree(node["right_child"]))
