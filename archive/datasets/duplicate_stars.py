"""Signatures to clusters: each text joins the earliest one that it resembles.

A cluster is a star, not a chain: every member was compared with the text that stands for it, so that a hundred small
changes do not join the first version of a story with something else.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from archive.datasets.duplicate_signatures import PERMUTATIONS, Signatures

#: The share of word triples in common from which texts count as the same story, as measured on news pages: edited
#: copies have more, new stories that quote an old one have less.
THRESHOLD = 0.4
#: Texts with as large a share are found by one band at least with a probability of 0.94, with half with 0.996.
_BAND = 3
#: A text is compared with so many others of its bucket: the earliest ones, and the ones before it.
_EARLIEST, _BEFORE = 4, 4
#: Pairs compared at a time, about 100 MB.
_PAIRS = 100_000

Array = npt.NDArray[Any]


def stars(signatures: Signatures, order: Array, threshold: float = THRESHOLD) -> Array:
    """For each text the one that stands for it, which is itself where it resembles no earlier one.

    `order` has the rows of the signatures by time, earliest first; so has the result, which counts within it.
    """
    centre = np.arange(len(order))
    for later, earlier in _alike(signatures, order, threshold):
        if centre[later] != later:
            continue
        star = centre[earlier]
        if star == earlier or float((signatures[order[later]] == signatures[order[star]]).mean()) >= threshold:
            centre[later] = star
    return centre


def _alike(signatures: Signatures, order: Array, threshold: float) -> Array:
    """Pairs (later, earlier) of texts that are alike, sorted."""
    found = np.zeros(0, np.int64)
    total = max(1, len(order))
    for start in range(0, PERMUTATIONS, _BAND):
        later, earlier = _candidates(_buckets(signatures[:, start : start + _BAND][order]))
        new = np.setdiff1d(later * total + earlier, found)
        alike = _are_alike(signatures, order[new // total], order[new % total], threshold)
        found = np.union1d(found, new[alike])
    return np.stack([found // total, found % total], axis=1)


def _buckets(band: Array) -> Array:
    """One number for each text's places of a band; equal places give equal numbers."""
    mixed = np.zeros(len(band), np.uint64)
    for column in band.T:
        mixed = (mixed ^ column.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return mixed


def _candidates(buckets: Array) -> tuple[Array, Array]:
    """Pairs within buckets: each text with the earliest ones and the ones right before it."""
    order = np.argsort(buckets, kind="stable")
    ordered = buckets[order]
    fresh = np.concatenate([[True], ordered[1:] != ordered[:-1]]) if len(ordered) else np.zeros(0, bool)
    first = np.maximum.accumulate(np.where(fresh, np.arange(len(ordered)), 0))
    place = np.arange(len(ordered))
    rank = place - first
    later, earlier = [], []
    for step in range(_EARLIEST):
        chosen = place[rank > step]
        later.append(order[chosen])
        earlier.append(order[first[chosen] + step])
    for step in range(1, _BEFORE + 1):
        chosen = place[rank - step >= _EARLIEST]
        later.append(order[chosen])
        earlier.append(order[chosen - step])
    return np.concatenate(later), np.concatenate(earlier)


def _are_alike(signatures: Signatures, later: Array, earlier: Array, threshold: float) -> Array:
    alike = np.zeros(len(later), bool)
    for start in range(0, len(later), _PAIRS):
        part = slice(start, start + _PAIRS)
        alike[part] = (signatures[later[part]] == signatures[earlier[part]]).mean(axis=1) >= threshold
    return alike
