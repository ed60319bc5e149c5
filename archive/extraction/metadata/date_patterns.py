"""The patterns of dates that name a month, and of times of day, of the words of one language or of all."""

import re
from collections.abc import Callable
from functools import cache, lru_cache

from archive.extraction.metadata.word_lists import UNSPACED, can_match, either, languages, months, words
from archive.extraction.metadata.word_patterns import AnyOf, of_words

_ORDINAL = r"(?:st|nd|rd|th|er|re|º|ª|°|η|ης|\.)?"


@cache
def named_day_of(code: str | None) -> Callable[[str], re.Pattern[str]]:
    """The forms with a month's name in one language or, without a code, in all: 5 January 2024; January 5, 2024; 2024
    January 5; 2024. gada 5. janvāris; 2024ko urtarrilaren 5a. The clock may stand before the year (RFC 2822's kin)."""
    of, year = r"(?:\s+(?:de|of|del|d'|d’|di)(?:\s+|(?<=['’])))?", r"(?:19|20|25)\d\d"
    clock = r"(?:at\s+)?\d\d?:\d\d(?::\d\d)?\s*(?:[+-]\d{4}|[a-z.]{0,5})\s*,?\s*"

    def named_day(any_of: AnyOf) -> re.Pattern[str]:
        spaced = any_of(name for name in months(code) if not UNSPACED.search(name))
        month = either(spaced, any_of(name for name in months(code) if UNSPACED.search(name)))
        day_first = (
            rf"(?<![\d:.])(?P<d1>\d\d?){_ORDINAL}\s*[-/]?\s*{of}\s*(?P<m1>{month})(?:\s*/\s*[^\W\d_]+)?\.?"
            rf"\s*[-/]?,?\s*(?:de\s+|del\s+|พ\.ศ\.\s*)?(?:{clock})?(?P<y1>{year})(?!\d)"
        )
        month_first = rf"(?P<m2>{month})\.?[\s-]*(?P<d2>\d\d?){_ORDINAL}(?:,|\s|-)\s*(?:{clock})?(?P<y2>{year})(?!\d)"
        year_first = (
            rf"(?<!\d)(?P<y3>{year})(?:\.|ko)?\s+(?:m\.\s+|(?:gada|жылғы|жылдың)\s+(?P<d4>\d\d?)\.?\s+)?(?P<m3>{month})"
            rf"(?:\.?\s+(?P<d3>\d\d?)(?![\d:])|(?(d4)|(?!)))"
        )
        return re.compile("|".join((year_first, day_first, month_first)) if can_match(month) else month)

    return of_words(named_day, lambda held: _calendar(code, held))


@lru_cache(1024)
def _calendar(code: str | None, held: frozenset[str]) -> frozenset[str]:
    """The months of the language that some are of, or of the first that has each."""
    if not held:
        return held
    every = (frozenset(months(one)) for one in ([code] if code else sorted(languages())))
    calendars = [names for names in every if names & held]
    whole = (names for names in calendars if held <= names)
    return next(whole, None) or frozenset().union(
        *(next(names for names in calendars if name in names) for name in held)
    )


@cache
def time_of_day() -> re.Pattern[str]:
    """A time of day."""
    # Unlike others these words may stand right behind digits: 8:57pm.
    am, pm = (
        rf"(?<![^\W\d_])(?:{'|'.join(map(re.escape, sorted(words(key), key=lambda word: (-len(word), word))))})"
        for key in ("am", "pm")
    )
    return re.compile(
        rf"(?:(?P<am1>{am})|(?P<pm1>{pm}))?\s*(?<![\d:./-])(?P<h>\d\d?)"
        r"(?:\s*(?:[:hH時点點时시]|(?P<dot>\.))\s*(?P<mi>\d\d)(?!\d|\.\d)(?:[:.分분]\s*(?P<se>\d\d)(?!\d))?|(?P<bare>))"
        rf"\s*[분分]?(?:\s*(?:(?P<am2>{am})|(?P<pm2>{pm}))(?!\w))?",
        re.I,
    )


@of_words
def another(any_of: AnyOf) -> re.Pattern[str]:
    """A word behind which another date's time stands."""
    return re.compile(any_of(words("updated") | words("published")), re.I)
