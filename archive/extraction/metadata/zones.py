"""Named time zones to offsets, only where a name means one offset at that date.

CST, IST, BST, MST, AST and others name several zones and are left alone. The two-letter American names (ET)
follow daylight saving time; a name for standard time given on a summer's date is a slip, so it is left alone, and so is
one for summer time in winter.
"""

from datetime import date, timedelta

_FIXED = {
    "UTC": "+00:00", "GMT": "+00:00", "Z": "+00:00", "HST": "-10:00", "MSK": "+03:00", "МСК": "+03:00",
    "TRT": "+03:00", "SAST": "+02:00", "JST": "+09:00", "KST": "+09:00", "HKT": "+08:00", "SGT": "+08:00",
    "WIB": "+07:00", "WITA": "+08:00", "AEST": "+10:00", "AEDT": "+11:00", "NZST": "+12:00", "NZDT": "+13:00",
    "NPT": "+05:45", "PKT": "+05:00", "EAT": "+03:00",
}  # fmt: skip
_SUMMER = {"EDT": "-04:00", "CDT": "-05:00", "MDT": "-06:00", "PDT": "-07:00", "AKDT": "-08:00"}
_SUMMER_EUROPE = {"CEST": "+02:00", "MESZ": "+02:00", "EEST": "+03:00", "WEST": "+01:00"}
_STANDARD = {"EST": "-05:00", "PST": "-08:00", "AKST": "-09:00"}
_STANDARD_EUROPE = {"CET": "+01:00", "MEZ": "+01:00", "EET": "+02:00", "WET": "+00:00"}
_AMERICAN = {"ET": -5, "PT": -8, "EASTERN": -5, "PACIFIC": -8}

#: Every name that `offset` may know, for patterns.
NAMES = frozenset((*_FIXED, *_SUMMER, *_SUMMER_EUROPE, *_STANDARD, *_STANDARD_EUROPE, *_AMERICAN))


def offset(name: str, day: date) -> str | None:
    """The offset from UTC (`+HH:MM`) that a zone's name means on that day, or None if that is not sure."""
    name = name.upper()
    if name in _AMERICAN:
        return f"-{-_AMERICAN[name] - american_summer(day):02d}:00"
    america, europe = american_summer(day), european_summer(day)
    for names, holds in (
        (_FIXED, True),
        (_SUMMER, america),
        (_STANDARD, not america),
        (_SUMMER_EUROPE, europe),
        (_STANDARD_EUROPE, not europe),
    ):
        if name in names:
            return names[name] if holds else None
    return None


def american_summer(day: date) -> bool:
    """Whether the United States keep daylight saving time (Energy Policy Act of 2005; before 2007 from April)."""
    if day.year >= 2007:
        return _sunday(day.year, 3, 8) <= day < _sunday(day.year, 11, 1)
    return _sunday(day.year, 4, 1) <= day < _sunday(day.year, 10, 25)


def european_summer(day: date) -> bool:
    """Whether the European Union keeps summer time (directive 2000/84/EC)."""
    return _sunday(day.year, 3, 25) <= day < _sunday(day.year, 10, 25)


def _sunday(year: int, month: int, earliest: int) -> date:
    start = date(year, month, earliest)
    return start + timedelta(days=(6 - start.weekday()) % 7)
