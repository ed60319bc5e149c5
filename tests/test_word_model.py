"""The word model: weights in bytes, beliefs from sums, a file that is always the same."""

import numpy as np
import pytest

from archive.extraction.features.terms import SIZE, Terms
from archive.extraction.model import LABELS
from archive.extraction.word_model import WordModel, beside
from archive.labels import Label

LEGAL, NAVIGATION = LABELS.index(Label.LEGAL_NOTICE), LABELS.index(Label.NAVIGATION)


def terms(*rows: list[int]) -> Terms:
    """Texts of terms of these numbers, each with its full weight."""
    numbers = np.array([number for row in rows for number in row], np.intp)
    return Terms(numbers, np.ones(len(numbers), np.float32), np.array([len(row) for row in rows], np.intp))


def model(size: int = SIZE) -> WordModel:
    weights = np.zeros((size, len(LABELS)), np.float32)
    weights[7, LEGAL], weights[8, LEGAL], weights[9, NAVIGATION] = 4, -2, 3
    return WordModel.of(weights, np.full(len(LABELS), -2, np.float32))


def test_terms_add_up() -> None:
    beliefs = model().beliefs(terms([7], [9], [7, 8, 8, 8]))
    assert beliefs.argmax(axis=1).tolist()[:2] == [LEGAL, NAVIGATION]
    assert beliefs.sum(axis=1) == pytest.approx([1, 1, 1])
    said, unsaid = (1 / (1 + np.exp(-score)) for score in (4 - 2, -2))
    assert beliefs[0, LEGAL] == pytest.approx(said / (said + 14 * unsaid), abs=0.01)
    assert beliefs[2, LEGAL] < beliefs[2, NAVIGATION]


def test_nothing_is_believed_of_nothing() -> None:
    assert model().beliefs(terms()).shape == (0, len(LABELS))


def test_a_text_sees_what_is_believed_of_its_neighbours() -> None:
    rows = beside(np.array([[0.25], [0.5], [0.75]], np.float32))
    assert rows.tolist() == [[0.25, -1, 0.5], [0.5, 0.25, 0.75], [0.75, 0.5, -1]]


def test_what_is_written_is_read() -> None:
    content = model().to_bytes()
    again = WordModel.from_bytes(content)
    assert again.to_bytes() == content == model().to_bytes()
    assert (again.beliefs(terms([7, 9])) == model().beliefs(terms([7, 9]))).all()


@pytest.mark.parametrize("content", [b"", b"PK nothing", model().to_bytes()[:200]])
def test_what_is_no_word_model_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="no file of the arrays weights"):
        WordModel.from_bytes(content)


def test_a_model_of_other_terms_is_refused() -> None:
    with pytest.raises(ValueError, match="16 terms"):
        WordModel.from_bytes(model(16).to_bytes())
