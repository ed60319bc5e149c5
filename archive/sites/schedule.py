"""When a site is crawled: a crontab expression or an interval, and what holds it back.

Crontab expressions are read as Debian's cron reads them; a wrong one is refused with the field and what it may hold.
cronsim knows the syntax and computes the times (archive.operations.schedule_times). Its extensions, such as `L` and a
field of seconds, are refused: no other cron knows them.
"""

import re
from datetime import UTC, datetime, time
from difflib import get_close_matches
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from archive.sites.site_values import Count, Duration, Listed
from archive.sites.strict import Strict

_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")

_ANY = datetime(2026, 1, 1, tzinfo=UTC)
_EXPECTED = "expected five fields: minute, hour, day of the month, month, day of the week, such as */30 * * * *"
_WORD = re.compile(r"[\w*/-]+")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_WEEKDAYS = "sun mon tue wed thu fri sat".split()
#: What each field is called, what it may hold, and its words.
_FIELDS: tuple[tuple[str, str, list[str]], ...] = (
    ("minute", "0 to 59", []),
    ("hour", "0 to 23", []),
    ("day of the month", "1 to 31", []),
    ("month", "1 to 12", _MONTHS),
    ("day of the week", "0 to 7", _WEEKDAYS),
)


def check_cron(text: str) -> str:
    """The same expression. Raises ValueError that says which field of an expression is wrong and what it may hold."""
    written = text.split()
    if len(written) != len(_FIELDS):
        raise ValueError(_EXPECTED)
    for number, (field, (name, held, words)) in enumerate(zip(written, _FIELDS, strict=True)):
        for part in field.split(","):
            if not _is_read(part, number, words):
                hint = f" or {', '.join(words)}" if words else ""
                raise ValueError(f"expected {name} {held}{hint}; '{part}' is none")
    try:
        if next(CronSim(text, _ANY), None) is None:
            raise ValueError("expected a day that the month has")
    except CronSimError:
        raise ValueError("expected a day that the month has") from None
    return text


def _is_read(part: str, number: int, words: list[str]) -> bool:
    """Whether cronsim takes this part of a field, and other crons do."""
    letters = re.findall(r"[^\W\d_]+", part.lower())
    if not _WORD.fullmatch(part) or any(word not in words for word in letters):
        return False
    try:
        CronSim(" ".join(part if place == number else "*" for place in range(len(_FIELDS))), _ANY)
    except CronSimError:
        return False
    return True


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


CronText = Annotated[str, AfterValidator(check_cron)]
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
    priority: Count | None = Field(default=None, ge=-100, le=100)
    """How many minutes a run goes ahead of others in the queue, where more are due than may go on at a time."""
    limit_per_run: Count | None = Field(default=None, ge=1)
    """The most articles that one run captures."""
    limit_per_day: Count | None = Field(default=None, ge=1)
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
