"""The times of a schedule, as pure functions: the same schedule, site and moment give the same times on any machine.

cronsim knows crontab fields and how Debian's cron meets summer time: what names its minutes and hours runs once, when
clocks have been set if they left its time out; what says * for either goes by the clock. Intervals, quiet hours and the
spread of sites are added here. All results are in UTC, on whole seconds.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from itertools import islice
from zoneinfo import ZoneInfo

from cronsim import CronSim

from archive.sites.schedule import Schedule, quiet_range
from archive.sites.site_values import seconds_of

_SECOND = timedelta(seconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def zone_of(schedule: Schedule) -> ZoneInfo:
    """The zone that a schedule's hours are meant in."""
    return ZoneInfo(schedule.timezone or "UTC")


def next_run(schedule: Schedule, site: str, after: datetime) -> datetime | None:
    """The first moment later than `after` at which a run of the site is due; None without a rhythm."""
    delay = _spread(site, seconds_of(schedule.jitter) if schedule.jitter else 0)
    slot = _slot(schedule, site, after - delay)
    return None if slot is None else wake(schedule, slot + delay)


def next_runs(schedule: Schedule, site: str, after: datetime, count: int) -> list[datetime]:
    """The next so many due times."""
    return list(islice(_runs(schedule, site, after), count))


def _runs(schedule: Schedule, site: str, after: datetime) -> Iterator[datetime]:
    moment = next_run(schedule, site, after)
    while moment:
        yield moment
        moment = next_run(schedule, site, moment)


def _spread(site: str, seconds: int) -> timedelta:
    """A share of so many seconds that is the site's own: sites spread evenly, and each keeps its place."""
    digest = int.from_bytes(sha256(site.encode()).digest()[:8], "big")
    return timedelta(seconds=digest % seconds if seconds else 0)


def _slot(schedule: Schedule, site: str, after: datetime) -> datetime | None:
    after = after.replace(microsecond=0)
    if schedule.every:
        every = timedelta(seconds=seconds_of(schedule.every))
        begin = _EPOCH + _spread(site, int(every.total_seconds()))
        return begin + ((after - begin) // every + 1) * every
    if schedule.cron is None:
        return None
    zone = zone_of(schedule)
    # In the hour that comes twice cronsim begins with the first.
    found = CronSim(schedule.cron, after.astimezone(UTC if zone.key == "UTC" else zone))
    return next((moment for moment in (time.astimezone(UTC) for time in found) if moment > after), None)


def wake(schedule: Schedule, moment: datetime) -> datetime:
    """The moment, or the end of the quiet hours that it lies in. The model refuses hours that never end."""
    local = moment.astimezone(zone_of(schedule))
    for hours in schedule.quiet_hours or ():
        start, end = quiet_range(hours)
        clock = local.time()
        if (start <= clock < end) if start < end else (clock >= start or clock < end):
            day = local.date() + timedelta(days=start > end and clock >= start)
            return wake(schedule, _at(day, end, zone_of(schedule), moment))
    return moment.astimezone(UTC)


def _at(day: date, clock: time, zone: ZoneInfo, after: datetime) -> datetime:
    """A wall-clock time in UTC; the second of two such moments if the first is past."""
    first, second = (datetime.combine(day, clock.replace(fold=fold), zone).astimezone(UTC) for fold in (0, 1))
    return first if first > after else max(second, after + _SECOND)


def is_quiet(schedule: Schedule, moment: datetime) -> bool:
    """Whether a moment lies in the quiet hours."""
    return wake(schedule, moment) > moment


def quiet_begins(schedule: Schedule, after: datetime) -> datetime | None:
    """When the next quiet hours begin."""
    zone = zone_of(schedule)
    today = after.astimezone(zone).date()
    starts = [quiet_range(hours)[0] for hours in schedule.quiet_hours or ()]
    found = [_at(today + timedelta(days=day), start, zone, _EPOCH) for day in (0, 1, 2) for start in starts]
    return min((moment for moment in found if moment > after), default=None)


def day_began(schedule: Schedule, moment: datetime) -> datetime:
    """The midnight, in the schedule's zone, that a moment's day began with."""
    zone = zone_of(schedule)
    return _at(moment.astimezone(zone).date(), time(0), zone, _EPOCH)
