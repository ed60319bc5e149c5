"""The network's sums are exact, whatever order they are made in, and each block sees the right ones around it."""

import math

import numpy as np
import pytest

from archive.extraction.features.neighbours import Features
from archive.extraction.features.terms import Terms
from archive.extraction.network import HIGHEST, LAYERS, REACHES, Layer, Network, group_means, most_steps, term_sums

STATE, LEARNED, OUTPUTS, QUESTIONS = 8, 8, 4, 11


def numbered(rows: list[list[int]]) -> Terms:
    """The terms of these numbers, a row a block."""
    return Terms(np.array([number for row in rows for number in row], np.intp), np.array(list(map(len, rows)), np.intp))


def network(kinds_of_groups: int = 2) -> Network:
    """A network of weights by chance."""
    chance = np.random.default_rng(1)
    inputs = dict.fromkeys(LAYERS, STATE) | {"asked": QUESTIONS, "words": LEARNED, "names": LEARNED}
    inputs |= {f"around{number}": (3 + kinds_of_groups) * STATE for number in range(len(REACHES))}

    def layer(name: str) -> Layer:
        outputs = OUTPUTS if name == "out" else STATE
        weights = chance.integers(-HIGHEST, HIGHEST + 1, (inputs[name], outputs))
        scales, base, step = chance.random(outputs) / 500, chance.random(outputs) - 0.5, [0.01]
        return Layer(*(np.asarray(part, np.float32) for part in (weights, scales, base, step)))

    def rows(count: int) -> np.ndarray:
        return chance.integers(-HIGHEST, HIGHEST + 1, (count, LEARNED)).astype(np.int8)

    thresholds = chance.random(QUESTIONS).astype(np.float32)
    return Network(np.arange(QUESTIONS) % 3, thresholds, rows(50), rows(30), {name: layer(name) for name in LAYERS})


def page(blocks: int, kinds_of_groups: int = 2) -> Features:
    chance = np.random.default_rng(2)

    def terms(most: int) -> Terms:
        return numbered([chance.integers(0, most, chance.integers(1, 5)).tolist() for _ in range(blocks)])

    return Features(
        chance.random((blocks, 3)).astype(np.float32),
        chance.integers(0, 40, blocks).astype(np.float32),
        tuple(np.unique(chance.integers(0, 4, blocks), return_inverse=True)[1] for _ in range(kinds_of_groups)),
        terms(50),
        terms(30),
    )


def expected(of: Network, features: Features) -> np.ndarray:
    """The network written down block by block, in whole numbers of any size."""
    layers, blocks = of.layers, range(len(features.words))

    def steps(name: str, values: np.ndarray) -> list[int]:
        most = most_steps(len(layers[name].weights))
        return [max(-most, min(most, round(float(value)))) for value in values / layers[name].step]

    def weigh(name: str, whole: list[int]) -> np.ndarray:
        layer = layers[name]
        sums = [sum(one * int(weight) for one, weight in zip(whole, column, strict=True)) for column in layer.weights.T]
        return np.array(sums, np.float32) * layer.scales + layer.base

    def sums(rows: np.ndarray, terms: Terms | None, block: int) -> np.ndarray:
        assert terms is not None
        start, size = int(terms.sizes[:block].sum()), int(terms.sizes[block])
        numbers = terms.numbers[start : start + size].tolist()
        total = [sum(int(rows[number, place]) for number in numbers) for place in range(LEARNED)]
        return np.array([one / math.sqrt(size) for one in total], np.float32)

    def mean(whole: list[list[int]], weights: list[int]) -> list[int]:
        return [
            round(sum(one * weight for one, weight in zip(column, weights, strict=True)) / sum(weights))
            for column in zip(*whole, strict=True)
        ]

    states = []
    for block in blocks:
        asked = features.matrix[block, of.features] > of.thresholds
        own = weigh("asked", [int(one) for one in asked])
        own = own + weigh("words", steps("words", sums(of.word_rows, features.terms, block)))
        own = own + weigh("names", steps("names", sums(of.name_rows, features.names, block)))
        states.append(np.maximum(own, 0))
    whole = mean([steps("page", state) for state in states], [int(count) + 1 for count in features.words])
    states = [np.maximum(state + weigh("page", whole), 0) for state in states]
    for number, reach in enumerate(REACHES):
        name = f"around{number}"
        found = [steps(name, state) for state in states]
        seen = []
        for block in blocks:
            beside = [found[at] if at in blocks else [0] * STATE for at in (block - reach, block, block + reach)]
            for group in features.groups:
                members = [found[at] for at in blocks if group[at] == group[block]]
                beside.append(mean(members, [1] * len(members)))
            seen.append(np.maximum(weigh(name, [one for part in beside for one in part]), 0))
        states = [
            state + weigh(f"made{number}", steps(f"made{number}", one)) for state, one in zip(states, seen, strict=True)
        ]
    return np.array([weigh("out", steps("out", np.maximum(state, 0))) for state in states], np.float32)


@pytest.fixture
def pure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.extraction.network._kernel", None)


@pytest.mark.parametrize("blocks", [1, 2, 9, 40])
@pytest.mark.parametrize("kinds_of_groups", [0, 2])
def test_scores_are_those_of_whole_numbers(blocks: int, kinds_of_groups: int) -> None:
    of, features = network(kinds_of_groups), page(blocks, kinds_of_groups)
    assert np.array_equal(of.scores(features), expected(of, features))


@pytest.mark.usefixtures("pure")
@pytest.mark.parametrize("blocks", [1, 2, 9, 40])
@pytest.mark.parametrize("kinds_of_groups", [0, 2])
def test_scores_without_a_kernel_are_too(blocks: int, kinds_of_groups: int) -> None:
    of, features = network(kinds_of_groups), page(blocks, kinds_of_groups)
    assert np.array_equal(of.scores(features), expected(of, features))


@pytest.mark.usefixtures("pure")
def test_scores_do_not_depend_on_how_many_rows_are_asked_about_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = network().scores(page(40))
    monkeypatch.setattr("archive.extraction.network._ROWS", 7)
    assert np.array_equal(network().scores(page(40)), at_once)


def test_a_page_without_blocks_has_no_scores() -> None:
    nothing = numbered([])
    features = Features(np.zeros((0, 3), np.float32), np.zeros(0, np.float32), (), nothing, nothing)
    assert network(0).scores(features).shape == (0, OUTPUTS)


def test_text_without_names_has_scores_too() -> None:
    assert network().scores(page(5)._replace(names=None)).shape == (5, OUTPUTS)


@pytest.mark.parametrize("inputs", [16, 96, 576, 2000])
def test_the_largest_sums_are_exact(inputs: int) -> None:
    most = most_steps(inputs)
    layer = Layer(np.full((inputs, 1), HIGHEST, np.float32), *np.ones((3, 1), np.float32))
    values = np.full((3, inputs), 1e9, np.float32)
    assert layer.steps(values).max() == most
    weighed = layer.weigh(layer.steps(values) - np.eye(3, inputs, dtype=np.float32))
    assert (weighed - 1).tolist() == [[float(inputs * most * HIGHEST - HIGHEST)]] * 3


def test_sums_of_terms_do_not_overflow() -> None:
    rows = np.full((2, LEARNED), HIGHEST, np.int8)
    assert term_sums(rows, numbered([[1] * 10_000])).tolist() == [[HIGHEST * 100.0] * LEARNED]


def test_means_are_those_of_the_group() -> None:
    steps = np.array([[1], [10], [4], [-3]], np.float32)
    assert group_means(steps, np.array([1, 0, 1, 2])).tolist() == [[10], [2], [-3]]


def test_what_is_written_is_read() -> None:
    content = network().to_bytes()
    again = Network.from_bytes(content)
    assert again.to_bytes() == content == network().to_bytes()
    assert np.array_equal(again.scores(page(9)), network().scores(page(9)))


@pytest.mark.parametrize("content", [b"", b"PK nothing", network().to_bytes()[:200]])
def test_what_is_no_network_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="no file of the arrays features"):
        Network.from_bytes(content)
