"""The search: articles by their words and by what they are. The address says all of it, and can be kept."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import merge
from itertools import groupby, islice
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from archive.days import first_day, last_day
from archive.errors import ConfigurationError
from archive.explorer.desk import Desk
from archive.explorer.library import Holding
from archive.research.article_facets import NONE, Facet
from archive.research.article_search import Found, Order, Wanted
from archive.research.search_index import SearchHit

#: Articles of one page, and values of a facet that are shown at once and at most.
PAGE, _FEW, _MOST = 20, 7, 60
#: The last page that is shown: nobody reads on for ever, and each costs as much as all before it.
_LAST = 500
COLLECTION = "collection"
#: What a range of days is called in the address, as `cleancopy search` has it.
_SINCE, _UNTIL = "since", "until"
_NAMES = {
    Facet.LABEL: "Has a block of",
    Facet.TEXT: "Has text",
    Facet.COMPLETENESS: "Completeness",
    Facet.OBSTACLE: "Came instead of it",
}


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a facet: its name, how many articles have it, and the fields of the address that chooses it, or
    gives it up where it is chosen."""

    name: str
    count: int
    fields: Mapping[str, object]
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One article found."""

    holding: Holding
    hit: SearchHit

    @property
    def pieces(self) -> list[tuple[str, bool]]:
        """The snippet in pieces, and whether each is a word that was looked for."""
        parts = self.hit.snippet.replace("\x03", "\x02").split("\x02")
        return [(part, bool(number % 2)) for number, part in enumerate(parts)]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of a search says."""

    fields: Mapping[str, str]

    @classmethod
    def of(cls, request: Request) -> "Asked":
        """Of a request; what is not known is left out."""
        known = {"q", "sort", COLLECTION, *Facet}
        given = request.query_params
        days = {
            name: day.isoformat()
            for name, read in ((_SINCE, first_day), (_UNTIL, last_day))
            if (day := _day(read, given.get(name, "")))
        }
        return cls({name: given[name][:500] for name in given if name in known and given[name].strip()} | days)

    @property
    def wanted(self) -> Wanted:
        """What is looked for."""
        sort = self.fields.get("sort", "")
        order = Order(sort) if sort in set(Order) else Order.RELEVANCE
        chosen = {facet: self.fields[facet] for facet in Facet if facet in self.fields}
        since, until = (_day(date.fromisoformat, self.fields.get(name, "")) for name in (_SINCE, _UNTIL))
        return Wanted(self.fields.get("q", ""), chosen, order, since, until)

    def holdings(self, desk: Desk) -> list[Holding]:
        """The collections that are searched."""
        chosen = self.fields.get(COLLECTION)
        return [desk.library.holding(chosen)] if chosen else list(desk.library)

    def collections(self, desk: Desk) -> list[Path]:
        """Where they lie."""
        return [holding.collection.path for holding in self.holdings(desk)]

    def but(self, name: str, value: object) -> dict[str, object]:
        """The fields with another value of one, or without it."""
        rest: dict[str, object] = {key: known for key, known in self.fields.items() if key != name}
        return rest if value is None else {**rest, name: value}


def _day(read: Callable[[str], date], text: str) -> date | None:
    """The day that a text names; None where it names none."""
    try:
        return read(text.strip())
    except ValueError:
        return None


def search(desk: Desk, request: Request) -> Response:
    """A page of what is found, with its facets."""
    asked, number = Asked.of(request), _number(request.query_params.get("page", "1"))
    try:
        rows, total, facets, order = _found(desk, asked, (number - 1) * PAGE)
    except ConfigurationError as error:
        rows, total, facets, order, fault = [], 0, {}, Order.NEWEST, f"{error}."
    else:
        fault = ""
    return desk.page(
        "search.html",
        request,
        view="search",
        title=asked.fields.get("q") or "Search",
        asked=asked,
        rows=rows,
        total=total,
        facets=facets,
        without_days={name: value for name, value in asked.fields.items() if name not in (_SINCE, _UNTIL)},
        fault=fault,
        number=number,
        pages=min(-(-total // PAGE), _LAST),
        orders=[order for order in Order if asked.wanted.query or order is not Order.RELEVANCE],
        order=order,
        none=NONE,
        few=_FEW,
    )


def _number(text: str) -> int:
    return min(max(int(text), 1), _LAST) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _found(desk: Desk, asked: Asked, start: int) -> tuple[list[Row], int, dict[str, Sequence[Option]], Order]:
    wanted = asked.wanted
    found = [(holding, holding.search.find(wanted, start + PAGE)) for holding in asked.holdings(desk)]
    best = islice(merge(*(_keyed(holding, each) for holding, each in found)), start, start + PAGE)
    rows = [
        Row(holding, hit)
        for name, of_one in groupby(best, key=lambda each: each[1])
        for holding in [desk.library.holding(name)]
        for hit in holding.search.index.hits([number for _, _, number in of_one], wanted.query)
    ]
    facets = {
        _NAMES.get(facet, facet.value.capitalize()): _options(
            asked, facet, _sum(each.facets[facet] for _, each in found)
        )
        for facet in Facet
    }
    if len(desk.library) > 1:
        counted = Counter({holding.name: each.total for holding, each in found})
        facets = {"Collection": _options(asked, COLLECTION, counted), **facets}
    shown = {name: options for name, options in facets.items() if options}
    return rows, sum(each.total for _, each in found), shown, found[0][1].sorted_by


def _keyed(holding: Holding, found: Found) -> Iterator[tuple[float, str, int]]:
    return ((float(key), holding.name, int(number)) for key, number in zip(found.keys, found.numbers, strict=True))


def _sum(counts: Iterator[Counter[str]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return total


def _options(asked: Asked, facet: str, counts: Counter[str]) -> Sequence[Option]:
    """The values that there are; a facet with one value, which says nothing, only where it is chosen."""
    chosen = asked.fields.get(facet)
    known = [(name, count) for name, count in counts.most_common() if count or name == chosen]
    if facet == Facet.MONTH:
        known.sort(key=lambda pair: (pair[0] == NONE, pair[0]), reverse=True)
        known.sort(key=lambda pair: pair[0] == NONE)
    if len(known) < 2 and chosen is None:
        return ()
    first = [pair for pair in known if pair[0] == chosen]
    shown = [*first, *(pair for pair in known if pair[0] != chosen)][:_MOST]
    return [
        Option(name, count, asked.but(facet, None if name == chosen else name), name == chosen) for name, count in shown
    ]
