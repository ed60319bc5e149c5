"""Duplicates within a data set: each cluster is named by its earliest capture, which stands for all.

A cluster of texts that resemble each other is a star, not a chain: every member was compared with the text that stands
for it, so that a hundred small changes do not join the first version of a story with something else.
"""

from pathlib import Path

import numpy as np
import pyarrow as pa

from archive.datasets.duplicate_signatures import PERMUTATIONS, THRESHOLD, SignatureFile, Signatures, resemblance
from archive.datasets.selection import Array, Selection

#: Texts with as large a share are found by one band at least with a probability of 0.94, with half with 0.996.
_BAND = 3
#: A text is compared with so many others of its bucket: the earliest ones, and the ones before it.
_EARLIEST, _BEFORE = 4, 4
#: Pairs compared at a time, about 100 MB.
_PAIRS = 100_000


def stars(signatures: Signatures, order: Array, threshold: float = THRESHOLD) -> Array:
    """For each text the one that stands for it, which is itself where it resembles no earlier one.

    `order` has the rows of the signatures by time, earliest first; so has the result, which counts within it.
    """
    centre = np.arange(len(order))
    for later, earlier in _alike(signatures, order, threshold):
        if centre[later] != later:
            continue
        star = centre[earlier]
        if star == earlier or float(resemblance(signatures[order[later]], signatures[order[star]])) >= threshold:
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
        alike[part] = resemblance(signatures[later[part]], signatures[earlier[part]]) >= threshold
    return alike


def by_time(selection: Selection) -> Array:
    """The positions of the kept records that have a text, earliest capture first."""
    kept = selection.positions()
    kept = kept[selection.values["words"][kept] > 0]
    return kept[np.argsort(selection.values["date_crawled_utc"][kept], kind="stable")]


def same_texts(selection: Selection) -> Array:
    """For every record the position of the earliest one with the same text."""
    order = by_time(selection)
    digests = np.stack([selection.values["text_0"][order], selection.values["text_1"][order]])
    _, first, group = np.unique(digests, axis=1, return_index=True, return_inverse=True)
    canonical = np.arange(len(selection.kept))
    canonical[order] = order[first[group.reshape(-1)]]
    return canonical


class Signing:
    """Sees the texts on their way past, to find those that are nearly the same."""

    def __init__(self, path: Path) -> None:
        self._file = SignatureFile(path)

    def add(self, positions: Array, texts: pa.Array) -> None:
        """Sign the texts of one batch."""
        self._file.add(positions.tolist(), texts.to_pylist())

    def near_texts(self, selection: Selection) -> Array:
        """For every record the position of the earliest one with nearly the same text."""
        canonical = same_texts(selection)
        positions, signatures = self._file.read()
        wanted = by_time(selection)
        wanted = wanted[canonical[wanted] == wanted]
        rows = np.searchsorted(positions, wanted)
        signed = np.isin(wanted, positions)
        wanted, rows = wanted[signed], rows[signed]
        nearest = np.arange(len(canonical))
        nearest[wanted] = wanted[stars(signatures, rows)]
        found: Array = nearest[canonical]
        return found


def mark(selection: Selection, canonical: Array, keep: bool) -> None:
    """Note each record's cluster (`cluster`, `cluster_size`, `duplicate_of`); drop the duplicates unless `keep`."""
    kept = selection.positions()
    sizes = np.bincount(canonical[kept], minlength=len(canonical))
    duplicate = canonical != np.arange(len(canonical))
    selection.values["cluster"] = canonical
    selection.values["cluster_size"] = sizes[canonical].astype(np.int32)
    selection.values["duplicate_of"] = np.where(duplicate, canonical, -1)
    if not keep:
        selection.kept[duplicate] = False
