"""The times of a schedule, held against every minute of the days on which clocks are set."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise, product
from zoneinfo import ZoneInfo

import pytest

from archive.operations.schedule_times import day_began, is_quiet, next_run, next_runs, quiet_begins
from archive.sites.schedule import Schedule

MINUTE = timedelta(minutes=1)
#: From the evening before clocks are set to the morning of the second day, in UTC, by zone.
SPANS = {
    "Europe/Berlin": ["2026-03-28T20:00Z", "2026-10-24T20:00Z"],
    "America/New_York": ["2026-03-07T20:00Z", "2026-10-31T20:00Z"],
    "Australia/Lord_Howe": ["2026-10-03T08:00Z", "2026-04-04T08:00Z"],
    "UTC": ["2026-12-31T12:00Z"],
}


#: What an expression holds, read by eye: minutes, hours, days, weekdays from Sunday, and whether either day will do.
EXPRESSIONS: dict[str, tuple[Collection[int], Collection[int], Collection[int], Collection[int], bool]] = {
    "*/30 * * * *": ((0, 30), range(24), range(1, 32), range(7), False),
    "30 2 * * *": ((30,), (2,), range(1, 32), range(7), False),
    "15 1,2,3 * * *": ((15,), (1, 2, 3), range(1, 32), range(7), False),
    "0 0 1 * 1": ((0,), (0,), (1,), (1,), True),
    "0 0 */2 * 0": ((0,), (0,), range(1, 32, 2), (0,), False),
    "7 */6 * * mon-fri": ((7,), (0, 6, 12, 18), range(1, 32), range(1, 6), False),
    "*/20 2 * * *": ((0, 20, 40), (2,), range(1, 32), range(7), False),
    "59 23 31 * *": ((59,), (23,), (31,), range(7), False),
    "45 1 * * sun": ((45,), (1,), range(1, 32), (0,), False),
}


def holds(cron: str, clock: datetime) -> bool:
    """Whether cron would run at this wall-clock minute."""
    minutes, hours, days, weekdays, either = EXPRESSIONS[cron]
    day, weekday = clock.day in days, clock.isoweekday() % 7 in weekdays
    return clock.minute in minutes and clock.hour in hours and (day or weekday if either else day and weekday)


def by_minute(cron: str, zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """Every minute at which the expression holds. Where minutes and hours are named, what comes twice counts once, and
    what is left out counts when the clocks have been set, as with Debian's cron."""
    named = not any(field.startswith("*") for field in cron.split()[:2])
    moment = start
    while moment < end:
        clock = moment.astimezone(zone)
        if holds(cron, clock) and not (named and clock.fold):
            yield moment
        gap = clock.replace(tzinfo=None) - (moment - MINUTE).astimezone(zone).replace(tzinfo=None) - MINUTE
        left_out = (clock - number * MINUTE for number in range(1, gap // MINUTE + 1))
        if named and any(holds(cron, minute) for minute in left_out):
            yield moment
        moment += MINUTE


#: cronsim steps by whole hours where minutes are open, and misses some when clocks are set by half an hour.
KNOWN = {("*/20 2 * * *", "Australia/Lord_Howe")}


@pytest.mark.parametrize(("cron", "zone"), sorted(set(product(EXPRESSIONS, SPANS)) - KNOWN))
def test_runs_are_when_cron_says_also_when_clocks_are_set(cron: str, zone: str) -> None:
    schedule = Schedule(cron=cron, timezone=zone)
    for span in SPANS[zone]:
        start = datetime.fromisoformat(span)
        end = start + timedelta(hours=40)
        expected = sorted(set(by_minute(cron, ZoneInfo(zone), start, end)))
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
