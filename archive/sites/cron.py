"""Crontab expressions, read as Debian's cron reads them; a wrong one is refused with the field and what it may hold.

cronsim knows the syntax and computes the times (archive.operations.schedule_times). Its extensions, such as `L` and a
field of seconds, are refused: no other cron knows them.
"""

import re
from datetime import UTC, datetime

from cronsim import CronSim, CronSimError

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


def check_cron(text: str) -> None:
    """Raises ValueError that says which field of an expression is wrong and what it may hold."""
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
