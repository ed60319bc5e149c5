"""The network's training, with PyTorch: from label truth and body truth together.

PyTorch is not among what `make` sets up, for it takes gigabytes (pyproject.toml: the extra `network`).
"""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
import torch
from torch.nn import functional

from archive.extraction.features import elements, terms
from archive.extraction.features.neighbours import Matrix
from archive.extraction.model import LABELS
from archive.extraction.network import HIGHEST, LAYERS, REACHES, Layer, Network, most_steps
from benchmarks.batches import Bag, Batch, Dice, Piece, Questions, Tensor, batch, pieces
from benchmarks.samples import Sample

#: Numbers that are learned for each word and name.
_LEARNED = 8
#: Passes over the samples, samples a step, the highest learning rate (which rises and falls: Smith and Topin, 2019).
_PASSES, _AT_ONCE, _RATE, _RISE = 10, 12, 2e-3, 0.15
#: How far weights are drawn to zero; the share of states that is hidden; what the body counts beside the labels.
_DRAWN, _HIDDEN, _BODY = 1e-3, 0.3, 0.5
#: Values up to which each is a question of its own, and thresholds beyond.
_QUANTILES = 3
#: By how much the outputs are divided: a trained network is surer than right (temperature: Guo and others, 2017).
_TOO_SURE = 1.5
#: Every how many samples it is looked how large what a layer weighs becomes.
_LOOKED_AT = 6

Parameters = dict[str, Tensor]


def fit_network(samples: Sequence[Sample], columns: Sequence[int], state: int) -> Network:
    """The network, from the samples that have label or body truth in the page's own words. `columns` are the features
    that it sees: those of the block itself; `state` is how many numbers it keeps of each block."""
    torch.manual_seed(1)
    # Folds run side by side; one thread also makes the sums the same each time.
    torch.set_num_threads(1)
    chosen = [one for one in samples if not one.foreign and (one.labels is not None or one.body is not None)]
    questions = _questions(chosen, columns)
    learnt_from = pieces(chosen, questions)
    parameters = _initial(len(questions.features), learnt_from[0], state)
    dice = np.random.default_rng(1)
    steps = [part for _ in range(_PASSES) for part in _shuffled(learnt_from, dice)]
    _learn(parameters, steps, lambda parts: batch([one.part(dice) for one in parts], questions, dice))
    return _whole(parameters, _highest(parameters, learnt_from[::_LOOKED_AT], questions), questions)


def _questions(samples: Sequence[Sample], columns: Sequence[int]) -> Questions:
    """For each feature thresholds between its values, at most so many as there are quantiles and some for what is
    rarely more than nothing."""
    seen = np.vstack([sample.features.matrix[::3] for sample in samples])
    pairs = [(column, limit) for column in columns for limit in _thresholds(seen[:, column])]
    thresholds = np.array([limit for _, limit in pairs], np.float32)
    found = Questions(np.array([column for column, _ in pairs]), thresholds, np.zeros(0, np.float32))
    return found._replace(means=found.answers(seen).mean(axis=0, dtype=np.float32))


def _thresholds(values: Matrix) -> Sequence[float]:
    distinct = np.unique(values)
    if len(distinct) <= _QUANTILES:
        return list(distinct[:-1])
    even = np.quantile(values, np.linspace(0, 1, _QUANTILES + 2)[1:-1])
    above = np.quantile(values[values > distinct[0]], (0.25, 0.5, 0.75, 0.95))
    found = np.unique(np.concatenate([even, above]).astype(np.float32))
    return list(found[found < distinct[-1]])


def _initial(questions: int, like: Piece, state: int) -> Parameters:
    inputs = dict.fromkeys(LAYERS, state) | {"asked": questions, "words": _LEARNED, "names": _LEARNED}
    inputs |= {f"around{number}": (3 + len(like.groups)) * state for number in range(len(REACHES))}
    found: Parameters = {
        "word_rows": torch.randn(terms.SIZE, _LEARNED) * 0.05,
        "name_rows": torch.randn(elements.SIZE if like.names else 0, _LEARNED) * 0.05,
    }
    for name in LAYERS:
        outputs = len(LABELS) + 1 if name == "out" else state
        limit = 1 / math.sqrt(inputs[name])
        found[f"{name}.weights"] = torch.empty(inputs[name], outputs).uniform_(-limit, limit)
        found[f"{name}.base"] = torch.zeros(outputs)
        if name.startswith("made"):
            # At first a look around changes nothing.
            found[f"{name}.weights"].zero_()
    return {name: tensor.requires_grad_() for name, tensor in found.items()}


def _shuffled(all_: Sequence[Piece], dice: Dice) -> Iterator[list[Piece]]:
    order = dice.permutation(len(all_))
    for start in range(0, len(order), _AT_ONCE):
        yield [all_[number] for number in order[start : start + _AT_ONCE]]


def _learn(parameters: Parameters, steps: Sequence[Sequence[Piece]], shown: Callable[[Sequence[Piece]], Batch]) -> None:
    drawn = [tensor for name, tensor in parameters.items() if not name.endswith("rows")]
    learned = [{"params": drawn}, {"params": [parameters["word_rows"], parameters["name_rows"]], "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(learned, lr=_RATE, weight_decay=_DRAWN)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE, total_steps=len(steps), pct_start=_RISE)
    for parts in steps:
        loss = _loss(parameters, shown(parts))
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters.values(), 1.0)
        optimiser.step()
        rate.step()


def _loss(parameters: Parameters, of: Batch) -> Tensor:
    hide = partial(functional.dropout, p=_HIDDEN)
    found = _Forward(parameters, hide).scores(of)
    labels = functional.cross_entropy(found[:, :-1], of.classes, reduction="none") * of.weights
    body = functional.binary_cross_entropy_with_logits(found[:, -1], of.body, reduction="none") * of.body_weights
    return (labels + _BODY * body).mean()


class _Forward:
    """The network as PyTorch has it, in numbers with a point: what `Network` does with whole ones. `highest` keeps how
    large what each layer weighs becomes, input by input."""

    def __init__(self, parameters: Parameters, hide: Callable[[Tensor], Tensor] = lambda values: values) -> None:
        self._parameters = parameters
        self._hide = hide
        self.highest: dict[str, Tensor] = {}

    def scores(self, of: Batch) -> Tensor:
        state = self._layer("asked", of.answers) + self._terms("words", "word_rows", of.words)
        if of.names:
            state = state + self._terms("names", "name_rows", of.names)
        state = self._hide(torch.relu(state))
        means = state.new_zeros(of.size, state.shape[1]).index_add(0, of.pages, state * of.shares[:, None])
        state = torch.relu(state + self._layer("page", means)[of.pages])
        for number, (before, behind) in enumerate(of.beside):
            filled = torch.cat([state, state.new_zeros(1, state.shape[1])])
            groups = [_means(state, *group) for group in of.groups]
            seen = self._layer(f"around{number}", torch.cat([filled[before], state, filled[behind], *groups], 1))
            state = state + self._layer(f"made{number}", self._hide(torch.relu(seen)))
        return self._layer("out", torch.relu(state))

    def _terms(self, layer: str, rows: str, bag: Bag) -> Tensor:
        sums = functional.embedding_bag(
            bag.numbers, self._parameters[rows], bag.starts, mode="sum", per_sample_weights=bag.weights
        )
        return self._layer(layer, sums)

    def _layer(self, name: str, values: Tensor) -> Tensor:
        if not torch.is_grad_enabled():
            highest = values.abs().amax(0)
            self.highest[name] = torch.maximum(highest, self.highest.get(name, highest))
        return values @ self._parameters[f"{name}.weights"] + self._parameters[f"{name}.base"]


def _means(state: Tensor, of: Tensor, sizes: Tensor) -> Tensor:
    return (state.new_zeros(len(sizes), state.shape[1]).index_add(0, of, state) / sizes[:, None])[of]


def _highest(parameters: Parameters, parts: Sequence[Piece], questions: Questions) -> dict[str, Matrix]:
    with torch.no_grad():
        forward = _Forward(parameters)
        for one in parts:
            forward.scores(batch([one], questions))
    return {name: tensor.numpy() for name, tensor in forward.highest.items()}


def _whole(parameters: Parameters, highest: dict[str, Matrix], questions: Questions) -> Network:
    """The network in whole numbers."""
    arrays = {name: tensor.detach().numpy() for name, tensor in parameters.items()}
    arrays["out.weights"], arrays["out.base"] = (arrays[f"out.{part}"] / _TOO_SURE for part in ("weights", "base"))
    rows = {}
    for kind in ("word", "name"):
        learned = arrays[f"{kind}_rows"]
        scales = np.abs(learned).max(axis=0, initial=1e-9) / HIGHEST
        rows[kind] = np.rint(learned / scales).astype(np.int8)
        arrays[f"{kind}s.weights"] = arrays[f"{kind}s.weights"] * scales[:, None]
        highest[f"{kind}s"] = highest.get(f"{kind}s", np.ones(_LEARNED)) / scales
    layers = {
        name: _layer(arrays[f"{name}.weights"], arrays[f"{name}.base"], None if name == "asked" else highest[name])
        for name in LAYERS
    }
    return Network(questions.features, questions.thresholds, rows["word"], rows["name"], layers)


def _layer(weights: Matrix, base: Matrix, highest: Matrix | None) -> Layer:
    """A layer in whole numbers; what it weighs is 0 or 1 where no highest values are given."""
    step = 1.0 if highest is None else max(float(highest.max()), 1e-9) / most_steps(len(weights))
    scales = np.abs(weights).max(axis=0) / HIGHEST + 1e-12
    whole = np.rint(weights / scales).astype(np.float32)
    return Layer(whole, *(np.asarray(part, np.float32) for part in (scales * step, base, [step])))
