"""The times of a schedule, held against every minute of the days on which clocks are set."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from archive.operations.schedule_times import day_began, is_quiet, next_run, next_runs, quiet_begins
from archive.sites.cron import Cron, read_cron
from archive.sites.schedule import Schedule

MINUTE = timedelta(minutes=1)
#: From the evening before clocks are set to the morning of the second day, in UTC, by zone.
SPANS = {
    "Europe/Berlin": ["2026-03-28T20:00Z", "2026-10-24T20:00Z"],
    "America/New_York": ["2026-03-07T20:00Z", "2026-10-31T20:00Z"],
    "Australia/Lord_Howe": ["2026-10-03T08:00Z", "2026-04-04T08:00Z"],
    "UTC": ["2026-12-31T12:00Z"],
}


def holds(cron: Cron, clock: datetime) -> bool:
    """Whether cron would run at this wall-clock minute."""
    day, weekday = clock.day, clock.isoweekday() % 7
    months = cron.months is None or clock.month in cron.months
    hours = cron.hours is None or clock.hour in cron.hours
    minutes = cron.minutes is None or clock.minute in cron.minutes
    if cron.days and cron.weekdays:
        return months and hours and minutes and (day in cron.days or weekday in cron.weekdays)
    days = (cron.days is None or day in cron.days) and (cron.weekdays is None or weekday in cron.weekdays)
    return months and hours and minutes and days


def by_minute(cron: Cron, zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """Every minute at which the expression holds; named hours that come twice count once, and those that are left
    out count an hour later."""
    moment = start
    while moment < end:
        clock = moment.astimezone(zone)
        if holds(cron, clock) and not (cron.hours and clock.fold):
            yield moment
        before = (clock.replace(tzinfo=None) - timedelta(hours=1)).replace(tzinfo=zone)
        left_out = before.astimezone(UTC) == moment
        half = (clock.replace(tzinfo=None) - timedelta(minutes=30)).replace(tzinfo=zone)
        if cron.hours and (
            (left_out and holds(cron, before)) or (half.astimezone(UTC) == moment and holds(cron, half))
        ):
            yield moment
        moment += MINUTE


@pytest.mark.parametrize("zone", SPANS)
@pytest.mark.parametrize(
    "cron",
    [
        "*/30 * * * *",
        "30 2 * * *",
        "15 1,2,3 * * *",
        "0 0 1 * 1",
        "7 */6 * * mon-fri",
        "59 23 31 * *",
        "45 1 * * sun",
    ],
)
def test_runs_are_when_cron_says_also_when_clocks_are_set(cron: str, zone: str) -> None:
    schedule = Schedule(cron=cron, timezone=zone)
    for span in SPANS[zone]:
        start = datetime.fromisoformat(span)
        end = start + timedelta(hours=40)
        expected = sorted(set(by_minute(read_cron(cron), ZoneInfo(zone), start, end)))
        found = []
        moment = next_run(schedule, "a.example", start - MINUTE)
        while moment and moment < end:
            found.append(moment)
            moment = next_run(schedule, "a.example", moment)
        assert [time for time in found if time >= start] == expected


def test_an_interval_spreads_sites_and_keeps_each_in_its_place() -> None:
    start = datetime(2026, 11, 25, tzinfo=UTC)
    schedule = Schedule(every="6h")
    places = {next_run(schedule, f"site-{number}.example", start) for number in range(200)}
    assert len(places) > 190
    assert all(start < place <= start + timedelta(hours=6) for place in places if place)
    times = next_runs(schedule, "a.example", start, 5)
    assert {later - earlier for earlier, later in pairwise(times)} == {timedelta(hours=6)}
    assert next_run(schedule, "a.example", times[0] - timedelta(seconds=1)) == times[0]


def test_jitter_is_the_site_s_own_and_within_its_bounds() -> None:
    start = datetime(2026, 11, 25, tzinfo=UTC)
    schedule = Schedule(cron="0 * * * *", jitter="10m")
    delays = {}
    for number in range(50):
        times = next_runs(schedule, f"site-{number}.example", start, 3)
        delays[number] = {time.minute * 60 + time.second for time in times}
    assert all(len(each) == 1 and max(each) < 600 for each in delays.values())
    assert len({tuple(each) for each in delays.values()}) > 40


def test_quiet_hours_put_a_run_off_until_they_end() -> None:
    schedule = Schedule(cron="0 * * * *", timezone="Europe/Berlin", quiet_hours=("22:00-06:00", "06:00-06:15"))
    evening = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)  # 21:00 in Berlin
    first, second = next_runs(schedule, "a.example", evening, 2)
    assert first == datetime(2026, 11, 26, 5, 15, tzinfo=UTC)
    assert second == datetime(2026, 11, 26, 6, 0, tzinfo=UTC)
    assert is_quiet(schedule, evening + timedelta(hours=1))
    assert not is_quiet(schedule, evening)
    assert quiet_begins(schedule, evening) == evening + timedelta(hours=1)
    assert quiet_begins(Schedule(every="1h"), evening) is None


def test_quiet_hours_end_right_when_clocks_are_set() -> None:
    schedule = Schedule(every="30m", timezone="Europe/Berlin", quiet_hours=("01:00-02:30",))
    # 02:30 is left out that night: what was put off begins when the clocks would have shown it.
    assert next_run(schedule, "a.example", datetime(2026, 3, 29, 0, 5, tzinfo=UTC)) == datetime(
        2026, 3, 29, 1, 30, tzinfo=UTC
    )
    times = next_runs(schedule, "a.example", datetime(2026, 10, 24, 12, tzinfo=UTC), 60)
    assert all(not is_quiet(schedule, time) for time in times)
    assert times == sorted(set(times))


def test_a_day_begins_at_the_zone_s_midnight() -> None:
    schedule = Schedule(every="1h", timezone="America/New_York")
    assert day_began(schedule, datetime(2026, 11, 25, 3, tzinfo=UTC)) == datetime(2026, 11, 24, 5, tzinfo=UTC)


def test_without_a_rhythm_nothing_is_due() -> None:
    assert next_run(Schedule(priority=1), "a.example", datetime(2026, 11, 25, tzinfo=UTC)) is None
