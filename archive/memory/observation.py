"""What one page tells a site's memory: its texts and places, with what the model believed of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np

from archive.extraction.features.neighbours import Matrix
from archive.memory.article import Article
from archive.memory.groups import Groups
from archive.memory.marks import Marks

#: Characters of a text that are kept for people to read.
EXCERPT = 120


class Seen(NamedTuple):
    """One text or place of a page: what it is known by and how many blocks have it; of a text, also how it begins and
    where it stands."""

    key: str
    blocks: int
    excerpt: str = ""
    place: str = ""


Columns = Sequence[Sequence[Any]]


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

    def __reduce__(self) -> tuple[Any, ...]:
        """How it is sent from worker to crawl: columns take half of the time that rows take to pack and unpack."""
        texts, places = tuple(zip(*self.texts, strict=True)), tuple(zip(*self.places, strict=True))
        return _unpacked, (self.site, self.model, self.article, texts, self.text_beliefs, places, self.place_beliefs)

    @classmethod
    def of(cls, site: str, model: str, article: Article, marks: Marks, texts: Sequence[str], beliefs: Matrix) -> Self:
        """A page from its blocks' marks, texts and beliefs (one row a block, before any memory)."""
        by_text, by_place = Groups(marks.texts), Groups(marks.places)
        first = by_text.first_rows().tolist()
        return cls(
            site,
            model,
            article,
            [
                Seen(key, blocks, texts[row][:EXCERPT], marks.places[row])
                for key, blocks, row in zip(by_text.keys, by_text.sizes().tolist(), first, strict=True)
            ],
            by_text.means(beliefs, marks.words),
            list(map(Seen, by_place.keys, by_place.sizes().tolist())),
            by_place.means(beliefs, marks.words),
        )


def _unpacked(
    site: str,
    model: str,
    article: Article,
    texts: Columns,
    text_beliefs: Matrix,
    places: Columns,
    place_beliefs: Matrix,
) -> Observation:
    return Observation(site, model, article, _seen(texts), text_beliefs, _seen(places), place_beliefs)


def _seen(columns: Columns) -> list[Seen]:
    return list(map(Seen._make, zip(*columns, strict=True)))


def believed_body(marks: Marks, is_body: Matrix) -> list[tuple[str, int]]:
    """Text key and words of each block that is rather body than not."""
    rows = [int(row) for row in np.flatnonzero(is_body >= 0.5)]
    return [(marks.texts[row], marks.words[row]) for row in rows]
