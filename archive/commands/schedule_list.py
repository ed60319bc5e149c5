"""`cleancopy schedule list`: when each site is crawled next."""

from datetime import UTC, datetime

import typer
from rich.table import Table

from archive.commands.scheduled import CollectionArgument, scheduled_collection
from archive.commands.site_directories import SitesOption, use_directories
from archive.operations.schedule_times import next_runs, zone_of
from archive.operations.scheduled_sites import Scheduled, read_roster
from archive.sites.schedule import Schedule
from archive.terminal import out, output_is_terminal, put_rows, tell

#: Times shown of each site.
_SHOWN = 5


def list_schedule(path: CollectionArgument, sites: SitesOption = None) -> None:
    """Print the next five run times of each site, in a pipe with tabs. Exit 2 if anything is wrong."""
    use_directories(sites)
    roster = read_roster(scheduled_collection(path))
    now = datetime.now(UTC)
    rows = [_row(domain, scheduled, now) for domain, scheduled in sorted(roster.sites.items())]
    for problem in roster.problems:
        tell(problem)
    _show(rows)
    if roster.problems:
        raise typer.Exit(2)
    if not rows:
        tell(f"No site has a schedule. Write {path}/collection.yaml: 'sites: {{example.org: 6h}}'.")


def _row(domain: str, scheduled: Scheduled, now: datetime) -> tuple[str, ...]:
    if not scheduled.active:
        status = scheduled.site.status
        return domain, rhythm(scheduled.schedule), f"{status.state.value} since {status.since}: {status.reason}"
    zone = zone_of(scheduled.schedule)
    times = next_runs(scheduled.schedule, domain, now, _SHOWN)
    return domain, rhythm(scheduled.schedule), *(f"{time.astimezone(zone):%Y-%m-%d %H:%M:%S%z}" for time in times)


def rhythm(schedule: Schedule) -> str:
    """When a site is crawled, in a few words."""
    parts = [
        schedule.cron or f"every {schedule.every}",
        f"not {', '.join(schedule.quiet_hours)}" if schedule.quiet_hours else "",
        f"{schedule.limit_per_run} a run" if schedule.limit_per_run else "",
        f"{schedule.limit_per_day} a day" if schedule.limit_per_day else "",
    ]
    return ", ".join(part for part in parts if part)


def _show(rows: list[tuple[str, ...]]) -> None:
    if not output_is_terminal():
        put_rows(rows)
        return
    table = Table("site", "when", "next runs")
    for domain, when, *times in rows:
        table.add_row(domain, when, "\n".join(times))
    out.print(table)
