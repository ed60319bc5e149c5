"""What one page tells a site's memory: its texts and places, with what the model believed of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from archive.extraction.features.neighbours import Matrix
from archive.extraction.memory.article import Article
from archive.extraction.memory.groups import Groups
from archive.extraction.memory.marks import Marks

#: Characters of a text that are kept for people to read.
EXCERPT = 120


class Seen(NamedTuple):
    """The texts or places of a page, in columns: what they are known by and how many blocks have them; of texts, also
    how they begin and where they stand. Columns are packed and unpacked in a third of the time that rows take."""

    keys: Sequence[str]
    blocks: Sequence[int]
    excerpts: Sequence[str]
    places: Sequence[str]


@dataclass(frozen=True, slots=True)
class Observation:
    """One page. `site` is its site's domain, `model` the digest of the model that believed. The beliefs are means, one
    row for each text and each place."""

    site: str
    model: str
    article: Article
    texts: Seen
    text_beliefs: Matrix
    places: Seen
    place_beliefs: Matrix

    @classmethod
    def of(cls, site: str, model: str, article: Article, marks: Marks, texts: Sequence[str], beliefs: Matrix) -> Self:
        """A page from its blocks' marks, texts and beliefs (one row a block, before any memory)."""
        by_text, by_place = Groups(marks.texts), Groups(marks.places)
        first, nothing = by_text.first_rows().tolist(), [""] * len(by_place.keys)
        return cls(
            site,
            model,
            article,
            Seen(
                by_text.keys,
                by_text.sizes().tolist(),
                [texts[row][:EXCERPT] for row in first],
                [marks.places[row] for row in first],
            ),
            by_text.means(beliefs, marks.words),
            Seen(by_place.keys, by_place.sizes().tolist(), nothing, nothing),
            by_place.means(beliefs, marks.words),
        )


def believed_body(marks: Marks, is_body: Matrix) -> list[tuple[str, int]]:
    """Text key and words of each block that is rather body than not."""
    rows = [int(row) for row in np.flatnonzero(is_body >= 0.5)]
    return [(marks.texts[row], marks.words[row]) for row in rows]
