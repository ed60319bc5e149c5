"""Quality: the pages that failed and the records that are no whole articles, each with its reason and what can be done.

What is done goes to the frontier by way of `Fetching`, and is noted in the collection's log.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from heapq import merge
from itertools import islice

from starlette.requests import Request
from starlette.responses import Response

from archive.collection.custody import Action, note
from archive.collection.failure import WALLS
from archive.errors import CollectionError
from archive.exchange import Completeness
from archive.explorer.desk import Desk
from archive.explorer.fetching import FailedPage
from archive.explorer.library import Holding
from archive.records import Record
from archive.research.article_row import Trouble
from archive.research.troubled_articles import OFF_LAYOUT, Troubled, troubled

#: Pages that are shown at once, and the last one.
PAGE, _LAST = 25, 200
_FAILED = "failed"
#: What can be done, by its name in the address: what the button says, what the log says, and what is told then.
DEEDS = {
    "again": ("Try again", Action.ASK_AGAIN, "It is asked for first in the next run."),
    "browser": ("With a browser", Action.ASK_AGAIN, "A browser loads it first in the next run."),
    "ignore": ("Ignore for good", Action.IGNORE, "It is not asked for again."),
}
_CUT = {
    Completeness.LENGTH: "The answer was longer than the limit, and only its beginning was kept.",
    Completeness.TIME: "The answer took too long, and only its beginning was kept.",
    Completeness.DISCONNECT: "The connection ended before the answer did.",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One page that something is wrong with. `said` is what the server said, `warnings` what was odd about it;
    `record` is None for a page that failed."""

    holding: Holding
    url: str
    site: str
    at: datetime
    kind: str
    reason: str
    said: str = ""
    title: str = ""
    record: Record | None = None
    warnings: tuple[str, ...] = field(default=())

    @property
    def deeds(self) -> Mapping[str, str]:
        """What can be done about it: names and what the buttons say."""
        known = {name: word for name, (word, _, _) in DEEDS.items()}
        if self.kind == "ignored":
            del known["ignore"]
        return known


def quality(desk: Desk, request: Request) -> Response:
    """The newest of them, of a kind and a site where the address names one."""
    given = request.query_params
    site, kind = given.get("site") or None, given.get("kind") or None
    chosen = given.get("collection") or None
    holdings = [desk.library.holding(chosen)] if chosen else list(desk.library)
    number = min(max(int(given["page"]), 1), _LAST) if given.get("page", "").isdecimal() else 1
    counted = {holding: _counts(desk, holding) for holding in holdings}
    total = sum((counts for counts in counted.values()), Counter[tuple[str, str]]())
    items = _items(desk, holdings, site, kind, number)
    shown = Counter({pair: count for pair, count in total.items() if kind or pair[1] != OFF_LAYOUT})
    matching = sum(n for (of, each), n in shown.items() if site in (None, of) and kind in (None, each, *_family(each)))
    return desk.page(
        "quality.html",
        request,
        view="quality",
        title="Quality",
        fields={"collection": chosen, "site": site, "kind": kind},
        kinds=[pair for pair in _totals(total, 1, site, 0) if not _family(pair[0])],
        failed=[pair for pair in _totals(total, 1, site, 0) if _family(pair[0])],
        sites=_totals(shown, 0, kind, 1),
        items=items,
        matching=matching,
        number=number,
        pages=min(-(-matching // PAGE), _LAST),
        open_to=[holding.name for holding in holdings if desk.fetching and desk.may_change(holding)],
    )


def _family(kind: str) -> tuple[str, ...]:
    return (_FAILED,) if kind.startswith(f"{_FAILED}-") else ()


def _counts(desk: Desk, holding: Holding) -> Counter[tuple[str, str]]:
    failed = desk.fetching.counts(holding.collection) if desk.fetching else Counter[tuple[str, str]]()
    named = Counter({(site, f"{_FAILED}-{kind}"): count for (site, kind), count in failed.items()})
    return holding.troubles() + named


def _totals(total: Counter[tuple[str, str]], by: int, other: str | None, at: int) -> list[tuple[str, int]]:
    """How many there are by kind or site, of the other as it is chosen."""
    found: Counter[str] = Counter()
    for pair, count in total.items():
        if other in (None, pair[at], *_family(pair[at])):
            found[pair[by]] += count
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))


def _items(desk: Desk, holdings: list[Holding], site: str | None, kind: str | None, number: int) -> list[Item]:
    """Newest first; of the articles that are off their layout those of one site, which are many."""
    most = number * PAGE
    failed = (_failed(desk, holding, site, kind, most) for holding in holdings)
    kept = (_kept(holding, site, kind, most) for holding in holdings)
    found = merge(*failed, *kept, key=lambda pair: pair[0], reverse=True)
    return [make() for _, make in islice(found, most - PAGE, most)]


def _failed(desk: Desk, holding: Holding, site: str | None, kind: str | None, most: int) -> "Iterator[_Made]":
    """The pages that could not be fetched, with their times."""
    wanted = None if kind in (None, _FAILED) else (kind or "").removeprefix(f"{_FAILED}-")
    if desk.fetching is None or (wanted is not None and wanted == kind):
        return
    for page in desk.fetching.failed(holding.collection, site=site, kind=wanted, start=0, most=most):
        yield page.at, _Failed(holding, page)


def _kept(holding: Holding, site: str | None, kind: str | None, most: int) -> "Iterator[_Made]":
    """The records that are no whole articles, with their times."""
    if kind is not None and kind.startswith(_FAILED):
        return
    for each in troubled(holding.search.index, site, kind, most):
        yield _moment(each.crawled), _Kept(holding, each)


@dataclass(frozen=True, slots=True)
class _Failed:
    """Makes the item of a page that failed, once it is known to be shown."""

    holding: Holding
    page: FailedPage

    def __call__(self) -> Item:
        page, why = self.page, self.page.why
        told = why.sentence[:1].upper() + why.sentence[1:]
        reason = f"The server answered {told}." if told.startswith("HTTP ") else f"{told}."
        said = f"HTTP {why.status}" if why.status and "HTTP" not in told else ""
        return Item(self.holding, page.url, page.site, page.at, why.kind.value, reason, said)


@dataclass(frozen=True, slots=True)
class _Kept:
    """The same of a record, which is read for it."""

    holding: Holding
    each: Troubled

    def __call__(self) -> Item:
        record = self.holding.record_at(self.each.file, self.each.at)
        said = ", ".join(
            filter(None, (f"HTTP {record.http.status}" if record.http.status else "", record.http.content_type))
        )
        return Item(
            self.holding,
            record.url or "",
            record.site or "",
            _moment(self.each.crawled),
            self.each.trouble,
            _reason(record, self.each.trouble),
            said,
            record.title or "",
            record,
            record.extraction.warnings[:3],
        )


_Made = tuple[datetime, _Failed | _Kept]


def _reason(record: Record, trouble: str) -> str:
    if trouble == Trouble.OBSTACLE and record.obstacle:
        what = WALLS.get(record.obstacle.value, record.obstacle.value.replace("_", " "))
        return f"{what[:1].upper()}{what[1:]} came instead of the page."
    if trouble == Trouble.CUT:
        return _CUT.get(record.completeness, "The capture does not hold the whole answer.")
    if trouble == Trouble.EMPTY:
        return "No text of an article was found on the page."
    return "The site's file decided nothing on this page, and does on most of the site's pages."


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def act(desk: Desk, request: Request, fields: Mapping[str, str]) -> Response:
    """Do something about a page. Raises CollectionError where that cannot be done."""
    holding = desk.library.holding(request.path_params["name"])
    deed, url = request.path_params["deed"], fields.get("url", "")
    if deed not in DEEDS or not url:
        raise CollectionError("There is nothing of that kind to be done.")
    if desk.fetching is None or not desk.may_change(holding):
        raise CollectionError(f"{holding.name} is shown read-only: nothing can be changed.")
    _, action, told = DEEDS[deed]
    if deed == "ignore":
        desk.fetching.ignore(holding.collection, url)
    else:
        desk.fetching.ask_again(holding.collection, url, browser=deed == "browser")
    faults: list[str] = []
    note(holding.collection, action, {"url": url, "browser": deed == "browser"}, faults.append)
    return desk.message(request, "Done", " ".join([told, *faults]), 200)
