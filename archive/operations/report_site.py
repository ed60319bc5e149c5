"""One site of the report: its plots, its failures by kind, its newest captures."""

from collections.abc import Iterator, Sequence
from datetime import date
from urllib.parse import quote

from archive.operations.report_captures import Shown
from archive.operations.report_figures import RECENT, SiteReport
from archive.operations.report_wording import many, moment, size
from archive.operations.site_health import SiteDay
from archive.operations.svg_plots import Values, bars, lines
from archive.research.page_view import shown

#: Where `cleancopy replay` listens unless it is told otherwise.
_REPLAY = "http://127.0.0.1:8080"
#: The fields whose completeness is drawn, with the styles of their lines.
_FIELDS = (("title", "Title"), ("date", "Date"), ("author", "Author"))
#: What kinds of failures are called; others as they are written.
_KINDS = {
    "dns": "name not found (DNS)",
    "connection": "no connection",
    "timeout": "no answer in time",
    "robots": "forbidden by robots.txt",
    "private_address": "address refused",
    "robots_unreadable": "robots.txt cannot be read",
}


def section(site: SiteReport, days: Sequence[date], route: str, next_run: str) -> str:
    """What stands below a site's sentence."""
    plots = "".join(f"<figure><figcaption>{name}</figcaption>{plot}</figure>" for name, plot in _plots(site, days))
    facts = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in _facts(site, next_run))
    return (
        f'<div class="plots">{plots}</div>\n'
        f'<div class="notes"><dl class="facts">{facts}</dl>\n{_failures(site)}\n{_captures(site, route)}</div>'
    )


def _plots(site: SiteReport, days: Sequence[date]) -> Iterator[tuple[str, str]]:
    if not site.days:
        return
    known = {day.day: day for day in site.days}
    found = [known.get(day) for day in days]
    latest = site.days[-1]
    yield "Articles captured a day", bars(days, _counts(found, "fetched"), "Articles captured a day")
    yield (
        f"Words of the body, median{_latest(latest.words)}",
        lines(days, [("words", _counts(found, "words"))], "Median words of the body"),
    )
    complete = [(name, [_complete(day, name) for day in found]) for name, _ in _FIELDS]
    legend = " ".join(
        f'<span class="key {name}">{word}{_percent(_whole(latest, name))}</span>' for name, word in _FIELDS
    )
    yield f"Pages with {legend}", lines(days, complete, "Pages with title, date and author, percent", top=100)
    yield (
        "Requests that failed a day",
        bars(days, _counts(found, "failed"), "Requests that failed a day", kind="bars failed"),
    )


def _counts(found: Sequence[SiteDay | None], name: str) -> Values:
    return [None if day is None else getattr(day, name) for day in found]


def _latest(value: float | None) -> str:
    return "" if value is None else f": {value:,.0f} on the last day"


def _percent(value: float | None) -> str:
    return "" if value is None else f" {100 * value:.0f} %"


def _whole(day: SiteDay, field: str) -> float | None:
    lacking = day.without.get(field)
    return None if lacking is None else 1 - lacking


def _complete(day: SiteDay | None, field: str) -> float | None:
    whole = _whole(day, field) if day else None
    return None if whole is None else 100 * whole


def _facts(site: SiteReport, next_run: str) -> Iterator[tuple[str, str]]:
    if site.health:
        yield "Last run", moment(site.health.last_run)
    yield "Next run", next_run
    yield f"Articles in {RECENT} days", f"{site.articles:,}"
    if site.without_text:
        yield "Records without text", f"{site.without_text:,}"
    yield "Kept", f"{many(site.held.captures, 'capture')}, {size(site.held.bytes)}"
    if site.days and site.days[-1].feed_entries:
        day = site.days[-1]
        yield "Of the entries of its feeds", f"{day.feed_captured or 0:,} of {day.feed_entries:,} captured"


def _failures(site: SiteReport) -> str:
    if not site.failures:
        return f'<div class="failures"><h3>Failures, {RECENT} days</h3><p>None.</p></div>'
    most = max(site.failures.values())
    rows = "".join(
        f"<tr><th scope=row>{shown(_kind(kind))}</th><td>{count:,}</td>"
        f'<td class="share"><svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        f'<path class="bars failed" d="M0 0h{max(1, round(100 * count / most))}v8H0z"/></svg></td></tr>'
        for kind, count in site.failures.items()
    )
    return f'<div class="failures"><h3>Failures, {RECENT} days</h3><table>{rows}</table></div>'


def _kind(kind: str) -> str:
    return _KINDS.get(kind, kind.replace("http_", "status ").replace("_", " "))


def _captures(site: SiteReport, route: str) -> str:
    if not site.held.newest:
        return ""
    items = "".join(f"<li>{_capture(capture, route)}</li>" for capture in sorted(site.held.newest, reverse=True))
    return f'<div class="captures"><h3>Newest captures</h3><ul>{items}</ul></div>'


def _capture(capture: Shown, route: str) -> str:
    stamp = capture.timestamp
    time = f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]} {stamp[8:10]}:{stamp[10:12]}"
    replay = f"{_REPLAY}/{quote(route)}/{quote(stamp)}/{capture.url}"
    link = f'<a class="url" href="{shown(replay)}" rel="noopener noreferrer nofollow">{shown(capture.url)}</a>'
    if not capture.url.startswith(("http://", "https://")):
        link = shown(capture.url)
    warc = f'<a href="archive/{quote(capture.filename)}">{shown(capture.filename)}</a>, byte {capture.offset:,}'
    return f"{link}<small>{shown(time)} · {warc}</small>"
