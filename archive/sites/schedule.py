"""When a site is crawled: a crontab expression or an interval, and what holds it back."""

import re
from datetime import time
from difflib import get_close_matches
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from archive.sites.cron import check_cron
from archive.sites.site_values import Duration, Listed
from archive.sites.strict import Strict

_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


def _cron(value: str) -> str:
    check_cron(value)
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, OSError, ValueError):
        close = get_close_matches(value, available_timezones(), n=1)
        hint = f"; did you mean '{close[0]}'?" if close else ""
        raise ValueError(f"expected a time zone such as Europe/Berlin{hint}") from None
    return value


def _hours(value: Any) -> Any:
    if isinstance(value, str) and (not _HOURS.fullmatch(value) or value[:5] == value[6:]):
        raise ValueError("expected hours such as 22:00-06:00")
    return value


CronText = Annotated[str, AfterValidator(_cron)]
Zone = Annotated[str, AfterValidator(_zone)]
Hours = Annotated[str, BeforeValidator(_hours, json_schema_input_type=str)]


class Schedule(Strict):
    """When a site is crawled, and how much. What is not said here is taken from the collection's defaults."""

    cron: CronText | None = None
    """Minute, hour, day of the month, month and day of the week, as in a crontab: */30 * * * *."""
    every: Duration | None = None
    """The time from one run to the next: 30m, 6h, 1d. Sites are spread over it."""
    timezone: Zone | None = None
    """The time zone of 'cron', 'quiet_hours' and the day of 'limit_per_day', such as Europe/Berlin; without it, UTC."""
    quiet_hours: Annotated[tuple[Hours, ...], Listed] | None = None
    """Hours in which the site is left alone: 22:00-06:00. Runs that would begin then begin when they end."""
    jitter: Duration | None = None
    """The longest time that a run begins after its minute, the same for every run of a site."""
    priority: int | None = Field(default=None, ge=-100, le=100)
    """How many minutes a run goes ahead of others in the queue, where more are due than may go on at a time."""
    limit_per_run: int | None = Field(default=None, ge=1)
    """The most articles that one run captures."""
    limit_per_day: int | None = Field(default=None, ge=1)
    """The most articles that all runs of a day capture."""

    @model_validator(mode="after")
    def _has_one_rhythm(self) -> Self:
        if self.cron and self.every:
            raise ValueError("expected 'cron' or 'every', and not both")
        return self

    @model_validator(mode="after")
    def _is_awake_some_time(self) -> Self:
        ranges = [[clock.hour * 60 + clock.minute for clock in quiet_range(hours)] for hours in self.quiet_hours or ()]
        quiet = {minute % 1440 for start, end in ranges for minute in range(start, end + 1440 * (end < start))}
        if len(quiet) == 1440:
            raise ValueError("expected 'quiet_hours' that leave some of the day")
        return self

    @property
    def runs(self) -> bool:
        """Whether this says when."""
        return bool(self.cron or self.every)

    def over(self, base: "Schedule") -> "Schedule":
        """This schedule, with what it does not say from another one."""
        said = {**_said(base), **_said(self)}
        if self.cron or self.every:
            said |= {"cron": self.cron, "every": self.every}
        return Schedule(**said)


def _said(schedule: Schedule) -> dict[str, Any]:
    known = schedule.model_dump(include=set(Schedule.model_fields), exclude_none=True)
    return {name: value for name, value in known.items() if name in Schedule.model_fields}


def as_schedule(value: Any) -> Any:
    """`"*/30 * * * *"` and `6h` in short for what they mean."""
    if isinstance(value, str):
        return {"cron" if len(value.split()) > 1 else "every": value}
    return value


ScheduleValue = Annotated[Schedule, BeforeValidator(as_schedule, json_schema_input_type=str | Schedule)]


def quiet_range(hours: str) -> tuple[time, time]:
    """`22:00-06:00` as its beginning and its end, which may be earlier in the day."""
    match = _HOURS.fullmatch(hours)
    assert match is not None  # noqa: S101 - the model has checked it
    return time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4]))
