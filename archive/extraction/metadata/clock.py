"""Times of day and time zones beside a date, in many languages' ways of writing them.

A zone's name becomes an offset only where it means one offset at that date. CST, IST, BST, MST, AST and others name
several zones and are left alone. The two-letter American names (ET) follow daylight saving time; a name for standard
time given on a summer's date is a slip, so it is left alone, and so is one for summer time in winter.
"""

import re
from datetime import date, timedelta
from functools import cache

from archive.extraction.metadata.word_lists import alternation, words

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

#: Every name of a zone that may be known, for patterns.
ZONES = frozenset((*_FIXED, *_SUMMER, *_SUMMER_EUROPE, *_STANDARD, *_STANDARD_EUROPE, *_AMERICAN))


def clock_text(hour: int, minute: int, second: int, fraction: str | None = None) -> str | None:
    """`HH:MM:SS`, with the fraction if it says anything, or None if this is no time of day."""
    if hour > 23 or minute > 59 or second > 59:
        return None
    digits = (fraction or "")[1:7].rstrip("0")
    return f"{hour:02d}:{minute:02d}:{second:02d}" + (
        f".{digits.ljust(3 if len(digits) < 4 else 6, '0')}" if digits else ""
    )


def offset_text(raw: str) -> str:
    """`+HH:MM` for Z, +0200, UTC+2 and their like; an empty text for what is no offset."""
    raw = re.sub(r"^(?:UTC|GMT)\s?(?=[+-])", "", raw, flags=re.I)
    raw = raw[0] + "0" + raw[1:] if re.fullmatch(r"[+-]\d(?::\d\d)?", raw) else raw
    if raw in ("Z", "z"):
        return "+00:00"
    digits = raw[1:].replace(":", "").ljust(4, "0")
    sign = "+" if digits == "0000" else raw[0]
    return f"{sign}{digits[:2]}:{digits[2:]}" if int(digits[:2]) < 15 and int(digits[2:]) < 60 else ""


@cache
def _time_pattern() -> re.Pattern[str]:
    am, pm = _half_words("am"), _half_words("pm")
    return re.compile(
        rf"(?:(?P<am1>{am})|(?P<pm1>{pm}))?\s*(?<![\d:./-])(?P<h>\d\d?)"
        r"(?:\s*(?:[:hH時点點时시]|(?P<dot>\.))\s*(?P<mi>\d\d)(?!\d|\.\d)(?:[:.分분]\s*(?P<se>\d\d)(?!\d))?|(?P<bare>))"
        rf"\s*[분分]?(?:\s*(?:(?P<am2>{am})|(?P<pm2>{pm}))(?!\w))?",
        re.I,
    )


def _half_words(key: str) -> str:
    """Words for a half of the day; unlike others they may stand right behind digits: 8:57pm."""
    ordered = sorted(words(key), key=lambda word: (-len(word), word))
    return r"(?<![^\W\d_])(?:" + "|".join(map(re.escape, ordered)) + ")"


@cache
def _label_pattern() -> re.Pattern[str]:
    return re.compile(alternation(words("updated") | words("published")), re.I)


def time_near(text: str, start: int, end: int) -> tuple[str | None, int, int]:
    """The time of day beside a date: inside it (RFC 2822 variants), behind it, or else before it."""
    # The time behind the next "updated" is another one's.
    label = _label_pattern().search(text, end, end + 32)
    behind = label.start() if label else min(len(text), end + 32)
    for low, high in ((start, end), (end, behind), (max(0, start - 28), start)):
        for match in _time_pattern().finditer(text, low, high):
            clock = _match_clock(match, text)
            if clock:
                return clock, min(start, match.start()), max(end, match.end())
    return None, start, end


def _match_clock(match: re.Match[str], text: str) -> str | None:
    half = bool(match["am1"] or match["am2"] or match["pm1"] or match["pm2"])
    hour = int(match["h"])
    if match["mi"] is None and not half:
        return None
    if match["dot"] and not half and not _is_dotted_time(match, text):
        return None
    if match["pm1"] or match["pm2"]:
        hour = hour + 12 if hour < 12 else hour
    elif half and hour == 12:
        hour = 0
    return clock_text(hour, int(match["mi"] or 0), int(match["se"] or 0))


def _is_dotted_time(match: re.Match[str], text: str) -> bool:
    """8.30 is a time behind kl., klo or at, or before Uhr or a zone's name; else it may be a date or a number."""
    before, after = text[: match.start("h")].rstrip(" "), text[match.end() :].lstrip()
    return bool(re.search(r"(?:kl\.?|klo|at|alle|ore|um|,|[-–|])$", before, re.I)) or bool(_dotted_end().match(after))


@cache
def _zone_pattern() -> re.Pattern[str]:
    names = "|".join(sorted(ZONES - {"Z"}, key=lambda name: (-len(name), name)))
    return re.compile(
        rf"\s*+\(?\s*+(?:(?:Uhr|uhr|hrs?|h|Time|time)\s*+)?\(?(?:(?P<o>(?:UTC|GMT)\s?[+-]\d\d?(?::?\d\d)?|[+-]\d\d:?\d\d)(?![\d-])|(?P<n>{names})(?![\w+-]))"
    )


@cache
def _dotted_end() -> re.Pattern[str]:
    return re.compile(rf"[Uu]hr|(?:{'|'.join(sorted(ZONES - {'Z'}))})(?!\w)")


def zone_near(text: str, end: int, day: date) -> tuple[str, int]:
    """The offset that stands by a date and time ending at `end`, empty if none is sure, and where it ends."""
    # The time may stand before the date or inside it, so its zone may too.
    for match in _zone_pattern().finditer(text, max(0, end - 40), end + 24):
        if match["n"]:
            zone = _offset(match["n"], day)
            return (zone, max(end, match.end())) if zone else ("", end)
        if match.start() >= end - 6:
            return offset_text(match["o"]), max(end, match.end())
    return "", end


def _offset(name: str, day: date) -> str | None:
    """The offset from UTC (`+HH:MM`) that a zone's name means on that day, or None if that is not sure."""
    name = name.upper()
    if name in _AMERICAN:
        return f"-{-_AMERICAN[name] - _american_summer(day):02d}:00"
    america, europe = _american_summer(day), _european_summer(day)
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


def _american_summer(day: date) -> bool:
    """Whether the United States keep daylight saving time (Energy Policy Act of 2005; before 2007 from April)."""
    if day.year >= 2007:
        return _sunday(day.year, 3, 8) <= day < _sunday(day.year, 11, 1)
    return _sunday(day.year, 4, 1) <= day < _sunday(day.year, 10, 25)


def _european_summer(day: date) -> bool:
    """Whether the European Union keeps summer time (directive 2000/84/EC)."""
    return _sunday(day.year, 3, 25) <= day < _sunday(day.year, 10, 25)


def _sunday(year: int, month: int, earliest: int) -> date:
    start = date(year, month, earliest)
    return start + timedelta(days=(6 - start.weekday()) % 7)
