"""The articles of a search index whose texts resemble one: judged as an export judges near-duplicates.

Signatures are kept in the index. One byte of each place is held, 126 a text: as many of these are equal as of the
places themselves or more, so that a hundred thousand texts are looked through in some milliseconds and none is missed.
Those that may be alike are then compared whole.
"""

import math
from collections.abc import Callable, Mapping

import numpy as np

from archive.datasets.duplicate_signatures import PERMUTATIONS, THRESHOLD, Signatures, resemblance, signature
from archive.research.search_index import SearchIndex

_STORED = np.dtype("<u4")
_LEAST = math.ceil(THRESHOLD * PERMUTATIONS)


class NearTexts:
    """The texts of one index. Raises CollectionError where it cannot be used."""

    def __init__(self, index: SearchIndex) -> None:
        self._index = index
        self._files: Mapping[str, str] = {}
        self._forget()

    def _forget(self) -> None:
        self._numbers = np.zeros(0, np.int64)
        self._places = np.zeros((PERMUTATIONS, 0), np.uint8)

    def catch_up(self, progress: Callable[[int], None] = lambda _: None) -> None:
        """Take in what the index has taken in since; `progress` is told texts."""

        def signed(text: str) -> bytes | None:
            progress(1)
            found = signature(text)
            return np.array(found, _STORED).tobytes() if found else None

        self._index.sign(signed)
        files = self._index.files()
        if not self._files.items() <= files.items():
            self._forget()
        if files != self._files:
            for numbers, content in self._index.signatures(int(self._numbers[-1]) if len(self._numbers) else 0):
                places = _read(content).astype(np.uint8)
                self._numbers = np.concatenate([self._numbers, np.array(numbers, np.int64)])
                self._places = np.concatenate([self._places, places.T], axis=1)
        self._files = files

    def signature(self, number: int) -> Signatures | None:
        """That of an article; None where its text is too short for one."""
        found = self._index.signature(number)
        return _read(found)[0] if found else None

    def like(self, wanted: Signatures, most: int) -> dict[int, float]:
        """The articles whose texts have at least THRESHOLD of their word triples in common with that of a signature, by
        number, and which share that is: the most alike, so many at most."""
        equal = np.zeros(len(self._numbers), np.uint8)
        for places, place in zip(self._places, wanted.astype(np.uint8), strict=True):
            equal += places == place
        found = np.flatnonzero(equal >= _LEAST)
        found = found[np.argsort(-equal[found].astype(np.int8), kind="stable")[:most]]
        shares = {number: self._share(wanted, number) for number in self._numbers[found].tolist()}
        return {number: share for number, share in shares.items() if share >= THRESHOLD}

    def _share(self, wanted: Signatures, number: int) -> float:
        other = self.signature(number)
        return 0.0 if other is None else float(resemblance(wanted, other))


def _read(content: bytes) -> Signatures:
    return np.frombuffer(content, _STORED).reshape(-1, PERMUTATIONS)
