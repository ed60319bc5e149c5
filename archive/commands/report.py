"""`cleancopy report`, `cleancopy site health`: how a collection and each of its sites fare."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from archive.collection.folder import Collection
from archive.errors import CollectionError, ConfigurationError
from archive.operations.health_change import HealthState
from archive.operations.report_figures import CollectionReport, SiteReport, collection_report
from archive.operations.report_page import as_html
from archive.operations.site_health import SiteDay, SiteHealth, site_health
from archive.telling.terminal import out, output_is_terminal, put, put_rows, tell
from archive.whole_file import write_whole

#: Days that a sparkline shows at least and at most.
_FEWEST_DAYS, _MOST_DAYS = 5, 30
_BARS = "▁▂▃▄▅▆▇█"
_COLUMNS = ("site", "state", "found", "words", "no body", "by rules", "of feeds", "refused")
_COLOURS = {HealthState.WELL: "green", HealthState.NEW: "dim", HealthState.RETIRED: "dim"}


def report(
    path: Annotated[Path, typer.Argument(metavar="COLLECTION", help="The collection to report on.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Else report.html in the collection; replaces a file."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The figures as JSON, to standard output or FILE.")] = False,
) -> None:
    """Write one HTML page on how a collection and each of its sites fare; it needs no network and prints well."""
    collection = Collection(path).require()
    found = collection_report(collection, datetime.now(UTC))
    if as_json and output is None:
        put(as_data(found))
        return
    target = output or path / "report.html"
    _write(target, as_data(found) if as_json else as_html(found))
    tell(f"The report of {path} is in {target}.")


def _write(target: Path, content: str) -> None:
    try:
        write_whole(target, content.encode())
    except OSError as error:
        raise CollectionError(f"{target} cannot be written: {error.strerror}") from error


def as_data(found: CollectionReport) -> str:
    """The figures as JSON."""
    told = asdict(found) | {"sites": [_site(site) for site in found.sites]}
    return json.dumps(told, indent=2, ensure_ascii=False, default=_written) + "\n"


def _site(site: SiteReport) -> dict[str, Any]:
    told = asdict(site)
    if site.health:
        told["health"]["latest"] = site.health.latest.as_dict()
    return told | {"needs_a_look": site.needs_a_look}


def _written(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat().replace("+00:00", "Z")
    raise TypeError(f"no JSON for {type(value).__name__}")


def health(
    sites: Annotated[list[str] | None, typer.Argument(metavar="[SITE...]", help="Domains; without, all.")] = None,
    collection: Annotated[
        Path, typer.Option("--collection", metavar="DIR", help="The collection that the sites are crawled into.")
    ] = Path("collections/news"),
    as_json: Annotated[bool, typer.Option("--json", help="The judgements and figures as JSON.")] = False,
) -> None:
    """Show how sites fare and what changed. Exit 1 if one is blocked, failing, silent or off its layout, so that cron
    can mail it; in a pipe one line a site, with tabs: site, state, sentence."""
    target = Collection(collection).require()
    shown = _chosen(site_health(target), sites or [])
    if as_json:
        put(json.dumps([_as_dict(each) for each in shown], indent=2, ensure_ascii=False) + "\n")
    elif output_is_terminal():
        _show(shown)
    else:
        put_rows((each.domain, each.state, _said(each)) for each in shown)
    if not shown:
        tell(f"{collection} has no run that tells of its sites; `cleancopy crawl` makes one.")
    if any(each.state.is_alarm for each in shown):
        raise typer.Exit(1)


def _chosen(found: Sequence[SiteHealth], sites: Sequence[str]) -> list[SiteHealth]:
    known = {each.domain for each in found}
    if unknown := [site for site in sites if site not in known]:
        raise ConfigurationError(
            f"No run of {', '.join(unknown)} is in the collection; it has {', '.join(sorted(known)) or 'none'}."
        )
    return [each for each in found if not sites or each.domain in sites]


def _as_dict(each: SiteHealth) -> dict[str, Any]:
    told = asdict(each) | {"latest": each.latest.as_dict(), "alarm": each.state.is_alarm}
    told["last_run"] = each.last_run.isoformat().replace("+00:00", "Z")
    told["days"] = [asdict(day) | {"day": day.day.isoformat()} for day in each.days]
    return told


def _show(shown: Sequence[SiteHealth]) -> None:
    table = Table(*_COLUMNS, box=None, pad_edge=False)
    width = min(_MOST_DAYS, max(_FEWEST_DAYS, (out.width - 66) // 6))
    for each in shown:
        days = each.days[-width:]
        table.add_row(
            each.domain,
            Text(each.state.value.replace("_", " "), _COLOURS.get(each.state, "bold red")),
            _counted([day.found for day in days]),
            _counted([day.words for day in days]),
            _shared([day.without.get("body") for day in days]),
            _shared([day.ruled for day in days]),
            _shared([_of_feeds(day) for day in days]),
            _shared([(day.blocked / day.answers if day.answers else None) for day in days]),
        )
    out.print(table)
    for each in shown:
        said = f": {_said(each)} Last run {each.last_run:%Y-%m-%d %H:%M} UTC."
        out.print(Text.assemble((each.domain, "bold"), said))


def _said(each: SiteHealth) -> str:
    """Its sentence, and what the newest run recorded without text."""
    count = each.latest.without_text
    records = "1 record" if count == 1 else f"{count} records"
    return f"{each.sentence} {records} of the last run without text." if count else each.sentence


def _of_feeds(day: SiteDay) -> float | None:
    """Of what its feeds named, the share that is captured."""
    return (day.feed_captured or 0) / day.feed_entries if day.feed_entries else None


def _counted(values: Sequence[float | None]) -> str:
    last = next((value for value in reversed(values) if value is not None), None)
    return f"{sparkline(values)} {last:.0f}" if last is not None else ""


def _shared(values: Sequence[float | None]) -> str:
    last = next((value for value in reversed(values) if value is not None), None)
    return f"{sparkline(values, top=1.0)} {100 * last:.0f}%" if last is not None else ""


def sparkline(values: Iterable[float | None], top: float | None = None) -> str:
    """One character a value, from 0 to the largest or to `top`; a blank where there is none."""
    shown = list(values)
    highest = top or max((value for value in shown if value is not None), default=0.0) or 1.0
    steps = len(_BARS) - 1
    return "".join(" " if value is None else _BARS[round(steps * min(value, highest) / highest)] for value in shown)
