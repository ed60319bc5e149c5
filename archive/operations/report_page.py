"""The report of a collection as one HTML page that needs nothing else: no scripts, no fonts, no network."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from typing import Any
from urllib.parse import quote

from jinja2 import Template

from archive.operations.report_figures import RECENT, CollectionReport, Shown, SiteReport
from archive.operations.site_health import SiteDay
from archive.research.html_page import html_environment
from archive.research.svg_plots import Values, bars, lines, sparkline

#: Days that plots show.
DAYS = 60
#: With no more sites than these every section is open from the start.
_FEW = 4
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

#: A caption, its keys by the names of their styles, and the plot.
Plot = tuple[str, list[tuple[str, str]], str]


def size(count: float) -> str:
    """Bytes for people: `48.2 GB`."""
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if count < 1000 or unit == "TB":
            break
        count /= 1000
    return f"{count:,.0f} {unit}" if unit == "bytes" or count >= 100 else f"{count:.1f} {unit}"


def moment(time: datetime) -> str:
    """`26 November 2026, 14:05 UTC`."""
    time = time.astimezone(UTC)
    return f"{time.day} {time:%B %Y, %H:%M} UTC"


def short(time: datetime) -> str:
    """`26 Nov, 14:05`; UTC is said elsewhere."""
    time = time.astimezone(UTC)
    return f"{time.day} {time:%b, %H:%M}"


def many(count: int, one: str, more: str | None = None) -> str:
    """`1 site`, `1,204 sites`."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"


#: The filters that templates write figures with.
FILTERS: dict[str, Callable[..., str]] = {"many": many, "moment": moment, "short": short, "size": size}


def as_html(report: CollectionReport) -> str:
    """The whole page, as text to be written in UTF-8."""
    values = report_values(
        report, lambda _, capture: f"{_REPLAY}/{quote(report.route)}/{capture.timestamp}/{capture.url}"
    )
    return _template().render(title=f"{report.name}: how it fares", language="en", is_file=True, **values)


def report_values(report: CollectionReport, address_of: Callable[[str, Shown], str]) -> dict[str, Any]:
    """What the template `report_body.html` shows. `address_of` gives, for a site's capture, where it can be seen."""
    days = shown_days(report)
    return {
        "report": report,
        "days": days,
        "troubles": list(_troubles(report)),
        "spark": partial(_spark, days=days),
        "plots": partial(_plots, days=days),
        "recent": RECENT,
        "few": _FEW,
        "kinds": _KINDS,
        "address_of": address_of,
    }


@cache
def _template() -> Template:
    found = html_environment(__file__)
    found.filters |= FILTERS
    return found.get_template("report.html")


def shown_days(report: CollectionReport) -> list[date]:
    """The days of all plots: the same for every site, the last one that of the report."""
    known = [site.days[0].day for site in report.sites if site.days]
    last = report.made.date()
    first = max(min(known, default=last), last - timedelta(days=DAYS - 1))
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _troubles(report: CollectionReport) -> Iterator[tuple[str, str, str]]:
    """Kind, subject and sentence of what is wrong."""
    known = {(alarm.condition.kind.value, alarm.condition.subject) for alarm in report.alarms}
    for alarm in report.alarms:
        yield alarm.condition.kind.value, alarm.condition.subject, alarm.condition.sentence
    for copy in report.copies:
        if copy.fault and ("copy", copy.place) not in known:
            yield "copy", copy.place, copy.fault
    if not any(kind == "verification" for kind, _ in known):
        yield from (("verification", "", sentence) for sentence in report.damaged[:20])


def _spark(site: SiteReport, days: Sequence[date]) -> str:
    return sparkline(_values(site, days, "fetched"), f"Articles a day of {site.domain}")


def _values(site: SiteReport, days: Sequence[date], name: str) -> Values:
    """A figure of each of these days; None where there was no run."""
    known = {day.day: getattr(day, name) for day in site.days}
    return [known.get(day) for day in days]


def _plots(site: SiteReport, days: Sequence[date]) -> Iterator[Plot]:
    if not site.days:
        return
    latest = site.days[-1]
    fetched, failed = _values(site, days, "fetched"), _values(site, days, "failed")
    yield "Articles captured a day", [], bars(days, fetched, "Articles captured a day")
    words = "" if latest.words is None else f": {latest.words:,.0f} on the last day"
    drawn = lines(days, [("words", _values(site, days, "words"))], "Median words of the body")
    yield f"Words of the body, median{words}", [], drawn
    known = {day.day: day for day in site.days}
    complete = [(name, [_complete(known.get(day), name) for day in days]) for name, _ in _FIELDS]
    keys = [(name, word + _percent(_complete(latest, name))) for name, word in _FIELDS]
    yield "Pages with", keys, lines(days, complete, "Pages with title, date and author, percent", top=100)
    yield "Requests that failed a day", [], bars(days, failed, "Requests that failed a day", kind="bars failed")


def _percent(value: float | None) -> str:
    return "" if value is None else f" {value:.0f} %"


def _complete(day: SiteDay | None, field: str) -> float | None:
    lacking = day.without.get(field) if day else None
    return None if lacking is None else 100 * (1 - lacking)
