"""What a text calls its dates: that of publication, that of a change, or another one."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime

from archive.extraction.metadata.dates import find_dates
from archive.extraction.metadata.word_lists import months, words
from archive.extraction.metadata.word_patterns import AnyOf, of_words

#: A year behind its month, and not the start of a date.
_YEAR_NEXT = re.compile(r"[\s.,/-]{0,3}\d{4}(?![\d./-])")
#: Words for a date alone, and what leads from them to what happened then.
_BARE = frozenset("date data fecha datum dato".split())
_OF_WHAT = re.compile(
    r"\s+(?:of|for|de|du|del|della|do|da|di|des|der|för|for|van|voor)\s|\s+(?:de la|de l|dell|d)['’ ]", re.I
)


@of_words
def date_words(any_of: AnyOf) -> re.Pattern[str]:
    """A word that says which date follows: its group is `published`, `updated` or `other`."""
    return re.compile(
        rf"(?P<other>{any_of(words('elsewhen'))})|(?P<updated>{any_of(words('updated'))})"
        rf"|(?P<published>{any_of(words('published'))})",
        re.I,
    )


def labelled_dates(text: str, language: str | None, latest: datetime | None = None) -> Iterator[tuple[str, str]]:
    """Each date of a text with `published`, `updated` or `other` (received, reviewed, accessed, the day of an event):
    the nearest such word before it, else `published`, as most sites write that day."""
    for iso, role in named_dates(text, language, latest):
        yield iso, role or "published"


def named_dates(text: str, language: str | None, latest: datetime | None) -> Iterator[tuple[str, str | None]]:
    """The same, with None where nothing names the date."""
    text, end = unicodedata.normalize("NFC", text), 0
    named = date_words(text)
    for stamp in find_dates(text, language=language, latest=latest):
        found = named.finditer(text, end, stamp.end)
        before = [_role(text, match) for match in found if not _is_month(text, match)]
        yield stamp.iso, before[-1] if before else None
        end = stamp.end


def _role(text: str, word: re.Match[str]) -> str | None:
    """What a word calls a date: "date of the fair" is not when it was published."""
    return "other" if word[0].casefold() in _BARE and _OF_WHAT.match(text, word.end()) else word.lastgroup


def _is_month(text: str, word: re.Match[str]) -> bool:
    """Whether a word is the month of a date: `4 maj 2023`, which is May, and a change (mise à jour) on French pages."""
    is_behind_day = text[: word.start()].rstrip(" .-/")[-1:].isdecimal()
    return is_behind_day and word[0].casefold() in months(None) and bool(_YEAR_NEXT.match(text, word.end()))
