"""`cleancopy schedule`: when sites are crawled, how they fare, and what a person asks of the process that keeps it.

It is asked through the collection, so that it also holds after a restart.
"""

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import typer

from archive.collection.folder import Collection
from archive.commands.crawl_status import show_progress
from archive.commands.options import CollectionArgument, SitesOption, use_directories
from archive.errors import ConfigurationError
from archive.operations.kubernetes import Cluster, kubernetes
from archive.operations.schedule_store import ALL, ScheduleStore
from archive.operations.schedule_times import next_runs, zone_of
from archive.operations.scheduled_run import Run
from archive.operations.scheduled_sites import Roster, Scheduled, read_roster
from archive.operations.scheduler_presence import keeper
from archive.operations.service_units import crontab, systemd_unit, unit_name
from archive.sites import SITES_VARIABLE
from archive.sites.schedule import Schedule
from archive.telling.terminal import put, put_table, tell

#: Times shown of each site.
_SHOWN = 5
SiteArgument = Annotated[str, typer.Argument(metavar="SITE", help="A site of the collection.")]
AnySiteArgument = Annotated[str | None, typer.Argument(metavar="[SITE]", help="A site; without it, all sites.")]
#: Ended runs that are read to find each site's last one.
_READ = 5000
#: What of the environment a crawl depends on, and is written into units.
_KEPT = (SITES_VARIABLE, "CLEANCOPY_CONTACT")


def scheduled_collection(path: Path) -> Collection:
    """The collection of a command. Raises ConfigurationError where it is none."""
    if not path.is_dir():
        raise ConfigurationError(f"{path} is not a folder; a collection with a schedule has a file collection.yaml")
    return Collection(path)


def list_schedule(path: CollectionArgument, sites: SitesOption = None) -> None:
    """Print the next five run times of each site, in a pipe with tabs. Exit 2 if anything is wrong."""
    use_directories(sites)
    roster = read_roster(scheduled_collection(path))
    now = datetime.now(UTC)
    rows = [_row(domain, scheduled, now) for domain, scheduled in sorted(roster.sites.items())]
    for problem in roster.problems:
        tell(problem)
    put_table(("site", "when", "next runs"), rows)
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


def now(path: CollectionArgument, site: SiteArgument, sites: SitesOption = None) -> None:
    """Crawl a site as soon as can be, whatever its schedule says."""
    with _store(path, site, sites) as (collection, store):
        store.ask(site, datetime.now(UTC))
        paused = store.paused()
    if site in paused or ALL in paused:
        tell(f"{site} is paused: it is crawled once it is resumed.")
    elif keeper(collection) is None:
        tell(f"{site} is crawled once the schedule is kept: cleancopy schedule run {path}")
    else:
        tell(f"{site} is crawled now; one that is being crawled is not begun a second time.")


def pause(path: CollectionArgument, site: AnySiteArgument = None, sites: SitesOption = None) -> None:
    """Begin no more runs, of a site or of all, and halt what is under way. What comes due meanwhile is left out."""
    with _store(path, site, sites) as (_, store):
        store.pause(site or ALL, datetime.now(UTC))
    tell(f"{site or 'The whole collection'} is paused. cleancopy schedule resume takes it back.")


def resume(path: CollectionArgument, site: AnySiteArgument = None, sites: SitesOption = None) -> None:
    """Take back a pause: of a site, or all pauses. Runs that were halted go on."""
    with _store(path, site, sites) as (_, store):
        store.resume(site or ALL)
        whole = ALL in store.paused()
    tell(f"{site or 'The whole collection'} is resumed.")
    if whole:
        tell("The whole collection is paused still: cleancopy schedule resume without a site takes that back.")


@contextmanager
def _store(path: Path, site: str | None, folders: list[Path] | None) -> Iterator[tuple[Collection, ScheduleStore]]:
    use_directories(folders)
    collection = scheduled_collection(path)
    if site is not None:
        _require(collection, site)
    store = ScheduleStore(collection.schedule)
    try:
        yield collection, store
    finally:
        store.close()


def _require(collection: Collection, site: str) -> None:
    known = read_roster(collection).sites
    if site not in known:
        close = get_close_matches(site, known, n=1)
        hint = f"; did you mean '{close[0]}'?" if close else ""
        raise ConfigurationError(f"{site} is no site of {collection.settings}{hint}")


def status(path: CollectionArgument, sites: SitesOption = None) -> None:
    """Say whether the schedule is kept, and of each site what it does now, when it is next due and how its last run
    ended; of a crawl under way also what waits and how fast it goes, host by host. Times are in UTC."""
    use_directories(sites)
    collection = scheduled_collection(path)
    process = keeper(collection)
    nobody = f"Nobody keeps the schedule: cleancopy schedule run {path}"
    tell(f"Process {process} keeps the schedule." if process else nobody)
    roster = read_roster(collection)
    for problem in roster.problems:
        tell(problem)
    store = ScheduleStore(collection.schedule)
    try:
        put_table(
            ("site", "state", "next due", "last run", "how it ended"),
            _rows(roster, store, running=process is not None),
        )
        if store.under_way() and collection.holder():
            show_progress(path)
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


def install(
    path: CollectionArgument,
    systemd: Annotated[bool, typer.Option("--systemd", help="A service for systemd.")] = False,
    user: Annotated[bool, typer.Option("--user", help="With --systemd: for a user's own, without root.")] = False,
    cron: Annotated[bool, typer.Option("--cron", help="Lines for a crontab.")] = False,
    for_kubernetes: Annotated[
        bool, typer.Option("--kubernetes", help="Manifests; of workers too if the frontier is shared.")
    ] = False,
    image: Annotated[
        str | None, typer.Option("--image", help="With --kubernetes: a container image that has cleancopy.")
    ] = None,
    storage: Annotated[str, typer.Option("--storage", help="With --kubernetes: the volume's size.")] = "100Gi",
    workers: Annotated[
        int, typer.Option("--workers", min=1, help="With --kubernetes and a shared frontier: how many.")
    ] = 4,
    times: Annotated[
        str, typer.Option("--times", metavar="CRON", help="With --kubernetes and a shared frontier: when, in UTC.")
    ] = "0 */6 * * *",
) -> None:
    """Print a unit that keeps the schedule running, with limits and restarts; where it goes stands in it."""
    if systemd + cron + for_kubernetes != 1:
        raise ConfigurationError("Give one of --systemd, --cron and --kubernetes.")
    collection = scheduled_collection(path).path.resolve()
    environment = {name: _absolute(name, os.environ[name]) for name in _KEPT if os.environ.get(name)}
    command = [*_program(), "schedule", "run", str(collection)]
    if systemd:
        text = systemd_unit(command, collection, environment, owner=None if user else _owner(collection))
    elif cron:
        text = crontab(command, collection, environment)
    elif image is None:
        raise ConfigurationError("--kubernetes needs --image: a container image that has cleancopy.")
    else:
        inside = {name: value for name, value in environment.items() if name != SITES_VARIABLE}
        text = kubernetes(_cluster(collection, image, storage, workers, times, inside))
    put(text)


def _cluster(
    folder: Path, image: str, storage: str, workers: int, times: str, environment: Mapping[str, str]
) -> Cluster:
    collection = Collection(folder)
    roster = read_roster(collection)
    if roster.problems:
        raise ConfigurationError(roster.problems[0])
    frontier = roster.settings.frontier
    sites = [one.site.front for one in roster.sites.values() if one.active]
    if frontier and not sites:
        raise ConfigurationError(f"{collection.settings}: 'sites' names none that could be crawled")
    settings = collection.settings.read_text("utf-8") if collection.settings.exists() else ""
    return Cluster(unit_name(folder), image, storage, settings, frontier, sites, workers, times, environment)


def _owner(collection: Path) -> str:
    try:
        return collection.owner()
    except KeyError:  # a user that is known by number alone
        return str(collection.stat().st_uid)


def _absolute(name: str, value: str) -> str:
    if name != SITES_VARIABLE:
        return value
    return os.pathsep.join(str(Path(folder).resolve()) for folder in value.split(os.pathsep) if folder)


def _program() -> list[str]:
    """The command that runs now, as a service can start it: with its whole path."""
    beside = Path(sys.executable).with_name("cleancopy")
    found = str(beside) if beside.is_file() else shutil.which("cleancopy")
    return [found] if found else [sys.executable, "-m", "crawler"]
