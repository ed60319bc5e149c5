"""Patterns made of the words that a text holds find what those of all words would find."""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pytest

from archive.extraction.metadata import (
    byline_text,
    bylines,
    credit_patterns,
    date_patterns,
    date_roles,
    roles,
    signatures,
)
from archive.extraction.metadata.word_lists import alternation, languages, lines
from archive.extraction.metadata.word_patterns import AnyOf, _folded, of_words
from archive.extraction.word_files import MADE, made_of_yaml

ALL = [
    credit_patterns.credit, credit_patterns.prefixes, credit_patterns.ends, credit_patterns.by_words,
    credit_patterns.other_credit,
    bylines._helping, signatures.credit_line, signatures._stamps, signatures._unparted,
    byline_text._weekday_end, byline_text._behind_date, byline_text._lone_weekday, byline_text._day_alone,
    byline_text._clock, byline_text.and_word,
    date_patterns.named_day_of("en"), date_patterns.named_day_of(None), date_patterns.another,
    date_roles.date_words, roles._at, roles._unspaced_role,
]  # fmt: skip


def listed() -> list[str]:
    """Every word of every list."""
    found: set[str] = set(lines("weekdays"))
    for lists in languages().values():
        for key, entries in lists.items():
            found.update(name for names in entries for name in names) if key == "months" else found.update(entries)
    return sorted(found)


def words_of(made: Any) -> list[str]:
    """Some of the words of a pattern's own lists, and of all."""
    own: set[str] = set()

    def noted(some: Iterable[str]) -> str:
        own.update(some)
        return alternation(())

    made.__wrapped__(noted)
    return [*sorted(own)[:: len(own) // 40 + 1], *listed()[::400]]


def texts(words: Sequence[str]) -> Iterator[str]:
    """Each word as bylines have it: alone, in capitals, with names, a colon and a date, and within a longer word."""
    for number, word in enumerate(words):
        dated = f"{number % 28 + 1} {word} 2024 10:{number % 60} {word}"
        yield f"{word.title()} Mira Holt | {word} | {word.upper()}: Jonas Lind in {dated}"
        yield f"{word}s ſ{word}.  12{word}/" + word.replace(" ", "\xa0 ") + " Jo " + word


def flat(found: Any) -> list[re.Pattern[str]]:
    if isinstance(found, re.Pattern):
        return [found]
    return [pattern for part in found if not isinstance(part, str) for pattern in flat(part)]


def spans(patterns: Iterable[re.Pattern[str]], text: str) -> list[Any]:
    """What each pattern that finds something finds; those that cannot are left out where they are made."""
    found = ([(one.span(), one.groups(), one.lastgroup) for one in pattern.finditer(text)] for pattern in patterns)
    return list(filter(None, found))


@pytest.mark.parametrize("made", ALL, ids=lambda made: made.__qualname__)
def test_they_find_what_all_words_would_find(made: Any) -> None:
    whole, held = flat(made.__wrapped__(alternation)), 0
    for text in texts(words_of(made)):
        given = text.lower() if "named_day" in made.__qualname__ else text
        found = spans(flat(made(given)), given)
        assert found == spans(whole, given), given
        held += len(found)
    assert held > 5


def test_case_is_ignored_as_patterns_ignore_it() -> None:
    """Every character that a pattern takes for one of a word's is folded to the same."""
    everything = "".join(one for one in map(chr, range(sys.maxunicode + 1)) if len({one, one.lower(), one.upper()}) > 1)
    for letter in sorted({character for word in listed() for character in word}):
        alike = re.findall(re.escape(letter), everything, re.I)
        # A Greek sign below a letter is no letter of its own: no word holds it.
        assert {_folded(one) for one in alike if one != "\u0345"} <= {_folded(letter)}, letter


def test_what_a_text_does_not_hold_is_not_in_the_pattern() -> None:
    @of_words
    def made(any_of: AnyOf) -> re.Pattern[str]:
        return re.compile(any_of(["by", "written by", "von", "文", "©"]), re.I)

    assert made("Written  by Mira").pattern == alternation(["by", "written by"])
    assert made("Von 文 ©").pattern == alternation(["von", "文", "©"])
    assert made("bypass").pattern == alternation([])
    assert made("BY").pattern is made("by").pattern


def test_a_calendar_serves_all_its_months() -> None:
    for code in ("en", None):
        made = date_patterns.named_day_of(code)
        assert made("5 january 2024") is made("5 june 2024")
        assert made("5 june 2024").pattern != made("5 2024").pattern == "(?!)"


def test_what_the_program_reads_is_what_people_wrote() -> None:
    assert MADE.read_text("utf-8") == made_of_yaml(), "run 'make words'"
