"""A look at a collection: what is wrong with it now, and what of that is to be told."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime

from archive.collection.alarm_settings import Alarms
from archive.collection.folder import Collection
from archive.collection.locked_file import locked
from archive.collection.settings_file import load_settings
from archive.errors import CollectionError
from archive.operations.alarm_conditions import AlarmKind, Condition
from archive.operations.alarm_delivery import deliver, told
from archive.operations.alarm_ledger import open_ledger
from archive.operations.health_change import HealthState
from archive.operations.schedule_store import ScheduleStore
from archive.operations.scheduled_run import RunOutcome
from archive.operations.shared_schedule import open_schedule
from archive.operations.site_health import SiteHealth, site_health
from archive.preservation.fixity import HERE, KnownDigest, open_fixity

KINDS = {
    HealthState.BLOCKED: AlarmKind.BLOCKS,
    HealthState.FAILING: AlarmKind.ERRORS,
    HealthState.SILENT: AlarmKind.SILENCE,
    HealthState.PAYWALL: AlarmKind.DRIFT,
    HealthState.OFF_LAYOUT: AlarmKind.DRIFT,
    HealthState.CUT_SHORT: AlarmKind.DRIFT,
    HealthState.LIST_LOST: AlarmKind.DRIFT,
}
#: How much more room than the limit ends an alarm, so that a disk at the limit does not begin and end it all day.
_ROOM = 1.1


def look(collection: Collection, tell: Callable[[str], None], now: float | None = None) -> int:
    """Find out what is wrong, tell what has begun or ended, and deliver what is due; how many alarms are in force.

    `tell` is for standard error. Raises ConfigurationError for a wrong collection.yaml and CollectionError for a
    collection that cannot be read.
    """
    now = time.time() if now is None else now
    alarms = load_settings(collection).alarms
    with _alone(collection), open_ledger(collection) as ledger:
        was_low = any(kind is AlarmKind.DISK for kind, _ in ledger.in_force())
        found = list(conditions(collection, alarms, now, was_low=was_low))
        for message in ledger.look(found, alarms.receivers, now):
            tell(told(message))
        deliver(ledger, alarms, now, tell)
        return len(ledger.in_force())


@contextmanager
def _alone(collection: Collection) -> Iterator[None]:
    """One look at a time, each waiting for the one before: what an earlier one found would otherwise be told after a
    later one has found it over, and messages would be delivered twice. The kernel's lock ends with the process."""
    path = collection.path / ".alarms.lock"
    with ExitStack() as held:
        try:
            held.enter_context(locked(path))
        except OSError as error:
            raise CollectionError(f"{path} cannot be made: {error.strerror}") from error
        yield


def conditions(collection: Collection, alarms: Alarms, now: float, *, was_low: bool) -> Iterator[Condition]:
    """What is wrong now."""
    yield from _of_sites(collection)
    free = shutil.disk_usage(collection.path).free
    yield from of_disk(free, alarms.disk_bytes, str(collection.path), was_low=was_low)
    yield from _of_schedule(collection, now, alarms.late_seconds)
    yield from _of_files(collection)


def _of_sites(collection: Collection) -> Iterator[Condition]:
    try:
        for health in site_health(collection):
            yield from of_site(health)
    except CollectionError as error:
        # A report that cannot be read must not silence all other alarms.
        yield Condition(AlarmKind.ERRORS, "crawls", str(error))


def of_site(health: SiteHealth) -> Iterator[Condition]:
    """What is wrong with a site, one condition for each kind."""
    for change in health.changes:
        if change.state in KINDS:
            yield Condition(KINDS[change.state], health.domain, change.sentence)


def of_disk(free: int, limit: int, where: str, *, was_low: bool) -> Iterator[Condition]:
    """Whether the disk is low. Sizes in bytes."""
    if free < limit * (_ROOM if was_low else 1):
        yield Condition(AlarmKind.DISK, where, f"{free / 1e9:.1f} GB are free, less than {limit / 1e9:g} GB")


def _of_schedule(collection: Collection, now: float, late: float) -> Iterator[Condition]:
    try:
        store = open_schedule(collection)
    except CollectionError as error:
        yield Condition(AlarmKind.ERRORS, "frontier", str(error))
        return
    if store:
        with closing(store):
            yield from of_runs(store, now, late)


def of_runs(store: ScheduleStore, now: float, late: float) -> Iterator[Condition]:
    """Runs that have not begun in time, and sites whose last run broke off. What is paused is not late."""
    paused = store.paused()
    due = {site: kept.due for site, kept in store.sites().items() if kept.due}
    due |= {run.site: run.due for run in store.under_way() if run.started is None}
    for site, moment in sorted(due.items()):
        if now - moment.timestamp() > late and site not in paused and "*" not in paused:
            yield Condition(AlarmKind.LATE, site, f"Its run of {_minute(moment)} UTC has not begun")
    for site in sorted(store.sites()):
        for run in store.history(site, most=1):
            if run.outcome in (RunOutcome.STOPPED, RunOutcome.CRASHED):
                yield Condition(
                    AlarmKind.ERRORS, site, f"Its last run {run.outcome}: {run.detail or 'no reason is known'}"
                )


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"


def _of_files(collection: Collection) -> Iterator[Condition]:
    if not collection.fixity.exists():
        return
    with open_fixity(collection) as fixity:
        faults: dict[str, list[KnownDigest]] = {}
        for known in fixity.faults():
            faults.setdefault(known.place, []).append(known)
        for place, wrong in faults.items():
            files = f"{wrong[0].name}: {wrong[0].fault}" + (f", and {len(wrong) - 1} more" if len(wrong) > 1 else "")
            yield Condition(AlarmKind.VERIFICATION, str(collection.path) if place == HERE else place, files)
        for place, fault in fixity.copy_faults().items():
            yield Condition(AlarmKind.COPY, place, fault)
