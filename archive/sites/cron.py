"""Crontab expressions, read as cron reads them, so that a wrong one is refused with the field and what it may hold.

APScheduler computes the times (archive.operations.schedule_times). It counts weekdays from Monday and wants both a day
of the month and a day of the week to hold; cron (POSIX.1-2017, crontab) counts from Sunday and is content with either.
"""

import re
from dataclasses import dataclass

_MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_WEEKDAYS = {name: number for number, name in enumerate("sun mon tue wed thu fri sat".split())}
_PART = re.compile(r"(?:\*|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>[1-9]\d*))?")
_EXPECTED = "expected five fields: minute, hour, day of the month, month, day of the week, such as */30 * * * *"
_LONGEST_MONTH = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}


@dataclass(frozen=True, slots=True)
class Field:
    """One of the five: what it is called and which numbers it may hold."""

    name: str
    lowest: int
    highest: int
    words: dict[str, int]


_FIELDS = (
    Field("minute", 0, 59, {}),
    Field("hour", 0, 23, {}),
    Field("day of the month", 1, 31, {}),
    Field("month", 1, 12, _MONTHS),
    Field("day of the week", 0, 7, _WEEKDAYS),
)


@dataclass(frozen=True, slots=True)
class Cron:
    """The numbers of each field, sorted; None for one that holds always. Weekdays are 0 (Sunday) to 6."""

    minutes: tuple[int, ...] | None
    hours: tuple[int, ...] | None
    days: tuple[int, ...] | None
    months: tuple[int, ...] | None
    weekdays: tuple[int, ...] | None


def read_cron(text: str) -> Cron:
    """Read an expression. Raises ValueError that says which field is wrong and what it may hold."""
    written = text.split()
    if len(written) != len(_FIELDS):
        raise ValueError(_EXPECTED)
    minutes, hours, days, months, weekdays = map(_numbers, written, _FIELDS)
    if weekdays:
        weekdays = tuple(sorted({number % 7 for number in weekdays}))
    if days and months and not weekdays and not any(days[0] <= _LONGEST_MONTH.get(month, 31) for month in months):
        raise ValueError("expected a day that the month has")
    return Cron(minutes, hours, days, months, weekdays)


def _numbers(text: str, field: Field) -> tuple[int, ...] | None:
    if text == "*":
        return None
    return tuple(sorted({number for part in text.split(",") for number in _range(part, field)}))


def _range(part: str, field: Field) -> range:
    match = _PART.fullmatch(part)
    if match is None:
        raise _wrong(part, field)
    if match["first"] is None:
        first, last = field.lowest, field.highest - (field.words is _WEEKDAYS)
    else:
        first = _number(match["first"], field)
        last = _number(match["last"], field) if match["last"] else field.highest if match["step"] else first
    if last < first:
        raise _wrong(part, field)
    return range(first, last + 1, int(match["step"] or 1))


def _number(word: str, field: Field) -> int:
    number = field.words.get(word.lower(), int(word) if word.isdecimal() else -1)
    if not field.lowest <= number <= field.highest:
        raise _wrong(word, field)
    return number


def _wrong(part: str, field: Field) -> ValueError:
    words = f" or {', '.join(field.words)}" if field.words else ""
    return ValueError(f"expected {field.name} {field.lowest} to {field.highest}{words}; '{part}' is none")
