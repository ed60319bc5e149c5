"""Duplicates within a data set: each cluster is named by its earliest capture, which stands for all."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from archive.datasets.duplicate_signatures import SignatureFile
from archive.datasets.duplicate_stars import stars
from archive.datasets.selection import Array, Selection


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
