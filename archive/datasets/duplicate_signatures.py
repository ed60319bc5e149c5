"""MinHash signatures of texts, kept in a file: 504 bytes a text.

A. Broder, "On the resemblance and containment of documents" (1997): the share of equal places in two signatures is
an estimate of the share of word triples that two texts have in common.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rensa import RMinHash

#: 42 bands of 3 places.
PERMUTATIONS = 126
_SEED = 1
#: The share of word triples in common from which texts count as the same story, as measured on news pages: edited
#: copies have more, new stories that quote an old one have less.
THRESHOLD = 0.4
#: Shorter texts are too much alike by chance; of these only equal ones count as the same.
LEAST_WORDS = 20
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
#: A word, or a character of a script that sets no spaces.
_WORD = re.compile(f"[{_UNSPACED}]|[^\\W{_UNSPACED}]+")

Signatures = npt.NDArray[np.uint32]


def words(text: str) -> list[str]:
    """The words that texts are compared by."""
    return _WORD.findall(text.lower())


def signature(text: str) -> list[int] | None:
    """The signature of a text; None if it is too short for one."""
    found = words(text)
    if len(found) < LEAST_WORDS:
        return None
    machine = RMinHash(num_perm=PERMUTATIONS, seed=_SEED)
    machine.update(list(map(" ".join, zip(found, found[1:], found[2:], strict=False))))
    return machine.digest()  # type: ignore[no-any-return]


def resemblance(one: Signatures, other: Signatures) -> npt.NDArray[np.float64]:
    """The share of word triples that texts have in common, by their signatures; of many, row by row."""
    shares: npt.NDArray[np.float64] = (one == other).mean(axis=-1)
    return shares


class SignatureFile:
    """Signatures being gathered, each with the number that its text has elsewhere."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("wb")
        self._numbers: list[npt.NDArray[Any]] = []

    def add(self, numbers: Iterable[int], texts: Iterable[str]) -> None:
        """Append the signatures of these texts; those that are too short get none."""
        found = [(number, signed) for number, text in zip(numbers, texts, strict=True) if (signed := signature(text))]
        self._numbers.append(np.array([number for number, _ in found], dtype=np.int64))
        self._file.write(np.array([signed for _, signed in found], dtype=np.uint32).tobytes())

    def read(self) -> tuple[npt.NDArray[Any], Signatures]:
        """The numbers, and the signatures mapped from the file: they are read as they are needed."""
        self._file.close()
        numbers = np.concatenate(self._numbers) if self._numbers else np.zeros(0, np.int64)
        if not len(numbers):
            return numbers, np.zeros((0, PERMUTATIONS), np.uint32)
        return numbers, np.memmap(self._path, np.uint32, "r", shape=(len(numbers), PERMUTATIONS))
