"""Whether a site can still be read: refusals, failures, and lists that are lost."""

from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median

from archive.collection.site_figures import Ending, SiteFigures
from archive.operations.health_change import HealthChange, HealthState, percent
from archive.operations.odds import surprise
from archive.operations.site_runs import ListSeen, RunKind, SiteRun

#: What is taken for chance: once in ten thousand looks, which is a site looked at daily for 27 years.
CHANCE = 1e-4
#: Answers that a share is told from.
_ENOUGH = 5
#: Runs in which a list must have failed while others were read: servers have bad minutes.
_TWICE = 2


def access_changes(runs: Sequence[SiteRun]) -> Iterator[HealthChange]:
    """What the newest run met that it should not have; the others are what it is compared with."""
    *past, now = runs
    figures = now.figures
    if blocked := _blocked(figures, [run.figures for run in past]):
        yield HealthChange(HealthState.BLOCKED, blocked)
    elif now.finished and (failing := _failing(figures, [run.figures for run in past], now.lists)):
        # A run that was interrupted goes on, and may still come to something.
        yield HealthChange(HealthState.FAILING, failing)
    if figures.lists:
        yield from _lost_lists(runs)


def _blocked(now: SiteFigures, past: Sequence[SiteFigures]) -> str | None:
    if now.ending is Ending.BLOCKED:
        return f"The site blocks: {_kinds(now.obstacles)} in the last run, which left it alone then"
    if now.blocked and now.lists_failed and not now.lists:
        return f"The site blocks: its lists were answered with {_kinds(now.obstacles)}"
    answers = sum(now.statuses.values())
    if answers >= _ENOUGH and _unusual(now.blocked, answers, [run.blocked_share for run in past]):
        return f"{percent(now.blocked / answers)} of {answers} answers were refusals: {_kinds(now.obstacles)}"
    return None


def _failing(now: SiteFigures, past: Sequence[SiteFigures], lists: Sequence[ListSeen]) -> str | None:
    if now.lists_failed and not now.lists:
        faults = "; ".join(dict.fromkeys(f"{read.url}: {read.fault}" for read in lists[:3] if read.fault))
        return f"None of its lists could be read ({faults or _kinds(now.failed)})"
    if now.ending is Ending.FAILED:
        return f"Nothing could be fetched: {_kinds(now.failed)}"
    if now.tries >= _ENOUGH and _unusual(now.faults, now.tries, [run.fault_share for run in past]):
        return f"{percent(now.faults / now.tries)} of {now.tries} requests failed: {_kinds(now.failed)}"
    return None


def _unusual(hits: int, of: int, past: Sequence[float | None]) -> bool:
    """Half of all or more, and more than chance gives where the past had its usual share. A site without a past is
    compared with one that answers well."""
    usual = median([share for share in past if share is not None] or [0.0])
    return hits / of >= max(0.5, usual + 0.25) and surprise(hits, of, usual) < CHANCE


def _kinds(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} × {kind.replace('_', ' ')}" for kind, count in Counter(counts).most_common(4))


def _lost_lists(runs: Sequence[SiteRun]) -> Iterator[HealthChange]:
    """Lists that once brought articles, and in the newest runs that asked for them do not."""
    seen: dict[str, list[ListSeen]] = {}
    for run in runs:
        if run.kind is not RunKind.CHOSEN:
            for read in run.lists:
                seen.setdefault(read.url, []).append(read)
    alone = sum(any(read.articles for read in reads) for reads in seen.values()) == 1
    latest = {read.url for read in runs[-1].lists}
    for url, reads in seen.items():
        if url in latest and (sentence := _lost(reads, alone=alone)):
            yield HealthChange(HealthState.SILENT if alone and not reads[-1].fault else HealthState.LIST_LOST, sentence)


def _lost(reads: Sequence[ListSeen], *, alone: bool) -> str | None:
    told = [read for read in reads if read.articles is not None or read.fault]
    if not told or (told[-1] is not reads[-1]):
        return None
    bad = 0
    for read in reversed(told):
        if not read.fault and read.articles:
            break
        bad += 1
    before = [read.articles for read in told[: len(told) - bad] if read.articles is not None]
    if bad < (1 if alone else _TWICE) or len(before) < _TWICE or not all(before):
        return None
    links = told[-1].links
    what = told[-1].fault or (f"none of its {links} links counts as one" if links else "it is empty")
    return f"{told[-1].kind} {told[-1].url} has no articles any more ({what}); it named {median(before):.0f} before"
