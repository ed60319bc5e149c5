"""The report of a collection as one HTML page that needs nothing else: no scripts, no fonts, no network.

A content security policy forbids all of that, and every text that came from the web is escaped.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from archive.operations.report_figures import RECENT, CollectionReport, SiteReport
from archive.operations.report_site import section
from archive.operations.report_wording import many, moment, short, size
from archive.operations.svg_plots import Values, sparkline
from archive.research.page_view import POLICY, shown

#: Days that plots show.
DAYS = 60
#: With no more sites than these every section is open from the start.
_FEW = 4


def as_html(report: CollectionReport) -> str:
    """The whole page, as text to be written in UTF-8."""
    days = shown_days(report)
    title = f"{report.name}: how it fares"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="robots" content="noindex">\n'
        f"<title>{shown(title)}</title>\n<style>\n{_style()}</style>\n</head>\n<body>\n"
        + "\n".join((_header(report), _troubles(report), _overview(report, days), _sections(report, days)))
        + f"\n{_footer(report)}\n</body>\n</html>\n"
    )


@cache
def _style() -> str:
    return Path(__file__).with_name("report.css").read_text(encoding="utf-8")


def shown_days(report: CollectionReport) -> list[date]:
    """The days of all plots: the same for every site, the last one that of the report."""
    known = [site.days[0].day for site in report.sites if site.days]
    last = report.made.date()
    first = max(min(known, default=last), last - timedelta(days=DAYS - 1))
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _header(report: CollectionReport) -> str:
    totals = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in _totals(report))
    return (
        f'<header>\n<p class="kicker">Collection report</p>\n<h1>{shown(report.name)}</h1>\n'
        f'<p class="standfirst">{_standfirst(report)}</p>\n'
        f'<p class="made">As of {moment(report.made)}. All times and days are UTC.</p>\n'
        f'<dl class="totals">{totals}</dl>\n</header>'
    )


def _standfirst(report: CollectionReport) -> str:
    if not report.sites:
        return "Nothing has been crawled into this collection yet, and no site is scheduled."
    troubled = [site for site in report.sites if site.needs_a_look]
    if not troubled:
        return f"{many(len(report.sites), 'site')}, and nothing that somebody should look at."
    names = ", ".join(f'<a href="#{_anchor(site)}">{shown(site.domain)}</a>' for site in troubled[:3])
    others = f" and {many(len(troubled) - 3, 'other')}" if len(troubled) > 3 else ""
    return f"{len(troubled)} of {many(len(report.sites), 'site')} should be looked at: {names}{others}."


def _totals(report: CollectionReport) -> Iterator[tuple[str, str]]:
    yield f"Articles in {RECENT} days", f"{sum(site.articles for site in report.sites):,}"
    yield "Records without text", f"{sum(site.without_text for site in report.sites):,}"
    yield "Requests that failed", f"{sum(sum(site.failures.values()) for site in report.sites):,}"
    yield "Kept", f"{size(report.bytes)} <small>in {many(report.warcs, 'WARC file')}</small>"
    yield "Free on the disk", size(report.free)
    if report.copies:
        yield "Copies", _copies(report)


def _copies(report: CollectionReport) -> str:
    whole = [copy for copy in report.copies if copy.copied and not copy.fault]
    if len(whole) < len(report.copies):
        return f"{len(whole)} of {len(report.copies)} <small>up to date</small>"
    oldest = min(copy.copied for copy in whole if copy.copied)
    return f"{len(whole)} <small>last made {short(oldest)}</small>"


def _troubles(report: CollectionReport) -> str:
    in_force = [alarm.condition for alarm in report.alarms]
    told = [_trouble(condition.kind, condition.subject, condition.sentence) for condition in in_force]
    known = {(condition.kind.value, condition.subject) for condition in in_force}
    told += [
        _trouble("copy", copy.place, copy.fault)
        for copy in report.copies
        if copy.fault and ("copy", copy.place) not in known
    ]
    if not any(kind == "verification" for kind, _ in known):
        told += [_trouble("verification", "", sentence) for sentence in report.damaged[:20]]
    if not told:
        return ""
    return f'<section class="troubles">\n<h2>Alarms in force</h2>\n<ul>{"".join(told)}</ul>\n</section>'


def _trouble(kind: str, subject: str, sentence: str) -> str:
    about = f" <b>{shown(subject)}</b>" if subject else ""
    return f'<li><span class="kind">{shown(kind)}</span>{about} {shown(sentence)}</li>'


def _overview(report: CollectionReport, days: Sequence[date]) -> str:
    if not report.sites:
        return ""
    heads = ("Site", "How it fares", f"Articles a day, {many(len(days), 'day')}", f"{RECENT} days", "Failed", "Kept")
    columns = "".join(f'<th scope="col">{head}</th>' for head in (*heads, "Next run"))
    rows = "\n".join(_row(site, days) for site in report.sites)
    return (
        '<section class="overview">\n<h2>All sites</h2>\n'
        f"<table>\n<thead><tr>{columns}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n</section>"
    )


def _row(site: SiteReport, days: Sequence[date]) -> str:
    cells = (
        ("sentence", "", f"{state(site)} {shown(sentence(site))}"),
        ("chart", "", sparkline(by_day(site, days), f"Articles a day of {shown(site.domain)}")),
        ("number", f"Articles, {RECENT} days", f"{site.articles:,}"),
        ("number", "Failed", f"{sum(site.failures.values()):,}"),
        ("number", "Kept", size(site.held.bytes)),
        ("number", "Next run", next_run(site)),
    )
    told = "".join(f'<td class="{kind}" data-label="{label}">{content}</td>' for kind, label, content in cells)
    trouble = ' class="look"' if site.needs_a_look else ""
    return f'<tr{trouble}><th scope="row"><a href="#{_anchor(site)}">{shown(site.domain)}</a></th>{told}</tr>'


def state(site: SiteReport) -> str:
    """A site's state as a small label."""
    name = site.health.state.value if site.health else "waiting"
    return f'<span class="state {name}">{name.replace("_", " ")}</span>'


def sentence(site: SiteReport) -> str:
    """How a site fares, in a sentence."""
    return site.health.sentence if site.health else "It has not been crawled yet."


def next_run(site: SiteReport) -> str:
    """When a site is crawled next."""
    if site.paused:
        return f"paused since {short(site.paused)}"
    return short(site.next_run) if site.next_run else "not scheduled"


def by_day(site: SiteReport, days: Sequence[date]) -> Values:
    """The articles captured on each of these days; None where there was no run."""
    known = {day.day: float(day.fetched) for day in site.days}
    return [known.get(day) for day in days]


def _anchor(site: SiteReport) -> str:
    return "site-" + shown(site.domain).replace(":", "-")


def _sections(report: CollectionReport, days: Sequence[date]) -> str:
    few = len(report.sites) <= _FEW
    parts = []
    for site in report.sites:
        opened = " open" if few or site.needs_a_look else ""
        summary = f"<summary><h2>{shown(site.domain)}</h2> {state(site)}<p>{shown(sentence(site))}</p></summary>"
        body = section(site, days, report.route, next_run(site))
        parts.append(f'<details class="site" id="{_anchor(site)}"{opened}>\n{summary}\n{body}\n</details>')
    return "\n".join(parts)


def _footer(report: CollectionReport) -> str:
    return (
        "<footer><p>Links to captures lead to the WARC file beside this page and, while "
        f"<code>cleancopy replay {shown(report.name)}</code> runs, to the page as it was. "
        "Failures and totals are of the last 30 days.</p></footer>"
    )
