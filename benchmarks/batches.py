"""Pages of samples as tensors, some pages at once, for the network's training."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from archive.extraction.features.neighbours import Matrix
from archive.extraction.features.terms import Terms
from archive.extraction.model import LABELS
from archive.extraction.network import REACHES
from archive.labels import Label
from benchmarks.samples import READ_HERE, Sample

#: What is hidden from the network while it learns: the questions about some features of a page, some terms, the names
#: of whole pages, blocks; and the share of pages of which only a part is shown.
_FEATURES, _TERMS, _NAMES, _BLOCKS, _PARTS = 0.1, 0.3, 0.3, 0.15, 0.5
#: The least share of its blocks that such a part has.
_LEAST = 0.4
#: Readings of whole pages have mostly menus and body text, of which there is enough: it counts less by so much.
_COMMON, _OF_COMMON = (Label.NAVIGATION, Label.RELATED, Label.BODY), 0.2
#: How far rare labels are raised: their class weight is (mean weight / weight) to this power.
_RARE = 0.3

_TRUTH = ("classes", "weights", "body", "body_weights")

Tensor = Any
Dice = np.random.Generator


class Questions(NamedTuple):
    """What is asked of the features: which, and whether more than what; `means` are the shares of yes."""

    features: NDArray[np.intp]
    thresholds: Matrix
    means: Matrix

    def answers(self, matrix: Matrix) -> Matrix:
        """1 for yes and 0 for no, one row a block."""
        return np.asarray(matrix[:, self.features] > self.thresholds, np.uint8)


class Piece(NamedTuple):
    """A sample, or a part of one, as the network learns from it; everything has a row a block. Classes and `body` are
    -1 where the truth is open."""

    answers: Matrix
    words: Terms
    names: Terms | None
    counts: Matrix
    groups: tuple[NDArray[np.intp], ...]
    classes: NDArray[np.intp]
    weights: Matrix
    body: NDArray[np.intp]
    body_weights: Matrix

    @classmethod
    def of(cls, sample: Sample, questions: Questions) -> "Piece":
        """A whole sample."""
        features = sample.features
        open_ = np.full(len(features.words), -1)
        return cls(
            questions.answers(features.matrix),
            sample.terms(),
            features.names,
            features.words,
            features.groups,
            open_ if sample.labels is None else sample.labels,
            _label_weights(sample),
            open_ if sample.body is None else sample.body,
            sample.body_weights(),
        )

    def only(self, kept: NDArray[np.bool_]) -> "Piece":
        """Some of its blocks."""
        return Piece(
            self.answers[kept],
            _only(self.words, kept),
            self.names and _only(self.names, kept),
            self.counts[kept],
            tuple(group[kept] for group in self.groups),
            self.classes[kept],
            self.weights[kept],
            self.body[kept],
            self.body_weights[kept],
        )

    def part(self, dice: Dice) -> "Piece":
        """What is shown of it this time."""
        count = len(self.counts)
        kept = dice.random(count) >= _BLOCKS * 2 * dice.random()
        if dice.random() < _PARTS:
            size = max(1, int(count * dice.uniform(_LEAST, 1)))
            start = dice.integers(0, count - size + 1)
            kept[:start] = kept[start + size :] = False
        return self.only(kept) if kept.any() else self


def _only(terms: Terms, kept: NDArray[np.bool_]) -> Terms:
    return Terms(terms.numbers[np.repeat(kept, terms.sizes)], terms.sizes[kept])


def _label_weights(sample: Sample) -> Matrix:
    weights = sample.label_weights()
    if sample.labels is None:
        return np.zeros_like(weights)
    if sample.read_here:
        common = np.isin(sample.labels, [LABELS.index(label) for label in _COMMON])
        weights = weights * READ_HERE * np.where(common, _OF_COMMON, 1.0)
    return np.asarray(weights * (sample.labels >= 0), np.float32)


def pieces(samples: Sequence[Sample], questions: Questions) -> list[Piece]:
    """All samples, their weights such that rare labels count more, and a block 1 in the mean."""
    found = [Piece.of(sample, questions) for sample in samples]
    classes, weights = (np.concatenate([getattr(one, part) for one in found]) for part in ("classes", "weights"))
    sums = np.bincount(classes[classes >= 0], weights[classes >= 0], minlength=len(LABELS))
    raised = (sums.sum() / len(LABELS) / np.maximum(sums, 1)) ** _RARE
    weights = weights * raised[classes]
    mean, mean_body = weights[classes >= 0].mean(), np.concatenate([one.body_weights for one in found]).mean()
    return [
        one._replace(
            weights=(one.weights * raised[one.classes] / mean).astype(np.float32),
            body_weights=(one.body_weights * (one.body >= 0) / mean_body).astype(np.float32),
        )
        for one in found
    ]


class Bag(NamedTuple):
    """Terms: their numbers, where each block's start, and what each counts."""

    numbers: Tensor
    starts: Tensor
    weights: Tensor


class Batch(NamedTuple):
    """Some pages, block after block. `pages` has the page of each block and `shares` its part of the page's words;
    `beside` the places of the blocks at each reach before and behind it (one past the last where there is none);
    `groups` each block's group and the groups' sizes."""

    size: int
    answers: Tensor
    words: Bag
    names: Bag | None
    pages: Tensor
    shares: Tensor
    beside: list[tuple[Tensor, Tensor]]
    groups: list[tuple[Tensor, Tensor]]
    classes: Tensor
    weights: Tensor
    body: Tensor
    body_weights: Tensor


def batch(parts: Sequence[Piece], questions: Questions, dice: Dice | None = None) -> Batch:
    """Pages as tensors; with `dice` some of what they show is hidden."""
    sizes = [len(one.counts) for one in parts]
    pages = np.repeat(np.arange(len(parts)), sizes)
    counts = np.concatenate([one.counts for one in parts]) + 1
    truth = {name: np.concatenate([getattr(one, name) for one in parts]) for name in _TRUTH}
    named = [one.names for one in parts if one.names is not None]
    return Batch(
        len(parts),
        _answers(parts, pages, questions, dice),
        _bag([one.words for one in parts], dice),
        _bag(named, dice, _shown(sizes, dice)) if named else None,
        torch.from_numpy(pages),
        _tensor(counts / np.bincount(pages, counts)[pages]),
        [(_beside(pages, -reach), _beside(pages, reach)) for reach in REACHES],
        list(_groups(parts)),
        torch.from_numpy(truth["classes"].clip(0)).long(),
        _tensor(truth["weights"]),
        _tensor(truth["body"] == 1),
        _tensor(truth["body_weights"]),
    )


def _tensor(values: NDArray[Any]) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values, np.float32))


def _answers(parts: Sequence[Piece], pages: NDArray[np.intp], questions: Questions, dice: Dice | None) -> Tensor:
    """The answers; those that are hidden are what they are in the mean."""
    answers = np.concatenate([one.answers for one in parts])
    if dice is None:
        return _tensor(answers)
    features, of = np.unique(questions.features, return_inverse=True)
    hidden = (dice.random((len(parts), len(features))) < _FEATURES)[:, of]
    return _tensor(np.where(hidden[pages], questions.means, answers))


def _shown(sizes: Sequence[int], dice: Dice | None) -> Matrix | None:
    """For each block whether the names of its page are shown."""
    return None if dice is None else np.repeat(dice.random(len(sizes)) >= _NAMES, sizes)


def _bag(parts: Sequence[Terms], dice: Dice | None, shown: Matrix | None = None) -> Bag:
    numbers, sizes = (np.concatenate(part) for part in zip(*parts, strict=True))
    weights = np.repeat(1 / np.sqrt(sizes), sizes)
    if dice is not None:
        weights = weights * (dice.random(len(weights)) >= _TERMS)
    if shown is not None:
        weights = weights * np.repeat(shown, sizes)
    return Bag(torch.from_numpy(numbers).long(), torch.from_numpy(np.cumsum(sizes) - sizes), _tensor(weights))


def _beside(pages: NDArray[np.intp], step: int) -> Tensor:
    count = len(pages)
    places = np.arange(count) + step
    inside = (places >= 0) & (places < count)
    inside[inside] = pages[places[inside]] == pages[inside]
    return torch.from_numpy(np.where(inside, places, count))


def _groups(parts: Sequence[Piece]) -> Iterator[tuple[Tensor, Tensor]]:
    for number in range(len(parts[0].groups)):
        before, found = 0, []
        for one in parts:
            found.append(one.groups[number] + before)
            before += one.groups[number].max() + 1
        of = np.concatenate(found)
        yield torch.from_numpy(of), _tensor(np.maximum(np.bincount(of), 1))
