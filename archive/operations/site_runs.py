"""The runs of a collection, as their reports in crawls/ tell of them, site by site."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from archive.collection.folder import Collection
from archive.collection.run_reports import latest_reports, site_named
from archive.collection.site_figures import SiteFigures
from archive.errors import CollectionError

#: Days of runs that are read, so that a site's weekends and a holiday are among them. 144,000 reports take 8 s of a
#: core: 50 sites that are crawled every half hour.
DAYS_READ = 60
#: A run that asks for articles from longer ago than so many days fills in the past: its pages may look otherwise.
_PAST = 31


class RunKind(StrEnum):
    """What a run was for."""

    REGULAR = "regular"
    LISTS = "lists"
    """Lists were read and no articles fetched (`cleancopy discover`)."""
    CHOSEN = "chosen"
    """A list of URLs, or articles of the past: it says nothing of how a site fares now."""


@dataclass(frozen=True, slots=True)
class ListSeen:
    """One list in one run: `links` that it held, of which so many were `articles` of the site; None where the server
    said that it had not changed. `fault` says why it could not be read."""

    url: str
    kind: str
    articles: int | None
    new: int
    fault: str | None
    links: int = 0


@dataclass(frozen=True, slots=True)
class SiteRun:
    """One site in one run. `name` is that of the run's report, `began` is UTC, `finished` whether the run came to its
    own end."""

    name: str
    began: datetime
    kind: RunKind
    finished: bool
    figures: SiteFigures
    lists: tuple[ListSeen, ...] = ()


def site_runs(collection: Collection) -> dict[str, list[SiteRun]]:
    """Every site's runs of the last 60 days before the newest run, oldest first.

    Raises CollectionError for a report that cannot be read. Reports of versions that counted no sites are left out.
    """
    return dict(runs_by_site(collection))


def runs_by_site(collection: Collection) -> Iterator[tuple[str, list[SiteRun]]]:
    """The same site by site, so that only the runs of one need be held: there may be a hundred thousand in all."""
    named: defaultdict[str, list[Path]] = defaultdict(list)
    shared: defaultdict[str, list[SiteRun]] = defaultdict(list)
    for path in latest_reports(collection.crawls, DAYS_READ):
        if (domain := site_named(path)) is None:
            for site, run in _read(path):
                shared[site].append(run)
        else:
            named[domain].append(path)
    for domain in sorted({*named, *shared}):
        runs = [run for path in named[domain] for site, run in _read(path) if site == domain]
        if both := sorted([*runs, *shared[domain]], key=lambda run: run.name):
            yield domain, both


def _read(path: Path) -> Iterator[tuple[str, SiteRun]]:
    try:
        report = json.loads(path.read_bytes())
        began = datetime.fromisoformat(report["started"])
        lists = _lists(report.get("lists", ()))
        kind = _kind(report["settings"], began)
        for site, told in report.get("sites", {}).items():
            figures = SiteFigures.model_validate(told)
            yield site, SiteRun(path.stem, began, kind, report["ended"] == "finished", figures, tuple(lists[site]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ValidationError, RecursionError) as error:
        raise CollectionError(
            f"{path} is no report of a crawl ({type(error).__name__}: {error}). Move it away to go on without it."
        ) from error


def _lists(told: list[dict[str, Any]]) -> defaultdict[str, list[ListSeen]]:
    lists: defaultdict[str, list[ListSeen]] = defaultdict(list)
    for read in told:
        articles = None if read["unchanged"] or read["fault"] else int(read["articles"])
        seen = ListSeen(read["url"], read["kind"], articles, read["new"], read["fault"], read["links"])
        lists[read.get("site", "")].append(seen)
    return lists


def _kind(settings: dict[str, Any], began: datetime) -> RunKind:
    since = settings.get("since")
    past = since and date.fromisoformat(since) < began.date() - timedelta(days=_PAST)
    if settings.get("exactly") or settings.get("until") or past:
        return RunKind.CHOSEN
    return RunKind.LISTS if settings.get("lists_only") else RunKind.REGULAR
