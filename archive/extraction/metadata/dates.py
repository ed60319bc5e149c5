"""Dates as pages write them to ISO 8601, with the source's own offset and never an invented one.

A date without a time stays a date, a time without an offset stays without. A zone's name becomes an offset only where
it means one offset at that date: IST, BST, AST and others name several zones and are left alone, and so are CST and MST
but where a date has the form of America alone, `March 5, 2019 4:15 PM CST`. The two-letter American names (ET) follow
daylight saving time; a name for standard time given on a summer's date is a slip, so it is left alone, and so is one
for summer time in winter. `dateparser` reads more forms, but its first use costs two seconds of a process, and it fills
in what a text does not say.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from archive.extraction.metadata.date_patterns import another, named_day_of, time_of_day
from archive.extraction.metadata.word_lists import base, months

#: Earlier dates are templates' defaults (1970) or what the story is about: the Web began in 1991.
_EARLIEST, _LATEST = 1990, 2100
#: Characters of a text that are read.
_LIMIT = 400
_ISO = re.compile(
    r"(?<![\d.])(?P<y>(?:19|20)\d\d)(?P<s>[-/.]?)(?P<m>\d\d?)(?P=s)(?P<d>\d\d?)(?![\d/-])"
    r"(?:(?:[T_,]?\s*|\s*[-–|]\s*)(?P<time>\d\d?:\d\d(?::\d\d)?|(?<=T)\d{4}(?:\d\d)?)(?P<f>[.,]\d{1,9})?"
    r"\s*(?P<o>Z(?![a-z])|(?:UTC|GMT)?[+-]\d\d(?::?\d\d)?(?!\d))?)?",
    re.I,
)
#: A year, and a word beside it: worth the search for months in sixty languages.
_MAY_BE_NAMED = re.compile(r"(?=.*(?:19|20|25)\d\d)(?=.*[^\W\d_])", re.S)
_EPOCH = re.compile(r"\d{9,10}(?:\d{3})?(?:\.\d+)?")
_CJK = re.compile(
    r"(?P<era>令和|平成|民國|民国)?\s*+(?P<y>\d{1,4}|元)\s*+[年년]\s*+(?P<m>\d\d?)\s*+[月월]\s*+(?P<d>\d\d?)\s*+[日号號일]"
)
_KOREAN = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)\.\s*(?P<m>\d\d?)\.\s*(?P<d>\d\d?)(?!\d)")
_NUMERIC = re.compile(
    r"(?<![\d./-])(?<!\d:)(?P<a>\d\d?)(?P<s>[./-]|\.\s)(?P<b>\d\d?)(?P=s)\s?(?P<y>(?:19|20|25)?\d\d)(?![\d:])"
)
#: Where dates begin with the year, one of two digits does too.
_YEAR_FIRST = frozenset(("zh", "ja", "ko"))
_SHORT_YEAR = re.compile(r"(?<![\d./-])(?<!\d:)(?P<y>\d\d)(?P<s>[./-]|\.\s)(?P<m>\d\d?)(?P=s)\s?(?P<d>\d\d?)(?![\d:])")
_VIETNAMESE = re.compile(r"(?P<d>\d\d?)\s+tháng\s+(?P<m>\d\d?)[,\s]+(?:năm\s+)?(?P<y>\d{4})", re.I)
_DIGITS = {
    ord(zero) + value: str(value) for zero in "٠۰०০๐０" for value in range(10)
} | str.maketrans("：／．－", ":/.-")  # fmt: skip
#: Languages that write the month first.
_MONTH_FIRST = frozenset(("en", "en-us", "en-ph", "es-us", "fil"))
_ERAS = {"令和": 2018, "平成": 1988, "民國": 1911, "民国": 1911}
_FIXED = {
    "UTC": "+00:00", "GMT": "+00:00", "Z": "+00:00", "HST": "-10:00", "MSK": "+03:00", "МСК": "+03:00",
    "TRT": "+03:00", "SAST": "+02:00", "JST": "+09:00", "KST": "+09:00", "HKT": "+08:00", "SGT": "+08:00",
    "WIB": "+07:00", "WITA": "+08:00", "AEST": "+10:00", "AEDT": "+11:00", "NZST": "+12:00", "NZDT": "+13:00",
    "NPT": "+05:45", "PKT": "+05:00", "EAT": "+03:00",
}  # fmt: skip
#: What names mean in summer, and in winter.
_AMERICA = (
    {"EDT": "-04:00", "CDT": "-05:00", "MDT": "-06:00", "PDT": "-07:00", "AKDT": "-08:00", "ET": "-04:00",
     "EASTERN": "-04:00", "PT": "-07:00", "PACIFIC": "-07:00"},
    {"EST": "-05:00", "PST": "-08:00", "AKST": "-09:00", "ET": "-05:00", "EASTERN": "-05:00", "PT": "-08:00",
     "PACIFIC": "-08:00"},
)  # fmt: skip
_EUROPE = (
    {"CEST": "+02:00", "MESZ": "+02:00", "EEST": "+03:00", "WEST": "+01:00"},
    {"CET": "+01:00", "MEZ": "+01:00", "EET": "+02:00", "WET": "+00:00"},
)
#: Every name of a zone that may be known, for patterns.
ZONES = frozenset(_FIXED).union(*_AMERICA, *_EUROPE)
_ZONE_NAMES = "|".join(sorted(ZONES - {"Z"}, key=lambda name: (-len(name), name)))
_ZONE = re.compile(
    r"\s*+\(?\s*+(?:(?:Uhr|uhr|hrs?|h|Time|time)\s*+)?\(?(?:(?P<o>(?:UTC|GMT)\s?[+-]\d\d?(?::?\d\d)?|[+-]\d\d:?\d\d)"
    rf"(?![\d-])|(?P<n>{_ZONE_NAMES})(?![\w+-]))"
)
#: The names that mean these offsets, in winter, in the form of date and time in which America alone writes them.
_CENTRAL = {"CST": "-06:00", "MST": "-07:00"}
_AMERICAN = re.compile(
    r"(?:Jan|Feb|Mar|Nov|Dec)[a-z]{0,6}\.?\s\d\d?,?\s\d{4}(?:,|\sat|\s\|)?\s\d\d?(?::\d\d)?\s?[ap]\.?m\.?\s"
    rf"(?P<n>{'|'.join(_CENTRAL)})(?!\w)",
    re.I,
)
#: What makes 8.30 a time and not a date or a number: what stands before it, and behind it.
_BEFORE_DOTTED = re.compile(r"(?:kl\.?|klo|at|alle|ore|um|,|[-–|])$", re.I)
_DOTTED_END = re.compile(rf"[Uu]hr|(?:{_ZONE_NAMES})(?!\w)")


class Stamp(NamedTuple):
    """A date found in a text: its ISO 8601 form and where it stands there."""

    iso: str
    start: int
    end: int


def parse_date(text: str, *, language: str | None = None, latest: datetime | None = None) -> str | None:
    """The first date in a text as ISO 8601, or None where there is none or it could mean two days.

    `language` is a BCP 47 tag: it says whether 3/4/2024 is in March or April, and which month a name means.
    Dates before 1990 and after `latest` (an aware time; the capture and two days) are refused.
    """
    # What JSON-LD and meta tags nearly always hold.
    if match := _ISO.fullmatch(text.strip()):
        stamp = _stamp(match, match.string, int(match["m"]), int(match["d"]))
        return stamp.iso if stamp and possible(stamp.iso, latest) else None
    stamp = next(find_dates(unicodedata.normalize("NFC", text), language=language, latest=latest), None)
    return stamp.iso if stamp else None


def find_dates(text: str, *, language: str | None = None, latest: datetime | None = None) -> Iterator[Stamp]:
    """All dates in the first 400 characters of a text, in their order."""
    text = text[:_LIMIT].translate(_DIGITS)
    if _EPOCH.fullmatch(text.strip()):
        # Seconds or milliseconds since 1970, which are UTC by definition.
        number = float(text)
        seconds = int(number / 1000 if number > 1e11 else number)
        found = [Stamp(datetime.fromtimestamp(seconds, UTC).isoformat(), 0, len(text))]
    else:
        read = (_stamp(match, text, month, day) for match, month, day in _dated(text, language or ""))
        found = sorted(filter(None, read), key=lambda stamp: (stamp.start, -stamp.end))
    end = 0
    for stamp in found:
        if stamp.start >= end and possible(stamp.iso, latest):
            yield stamp
            end = stamp.end


def possible(iso: str, latest: datetime | None = None) -> bool:
    """Whether a page may carry this date: the year from 1990, and not after `latest`."""
    if latest is None or not _EARLIEST <= int(iso[:4]) < _LATEST:
        return _EARLIEST <= int(iso[:4]) < _LATEST
    moment = datetime.fromisoformat(iso)
    # What lacks an offset is taken as UTC, for this alone.
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) <= latest


def _dated(text: str, language: str) -> Iterator[tuple[re.Match[str], int, int]]:
    """What has the form of a date in a text, with its month and day."""
    short = (_SHORT_YEAR,) if base(language) in _YEAR_FIRST else ()
    for pattern in (_ISO, _CJK, _KOREAN, _VIETNAMESE, *short):
        for match in pattern.finditer(text):
            yield match, int(match["m"]), int(match["d"])
    for match in _NUMERIC.finditer(text):
        if order := _month_and_day(match, language):
            yield match, *order
    if not _MAY_BE_NAMED.search(text):
        return
    lowered = text.lower() if len(text.lower()) == len(text) else text
    for code in dict.fromkeys((base(language), None)):
        found, names = False, months(code)
        for match in named_day_of(code)(lowered).finditer(lowered):
            if month := names.get(" ".join((match["m1"] or match["m2"] or match["m3"]).split())):
                found = True
                yield match, month, int(match["d1"] or match["d2"] or match["d3"] or match["d4"])
        if found:
            return


def _month_and_day(match: re.Match[str], language: str) -> tuple[int, int] | None:
    """Those of a numeric date, or None where both orders are possible and nothing decides."""
    first, second = int(match["a"]), int(match["b"])
    tag, is_dotted = language.replace("_", "-").lower(), match["s"].startswith(".")
    # Canadian English uses both orders; without a language nothing is sure.
    if not (first == second or max(first, second) > 12 or is_dotted or tag not in ("", "en-ca")):
        return None
    is_month_first = first <= 12 and (second > 12 or (tag in _MONTH_FIRST and not is_dotted))
    return (first, second) if is_month_first else (second, first)


def _stamp(match: re.Match[str], text: str, month: int, day: int) -> Stamp | None:
    """A date with the time and the offset in it or beside it; None for one that the calendar has not."""
    if match.re is _ISO and not match["s"] and len(match["m"] + match["d"]) != 4:
        return None
    try:
        found = date(_year(match), month, day)
    except ValueError:
        return None
    start, end = match.span()
    clock = _iso_clock(match) if match.re is _ISO and match["time"] else None
    if clock and match["o"] and match["s"] not in ("/", "."):
        return Stamp(f"{found}T{clock}{_offset_text(match['o'])}", start, end)
    if clock is None:
        clock, start, end = _time_near(text, start, end)
    zone, end = _zone_near(text, end, found) if clock else ("", end)
    return Stamp(f"{found}T{clock}{zone}" if clock else str(found), start, end)


def _year(match: re.Match[str]) -> int:
    groups = match.groupdict()
    raw = next(groups[key] for key in ("y", "y1", "y2", "y3") if groups.get(key))
    number = 1 if raw == "元" else int(raw)
    if era := groups.get("era"):
        return number + _ERAS[era]
    if len(raw) == 2:
        return number + (2000 if number < 80 else 1900)
    return number - 543 if number > 2400 else number


def _iso_clock(match: re.Match[str]) -> str | None:
    """`HH:MM:SS`, with the fraction if it says anything, or None if this is no time of day."""
    digits = match["time"].replace(":", "")
    digits = digits.zfill(len(digits) + len(digits) % 2)
    hour, minute, second = int(digits[:2]), int(digits[2:4]), int(digits[4:6] or 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    fraction = (match["f"] or "")[1:7].rstrip("0")
    fraction = f".{fraction.ljust(3 if len(fraction) < 4 else 6, '0')}" if fraction else ""
    return f"{hour:02d}:{minute:02d}:{second:02d}{fraction}"


def _offset_text(raw: str) -> str:
    """`+HH:MM` for Z, +0200, UTC+2 and their like; an empty text for what is no offset."""
    raw = re.sub(r"^(?:UTC|GMT)\s?(?=[+-])", "", raw, flags=re.I)
    raw = raw[0] + "0" + raw[1:] if re.fullmatch(r"[+-]\d(?::\d\d)?", raw) else raw
    if raw in ("Z", "z"):
        return "+00:00"
    digits = raw[1:].replace(":", "").ljust(4, "0")
    sign = "+" if digits == "0000" else raw[0]
    return f"{sign}{digits[:2]}:{digits[2:]}" if int(digits[:2]) < 15 and int(digits[2:]) < 60 else ""


def _time_near(text: str, start: int, end: int) -> tuple[str | None, int, int]:
    """The time of day beside a date: inside it (RFC 2822 variants), behind it, or else before it."""
    words = another(text)
    label = words.search(text, end, end + 32)
    behind = label.start() if label else min(len(text), end + 32)
    # A time before a date's own word is another one's.
    before = max(0, start - 28)
    before = max((before, *(word.end() for word in words.finditer(text, before, start))))
    for low, high in ((start, end), (end, behind), (before, start)):
        for match in time_of_day().finditer(text, low, high):
            if clock := _clock(match, text):
                return clock, min(start, match.start()), max(end, match.end())
    return None, start, end


def _clock(match: re.Match[str], text: str) -> str | None:
    """A time of day; a bare 8 is none."""
    is_pm = bool(match["pm1"] or match["pm2"])
    is_half = is_pm or bool(match["am1"] or match["am2"])
    if match["dot"] and not is_half:
        before, after = text[: match.start("h")].rstrip(" "), text[match.end() :].lstrip()
        if not (_BEFORE_DOTTED.search(before) or _DOTTED_END.match(after)):
            return None
    if match["mi"] is None and not is_half:
        return None
    hour = int(match["h"])
    hour = hour % 12 + 12 * is_pm if is_half and hour <= 12 else hour
    minute, second = int(match["mi"] or 0), int(match["se"] or 0)
    return f"{hour:02d}:{minute:02d}:{second:02d}" if hour < 24 and minute < 60 and second < 60 else None


def _zone_near(text: str, end: int, day: date) -> tuple[str, int]:
    """The offset that stands by a date and time ending at `end`, empty if none is sure, and where it ends."""
    # The time may stand before the date or inside it, so its zone may too.
    for match in _ZONE.finditer(text, max(0, end - 40), end + 24):
        if match["n"]:
            zone = _offset(match["n"].upper(), day)
            return (zone, max(end, match.end())) if zone else ("", end)
        if match.start() >= end - 6:
            return _offset_text(match["o"]), max(end, match.end())
    american = _AMERICAN.search(text, max(0, end - 40), end + 24)
    if american and not _is_summer_in_america(day):
        return _CENTRAL[american["n"].upper()], max(end, american.end())
    return "", end


def _offset(name: str, day: date) -> str | None:
    """The offset from UTC (`+HH:MM`) that a zone's name means on that day, or None if that is not sure: in Europe by
    directive 2000/84/EC."""
    america = _AMERICA[not _is_summer_in_america(day)]
    europe = _EUROPE[not _sunday(day.year, 3, 25) <= day < _sunday(day.year, 10, 25)]
    return (_FIXED | america | europe).get(name)


def _is_summer_in_america(day: date) -> bool:
    """By the Energy Policy Act of 2005; before 2007 summer began in April."""
    spring, autumn = ((3, 8), (11, 1)) if day.year >= 2007 else ((4, 1), (10, 25))
    return _sunday(day.year, *spring) <= day < _sunday(day.year, *autumn)


def _sunday(year: int, month: int, earliest: int) -> date:
    start = date(year, month, earliest)
    return start + timedelta(days=(6 - start.weekday()) % 7)
