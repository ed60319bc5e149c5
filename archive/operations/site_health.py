"""A site's runs to a judgement: how it fares, in a word, in a sentence, and in figures day by day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import groupby
from statistics import median

from archive.collection.folder import Collection
from archive.collection.site_figures import PageFigures, SiteFigures
from archive.errors import ConfigurationError
from archive.operations.health_access import access_changes
from archive.operations.health_change import HealthChange, HealthState
from archive.operations.health_drift import compared, drift_changes
from archive.operations.health_silence import Silence, silence_of
from archive.operations.site_runs import RunKind, SiteRun, runs_by_site
from archive.pipeline.page_figures import FIELDS
from archive.sites import State, find_site


@dataclass(frozen=True, slots=True)
class SiteDay:
    """A site's runs of one UTC day, summed up. `without_text` counts records, also of what came instead of a page.
    Shares are between 0 and 1; None is "not known": no run made records, no feed was read, no page has selectors."""

    day: date
    runs: int
    found: int
    fetched: int
    extracted: int
    failed: int
    blocked: int
    answers: int
    feed_entries: int | None
    feed_captured: int | None
    without_text: int
    words: float | None
    without: dict[str, float | None]
    ruled: float | None


@dataclass(frozen=True, slots=True)
class SiteHealth:
    """How a site fares. `sentence` says it in one; `changes` are all things that are not as they were, the worst
    first; `days` are its figures over time, oldest first; `latest` are those of its newest run, at `last_run` (UTC)."""

    domain: str
    state: HealthState
    sentence: str
    changes: tuple[HealthChange, ...]
    days: tuple[SiteDay, ...]
    last_run: datetime
    latest: SiteFigures


def site_health(collection: Collection) -> list[SiteHealth]:
    """Every site of a collection that was crawled in the 60 days before its newest run, by domain.

    Raises CollectionError for a report in crawls/ that cannot be read.
    """
    return [health_of(collection, domain, runs) for domain, runs in runs_by_site(collection)]


def health_of(collection: Collection, domain: str, runs: Sequence[SiteRun]) -> SiteHealth:
    """How one site of a collection fares, by its runs (`judge`) and by whether its file says that it is crawled."""
    health = judge(domain, runs)
    return _retired(health, collection) or health


def _retired(health: SiteHealth, collection: Collection) -> SiteHealth | None:
    """The health of a site that is no longer crawled: its last run may have ended badly, and nobody need look."""
    try:
        site = find_site(health.domain, [collection.sites])
    except ConfigurationError:
        return None  # whoever crawls it is told; here its runs count
    if site is None or site.status.state is State.ACTIVE:
        return None
    sentence = f"{site.status.state.value.capitalize()} since {site.status.since}: {site.status.reason}"
    return replace(health, state=HealthState.RETIRED, sentence=sentence, changes=())


def judge(domain: str, runs: Sequence[SiteRun]) -> SiteHealth:
    """Judge one site by its runs, oldest first, of which there must be one at least. Says the same of the same runs."""
    usual = [run for run in runs if run.kind is RunKind.REGULAR]
    changes = sorted(_changes(runs, usual), key=lambda change: list(HealthState).index(change.state))
    state = changes[0].state if changes else (HealthState.WELL if compared(usual).is_enough else HealthState.NEW)
    sentence = ". ".join(change.sentence for change in changes) if changes else _calm_sentence(state, usual)
    return SiteHealth(
        domain=domain,
        state=state,
        sentence=f"{sentence}.",
        changes=tuple(changes),
        days=tuple(_day(day, list(of_day)) for day, of_day in groupby(runs, key=_utc_day)),
        last_run=runs[-1].began,
        latest=runs[-1].figures,
    )


def _changes(runs: Sequence[SiteRun], usual: Sequence[SiteRun]) -> Iterator[HealthChange]:
    if usual:
        yield from access_changes(usual)
        yield from drift_changes(usual)
    if silence := silence_of(runs):
        yield HealthChange(HealthState.SILENT, _silent(silence))


def _silent(silence: Silence) -> str:
    return (
        f"No new article since {silence.since:%Y-%m-%d %H:%M} UTC; "
        f"on a poor day it had {silence.usual:.0f}, so that {silence.missing:.0f} are missing"
    )


def _calm_sentence(state: HealthState, usual: Sequence[SiteRun]) -> str:
    if state is HealthState.NEW:
        return f"Too little is known to compare it with itself ({len(usual)} runs)"
    figures = usual[-1].figures
    return f"As ever: {figures.found} articles found and {figures.fetched} fetched in the last run"


def _utc_day(run: SiteRun) -> date:
    return run.began.astimezone(UTC).date()


def _day(day: date, runs: Sequence[SiteRun]) -> SiteDay:
    figures = [run.figures for run in runs]
    pages = [figure.pages for figure in figures if figure.pages and figure.pages.pages]
    return SiteDay(
        day=day,
        runs=len(runs),
        found=sum(figure.found for figure in figures),
        fetched=sum(figure.fetched for figure in figures),
        extracted=sum(figure.extracted for figure in figures),
        failed=sum(figure.faults for figure in figures),
        blocked=sum(figure.blocked for figure in figures),
        answers=sum(sum(figure.statuses.values()) for figure in figures),
        feed_entries=_total(figure.feed_entries for figure in figures),
        feed_captured=_total(figure.feed_captured for figure in figures),
        without_text=sum(figure.without_text for figure in figures),
        words=_words(pages),
        without={field: _share(pages, field) for field in FIELDS},
        ruled=_ruled(pages),
    )


def _total(counts: Iterator[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _words(pages: Sequence[PageFigures]) -> float | None:
    weighted = [page.words for page in pages if page.words is not None for _ in range(page.pages)]
    return median(weighted) if weighted else None


def _share(pages: Sequence[PageFigures], field: str) -> float | None:
    total = sum(page.pages for page in pages)
    return sum(page.without.get(field, 0) for page in pages) / total if total else None


def _ruled(pages: Sequence[PageFigures]) -> float | None:
    named = [page for page in pages if page.named]
    blocks = sum(page.blocks for page in named)
    return sum(page.ruled_blocks for page in named) / blocks if blocks else None
