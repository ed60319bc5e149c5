"""`cleancopy schedule status`: what is going on."""

from datetime import UTC, datetime

from rich.table import Table

from archive.commands.scheduled import CollectionArgument, scheduled_collection
from archive.commands.site_directories import SitesOption, use_directories
from archive.operations.schedule_store import ALL, ScheduleStore
from archive.operations.scheduled_run import Run
from archive.operations.scheduled_sites import Roster, read_roster
from archive.operations.scheduler_presence import keeper
from archive.terminal import out, output_is_terminal, put_rows, tell

#: Ended runs that are read to find each site's last one.
_READ = 5000


def status(path: CollectionArgument, sites: SitesOption = None) -> None:
    """Say whether the schedule is kept, and of each site what it does now, when it is next due and how its last run
    ended. Times are in UTC."""
    use_directories(sites)
    collection = scheduled_collection(path)
    process = keeper(collection)
    tell(
        f"Process {process} keeps the schedule."
        if process
        else f"Nobody keeps the schedule: cleancopy schedule run {path}"
    )
    roster = read_roster(collection)
    for problem in roster.problems:
        tell(problem)
    store = ScheduleStore(collection.schedule)
    try:
        _show(_rows(roster, store, running=process is not None))
    finally:
        store.close()


def _rows(roster: Roster, store: ScheduleStore, *, running: bool) -> list[tuple[str, ...]]:
    under_way = {run.site: run for run in store.under_way()}
    last: dict[str, Run] = {}
    for run in store.history(most=_READ):
        last.setdefault(run.site, run)
    kept, paused = store.sites(), store.paused()
    rows: list[tuple[str, ...]] = []
    for domain, scheduled in sorted(roster.sites.items()):
        known = kept.get(domain)
        state = _state(under_way.get(domain), paused=domain in paused or ALL in paused, running=running)
        if not scheduled.active:
            state = scheduled.site.status.state.value
        rows.append((domain, state, _time(known.due if known else None), *_last(last.get(domain))))
    return rows


def _state(run: Run | None, *, paused: bool, running: bool) -> str:
    if paused:
        return "paused"
    if run is None:
        return "idle"
    if run.started is None or not running:
        return f"waits since {_time(run.due)}"
    return f"crawled since {_time(run.started)}"


def _last(run: Run | None) -> tuple[str, str]:
    if run is None or run.outcome is None:
        return "", ""
    detail = f": {run.detail}" if run.detail else ""
    return _time(run.ended), f"{run.outcome.value}{detail}, {run.articles} articles, {run.failed} failed"


def _time(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if moment else ""


def _show(rows: list[tuple[str, ...]]) -> None:
    if not output_is_terminal():
        put_rows(rows)
        return
    table = Table("site", "state", "next due", "last run", "how it ended")
    for row in rows:
        table.add_row(*row)
    out.print(table)
