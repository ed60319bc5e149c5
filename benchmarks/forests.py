"""The label model's training: two forests, cross-validated by site, written as ONNX.

The first guesses all labels from the pages that have label truth. The second decides body or not from all pages,
seeing the first one's guesses around each block; those guesses come from folds that did not see the page's site.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from zlib import crc32

import lightgbm
import numpy as np
from onnxmltools.convert import convert_lightgbm
from onnxmltools.convert.common.data_types import FloatTensorType

from archive.extraction.features.neighbours import Features, Matrix, with_beliefs
from archive.extraction.model import LABELS, settle
from archive.labels import Label

FOLDS = 5
_COMMON = {
    "verbosity": -1,
    # Threads wait for each other on a busy machine: one takes an eighth of the time of two there.
    "num_threads": 1,
    "learning_rate": 0.1,
    "min_data_in_leaf": 10,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 3.0,
    "max_bin": 63,
    "seed": 1,
    "deterministic": True,
    "force_row_wise": True,
}
_FIRST = {**_COMMON, "objective": "multiclass", "num_class": len(LABELS), "num_leaves": 15, "feature_fraction": 0.3}
_BODY = {**_COMMON, "objective": "binary", "num_leaves": 31, "feature_fraction": 0.2}
FIRST_ROUNDS, BODY_ROUNDS = 80, 150
#: Pages of news count more than the many blog posts and guides: news is what the project is for.
SET_WEIGHTS = {"wcxb-dev": 1.0, "fundus-a": 3.0, "multi": 2.0, "newspaper3k": 1.0}
#: How far rare labels are raised: their class weight is (mean count / count) to this power.
_RARE = 0.3


@dataclass(slots=True)
class Sample:
    """One page, or one plain text, to learn from. `labels` holds class numbers and `body` 0 or 1, one a block; -1
    where the truth is open, None where the page has no such truth."""

    site: str
    set: str
    features: Features
    labels: np.ndarray | None
    body: np.ndarray | None
    beliefs: Matrix = field(default_factory=lambda: np.zeros((0, len(LABELS)), np.float32))
    is_body: Matrix = field(default_factory=lambda: np.zeros(0, np.float32))

    @property
    def fold(self) -> int:
        """Which fold leaves this page's site out."""
        return crc32(self.site.encode()) % FOLDS

    def seen(self) -> Matrix:
        """What the second forest sees."""
        return with_beliefs(self.features, self.beliefs)

    def label_weights(self) -> np.ndarray:
        """Blocks count by the square root of their words."""
        return np.sqrt(1 + self.features.words)

    def body_weights(self) -> np.ndarray:
        """As for labels, but every page counts much the same, however long it is."""
        weights = np.sqrt(1 + self.features.words)
        return np.asarray(SET_WEIGHTS[self.set] * 200 / (100 + weights.sum()) * weights)


def settled(sample: Sample) -> Matrix:
    """The cross-validated label probabilities of a sample's blocks."""
    return settle(sample.beliefs, sample.is_body)


def class_numbers(labels: Sequence[Label | None]) -> np.ndarray:
    """Labels as the numbers of their classes, None as -1."""
    return np.array([-1 if label is None else LABELS.index(label) for label in labels])


def fit_first(samples: Sequence[Sample]) -> lightgbm.Booster:
    """The first forest, from the samples that have labels."""
    known = [(sample, sample.labels) for sample in samples if sample.labels is not None]
    rows = np.vstack([sample.features.matrix[labels >= 0] for sample, labels in known])
    classes = np.concatenate([labels[labels >= 0] for _, labels in known])
    weights = np.concatenate([sample.label_weights()[labels >= 0] for sample, labels in known])
    counts = np.bincount(classes, minlength=len(LABELS))
    raised = (len(classes) / len(LABELS) / np.maximum(counts, 1)) ** _RARE
    data = lightgbm.Dataset(rows, classes, weight=weights * raised[classes])
    return lightgbm.train(_FIRST, data, FIRST_ROUNDS)


def fit_body(samples: Sequence[Sample]) -> lightgbm.Booster:
    """The second forest, from the samples that have body truth; their beliefs must be there."""
    known = [(sample, sample.body) for sample in samples if sample.body is not None]
    rows = np.vstack([sample.seen()[body >= 0] for sample, body in known])
    classes = np.concatenate([body[body >= 0] for _, body in known])
    weights = np.concatenate([sample.body_weights()[body >= 0] for sample, body in known])
    return lightgbm.train(_BODY, lightgbm.Dataset(rows, classes, weight=weights), BODY_ROUNDS)


def cross_validate(samples: Sequence[Sample], tell: Callable[[str], None]) -> None:
    """Fill `beliefs` and `is_body` of every sample from forests that never saw its site."""
    for fold in range(FOLDS):
        forest = fit_first([sample for sample in samples if sample.fold != fold])
        for sample in samples:
            if sample.fold == fold:
                sample.beliefs = np.asarray(forest.predict(sample.features.matrix), np.float32)
        tell(f"first forest, fold {fold + 1} of {FOLDS}")
    for fold in range(FOLDS):
        forest = fit_body([sample for sample in samples if sample.fold != fold])
        for sample in samples:
            if sample.fold == fold:
                sample.is_body = np.asarray(forest.predict(sample.seen()), np.float32)
        tell(f"second forest, fold {fold + 1} of {FOLDS}")


def as_onnx(forest: lightgbm.Booster) -> bytes:
    """A forest as ONNX, without the class-to-number map that the converter adds by default."""
    width = forest.num_feature()
    model = convert_lightgbm(
        forest, initial_types=[("input", FloatTensorType([None, width]))], zipmap=False, target_opset=15
    )
    return bytes(model.SerializeToString())
