"""What is found as a data set: the command that exports it, and how many records that gives."""

import asyncio
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from importlib.util import find_spec
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from archive.datasets.export_choices import Lesser
from archive.errors import CleancopyError, ConfigurationError
from archive.explorer.desk import Desk
from archive.explorer.search import Asked
from archive.labels import Label
from archive.research.article_facets import NONE, Facet

#: Articles of a query that a command can name; a condition may have so many ids.
_MOST_IDS = 2000
_COLUMN = {Facet.SITE: "site", Facet.SECTION: "section", Facet.LANGUAGE: "lower(language)"}


def export_command(desk: Desk, request: Request) -> Response:
    """The command, as it is to be typed."""
    asked = Asked.of(request)
    wished = export_request(desk, asked)
    names = [str(path) for path in asked.collections(desk)]
    return desk.page("export.html", request, view="search", title="Export", asked=asked, command=wished.command(names))


async def export_count(desk: Desk, request: Request) -> Response:
    """How many records it gives. Reading all of them takes a while, in which other pages are shown."""
    try:
        asked = Asked.of(request)
        wished = await asyncio.get_running_loop().run_in_executor(desk.alone, export_request, desk, asked)
        from archive.datasets.data_set import count_records  # noqa: PLC0415 - with DuckDB it takes a while to load

        count = await asyncio.to_thread(count_records, asked.collections(desk), wished)
    except CleancopyError as error:
        return desk.message(request, "Nothing to count", str(error), 404)
    records = "1 record" if count == 1 else f"{count:,} records"
    told = "whole articles with text, unless asked for otherwise, and of each page its last capture"
    return desk.message(request, "Counted", f"It gives {records}: {told}.", 200)


def export_request(desk: Desk, asked: Asked) -> Any:
    """The wishes that a search comes to. Raises ConfigurationError where a command cannot say them."""
    if missing := [name for name in ("duckdb", "pyarrow") if find_spec(name) is None]:
        raise ConfigurationError(f"{missing[0]} is not installed; data sets need it: pip install 'cleancopy[export]'")
    from archive.datasets.export_request import Request as Wishes  # noqa: PLC0415 - what it needs is an extra
    from archive.datasets.filters import Filters  # noqa: PLC0415

    wanted = asked.wanted
    chosen = wanted.chosen
    conditions = [*_conditions(chosen), *_found(desk, asked)]
    first, last = _month(chosen.get(Facet.MONTH, NONE))
    site = chosen.get(Facet.SITE, NONE)
    filters = Filters(
        sites=() if site == NONE else (site,),
        since=max(filter(None, (first, wanted.since)), default=None),
        until=min(filter(None, (last, wanted.until)), default=None),
        where=" AND ".join(conditions) or None,
        include=tuple(dict.fromkeys(_lesser(chosen))),
    )
    return Wishes(filters=filters)


def _found(desk: Desk, asked: Asked) -> Iterator[str]:
    """The articles that a query finds, by their ids."""
    wanted = asked.wanted
    if not wanted.query:
        return
    ids: list[str] = []
    for holding in asked.holdings(desk):
        found = holding.search.find(wanted, _MOST_IDS + 1)
        for number in found.numbers.tolist():
            ids += (name for (name,) in holding.search.index.rows("id", "number = ?", number))
    if len(ids) > _MOST_IDS:
        raise ConfigurationError(
            f"The words are found in more than {_MOST_IDS:,} articles, which no command can name. Narrow it down."
        )
    yield f"id IN ({', '.join(map(_quoted, ids))})"


def _conditions(chosen: Any) -> Iterator[str]:
    for facet, column in _COLUMN.items():
        if facet in chosen and (facet is not Facet.SITE or chosen[facet] == NONE):
            yield f"{column} IS NULL" if chosen[facet] == NONE else f"{column} = {_quoted(chosen[facet])}"
    if chosen.get(Facet.MONTH) == NONE:
        yield "date_published_day IS NULL"
    if (label := chosen.get(Facet.LABEL)) in set(Label):
        yield f"len(list_filter(blocks, lambda b: b.label = '{label}')) > 0"
    if Facet.TEXT in chosen:
        yield "trim(text) <> ''" if chosen[Facet.TEXT] == "yes" else "trim(text) = ''"
    if Facet.COMPLETENESS in chosen:
        yield f"coalesce(completeness, 'whole') = {_quoted(chosen[Facet.COMPLETENESS])}"
    if Facet.OBSTACLE in chosen:
        obstacle = chosen[Facet.OBSTACLE]
        yield "obstacle IS NULL" if obstacle == NONE else f"obstacle = {_quoted(obstacle)}"


def _lesser(chosen: Any) -> Iterator[Lesser]:
    """What an export leaves out unless it is asked for, and this search asks for."""
    if chosen.get(Facet.TEXT) == "no":
        yield from (Lesser.EMPTY, Lesser.TRIES)
    if chosen.get(Facet.COMPLETENESS, "whole") != "whole":
        yield from (Lesser.CUT, Lesser.TRIES)
    if chosen.get(Facet.OBSTACLE, NONE) != NONE:
        yield from (Lesser.OBSTACLE, Lesser.EMPTY, Lesser.TRIES)


def _month(text: str) -> tuple[date | None, date | None]:
    """The first and the last day of `2026-11`; nothing for what is no month."""
    year, _, month = text.partition("-")
    try:
        first = date(int(year), int(month), 1)
    except ValueError:
        return None, None
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
