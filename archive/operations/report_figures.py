"""Everything that the report of a collection says, as frozen values."""

import json
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import heappush, heappushpop
from pathlib import Path

from archive.collection.folder import Collection
from archive.collection.settings_file import load_settings
from archive.errors import CollectionError
from archive.operations.alarm_ledger import InForce, open_ledger
from archive.operations.schedule_store import ALL
from archive.operations.shared_schedule import open_schedule
from archive.operations.site_health import SiteDay, SiteHealth, health_of
from archive.operations.site_runs import SiteRun, runs_by_site
from archive.preservation.fixity import open_fixity
from archive.sites import site_of_url

#: How many of a site's newest captures are shown.
_NEWEST = 3
_HOST = re.compile(r"[\w.-]+(?::\d{1,5})?")
#: Days that failures and totals are counted over.
RECENT = 30


@dataclass(frozen=True, slots=True, order=True)
class Shown:
    """One capture of a page: its 14-digit timestamp (UTC), its URL, and where it lies in which WARC (bytes)."""

    timestamp: str
    url: str
    filename: str
    offset: int


@dataclass(slots=True)
class SiteHoldings:
    """What a collection holds of a site: captures, and bytes as they are stored."""

    captures: int = 0
    bytes: int = 0
    newest: list[Shown] = field(default_factory=list)


def held(index: Path, site_of: Callable[[str], str]) -> dict[str, SiteHoldings]:
    """Each site's captures, by what `site_of` makes of a host, in one pass and flat memory."""
    sites: dict[str, SiteHoldings] = {}
    names: dict[bytes, str] = {}
    for line in _lines(index):
        host, _, _ = line.partition(b")")
        if host not in names:
            named = _host(host)
            names[host] = site_of(named) if _HOST.fullmatch(named) else ""
        _add(sites.setdefault(names[host], SiteHoldings()), line)
    return sites


def _lines(index: Path) -> Iterator[bytes]:
    if index.exists():
        with index.open("rb") as lines:
            yield from lines


def _host(key: bytes) -> str:
    """`example,news:8080` as `news.example:8080`; keys that are none of a host stand for no site."""
    host, _, port = key.decode("utf-8", "replace").partition(":")
    return ".".join(reversed(host.split(","))) + (f":{port}" if port else "")


def _add(site: SiteHoldings, line: bytes) -> None:
    try:
        _, timestamp, told = line.split(b" ", 2)
        fields = json.loads(told)
        capture = Shown(timestamp.decode(), str(fields["url"]), str(fields["filename"]), int(fields["offset"]))
        site.bytes += int(fields["length"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return  # `cleancopy verify` says what is wrong with an index
    site.captures += 1
    if fields.get("mime") == "text/html" and fields.get("status") == "200":
        if len(site.newest) < _NEWEST:
            heappush(site.newest, capture)
        else:
            heappushpop(site.newest, capture)


@dataclass(frozen=True, slots=True)
class SiteReport:
    """One site. `health` is None for one that was never crawled; `failures` counts by kind, `articles` those that were
    captured, `without_text` records without text, all over the last 30 days; `next_run` is UTC, `paused` since when."""

    domain: str
    health: SiteHealth | None
    articles: int
    without_text: int
    failures: dict[str, int]
    held: SiteHoldings
    next_run: datetime | None
    paused: datetime | None

    @property
    def failed(self) -> int:
        """Requests that failed, of all kinds."""
        return sum(self.failures.values())

    @property
    def needs_a_look(self) -> bool:
        """Whether somebody should look at the site."""
        return self.health is not None and self.health.state.is_alarm

    @property
    def days(self) -> Sequence[SiteDay]:
        """Its figures day by day."""
        return self.health.days if self.health else ()


@dataclass(frozen=True, slots=True)
class CopyReport:
    """One copy: when it was last complete (UTC), and why it could not be made since."""

    place: str
    copied: datetime | None
    fault: str | None


@dataclass(frozen=True, slots=True)
class CollectionReport:
    """A whole collection at one time (UTC); sites that need a look stand first. Sizes in bytes; `damaged` are files
    that were not as they should be when they were last read."""

    name: str
    made: datetime
    sites: tuple[SiteReport, ...]
    alarms: tuple[InForce, ...]
    copies: tuple[CopyReport, ...]
    damaged: tuple[str, ...]
    warcs: int
    bytes: int
    free: int
    route: str


def collection_report(collection: Collection, now: datetime) -> CollectionReport:
    """Read a collection. Raises CollectionError for a report in crawls/ that cannot be read."""
    from archive.preservation.replay import route_of  # noqa: PLC0415 - pywb's settings, read where they are needed

    due, paused = _schedule(collection)
    stored = held(collection.index, _site_finder(collection.sites))

    def site(domain: str, runs: Sequence[SiteRun]) -> SiteReport:
        return _site(collection, domain, runs, stored.get(domain, SiteHoldings()), due, paused, now)

    crawled = {domain: site(domain, runs) for domain, runs in runs_by_site(collection)}
    sites = [*crawled.values(), *(site(domain, []) for domain in due if domain not in crawled)]
    warcs = [path.stat().st_size for path in collection.complete_warcs()]
    copies, damaged = _fixity(collection)
    return CollectionReport(
        name=collection.path.resolve().name,
        made=now,
        sites=tuple(sorted(sites, key=lambda each: (not each.needs_a_look, each.domain))),
        alarms=_alarms(collection),
        copies=copies,
        damaged=damaged,
        warcs=len(warcs),
        bytes=sum(warcs),
        free=shutil.disk_usage(collection.path).free,
        route=route_of(collection.path),
    )


def _site_finder(sites: Path) -> Callable[[str], str]:
    return lambda host: site_of_url(f"http://{host}/", [sites]).domain


def _site(
    collection: Collection,
    domain: str,
    runs: Sequence[SiteRun],
    stored: SiteHoldings,
    due: dict[str, datetime | None],
    paused: dict[str, datetime],
    now: datetime,
) -> SiteReport:
    recent = [run.figures for run in runs if run.began >= now - timedelta(days=RECENT)]
    return SiteReport(
        domain=domain,
        health=health_of(collection, domain, runs) if runs else None,
        articles=sum(figures.fetched for figures in recent),
        without_text=sum(figures.without_text for figures in recent),
        failures=dict(sum((Counter(figures.failed) for figures in recent), Counter[str]()).most_common()),
        held=stored,
        next_run=due.get(domain),
        paused=paused.get(domain) or paused.get(ALL),
    )


def _schedule(collection: Collection) -> tuple[dict[str, datetime | None], dict[str, datetime]]:
    try:
        store = open_schedule(collection)
    except CollectionError:
        return {}, {}  # A report is also made where the server of a shared frontier cannot be reached.
    if store is None:
        return {}, {}
    with closing(store):
        return {site: kept.due for site, kept in store.sites().items()}, store.paused()


def _alarms(collection: Collection) -> tuple[InForce, ...]:
    if not collection.alarms.exists():
        return ()
    with open_ledger(collection) as ledger:
        return tuple(ledger.in_force().values())


def _fixity(collection: Collection) -> tuple[tuple[CopyReport, ...], tuple[str, ...]]:
    configured = load_settings(collection).copies
    if not collection.fixity.exists():
        return tuple(CopyReport(copy.to, None, None) for copy in configured), ()
    with open_fixity(collection) as fixity:
        faults = fixity.copy_faults()
        copies = tuple(
            CopyReport(copy.to, _moment(fixity.last_copied(copy.to)), faults.get(copy.to)) for copy in configured
        )
        wrong = fixity.faults()
    return copies, tuple(f"{known.place}{'/' if known.place else ''}{known.name}: {known.fault}" for known in wrong)


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
