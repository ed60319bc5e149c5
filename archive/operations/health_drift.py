"""Whether a site's pages have become something else than they were: fields, selectors, lengths."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from math import log, sqrt
from statistics import median

from archive.collection.site_figures import PageFigures
from archive.operations.health_access import CHANCE
from archive.operations.health_change import HealthChange, HealthState, percent
from archive.operations.odds import spread, surprise
from archive.operations.site_runs import RunKind, SiteRun
from archive.pipeline.page_figures import FIELDS

#: Pages that are judged: the newest runs that have as many together. Where a field is often missing, few pages say
#: little, and some more will.
_PAGES, _MORE_PAGES, _PAGES_FOR_LENGTH = 3, (10, 25), 5
#: Pages and runs of the past that they are compared with at least; the usual share is that of the middle one of
#: groups of so many pages, so that a bad week does not become the rule.
_KNOWN_PAGES, _KNOWN_RUNS, _GROUP = 30, 5, 10
#: A change is told of from here: 30 of 100 pages more than before.
_MUCH = 0.3
#: Articles are short if they have less than half of the words, by four standard errors, and if three in four of them
#: are shorter than three in four were.
_HALF, _DEVIATIONS = 0.5, 4.0
#: The standard error of a median is this many times that of a mean (normal values); a quartile is 0.6745 deviations
#: from it.
_MEDIAN, _QUARTILE = 1.2533, 0.6745
#: How much the lengths of a site's articles are taken to differ at least, and where too few are known to tell (standard
#: deviations of the logarithm): choices on the safe side.
_LEAST_DEVIATION, _USUAL_DEVIATION = 0.4, 0.8


@dataclass(frozen=True, slots=True)
class Compared:
    """The pages of the newest runs, beside those of the runs before."""

    now: tuple[PageFigures, ...]
    past: tuple[PageFigures, ...]

    @property
    def pages(self) -> int:
        """How many pages are judged."""
        return sum(page.pages for page in self.now)

    @property
    def is_enough(self) -> bool:
        """Whether there are enough of both."""
        known = sum(page.pages for page in self.past)
        return self.pages >= _PAGES and known >= _KNOWN_PAGES and len(self.past) >= _KNOWN_RUNS


def compared(runs: Sequence[SiteRun], least: int = _PAGES) -> Compared:
    """The newest runs that have `least` pages together, and those before."""
    figures = [run.figures.pages for run in runs if run.kind is RunKind.REGULAR and run.figures.pages]
    first = len(figures)
    while first and sum(page.pages for page in figures[first:]) < least:
        first -= 1
    return Compared(tuple(figures[first:]), tuple(figures[:first]))


def drift_changes(runs: Sequence[SiteRun]) -> Iterator[HealthChange]:
    """What the newest pages lack that those before had."""
    pages = [compared(runs, least) for least in (_PAGES, *_MORE_PAGES)]
    if pages[0].is_enough and (share := _risen(pages, _walled)):
        # Short texts, lost authors and idle selectors are then its signs, and nobody has a selector to mend.
        yield HealthChange(HealthState.PAYWALL, _paywall(share))
        return
    if pages[0].is_enough:
        yield from _selectors(pages)
        yield from _fields(pages)
        yield from _limits(pages)
    longer = compared(runs, _PAGES_FOR_LENGTH)
    if longer.is_enough and longer.pages >= _PAGES_FOR_LENGTH:
        yield from _lengths(longer)


def _selectors(pages: Sequence[Compared]) -> Iterator[HealthChange]:
    for label in sorted({label for page in pages[0].now for label in page.named}):
        if share := _risen(pages, partial(_missed, label)):
            said = f"The selectors for {label} found something on {share.of - share.hits} of {share.of} pages"
            yield HealthChange(HealthState.OFF_LAYOUT, f"{said}; before on {percent(1 - share.usual)}")


def _fields(pages: Sequence[Compared]) -> Iterator[HealthChange]:
    for field in FIELDS:
        if share := _risen(pages, partial(_lacking, field)):
            said = f"{share.hits} of {share.of} pages have no {field}"
            yield HealthChange(HealthState.OFF_LAYOUT, f"{said}; before it was {percent(share.usual)}")


def _limits(pages: Sequence[Compared]) -> Iterator[HealthChange]:
    if share := _risen(pages, _limited):
        said = f"{share.hits} of {share.of} pages say that they are not free"
        yield HealthChange(HealthState.CUT_SHORT, f"{said}; before it was {percent(share.usual)}")


def _paywall(share: "_Share") -> str:
    return (
        f"A paywall: {share.hits} of {share.of} pages show the beginning of an article and an offer to subscribe, or "
        f"say that they are not free; before it was {percent(share.usual)}"
    )


#: Of a run's pages, how many are counted, and out of how many.
_Count = Callable[[PageFigures], tuple[int, int]]


def _missed(label: str, page: PageFigures) -> tuple[int, int]:
    named = page.named.get(label, 0)
    return named - page.ruled.get(label, 0), named


def _lacking(field: str, page: PageFigures) -> tuple[int, int]:
    return page.without.get(field, 0), page.pages


def _limited(page: PageFigures) -> tuple[int, int]:
    return page.limited, page.pages


def _walled(page: PageFigures) -> tuple[int, int]:
    return page.walled or 0, page.pages if page.walled is not None else 0


@dataclass(frozen=True, slots=True)
class _Share:
    """So many of the newest pages, and the usual share of those before."""

    hits: int
    of: int
    usual: float

    @property
    def is_far(self) -> bool:
        """Whether there are far more than before."""
        return self.of >= _PAGES and self.hits / self.of >= self.usual + _MUCH

    @property
    def is_no_chance(self) -> bool:
        """Whether there are more than chance gives."""
        return surprise(self.hits, self.of, self.usual) < CHANCE


def _risen(pages: Sequence[Compared], count: _Count) -> _Share | None:
    """The share that has risen, of the newest pages or of more of them. The newest must have it: an alarm ends as soon
    as pages are as they were."""
    shares = [_share(each, count) for each in pages]
    if not shares[0].is_far:
        return None
    return next((share for share in shares if share.is_far and share.is_no_chance), None)


def _share(pages: Compared, count: _Count) -> _Share:
    past = [counted for counted in map(count, pages.past) if counted[1]]
    known = sum(of for _, of in past) >= _KNOWN_PAGES and len(past) >= _KNOWN_RUNS
    now = [counted for counted in map(count, pages.now) if known]
    return _Share(sum(hits for hits, _ in now), sum(of for _, of in now), median(_grouped(past)) if known else 0.0)


def _grouped(past: Sequence[tuple[int, int]]) -> Iterator[float]:
    """The shares in groups of runs that have ten pages together; a last group that has fewer joins none."""
    hits = of = 0
    for run_hits, run_of in past:
        hits, of = hits + run_hits, of + run_of
        if of >= _GROUP:
            yield hits / of
            hits = of = 0


def _lengths(pages: Compared) -> Iterator[HealthChange]:
    past = [log(page.words + 1) for page in pages.past if page.words is not None and page.pages >= _PAGES_FOR_LENGTH]
    now = median(page.words or 0.0 for page in pages.now for _ in range(page.pages))
    usual = log(_words(pages.past) + 1)
    error = max(spread(past) if past else 0.0, _MEDIAN * _deviation(pages.past) / sqrt(pages.pages))
    fall = usual - log(now + 1)
    apart = max(page.words_high or 0.0 for page in pages.now) < median(page.words_low or 0.0 for page in pages.past)
    if apart and fall > -log(_HALF) and fall > _DEVIATIONS * error:
        yield HealthChange(
            HealthState.CUT_SHORT,
            f"Half of {pages.pages} articles have no more than {now:.0f} words; before it was {_words(pages.past):.0f}",
        )


def _deviation(past: Sequence[PageFigures]) -> float:
    """How much articles of one run differ in length, as a standard deviation of the logarithm."""
    quartiles = [(page.words_low, page.words_high) for page in past if page.pages >= _PAGES_FOR_LENGTH]
    spans = [log(high + 1) - log(low + 1) for low, high in quartiles if low is not None and high is not None]
    return max(_LEAST_DEVIATION, median(spans) / (2 * _QUARTILE)) if spans else _USUAL_DEVIATION


def _words(past: Sequence[PageFigures]) -> float:
    return median(page.words for page in past if page.words is not None for _ in range(page.pages))
