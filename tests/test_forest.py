"""Forests asked by bits give what walking the trees gives, to the last digit."""

import random
from functools import reduce

import numpy as np
import pytest

from archive.extraction.forest import FeatureColumns, Forest
from benchmarks.gates import Node, Split, forest_of

FEATURES = 7


def grown(chance: random.Random, leaves: int) -> Node:
    """A tree of so many leaves, lopsided as those of LightGBM are."""
    if leaves == 1:
        return chance.uniform(-1, 1)
    left = chance.randint(1, leaves - 1)
    feature, threshold = chance.randrange(FEATURES), chance.randrange(5) / 3
    return Split(feature, threshold, grown(chance, left), grown(chance, leaves - left))


def trees_of(seed: int, count: int) -> list[Node]:
    chance = random.Random(seed)
    return [grown(chance, chance.randint(1, 15)) for _ in range(count)]


def matrix_of(rows: int) -> np.ndarray:
    # Thirds too, which are thresholds: equal is yes.
    return (np.random.default_rng(1).integers(-1, 6, (rows, FEATURES)) / np.float32(3)).astype(np.float32)


def walked(tree: Node, row: np.ndarray) -> np.float32:
    while isinstance(tree, Split):
        tree = tree.yes if float(row[tree.feature]) <= tree.threshold else tree.no
    return np.float32(tree)


def sums(trees: list[Node], classes: int, matrix: np.ndarray) -> np.ndarray:
    """Row by row, class by class, the leaves added one after the other."""
    found = [
        [reduce(np.add, [walked(tree, row) for tree in trees[number::classes]]) for row in matrix]
        for number in range(classes)
    ]
    return np.array(found, np.float32).reshape(classes, len(matrix))


@pytest.mark.parametrize("rows", [0, 1, 63, 64, 65, 256, 300])
def test_sums_are_those_of_the_walk(rows: int) -> None:
    trees, matrix = trees_of(2, 12), matrix_of(rows)
    assert np.array_equal(forest_of(trees, 3).scores(FeatureColumns.of(matrix)), sums(trees, 3, matrix))


@pytest.mark.parametrize("classes", [1, 3])
@pytest.mark.parametrize("rows", [1, 2, 20])
def test_sums_of_many_trees_are_too(rows: int, classes: int) -> None:
    trees, matrix = trees_of(5, 606), matrix_of(rows)
    assert np.array_equal(forest_of(trees, classes).scores(FeatureColumns.of(matrix)), sums(trees, classes, matrix))


def test_features_may_come_in_parts() -> None:
    trees, matrix = trees_of(3, 6), matrix_of(290)
    parts = FeatureColumns.of(matrix[:, :3]), FeatureColumns.of(matrix[:, 3:])
    assert np.array_equal(forest_of(trees, 1).scores(*parts), sums(trees, 1, matrix))


def test_trees_without_a_question_are_constants() -> None:
    forest = forest_of([0.5, 0.25, 1.0, 2.0], 2)
    assert forest.scores(FeatureColumns.of(matrix_of(3))).tolist() == [[1.5] * 3, [2.25] * 3]


def test_a_threshold_between_two_floats_is_taken_down() -> None:
    third = 1 / 3
    below, above = np.float32(0.3333333), np.float32(third)
    assert float(above) > third
    matrix = np.array([[below], [above]], np.float32)
    assert forest_of([Split(0, third, 1.0, 0.0)], 1).scores(FeatureColumns.of(matrix)).tolist() == [[1.0, 0.0]]


def test_what_is_written_is_read_and_does_not_change() -> None:
    trees, matrix = trees_of(4, 9), matrix_of(70)
    content = forest_of(trees, 3).to_bytes()
    again = Forest.from_bytes(content)
    assert np.array_equal(again.scores(FeatureColumns.of(matrix)), sums(trees, 3, matrix))
    assert again.to_bytes() == forest_of(trees, 3).to_bytes() == content


@pytest.mark.parametrize("content", [b"", b"not a forest", b"PK\x03\x04 cut off"])
def test_other_files_are_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="no file of the arrays features"):
        Forest.from_bytes(content)


def test_a_trained_forest_says_the_same_as_its_gates() -> None:
    lightgbm = pytest.importorskip("lightgbm", reason="training needs the extra [train]")
    from benchmarks.forests import as_gates  # it imports lightgbm

    matrix, classes = matrix_of(400), np.arange(400) % 3
    how = {"objective": "multiclass", "num_class": 3, "num_leaves": 9, "verbosity": -1, "seed": 1, "num_threads": 1}
    booster = lightgbm.train(how, lightgbm.Dataset(matrix, classes + (matrix[:, 0] > 1) - 1 & 1), 4)
    expected = booster.predict(matrix, raw_score=True).T
    assert np.allclose(as_gates(booster).scores(FeatureColumns.of(matrix)), expected, rtol=0, atol=1e-5)
