"""Articles chosen by what they are, and how many there are of each kind: the facets of a search.

What they are chosen by is held as numbers, about 20 bytes an article, so that a hundred thousand are counted in some
milliseconds.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from archive.labels import Label
from archive.research.article_row import bit_of
from archive.research.search_index import SearchIndex

Array = npt.NDArray[Any]
#: What an article without a value is counted as.
NONE = "none"
_WITH, _WITHOUT = "yes", "no"
_COLUMNS = "number, site, language, substr(day, 1, 7), section, completeness, obstacle, day, labels, words"
_ROWS = 20_000


class Facet(StrEnum):
    """What articles are chosen by. The value stands in addresses."""

    SITE = "site"
    LANGUAGE = "language"
    MONTH = "month"
    SECTION = "section"
    LABEL = "label"
    TEXT = "text"
    COMPLETENESS = "completeness"
    OBSTACLE = "obstacle"


_CODED = (Facet.SITE, Facet.LANGUAGE, Facet.MONTH, Facet.SECTION, Facet.COMPLETENESS, Facet.OBSTACLE)
Chosen = Mapping[Facet, str]


class _Codes:
    """The values of one column as numbers in the order of their first sight."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.parts: list[Array] = [np.zeros(0, np.int32)]

    def add(self, values: tuple[str | None, ...]) -> None:
        """Those of some rows."""
        known = self.numbers
        self.parts.append(np.array([known.setdefault(value or NONE, len(known)) for value in values], np.int32))

    @property
    def column(self) -> Array:
        """Those of all rows."""
        return np.concatenate(self.parts)


@dataclass(frozen=True, slots=True)
class ArticleFacets:
    """The articles of one index, in the order of their numbers. `days` are ordinals that sort as the days do; articles
    without a day are 0."""

    numbers: Array
    days: Array
    labels: Array
    has_text: Array
    codes: Mapping[Facet, Array]
    values: Mapping[Facet, Mapping[str, int]]

    def chosen(self, choice: Chosen, but: Facet | None = None) -> Array:
        """Which articles are as wished, by truth; of one facet the wish does not count."""
        masks = [self._mask(facet, value) for facet, value in choice.items() if facet is not but]
        return reduce(np.logical_and, masks, np.ones(len(self.numbers), bool))

    def within(self, since: date | None, until: date | None) -> Array:
        """Which articles were published on one of these days, by truth; those without a day only without limits."""
        first, last = (day and int(day.strftime("%Y%m%d")) for day in (since, until))
        return np.asarray((self.days >= (first or (1 if last else 0))) & (self.days <= (last or 99_99_99_99)))

    def _mask(self, facet: Facet, value: str) -> Array:
        if facet is Facet.LABEL:
            bit = bit_of(Label(value)) if value in set(Label) else 0
            return np.asarray(self.labels & bit != 0)
        if facet is Facet.TEXT:
            return np.asarray(self.has_text == (value == _WITH))
        return np.asarray(self.codes[facet] == self.values[facet].get(value, -1))

    def counts(self, facet: Facet, among: Array) -> Counter[str]:
        """How many of some articles there are of each value."""
        if facet is Facet.LABEL:
            labels = self.labels[among]
            return Counter({label.value: int(np.count_nonzero(labels & bit_of(label))) for label in Label})
        if facet is Facet.TEXT:
            found = int(np.count_nonzero(self.has_text & among))
            return Counter({_WITH: found, _WITHOUT: int(np.count_nonzero(among)) - found})
        names = self.values[facet]
        return Counter(dict(zip(names, _counted(self.codes[facet][among], len(names)), strict=True)))

    def places(self, numbers: Array) -> Array:
        """Which articles these are, by truth."""
        found = np.zeros(len(self.numbers), bool)
        at = np.searchsorted(self.numbers, numbers)
        found[at[at < len(found)]] = True
        return found


def _counted(codes: Array, most: int) -> Iterator[int]:
    return map(int, np.bincount(codes, minlength=most))


def facets_of(index: SearchIndex) -> ArticleFacets:
    """Read what an index knows of its articles."""
    codes = {facet: _Codes() for facet in _CODED}
    numbers: list[Array] = [np.zeros(0, np.int64)]
    days: list[Array] = [np.zeros(0, np.int32)]
    others: list[Array] = [np.zeros((2, 0), np.int32)]
    rows = index.rows(_COLUMNS, "1 ORDER BY number")
    while some := rows.fetchmany(_ROWS):
        number, *coded, day, labels, words = zip(*some, strict=True)
        for facet, values in zip(_CODED, coded, strict=True):
            codes[facet].add(values)
        numbers.append(np.array(number, np.int64))
        days.append(np.array([_ordinal(value) for value in day], np.int32))
        others.append(np.array([labels, words], np.int32))
    flags = np.concatenate(others, axis=1)
    return ArticleFacets(
        np.concatenate(numbers),
        np.concatenate(days),
        flags[0],
        flags[1] > 0,
        {facet: found.column for facet, found in codes.items()},
        {facet: found.numbers for facet, found in codes.items()},
    )


def _ordinal(day: str | None) -> int:
    """`2026-11-20` as 20261120."""
    digits = (day or "").replace("-", "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) == 8 else 0
