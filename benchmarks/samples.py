"""What the label models learn from: pages and plain texts with their truth, and what models made of them so far."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from zlib import crc32

import numpy as np

from archive.extraction.arbiter import arbiter_columns
from archive.extraction.features.neighbours import Features, Matrix, beliefs_around
from archive.extraction.features.terms import Terms
from archive.extraction.model import LABELS, SURE, Guesses, Weighed, shares, weigh
from archive.labels import Label

FOLDS = 5
#: Pages of news count more than the many blog posts and guides: news is what the project is for.
SET_WEIGHTS = {
    "wcxb-dev": 1.0,
    "fundus-a": 3.0,
    "multi": 2.0,
    "newspaper3k": 1.0,
    "traf-a": 1.0,
    "mozilla-a": 1.0,
    "postlight-a": 1.0,
}
#: How far a label counts that a reader of this project gave, against one of the corpus' own.
READ_HERE = 0.7
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
    where the truth is open, None where the page has no such truth. `evidence` is what is known beside the forests,
    `kept` what trafilatura keeps of each block; `read_here` is true where the labels are not the corpus' own, and
    `reworded` where the words around the article are not the page's, and `foreign` where they are of another language
    than it. What the forests believe (`beliefs`, `is_body`), what the network puts out and what the arbiter decides
    (the log odds of body) are filled in by cross-validation."""

    site: str
    set: str
    features: Features
    labels: np.ndarray | None
    body: np.ndarray | None
    evidence: Matrix | float = 0.0
    kept: Matrix = field(default_factory=lambda: np.zeros(0, np.float32))
    read_here: bool = False
    reworded: bool = False
    foreign: bool = False
    beliefs: Matrix = field(default_factory=lambda: np.zeros((0, len(LABELS)), np.float32))
    is_body: Matrix = field(default_factory=lambda: np.zeros(0, np.float32))
    network: Matrix = field(default_factory=lambda: np.zeros((0, len(LABELS) + 1), np.float32))
    arbiter: Matrix = field(default_factory=lambda: np.zeros(0, np.float32))

    @property
    def fold(self) -> int:
        """Which fold leaves this page's site out."""
        return crc32(self.site.encode()) % FOLDS

    def terms(self) -> Terms:
        """The words of its blocks."""
        assert self.features.terms is not None
        return self.features.terms

    def seen(self) -> Matrix:
        """What the second forest sees."""
        return np.hstack([self.features.matrix, beliefs_around(self.features, self.beliefs)])

    def label_weights(self) -> np.ndarray:
        """Blocks count by the square root of their words."""
        return np.sqrt(1 + self.features.words)

    def body_weights(self) -> np.ndarray:
        """As for labels, but every page counts much the same, however long it is."""
        weights = np.sqrt(1 + self.features.words)
        return np.asarray(SET_WEIGHTS[self.set] * 200 / (100 + weights.sum()) * weights)


def weighed(sample: Sample) -> Weighed:
    """What the cross-validated parts believe together."""
    guesses = Guesses(sample.beliefs, sample.is_body, *shares(sample.network))
    return weigh(guesses, sample.features.words, sample.evidence)


def settled(sample: Sample) -> Matrix:
    """The cross-validated label probabilities of a sample's blocks."""
    words, found = sample.features.words, weighed(sample)
    if found.expected < SURE and len(sample.arbiter) and not np.any(sample.evidence):
        return found.arbitrated(sample.arbiter, words)
    return found.settled()


def arbiter_rows(sample: Sample) -> Matrix:
    """What the arbiter sees of a sample."""
    return arbiter_columns(sample.features, *weighed(sample), sample.kept)


def class_numbers(labels: Sequence[Label | None]) -> np.ndarray:
    """Labels as the numbers of their classes, None as -1."""
    return np.array([-1 if label is None else LABELS.index(label) for label in labels])


def label_rows(sample: Sample, matrix: Matrix) -> Rows:
    """What a sample's label truth teaches of its blocks, of which a forest sees `matrix`."""
    if sample.labels is None:
        return Rows.of(matrix[:0], np.zeros(0, int), np.zeros(0))
    classes, weights = sample.labels, sample.label_weights()
    return _thinned(matrix, classes, weights) if sample.read_here else Rows.of(matrix, classes, weights)


def _thinned(matrix: Matrix, classes: np.ndarray, weights: np.ndarray) -> Rows:
    """Readings of whole pages have mostly menus and body text, of which there is enough: some of it is left out."""
    kept, weights = np.ones(len(classes), bool), weights * READ_HERE
    for label, every in _ONE_IN.items():
        common = classes == LABELS.index(label)
        kept &= ~common | (np.arange(len(classes)) % every == 0)
        weights[common] *= 3
    return Rows.of(matrix, np.where(kept, classes, -1), weights)
