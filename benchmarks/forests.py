"""The training of the label model's forests.

The first guesses all labels, from the pages that have label truth. The second decides body or not from all pages,
seeing the first one's guesses around each block, from folds that did not see the page's site. The third, the arbiter,
decides it again where the model is unsure of the page, from what the others believe and what trafilatura keeps.
"""

from collections.abc import Sequence
from typing import Any

import lightgbm
import numpy as np

from archive.extraction.features.neighbours import Matrix
from archive.extraction.forest import Forest
from archive.extraction.model import LABELS
from archive.labels import Label
from benchmarks.gates import Node, Split, forest_of
from benchmarks.samples import Rows, Sample, arbiter_rows, label_rows, weighed

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
_ARBITER = {
    **_COMMON,
    "objective": "binary",
    "data_sample_strategy": "bagging",
    "learning_rate": 0.06,
    "min_data_in_leaf": 30,
    "num_leaves": 15,
    "feature_fraction": 0.4,
}
FIRST_ROUNDS, BODY_ROUNDS, ARBITER_ROUNDS = 80, 150, 120
#: The arbiter also learns from pages of which the model is nearly sure: there are more of them.
_NEARLY_SURE = 0.995
#: Snippets of other programs' suites call captions, standfirsts and bylines text: nothing is learnt of body from those.
_ASIDE = [LABELS.index(label) for label in (Label.CAPTION, Label.STANDFIRST, Label.BYLINE, Label.DATE, Label.HEADLINE)]
#: How far rare labels are raised: their class weight is (mean count / count) to this power.
_RARE = 0.3


def fit_first(samples: Sequence[Sample]) -> lightgbm.Booster:
    """The first forest, from label truth."""
    parts = [label_rows(one, one.features.matrix) for one in samples if one.labels is not None]
    matrix, classes, weights = map(np.concatenate, zip(*parts, strict=True))
    counts = np.bincount(classes, minlength=len(LABELS))
    raised = (len(classes) / len(LABELS) / np.maximum(counts, 1)) ** _RARE
    rows = lightgbm.Dataset(matrix, classes, weight=weights * raised[classes], params=_FIRST)
    return lightgbm.train(_FIRST, rows, FIRST_ROUNDS)


def fit_body(samples: Sequence[Sample]) -> lightgbm.Booster:
    """The second forest, from the samples that have body truth; their beliefs must be there."""
    parts = [Rows.of(one.seen(), one.body, one.body_weights()) for one in samples if one.body is not None]
    matrix, classes, weights = map(np.concatenate, zip(*parts, strict=True))
    return lightgbm.train(_BODY, lightgbm.Dataset(matrix, classes, weight=weights, params=_BODY), BODY_ROUNDS)


def fit_arbiter(samples: Sequence[Sample]) -> lightgbm.Booster:
    """The third forest, from samples in their own words of which cross-validated models are unsure and trafilatura's
    vote is there."""
    parts = [_arbiter_truth(one) for one in samples if len(one.kept) and not one.reworded]
    matrix, classes, weights = map(np.concatenate, zip(*filter(None, parts), strict=True))
    return lightgbm.train(_ARBITER, lightgbm.Dataset(matrix, classes, weight=weights, params=_ARBITER), ARBITER_ROUNDS)


def _arbiter_truth(sample: Sample) -> Rows | None:
    found, body = weighed(sample), sample.body
    if body is None or found.expected >= _NEARLY_SURE:
        return None
    if sample.labels is None:
        body = np.where((body == 1) & (found.beliefs[:, _ASIDE].sum(axis=1) > 0.5), -1, body)
    return Rows.of(arbiter_rows(sample), body, sample.body_weights())


def predict(forest: lightgbm.Booster, matrix: Matrix) -> Matrix:
    """What a forest makes of each row."""
    return np.asarray(forest.predict(matrix, num_threads=1), np.float32)


def raw(forest: lightgbm.Booster, matrix: Matrix) -> Matrix:
    """The sums of a forest's leaves for each row: log odds."""
    return np.asarray(forest.predict(matrix, num_threads=1, raw_score=True), np.float32)


def as_gates(forest: lightgbm.Booster) -> Forest:
    """A trained forest as extraction asks it. No feature is ever missing, so that what trees do then is left out."""
    model = forest.dump_model()
    return forest_of([_tree(tree["tree_structure"]) for tree in model["tree_info"]], model["num_tree_per_iteration"])


def _tree(node: dict[str, Any]) -> Node:
    if "split_feature" not in node:
        return float(node["leaf_value"])
    return Split(node["split_feature"], node["threshold"], _tree(node["left_child"]), _tree(node["right_child"]))
