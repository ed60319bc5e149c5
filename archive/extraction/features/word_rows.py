"""What a block's own text looks like: lengths, punctuation, cases, word cues, and the name that it opens with."""

import math
import re
from array import array
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from string import ascii_lowercase, ascii_uppercase, digits

import numpy as np

from archive.extraction.cues import CUED, text_hits
from archive.extraction.features.neighbours import Matrix

_TOKEN = re.compile(r"\w+(?:['’]\w+)*")
# Patterns begin with the rarest characters, for which the engine looks fast, and look behind for what stands before.
_SENTENCE_END = re.compile(r"[.!?…。！？؟।](?:[\"'”’»)\]]*(?=\s|$)|(?<=[。！？]))")
_ADDRESS = re.compile(r"@(?<=[\w.+-]@)[\w-]+\.\w|\[email\s+protected\]|\(at\)|\[at\]")
_HOST = re.compile(r"\.(?<=\w\.)(?:com|org|net|de|fr|es|it|co|eu|info)\b", re.I)
_SCHEME = re.compile(r"https?://", re.I)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_CLOCK = re.compile(r"\b\d{1,2}[:.h]\d\d\b")
_DAY = re.compile(r"\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b|\b\d{4}-\d\d-\d\d\b")
_PHONE = re.compile(r"\+?\d[\d\s().-]{7,}\d")
_MONEY = re.compile(r"[$€£¥₹]\s?\d|\d\s?[$€£¥₹]|\bUSD\b|\bEUR\b")
_COPYRIGHT = re.compile(r"©|\(c\)\s|&copy;|℗|®", re.I)
_SEPARATOR = re.compile(r"[|·•»›→–—/]")
_DIGIT = re.compile(r"\d")
_ENDS = frozenset(".!?…。！？؟।")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
#: Each capital as C, each small letter as l, each digit as 0.
_KINDS = bytes.maketrans(
    (ascii_uppercase + ascii_lowercase + digits).encode(), (26 * "C" + 26 * "l" + 10 * "0").encode()
)
#: Characters below which a text's features are remembered: menus, buttons and headings repeat, paragraphs do not.
_SHORT = 80
_MOST_REMEMBERED = 16_384
_remembered: dict[str, bytes] = {}
_QUOTES = '"“”„«»‘’「」'

NAMES = (
    "chars words word_length sentences ends_sentence ends_colon ends_ellipsis starts_lower starts_digit "
    "starts_quote upper "
    "digits punctuation commas title_case all_caps address copyright web year clock day phone money separators "
    "question exclamation quotes lines distinct parentheses hashtag initials"
).split()
NAMES += [f"cue_{label}" for label in CUED] + [f"starts_{label}_cue" for label in CUED]
NAMES += ["cue_share"]
#: Words of a line that may be a byline or a heading with a name in it.
_SHORT_LINE = 12
#: The most lines and openings that are counted.
_COUNTED = 5
OPENING_NAMES = "opens_with_name name_in_lines name_openings".split()


def tokens_of(text: str) -> list[str]:
    """The words of a text, lower-cased."""
    return _TOKEN.findall(text.lower())


def word_rows(texts: Sequence[str], tokens: Sequence[list[str]]) -> Matrix:
    """The features of NAMES, one row a text. `tokens` are the texts' words."""
    rows = []
    for text, words in zip(texts, tokens, strict=True):
        row = _remembered.get(text) if len(text) < _SHORT else None
        if row is None:
            row = _row(text, words)
            if len(text) < _SHORT:
                if len(_remembered) >= _MOST_REMEMBERED:
                    _remembered.clear()
                _remembered[text] = row
        rows.append(row)
    return np.frombuffer(b"".join(rows), np.float32).reshape(len(texts), len(NAMES))


def _row(text: str, tokens: list[str]) -> bytes:
    hits, starts = text_hits(text, tokens)
    size = len(text)
    words = text.split()
    share = min(1.0, sum(hits) / (len(tokens) or 1))
    values = (*_lengths(text, tokens), *_cases(text, size, words), *_signs(text, size, words))
    return array("f", (*values, *hits, *starts, share)).tobytes()


def _lengths(text: str, tokens: list[str]) -> list[float]:
    words = len(tokens)
    last = text.rstrip("\"'”’»)]")[-1:]
    first = text[:1]
    may_end = "." in text or "!" in text or "?" in text or (not text.isascii() and not _ENDS.isdisjoint(text))
    return [
        math.log1p(len(text)),
        math.log1p(words),
        sum(map(len, tokens)) / words if words else 0.0,
        len(_SENTENCE_END.findall(text)) if may_end else 0,
        last in ".!?…。！？؟।",
        last in ":：",
        text.endswith(("...", "…")),
        first.islower(),
        first.isdigit(),
        first in _QUOTES,
    ]


def _cases(text: str, size: int, words: list[str]) -> list[float]:
    letters, upper, numerals = _counted(text, size)
    raw = words[:40]
    titled = sum([word[0].isupper() for word in raw])
    count = text.count
    marks = count(".") + count(",") + count(";") + count(":") + count("!") + count("?")
    return [
        upper / (letters or 1),
        numerals / (size or 1),
        marks / (size or 1),
        count(",") + count("،") + count("、") + count("，"),
        titled / (len(raw) or 1),
        bool(size < 400 and letters and upper / letters > 0.9),
    ]


def _counted(text: str, size: int) -> tuple[float, float, float]:
    """Letters, capitals and digits; guessed for long texts, whose cases tell nothing."""
    if size >= 400:
        return size, 0.03 * size, 0.01 * size
    # Most characters of most texts are ASCII, which are counted much faster than others.
    kinds = text.encode("ascii", "ignore").translate(_KINDS)
    capitals, numerals = kinds.count(b"C"), kinds.count(b"0")
    others = () if len(kinds) == size else _NOT_ASCII.findall(text)
    letters = capitals + kinds.count(b"l") + sum(map(str.isalpha, others)) if size < 200 else size
    return letters, capitals + sum(map(str.isupper, others)), numerals + sum(map(str.isdigit, others))


def _signs(text: str, size: int, words: list[str]) -> list[float]:
    short = text if size < 400 else text[:200] + " " + text[-200:]
    count = text.count
    quotes = count('"')
    if not text.isascii():
        quotes += count("“") + count("”") + count("„") + count("«") + count("»")
    names_host = "." in short and (bool(_HOST.search(short)) or "www." in short.lower())
    return [
        # Most blocks have none of the characters that a pattern cannot do without.
        ("@" in short or "[" in short or "(" in short) and bool(_ADDRESS.search(short)),
        ("©" in short or "(" in short or "&" in short or "®" in short or "℗" in short)
        and bool(_COPYRIGHT.search(short)),
        names_host or ("://" in short and bool(_SCHEME.search(short))),
        *_numbers(short),
        len(_SEPARATOR.findall(short)),
        "?" in short,
        "!" in short,
        quotes,
        count("\n"),
        len(set(words)) / (len(words) or 1),
        "(" in short,
        short.startswith("#"),
        sum([len(word) == 2 and word[1] == "." and word[0].isupper() for word in words[:12]]) if "." in text else 0,
    ]


def _numbers(short: str) -> tuple[bool, ...]:
    """Whether a year, a time, a day, a telephone number, a sum of money is in the text."""
    money = "USD" in short or "EUR" in short
    if not _DIGIT.search(short):
        return False, False, False, False, money and bool(_MONEY.search(short))
    money = money or "$" in short or "€" in short or "£" in short or "¥" in short or "₹" in short
    return (
        ("19" in short or "20" in short) and bool(_YEAR.search(short)),
        bool(_CLOCK.search(short)),
        bool(_DAY.search(short)),
        bool(_PHONE.search(short)),
        money and bool(_MONEY.search(short)),
    )


def opening_columns(texts: Sequence[str], tokens: Sequence[list[str]]) -> list[list[float]]:
    """The features of OPENING_NAMES: whether a block opens with two capitalised words, how many short lines hold these
    two, and how many blocks open with them."""
    openings = [_opening(text, words) for text, words in zip(texts, tokens, strict=True)]
    wanted = {opening for opening in openings if opening}
    first_words = {first for first, _ in wanted}
    lines: Counter[tuple[str, str]] = Counter()
    for words in tokens:
        if len(words) <= _SHORT_LINE and not first_words.isdisjoint(words):
            lines.update(wanted.intersection(pairwise(words)))
    times = Counter(openings)
    return [
        [float(opening is not None) for opening in openings],
        [float(min(lines[opening], _COUNTED)) if opening else 0.0 for opening in openings],
        [float(min(times[opening], _COUNTED)) if opening else 0.0 for opening in openings],
    ]


def _opening(text: str, words: list[str]) -> tuple[str, str] | None:
    """The first two words, lower-cased, where they look like a name."""
    # Most blocks end here, without being split.
    if len(words) < 2 or not text.lstrip()[:1].isupper():
        return None
    first = text.split(maxsplit=2)[:2]
    if len(first) < 2 or not all(word[0].isupper() and word[1:2].islower() for word in first):
        return None
    return words[0], words[1]
