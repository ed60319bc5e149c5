"""The word model's training: logistic regression of labels on the terms of texts, from label truth."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix, vstack
from sklearn.linear_model import SGDClassifier

from archive.extraction.features.terms import SIZE
from archive.extraction.model import LABELS
from archive.extraction.word_model import WordModel
from benchmarks.samples import Sample, label_rows

#: Passes over the rows, and how far weights are drawn to zero: of 3e-6, 1e-6 and 1e-5 the first did best.
_PASSES, _DRAWN = 8, 3e-6
#: How far rare labels are raised: their class weight is (mean count / count) to this power.
_RARE = 0.3


def fit_words(samples: Sequence[Sample]) -> WordModel:
    """The word model, from the samples that have label truth."""
    labelled = [one for one in samples if one.labels is not None]
    parts = [label_rows(one, np.arange(len(one.features.words), dtype=np.float32)[:, None]) for one in labelled]
    rows = vstack([_table(one)[part.matrix[:, 0].astype(int)] for one, part in zip(labelled, parts, strict=True)])
    classes = np.concatenate([part.classes for part in parts])
    weights = np.concatenate([part.weights for part in parts])
    counts = np.bincount(classes, minlength=len(LABELS))
    weights = weights * ((len(classes) / len(LABELS) / np.maximum(counts, 1)) ** _RARE)[classes]
    found = SGDClassifier(loss="log_loss", alpha=_DRAWN, max_iter=_PASSES, tol=None, average=True, random_state=1)
    found.fit(rows.tocsr(), classes, sample_weight=weights / weights.mean())
    if len(found.classes_) < len(LABELS):
        raise ValueError("some label has no block to learn from")
    return WordModel.of(found.coef_.T, found.intercept_)


def _table(sample: Sample) -> csr_matrix:
    """One row a text, one column a term."""
    terms = sample.terms()
    ends = np.concatenate([[0], np.cumsum(terms.sizes)])
    return csr_matrix((terms.weights, terms.numbers, ends), shape=(len(terms.sizes), SIZE))
