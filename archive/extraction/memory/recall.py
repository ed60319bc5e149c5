"""One page meets its site's memory: what the memory makes of the page, and what the page tells the memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Self

import numpy as np

from archive.extraction.features.matrix import PageBlocks
from archive.extraction.features.neighbours import Matrix
from archive.extraction.features.plain import PlainText
from archive.extraction.memory.article import KnownArticle, article_of
from archive.extraction.memory.marks import BlockGroups, Marks
from archive.extraction.memory.site_memory import SiteMemory
from archive.extraction.memory.update import Update, update
from archive.extraction.model import LABELS
from archive.labels import Label

_BODY = LABELS.index(Label.BODY)
#: Characters of a text that are kept for people to read.
EXCERPT = 120


class SeenBlocks(NamedTuple):
    """The texts or places of a page, in columns: what they are known by and how many blocks have them; of texts, also
    how they begin and where they stand. Columns are packed and unpacked in a third of the time that rows take."""

    keys: Sequence[str]
    blocks: Sequence[int]
    excerpts: Sequence[str]
    places: Sequence[str]


class Observation(NamedTuple):
    """One page. `site` is its site's domain, `model` the digest of the model that believed. The beliefs are means, one
    row for each text and each place."""

    site: str
    model: str
    article: KnownArticle
    texts: SeenBlocks
    text_beliefs: Matrix
    places: SeenBlocks
    place_beliefs: Matrix

    @classmethod
    def of(
        cls, site: str, model: str, article: KnownArticle, marks: Marks, texts: Sequence[str], beliefs: Matrix
    ) -> Self:
        """A page from its blocks' marks, texts and beliefs (one row a block, before any memory)."""
        by_text, by_place = BlockGroups(marks.texts), BlockGroups(marks.places)
        first, nothing = by_text.first_rows().tolist(), [""] * len(by_place.keys)
        return cls(
            site,
            model,
            article,
            SeenBlocks(
                by_text.keys,
                by_text.sizes().tolist(),
                [texts[row][:EXCERPT] for row in first],
                [marks.places[row] for row in first],
            ),
            by_text.means(beliefs, marks.words),
            SeenBlocks(by_place.keys, by_place.sizes().tolist(), nothing, nothing),
            by_place.means(beliefs, marks.words),
        )


class PageName(NamedTuple):
    """What a page calls itself: its address, its canonical one, its title."""

    url: str
    canonical: str | None = None
    title: str | None = None


@dataclass(slots=True)
class Recall:
    """Called once with the model's beliefs in the page's blocks.

    `model` is the model's digest, `texts` are the blocks' texts. A memory of no use yet changes nothing.
    """

    memory: SiteMemory
    model: str
    name: PageName
    marks: Marks
    texts: Sequence[str]
    _told: tuple[KnownArticle, Matrix] | None = field(default=None, init=False)

    def __call__(self, beliefs: Matrix) -> Update:
        """The beliefs as the memory changes them."""
        rows = np.flatnonzero(beliefs[:, _BODY] >= 0.5).tolist()
        body = [(self.marks.texts[row], self.marks.words[row]) for row in rows]
        article = article_of(self.name.url, self.name.canonical, self.name.title, body)
        self._told = article, beliefs
        if not self.memory.is_useful:
            return Update.none(beliefs)
        return update(beliefs, self.marks, self.memory, article)

    @property
    def observation(self) -> Observation | None:
        """What the page tells the memory, once it was called."""
        if self._told is None:
            return None
        article, beliefs = self._told
        return Observation.of(self.memory.site, self.model, article, self.marks, self.texts, beliefs)


def page_recall(memory: SiteMemory, model: str, name: PageName, page: PageBlocks) -> Recall:
    """For a page's blocks."""
    texts = [block.text for block in page.blocks]
    return Recall(memory, model, name, Marks.of_page(page.blocks, page.tokens, page.ancestors), texts)


def text_recall(memory: SiteMemory, model: str, name: PageName, text: PlainText) -> Recall:
    """For a plain text's paragraphs, which have no places."""
    return Recall(memory, model, name, Marks.of_text(text.tokens), text.paragraphs)
