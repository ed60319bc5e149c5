"""Dates as pages write them to ISO 8601, with the source's own offset and never an invented one.

A date without a time stays a date, a time without an offset stays without. `dateparser` reads more forms, but
its first use costs two seconds of a process, and it fills in what a text does not say.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache

from archive.extraction.metadata.clock import clock_text, offset_text, time_near, zone_near
from archive.extraction.metadata.word_lists import UNSPACED, alternation, base, months

#: Earlier dates are templates' defaults (1970) or what the story is about: the Web began in 1991.
EARLIEST = 1990
_LATEST = 2100
_LIMIT = 400
_ISO = re.compile(
    r"(?<![\d.])(?P<y>(?:19|20)\d\d)(?P<s>[-/.]?)(?P<m>\d\d?)(?P=s)(?P<d>\d\d?)(?![\d/-])"
    r"(?:(?:[T_,]?\s*|\s*[-–|]\s*)(?P<time>\d\d?:\d\d(?::\d\d)?|(?<=T)\d{4}(?:\d\d)?)(?P<f>[.,]\d{1,9})?"
    r"\s*(?P<o>Z(?![a-z])|(?:UTC|GMT)?[+-]\d\d(?::?\d\d)?(?!\d))?)?",
    re.I,
)
#: A year, and a word beside it: worth the search for months in forty languages.
_MAY_BE_NAMED = re.compile(r"(?=.*(?:19|20|25)\d\d)(?=.*[^\W\d_])", re.S)
_EPOCH = re.compile(r"\d{9,10}(?:\d{3})?(?:\.\d+)?")
_CJK = re.compile(
    r"(?P<era>令和|平成|民國|民国)?\s*+(?P<y>\d{1,4}|元)\s*+[年년]\s*+(?P<m>\d\d?)\s*+[月월]\s*+(?P<d>\d\d?)\s*+[日号號일]"
)
_KOREAN = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)\.\s*(?P<m>\d\d?)\.\s*(?P<d>\d\d?)(?!\d)")
_NUMERIC = re.compile(
    r"(?<![\d.:/-])(?P<a>\d\d?)(?P<s>[./-]|\.\s)(?P<b>\d\d?)(?P=s)\s?(?P<y>(?:19|20|25)?\d\d)(?![\d:])"
)
_VIETNAMESE = re.compile(r"(?P<d>\d\d?)\s+tháng\s+(?P<m>\d\d?)[,\s]+(?:năm\s+)?(?P<y>\d{4})", re.I)
_ORDINAL = r"(?:st|nd|rd|th|er|re|º|ª|°|η|ης|\.)?"
_DIGITS = {
    ord(zero) + value: str(value) for zero in "٠۰०০๐０" for value in range(10)
} | str.maketrans("：／．－", ":/.-")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stamp:
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
        iso = next((stamp.iso for stamp in _iso(match, match.string)), None)
        return iso if iso and possible(iso, latest) else None
    stamp = next(find_dates(unicodedata.normalize("NFC", text), language=language, latest=latest), None)
    return stamp.iso if stamp else None


def find_dates(text: str, *, language: str | None = None, latest: datetime | None = None) -> Iterator[Stamp]:
    """All dates in the first 400 characters of a text, in their order."""
    text = text[:_LIMIT].translate(_DIGITS)
    if epoch := _epoch(text.strip()):
        yield from (Stamp(iso, 0, len(text)) for iso in epoch if possible(iso, latest))
        return
    end = 0
    for stamp in sorted(_stamps(text, language or ""), key=lambda stamp: (stamp.start, -stamp.end)):
        if stamp.start >= end and possible(stamp.iso, latest):
            yield stamp
            end = stamp.end


def possible(iso: str, latest: datetime | None = None) -> bool:
    """Whether a page may carry this date: the year from 1990, and not after `latest`."""
    if not EARLIEST <= int(iso[:4]) < _LATEST:
        return False
    if latest is None:
        return True
    moment = datetime.fromisoformat(iso)
    # What lacks an offset is taken as UTC, for this alone.
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) <= latest


def _epoch(text: str) -> list[str]:
    """Seconds or milliseconds since 1970, which are UTC by definition."""
    if not _EPOCH.fullmatch(text):
        return []
    number = float(text)
    seconds = number / 1000 if number > 1e11 else number
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    return [moment.replace(microsecond=0).isoformat()]


def _stamps(text: str, language: str) -> Iterator[Stamp]:
    for match in _ISO.finditer(text):
        yield from _iso(match, text)
    for pattern in (_CJK, _KOREAN, _VIETNAMESE):
        for match in pattern.finditer(text):
            yield from _stamp(match, text, _year(match), int(match["m"]), int(match["d"]))
    for match in _NUMERIC.finditer(text):
        if order := _day_month(match, language):
            yield from _stamp(match, text, _year(match), order[1], order[0])
    yield from _named(text, language)


def _named(text: str, language: str) -> Iterator[Stamp]:
    if not _MAY_BE_NAMED.search(text):
        return
    code = base(language)
    for pattern, names in _month_patterns(code):
        found = False
        for match in pattern.finditer(text.lower() if len(text.lower()) == len(text) else text):
            month = names.get(" ".join((match["m1"] or match["m2"] or match["m3"]).split()))
            if month:
                found = True
                day = int(match["d1"] or match["d2"] or match["d3"] or match["d4"])
                yield from _stamp(match, text, _year(match), month, day)
        if found:
            return


@cache
def _month_patterns(code: str | None) -> tuple[tuple[re.Pattern[str], dict[str, int]], ...]:
    """The named forms in the text's own language, then in all languages."""
    return tuple((_month_pattern(names), names) for names in (months(code), months(None)) if names)


def _month_pattern(names: dict[str, int]) -> re.Pattern[str]:
    spaced = alternation(name for name in names if not UNSPACED.search(name))
    month = f"(?:{spaced}|{alternation(name for name in names if UNSPACED.search(name))})"
    of, year = r"(?:\s+(?:de|of|del|d'|d’|di)(?:\s+|(?<=['’])))?", r"(?:19|20|25)\d\d"
    clock = r"(?:at\s+)?\d\d?:\d\d(?::\d\d)?\s*(?:[+-]\d{4}|[a-z.]{0,5})\s*,?\s*"
    # 5 January 2024; January 5, 2024; 2024 January 5; 2024. gada 5. janvāris. The clock may stand before the year
    # (RFC 2822's kin).
    day_first = (
        rf"(?<![\d:.])(?P<d1>\d\d?){_ORDINAL}\s*[-/]?\s*{of}\s*(?P<m1>{month})(?:\s*/\s*[^\W\d_]+)?\.?"
        rf"\s*[-/]?,?\s*(?:de\s+|del\s+|พ\.ศ\.\s*)?(?:{clock})?(?P<y1>{year})(?!\d)"
    )
    month_first = rf"(?P<m2>{month})\.?[\s-]*(?P<d2>\d\d?){_ORDINAL}(?:,|\s|-)\s*(?:{clock})?(?P<y2>{year})(?!\d)"
    year_first = (
        rf"(?<!\d)(?P<y3>{year})\.?\s+(?:m\.\s+|gada\s+(?P<d4>\d\d?)\.\s+)?(?P<m3>{month})"
        rf"(?:\.?\s+(?P<d3>\d\d?)(?![\d:])|(?(d4)|(?!)))"
    )
    return re.compile("|".join((year_first, day_first, month_first)))


def _year(match: re.Match[str]) -> int:
    groups = match.groupdict()
    raw = next(groups[key] for key in ("y", "y1", "y2", "y3") if groups.get(key))
    if groups.get("era"):
        return (1 if raw == "元" else int(raw)) + {"令和": 2018, "平成": 1988, "民國": 1911, "民国": 1911}[
            groups["era"]
        ]
    year = 0 if raw == "元" else int(raw)
    if len(raw) == 2:
        return 2000 + year if year < 80 else 1900 + year
    return year - 543 if year > 2400 else year


def _day_month(match: re.Match[str], language: str) -> tuple[int, int] | None:
    """Day and month of a numeric date, or None where both orders are possible and nothing decides."""
    first, second = int(match["a"]), int(match["b"])
    if first == second or first > 12:
        return first, second
    if second > 12:
        return second, first
    if match["s"].startswith("."):
        return first, second
    return _by_language(first, second, language)


def _by_language(first: int, second: int, language: str) -> tuple[int, int] | None:
    tag = language.replace("_", "-").lower()
    if tag in ("en", "en-us", "en-ph", "es-us", "fil"):
        return second, first
    # Canadian English uses both orders; without a language nothing is sure.
    return (first, second) if tag and tag != "en-ca" else None


def _iso(match: re.Match[str], text: str) -> Iterator[Stamp]:
    if not match["s"] and len(match["m"] + match["d"]) != 4:
        return
    day = _date(int(match["y"]), int(match["m"]), int(match["d"]))
    if day is None:
        return
    if match["time"] is None:
        yield from _stamp(match, text, day.year, day.month, day.day)
        return
    digits = re.sub(r"\D", "", match["time"].zfill(5) if ":" in match["time"][:2] else match["time"])
    clock = (
        clock_text(int(digits[:2]), int(digits[2:4]), int(digits[4:6] or 0), match["f"]) if len(digits) > 3 else None
    )
    if clock is None or match["s"] in ("/", ".") or match["o"] is None:
        yield from _stamp(match, text, day.year, day.month, day.day, clock)
        return
    yield Stamp(f"{day}T{clock}{offset_text(match['o'])}", match.start(), match.end())


def _stamp(
    match: re.Match[str], text: str, year: int, month: int, day: int, clock: str | None = None
) -> Iterator[Stamp]:
    found = _date(year, month, day)
    if found is None:
        return
    start, end = match.span()
    if clock is None:
        clock, start, end = time_near(text, start, end)
    if clock is None:
        yield Stamp(found.isoformat(), start, end)
        return
    zone, end = zone_near(text, end, found)
    yield Stamp(f"{found}T{clock}{zone}", start, end)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
