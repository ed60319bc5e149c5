"""Dates as pages write them to ISO 8601, with the source's own offset and never an invented one.

A date without a time stays a date, a time without an offset stays without. `dateparser` reads more forms, but
its first use costs two seconds of a process, and it fills in what a text does not say.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import cache, lru_cache

from archive.extraction.metadata.words import UNSPACED, alternation, base, languages, months
from archive.extraction.metadata.zones import NAMES, offset

#: Earlier dates are templates' defaults (1970) or what the story is about: the Web began in 1991.
EARLIEST = 1990
_LATEST = 2100
_LIMIT = 400
_ISO = re.compile(
    r"(?<![\d.])(?P<y>(?:19|20)\d\d)(?P<s>[-/.]?)(?P<m>\d\d?)(?P=s)(?P<d>\d\d?)(?![\d/-])"
    r"(?:(?:[T_,]?\s*|\s*[-–|]\s*)(?P<time>\d\d?:?\d\d(?::?\d\d)?)(?P<f>[.,]\d{1,9})?"
    r"\s*(?P<o>Z(?![a-z])|(?:UTC|GMT)?[+-]\d\d(?::?\d\d)?(?!\d))?)?",
    re.I,
)
#: What JSON-LD and meta tags nearly always hold.
_PLAIN = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)?")
_EPOCH = re.compile(r"\d{9,10}(?:\d{3})?(?:\.\d+)?")
_CJK = re.compile(
    r"(?P<era>令和|平成)?\s*(?P<y>\d{1,4}|元)\s*[年년]\s*(?P<m>\d\d?)\s*[月월]\s*(?P<d>\d\d?)\s*[日号號일]"
)
_KOREAN = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)\.\s*(?P<m>\d\d?)\.\s*(?P<d>\d\d?)(?!\d)")
_NUMERIC = re.compile(
    r"(?<![\d.:/-])(?P<a>\d\d?)(?P<s>[./-]|\.\s)(?P<b>\d\d?)(?P=s)\s?(?P<y>(?:19|20)?\d\d)(?![\d:])"
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
    if _PLAIN.fullmatch(text := text.strip()) and (iso := _plain(text)):
        return iso if possible(iso, latest) else None
    stamp = next(find_dates(text, language=language, latest=latest), None)
    return stamp.iso if stamp else None


def _plain(text: str) -> str | None:
    match = _ISO.fullmatch(text)
    return next((stamp.iso for stamp in _iso(match, text)), None) if match else None


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
    return latest is None or instant(iso) <= latest


def instant(iso: str) -> datetime:
    """A parsed date as an aware time, for comparisons alone; what lacks an offset is taken as UTC."""
    moment = datetime.fromisoformat(iso)
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _epoch(text: str) -> list[str]:
    """Seconds or milliseconds since 1970, which are UTC by definition."""
    if not _EPOCH.fullmatch(text):
        return []
    number = float(text)
    seconds = number / 1000 if number > 1e11 else number
    moment = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=seconds)
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
    code = base(language)
    for pattern, names in _month_patterns(code):
        found = False
        for match in pattern.finditer(text.lower() if len(text.lower()) == len(text) else text):
            month = names.get(" ".join((match["m1"] or match["m2"]).split()))
            if month:
                found = True
                day = int(match["d1"] or match["d2"])
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
    of, tail = r"(?:\s+(?:de|of|del|d'|d’|di)(?:\s+|(?<=['’])))?", r"(?:(?:19|20|25)\d\d)"
    named = [
        rf"(?<![\d:.])(?P<d1>\d\d?){_ORDINAL}\s*-?\s*{of}\s*(?P<m1>{month})\.?\s*-?,?\s*(?:de\s+|del\s+|พ\.ศ\.\s*)?"
        rf"(?:(?P<y1>{tail})(?!\d)|(?P<clock>\D{{0,3}}\d\d?:\d\d(?::\d\d)?\s*[a-z]{{0,4}}\s+)(?P<y3>{tail}))",
        rf"(?P<m2>{month})\.?\s*(?P<d2>\d\d?){_ORDINAL}(?:,|\s)\s*"
        rf"(?:(?P<y2>{tail})(?!\d)|(?P<clock2>(?:at\s+)?\d\d?:\d\d(?::\d\d)?\s*(?:[+-]\d{{4}}|[a-z.]{{0,5}})\s*,?\s*)(?P<y4>{tail}))",
    ]
    return re.compile("|".join(named))


def _year(match: re.Match[str]) -> int:
    groups = match.groupdict()
    raw = next(groups[key] for key in ("y", "y1", "y2", "y3", "y4") if groups.get(key))
    if groups.get("era"):
        return (1 if raw == "元" else int(raw)) + {"令和": 2018, "平成": 1988}[groups["era"]]
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
        _clock(int(digits[:2]), int(digits[2:4]), int(digits[4:6] or 0), match["f"])
        if len(digits) > 3
        else None
    )
    if clock is None or match["s"] in ("/", ".") or match["o"] is None:
        yield from _stamp(match, text, day.year, day.month, day.day, clock)
        return
    yield Stamp(f"{day}T{clock}{_zone(match['o'])}", match.start(), match.end())


def _stamp(
    match: re.Match[str], text: str, year: int, month: int, day: int, clock: str | None = None
) -> Iterator[Stamp]:
    found = _date(year, month, day)
    if found is None:
        return
    start, end = match.span()
    if clock is None:
        clock, start, end = _time_near(text, start, end)
    if clock is None:
        yield Stamp(found.isoformat(), start, end)
        return
    zone, end = _zone_after(text, end, found)
    yield Stamp(f"{found}T{clock}{zone}", start, end)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _clock(hour: int, minute: int, second: int, fraction: str | None = None) -> str | None:
    if hour > 23 or minute > 59 or second > 59:
        return None
    digits = (fraction or "")[1:7].rstrip("0")
    return f"{hour:02d}:{minute:02d}:{second:02d}" + (
        f".{digits.ljust(3 if len(digits) < 4 else 6, '0')}" if digits else ""
    )


def _zone(raw: str) -> str:
    raw = re.sub(r"^(?:UTC|GMT)(?=[+-])", "", raw, flags=re.I)
    if raw in ("Z", "z"):
        return "+00:00"
    digits = raw[1:].replace(":", "").ljust(4, "0")
    sign = "+" if digits == "0000" else raw[0]
    return f"{sign}{digits[:2]}:{digits[2:]}" if int(digits[:2]) < 15 and int(digits[2:]) < 60 else ""


@cache
def _time_pattern() -> re.Pattern[str]:
    am = alternation(word for lists in languages().values() for word in lists.get("am", ()))
    pm = alternation(word for lists in languages().values() for word in lists.get("pm", ()))
    return re.compile(
        rf"(?:(?P<am1>{am})|(?P<pm1>{pm}))?\s*(?<![\d:./-])(?P<h>\d\d?)"
        r"(?:\s*(?:[:hH时點点時시]|(?P<dot>\.))\s*(?P<mi>\d\d)(?!\d|\.\d)(?:[:.분分]\s*(?P<se>\d\d)(?!\d))?|(?P<bare>))"
        rf"\s*[분分]?(?:\s*(?:(?P<am2>{am})|(?P<pm2>{pm}))(?!\w))?",
        re.I,
    )


def _time_near(text: str, start: int, end: int) -> tuple[str | None, int, int]:
    """The time of day beside a date: inside it (RFC 2822 variants), behind it, or else before it."""
    for low, high in ((start, end), (end, min(len(text), end + 32)), (max(0, start - 28), start)):
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
    return _clock(hour, int(match["mi"] or 0), int(match["se"] or 0))


def _is_dotted_time(match: re.Match[str], text: str) -> bool:
    """8.30 is a time behind kl., klo or at, or before Uhr; else it may be a date or a number."""
    before, after = text[: match.start("h")].rstrip(" "), text[match.end() :].lstrip()
    return (
        bool(re.search(r"(?:kl\.?|klo|at|alle|ore|um|,|[-–|])$", before, re.I)) or after[:3].lower() == "uhr"
    )


@lru_cache(maxsize=1)
def _zone_pattern() -> re.Pattern[str]:
    names = "|".join(sorted(NAMES - {"Z"}, key=lambda name: (-len(name), name)))
    return re.compile(
        rf"\s*\(?\s*(?:(?:Uhr|uhr|hrs?|h|Time|time)\s*)?\(?(?:(?:UTC|GMT)?(?P<o>[+-]\d\d?(?::?\d\d)?)(?!\d)|(?P<n>{names})(?![\w+-]))"
    )


def _zone_after(text: str, end: int, day: date) -> tuple[str, int]:
    return _read_zone(text, end, day) or ("", end)


def _read_zone(text: str, place: int, day: date) -> tuple[str, int] | None:
    # The time may stand before the date or inside it, so its zone may too.
    for match in _zone_pattern().finditer(text, max(0, place - 40), place + 24):
        if match["n"]:
            return (zone, max(place, match.end())) if (zone := offset(match["n"], day)) else None
        if match.start() >= place - 6 and re.match(
            r"\s*\(?(?:UTC|GMT)?[+-]\d", text[match.start() : match.end()]
        ):
            raw = match["o"] if len(match["o"]) != 2 else match["o"][0] + "0" + match["o"][1]
            return _zone(raw), max(place, match.end())
    return None
