"""Whether a site has gone silent: how many articles it should have had since its last one.

Time is measured in articles: a day counts for as many as the site has on its poorer days of the same kind (weekdays
and weekends apart). A Sunday without an article is no news where Sundays have none, and a Tuesday without one is,
where Tuesdays have ten.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from archive.operations.odds import lower_quartile
from archive.operations.site_runs import RunKind, SiteRun

#: Articles that must be missing: where seven come on a poor day, one without any is chance once in a thousand days.
_MISSING = 7.0
#: The shortest pause that is told of: nights and a lazy morning are none.
_SHORTEST = timedelta(hours=20)
#: How much more must be missing than in the longest pause that came to an end.
_LONGER = 1.5
#: Weekdays, and days of the weekend, whose articles are counted before a pause on such days is judged.
_DAYS_KNOWN = {False: 4, True: 3}
_DAY = timedelta(days=1)
#: Daily runs begin a little sooner or later each day; then a day is covered to this share at least.
_DAILY, _WHOLE = timedelta(hours=30), 0.75


@dataclass(frozen=True, slots=True)
class Silence:
    """Since when (UTC) nothing new was found, how many articles a day there were before on poor days of those kinds
    that have passed since, and how many are missing."""

    since: datetime
    usual: float
    missing: float


@dataclass(frozen=True, slots=True)
class _Span:
    """The time between two runs, and the articles that the second one found."""

    begin: datetime
    end: datetime
    found: int


def silence_of(runs: Sequence[SiteRun]) -> Silence | None:
    """The pause that the newest runs are in, if it is longer than this site's pauses are."""
    spans = list(_spans(runs))
    pauses = list(_pauses(spans))
    if not pauses or pauses[-1].end != spans[-1].end:
        return None
    *past, now = pauses
    rates = _rates(spans, now.begin)
    missing = _expected(now, rates)
    longest = max((_expected(pause, rates) for pause in past), default=0.0)
    if missing < max(_MISSING, _LONGER * longest) or now.end - now.begin < _SHORTEST:
        return None
    return Silence(now.begin, missing / ((now.end - now.begin) / _DAY), missing)


def _spans(runs: Sequence[SiteRun]) -> Iterator[_Span]:
    """Runs that read all lists of the site tell how many articles came since the one before, with what was found by
    runs in between that were cut short."""
    begin: datetime | None = None
    found = 0
    for run in runs:
        found += run.figures.found
        if not tells(run):
            continue
        if begin:
            yield _Span(begin, run.began, found)
        begin, found = run.began, 0


def tells(run: SiteRun) -> bool:
    """Whether a run shows what is new: its lists could be read, and all of them were."""
    figures = run.figures
    return run.kind is not RunKind.CHOSEN and run.finished and figures.lists > 0 and not figures.lists_left


def _pauses(spans: Sequence[_Span]) -> Iterator[_Span]:
    """Each run of spans in which nothing was found."""
    begin: datetime | None = None
    for span in spans:
        if span.found and begin:
            yield _Span(begin, span.begin, 0)
            begin = None
        elif not span.found:
            begin = begin or span.begin
    if begin:
        yield _Span(begin, spans[-1].end, 0)


def _rates(spans: Sequence[_Span], until: datetime) -> dict[bool, float]:
    """Articles on a poor day of the week (False) and of the weekend (True), before that time."""
    found: defaultdict[date, float] = defaultdict(float)
    covered: defaultdict[date, float] = defaultdict(float)
    for span in spans:
        if span.end <= until:
            for day, part in _days(span):
                covered[day] += part / _DAY
                found[day] += span.found * (part / (span.end - span.begin))
    whole = [day for day, share in covered.items() if share > _WHOLE]
    rates = {}
    for kind, least in _DAYS_KNOWN.items():
        counts = [found[day] / covered[day] for day in whole if _is_weekend(day) is kind]
        rates[kind] = lower_quartile(counts) if len(counts) >= least else 0.0
    return rates


def _days(span: _Span) -> Iterator[tuple[date, timedelta]]:
    """The UTC days that a span touches, and how much of each. What a daily run finds is all of one day, that of the
    middle: it goes out by day, whenever the run is."""
    if span.end - span.begin <= _DAILY:
        yield (span.begin + (span.end - span.begin) / 2).date(), span.end - span.begin
        return
    begin = span.begin
    while begin < span.end:
        midnight = datetime.combine(begin.date() + _DAY, time(), UTC)
        end = min(midnight, span.end)
        yield begin.date(), end - begin
        begin = end


def _expected(span: _Span, rates: dict[bool, float]) -> float:
    return sum(rates[_is_weekend(day)] * (part / _DAY) for day, part in _days(span))


def _is_weekend(day: date) -> bool:
    return day.weekday() >= 5
