"""The language of a page or text, guessed by its most common words, and the stop words of it."""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import Any

from archive.extraction.native import compiled

_kernel = compiled("stop_words")

#: justext's stop lists by language code: the languages that are tried on a page.
LANGUAGES = {
    "en": "English",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "pt": "Portuguese",
    "it": "Italian",
    "nl": "Dutch",
    "sv": "Swedish",
    "da": "Danish",
    "no": "Norwegian_Bokmal",
    "fi": "Finnish",
    "pl": "Polish",
    "cs": "Czech",
    "tr": "Turkish",
    "ru": "Russian",
    "uk": "Ukrainian",
    "el": "Greek",
    "ar": "Arabic",
    "hu": "Hungarian",
    "ro": "Romanian",
    "id": "Indonesian",
    "vi": "Vietnamese",
    "hi": "Hindi",
    "he": "Hebrew",
    "fa": "Persian",
    "sw": "Swahili",
    "ko": "Korean",
    "af": "Afrikaans",
}


@cache
def _stop_lists() -> dict[str, str]:
    """justext's stop words by language code, for the languages tried on a page: a line a word."""
    # Looked for and not imported: its parser takes some of the time in which a process begins.
    found = find_spec("justext")
    folders = [] if found is None else list(found.submodule_search_locations or ())
    if not folders:
        raise ModuleNotFoundError("justext is not installed: its lists of stop words are missing")
    folder = Path(folders[0], "stoplists")
    texts = {code: (folder / f"{name}.txt").read_text("utf-8") for code, name in LANGUAGES.items()}
    return {code: text.lower().removesuffix("\n") for code, text in texts.items()}


@cache
def _stop_words(code: str | None) -> frozenset[str]:
    return frozenset(_stop_lists()[code].split("\n") if code else ())


def guess_language(tokens: Sequence[list[str]]) -> tuple[str | None, frozenset[str]]:
    """The language whose stop words cover most of a page's words, with those; (None, empty) below a tenth."""
    total, counts = _table().counts(list(tokens)) if _kernel else _counts(tokens)
    best, best_share = None, 0.1
    for code, count in zip(LANGUAGES, counts, strict=True):
        if count / (total or 1) > best_share:
            best, best_share = code, count / total
    return best, _stop_words(best)


@cache
def _table() -> Any:
    """The kernel's table of all stop words."""
    return _kernel and _kernel.StopWords(_stop_lists().values())


def _counts(tokens: Sequence[list[str]]) -> tuple[int, list[int]]:
    """How often the most common words stand on a page, and how often those that are stop words of each language."""
    times = Counter(chain.from_iterable(row[:80] for row in tokens if len(row) > 5))
    # Counter.most_common compares in Python; the order of equals is the same.
    common = sorted(times.items(), key=itemgetter(1), reverse=True)[:300]
    counts = [0] * len(LANGUAGES)
    for token, count in common:
        for place in _stopped_in().get(token, ()):
            counts[place] += count
    return sum(count for _, count in common), counts


@cache
def _stopped_in() -> dict[str, tuple[int, ...]]:
    """The languages in which each word is a stop word, by their places among LANGUAGES."""
    found: dict[str, tuple[int, ...]] = {}
    for place, code in enumerate(LANGUAGES):
        alone = (place,)
        for word in _stop_words(code):
            known = found.setdefault(word, alone)
            if known is not alone:
                found[word] = (*known, place)
    return found
