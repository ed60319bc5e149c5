"""Word lists by language: `words/LANGUAGE.yaml`, one file for each language (ISO 639-1 code).

Keys, all optional: `by` (before an author), `and` (between names), `helped` (before those who helped),
`after` (behind those who helped), `text` and `other` (credits for words, and for other work), `counted` (before a
number of readers, comments, minutes), `roles` (what people are), `adjectives` (what stands beside a role), `at` (what
ends a name), `skip` (no names), `desks` (what ends the name of a team), `published`, `updated` and `elsewhen` (before a
date; `elsewhen` is neither of the two), `am` and `pm`, `months` (twelve lists). Lower case.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import groupby
from typing import Any

from archive.extraction.word_files import word_files

_WORDS = "metadata/words/"
#: Scripts that set words without spaces, where a word has no boundary to look for.
UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@cache
def languages() -> dict[str, dict[str, Any]]:
    """All word lists by language code."""
    return {place.removeprefix(_WORDS): lists for place, lists in word_files().items() if place.startswith(_WORDS)}


@cache
def words(key: str) -> frozenset[str]:
    """The words under one key in all languages."""
    return frozenset(word for lists in languages().values() for word in lists.get(key, ()))


@cache
def lines(name: str) -> frozenset[str]:
    """The entries of a list that belongs to no language, such as `agencies`, in lower case."""
    return frozenset(str(entry).casefold() for entry in word_files()[f"metadata/{name}"])


@lru_cache(1024)
def base(language: str | None) -> str | None:
    """The word list's code for a language tag: `de` for `de-AT`, `nb` for `no`."""
    code = (language or "").replace("_", "-").split("-")[0].lower()
    code = {"no": "nb", "nn": "nb", "iw": "he", "in": "id", "ms": "id", "tl": "fil"}.get(code, code)
    return code if code in languages() else None


@cache
def months(language: str | None) -> dict[str, int]:
    """Month names to 1..12: those of one language, or those that mean one month in all languages."""
    found: dict[str, set[int]] = {}
    for code, lists in languages().items():
        if language in (None, code):
            for number, names in enumerate(lists.get("months", ()), 1):
                for name in names:
                    found.setdefault(unicodedata.normalize("NFC", name), set()).add(number)
    return {name: min(numbers) for name, numbers in found.items() if len(numbers) == 1}


#: A pattern for any of no words.
_NONE = r"(?!)"


def alternation(entries: Iterable[str]) -> str:
    """A regular expression for any of the words, the longest first; only whole words where words have spaces."""
    ordered = sorted(set(entries), key=lambda word: (-len(word), word))
    # What bounds neighbours alike is written once: patterns of bounds alone took most of the time to compile.
    runs = ((bounds, list(words)) for bounds, words in groupby(ordered, _bounds))
    return "|".join(f"{before}(?:{'|'.join(map(_spaced, words))}){after}" for (before, after), words in runs) or _NONE


def can_match(pattern: str) -> bool:
    """Whether no part of a pattern, which needs all of its parts, is one of no words."""
    return _NONE not in pattern


def either(*branches: str) -> str:
    """A regular expression for any of some parts that each may hold a list of words; those that cannot match are left
    out, which are most in most patterns: to compile them took longer than to compile the words."""
    return "|".join(filter(can_match, branches)) or _NONE


def _bounds(word: str) -> tuple[str, str]:
    """What must not stand before and after a word."""
    if UNSPACED.search(word):
        return "", ""
    return r"(?<!\w)" if word[0].isalnum() else "", r"(?!\w)" if word[-1].isalnum() else ""


def _spaced(word: str) -> str:
    return re.escape(word).replace(r"\ ", r"\s+")
