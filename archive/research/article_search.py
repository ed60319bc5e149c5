"""What a search comes to: the articles of a page of it, and the facets of all."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import numpy as np

from archive.collection.folder import Collection
from archive.research.article_facets import Array, ArticleFacets, Chosen, Facet, facets_of
from archive.research.search_index import MOST_RANKED, SearchIndex


class Order(StrEnum):
    """How what is found is sorted. The value stands in addresses."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is searched for; without a query, all articles. `since` and `until` are the first and last day of
    publication, as the source states it."""

    query: str = ""
    chosen: Chosen = field(default_factory=dict)
    order: Order = Order.RELEVANCE
    since: date | None = None
    until: date | None = None

    @property
    def sorted_by(self) -> Order:
        """What is sorted by: nothing is relevant to no query."""
        return self.order if self.query or self.order is not Order.RELEVANCE else Order.NEWEST


@dataclass(frozen=True, slots=True)
class Found:
    """What one collection has of it: how many articles, and the numbers of the first ones; `keys` sort them, smaller
    ones first, in the order `sorted_by`."""

    total: int
    numbers: Array
    keys: Array
    facets: Mapping[Facet, Counter[str]]
    sorted_by: Order


class ArticleSearch:
    """The search of one collection: its index and the facets of its articles, read anew where that has changed."""

    def __init__(self, collection: Collection) -> None:
        self.index = SearchIndex(collection)
        self._version: tuple[int, int] | None = None
        self._facets: ArticleFacets | None = None

    @property
    def facets(self) -> ArticleFacets:
        """The facets of all articles."""
        version = self.index.version()
        if self._facets is None or version != self._version:
            self._facets, self._version = facets_of(self.index), version
        return self._facets

    def find(self, wanted: Wanted, most: int) -> Found:
        """The first so many articles, and the facets of all. Raises ConfigurationError for a query without a word."""
        facets = self.facets
        matching = self.index.matches(wanted.query) if wanted.query else facets.numbers
        is_match = facets.places(matching) if wanted.query else np.ones(len(facets.numbers), bool)
        is_match &= facets.within(wanted.since, wanted.until)
        found = is_match & facets.chosen(wanted.chosen)
        counts = {facet: facets.counts(facet, is_match & facets.chosen(wanted.chosen, facet)) for facet in Facet}
        numbers = facets.numbers[found]
        by = wanted.sorted_by
        if by is Order.RELEVANCE and len(matching) > MOST_RANKED:
            by = Order.NEWEST  # words that so many articles hold tell little about any of them
        keys = self._keys(wanted, found, by)
        best = np.argsort(keys, kind="stable")[:most]
        return Found(len(numbers), numbers[best], keys[best], counts, by)

    def _keys(self, wanted: Wanted, found: Array, by: Order) -> Array:
        if by is Order.RELEVANCE:
            return self.index.ranks(wanted.query, self.facets.numbers[found])
        days = self.facets.days[found]
        return -days if by is Order.NEWEST else np.where(days, days, np.iinfo(np.int32).max)

    def close(self) -> None:
        """Let go of the file."""
        self.index.close()
