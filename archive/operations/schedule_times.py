"""The times of a schedule, as pure functions: the same schedule, site and moment give the same times on any machine.

APScheduler's triggers know crontab fields, intervals and the zones' summer times; quiet hours and the spread of sites
over an interval are added here. All results are in UTC, on whole seconds.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from hashlib import sha256
from itertools import islice, takewhile
from typing import Any
from zoneinfo import ZoneInfo

from archive.sites.cron import Cron, read_cron
from archive.sites.schedule import Schedule, quiet_range
from archive.sites.values import seconds_of

_SECOND = timedelta(seconds=1)
#: Clocks are set by less than this; only so near to it can the order of wall-clock times be another one.
_NEAR = timedelta(hours=4)
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
    start = after.replace(microsecond=0) + _SECOND
    if schedule.every:
        found = _interval(seconds_of(schedule.every), site).get_next_fire_time(None, start)
        return datetime.fromtimestamp(round(found.timestamp()), UTC)
    if schedule.cron is None:
        return None
    found = [_moment(table, zone_of(schedule), start) for table in _tables(schedule.cron)]
    return min((moment for moment in found if moment), default=None)


@lru_cache(maxsize=4096)
def _interval(seconds: int, site: str) -> Any:
    from apscheduler.triggers.interval import IntervalTrigger  # noqa: PLC0415 - of the extra [schedule]

    return IntervalTrigger(seconds=seconds, start_date=_EPOCH + _spread(site, seconds), timezone=UTC)


@dataclass(frozen=True, slots=True)
class _Table:
    """The wall-clock times of a crontab expression, as if they were UTC. APScheduler's CronTrigger in a zone of its
    own leaves out midnights after the days on which summer time begins, so that the zone is applied here."""

    trigger: Any
    names_hours: bool

    def walls(self, start: datetime) -> Iterator[datetime]:
        """The times from then on."""
        while found := self.trigger.get_next_fire_time(None, start):
            yield found
            start = found + _SECOND

    def moments(self, wall: datetime, zone: ZoneInfo) -> list[datetime]:
        """When a wall clock shows this time. An hour that comes twice counts once if the expression names hours; one
        that summer time leaves out counts an hour later."""
        folds = (0,) if self.names_hours else (0, 1)
        return [wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in folds]


@lru_cache(maxsize=4096)
def _tables(text: str) -> list[_Table]:
    """Tables that together mean what cron means: it is content with either the day of the month or that of the week
    where both are named."""
    cron = read_cron(text)
    days = [(cron.days, None), (None, cron.weekdays)] if cron.days and cron.weekdays else [(cron.days, cron.weekdays)]
    return [_Table(_trigger(cron, *pair), cron.hours is not None) for pair in days]


def _trigger(cron: Cron, days: tuple[int, ...] | None, weekdays: tuple[int, ...] | None) -> Any:
    from apscheduler.triggers.cron import CronTrigger  # noqa: PLC0415 - of the extra [schedule]

    from_monday = tuple(sorted((day - 1) % 7 for day in weekdays)) if weekdays else None
    return CronTrigger(
        minute=_field(cron.minutes),
        hour=_field(cron.hours),
        day=_field(days),
        month=_field(cron.months),
        day_of_week=_field(from_monday),
        second=0,
        timezone=UTC,
    )


def _field(numbers: tuple[int, ...] | None) -> str:
    return "*" if numbers is None else ",".join(map(str, numbers))


def _moment(table: _Table, zone: ZoneInfo, start: datetime) -> datetime | None:
    """The first moment from `start` on."""
    wall = start.astimezone(zone).replace(tzinfo=UTC, fold=0)
    if (start - _NEAR).astimezone(zone).utcoffset() != (start + _NEAR).astimezone(zone).utcoffset():
        around = takewhile(lambda found: found < wall + 2 * _NEAR, table.walls(wall - _NEAR))
        moments = [moment for found in around for moment in table.moments(found, zone) if moment >= start]
        if moments:
            return min(moments)
        wall += 2 * _NEAR
    found = next(table.walls(wall), None)
    return table.moments(found, zone)[0] if found else None


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
