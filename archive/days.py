"""Days as people write them: a day, or a month or year, which stand for their first or last day."""

import re
from calendar import monthrange
from datetime import date

_DAY = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")


def first_day(text: str) -> date:
    """The day that a text names, or the first of its month or year. Raises ValueError, in a sentence."""
    match = _DAY.fullmatch(text.strip())
    try:
        year, month, day = (int(part or 1) for part in match.groups()) if match else (0, 0, 0)
        return date(year, month, day)
    except ValueError as error:
        said = f"{text!r} is no day: expected a day (2026-11-18), a month (2026-11) or a year (2026)"
        raise ValueError(said) from error


def last_day(text: str) -> date:
    """The day that a text names, or the last of its month or year. Raises ValueError, in a sentence."""
    first = first_day(text)
    dashes = text.count("-")
    month = first.month if dashes else 12
    return first if dashes == 2 else first.replace(month=month, day=monthrange(first.year, month)[1])
