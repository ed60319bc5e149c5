"""What one page tells a site's memory: its texts and places, with what the model believed of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from archive.extraction.features.neighbours import Matrix
from archive.memory.article import Article
from archive.memory.marks import Marks

#: Characters of a text that are kept for people to read.
_EXCERPT = 120


class Seen(NamedTuple):
    """One text or place of a page: what it is known by and how many blocks have it; of a text, also how it begins and
    where it stands."""

    key: str
    blocks: int
    excerpt: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """One page. `site` is its site's domain, `model` the digest of the model that believed. The beliefs are means, one
    row for each text and each place."""

    site: str
    model: str
    article: Article
    texts: Sequence[Seen]
    text_beliefs: Matrix
    places: Sequence[Seen]
    place_beliefs: Matrix

    @classmethod
    def of(cls, site: str, model: str, article: Article, marks: Marks, texts: Sequence[str], beliefs: Matrix) -> Self:
        """A page from its blocks' marks, texts and beliefs (one row a block, before any memory)."""
        by_text, by_place = rows_of(marks.texts), rows_of(marks.places)
        return cls(
            site,
            model,
            article,
            [Seen(key, len(rows), texts[rows[0]][:_EXCERPT], marks.places[rows[0]]) for key, rows in by_text.items()],
            _means(beliefs, by_text, marks),
            [Seen(key, len(rows)) for key, rows in by_place.items()],
            _means(beliefs, by_place, marks),
        )


def rows_of(keys: Sequence[str]) -> dict[str, list[int]]:
    """The rows of each key; empty keys have none."""
    found: dict[str, list[int]] = {}
    for row, key in enumerate(keys):
        if key:
            found.setdefault(key, []).append(row)
    return found


def mean_belief(beliefs: Matrix, rows: Sequence[int], marks: Marks) -> Matrix:
    """What is believed of several blocks; the model is surer of long ones, which count by the root of their words."""
    weights = np.sqrt(1 + np.array([marks.words[row] for row in rows], np.float32))
    mean: Matrix = weights @ beliefs[rows] / weights.sum()
    return mean


def _means(beliefs: Matrix, groups: Mapping[str, Sequence[int]], marks: Marks) -> Matrix:
    rows = [mean_belief(beliefs, rows, marks) for rows in groups.values()]
    return np.array(rows, np.float32).reshape(len(rows), beliefs.shape[1])


def believed_body(marks: Marks, is_body: Matrix) -> list[tuple[str, int]]:
    """Text key and words of each block that is rather body than not."""
    rows = [int(row) for row in np.flatnonzero(is_body >= 0.5)]
    return [(marks.texts[row], marks.words[row]) for row in rows]
