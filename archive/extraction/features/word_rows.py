"""What a block's own text looks like: lengths, punctuation, cases, word cues, and the name that it opens with."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import cast

import numpy as np

from archive.extraction.cues import CUED, NO_HITS, TOKEN, phrases, text_hits
from archive.extraction.features.neighbours import Column, Matrix
from archive.extraction.features.terms import Numbers
from archive.extraction.native import compiled

_kernel = compiled("word_pass")
# Patterns begin with the rarest characters, for which the engine looks fast, and look behind for what stands before.
_SENTENCE_END = re.compile(r"[.!?…。！？؟।](?:[\"'”’»)\]]*(?=\s|$)|(?<=[。！？]))")
_ADDRESS = re.compile(r"@(?<=[\w.+-]@)[\w-]+\.\w|\[email\s+protected\]|\(at\)|\[at\]")
_WEB = re.compile(
    r"\.(?:(?<=\w\.)(?:com|org|net|de|fr|es|it|co|eu|info)\b|(?<=www\.))|:(?:(?<=http:)|(?<=https:))//", re.I
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_CLOCK = re.compile(r"\b\d{1,2}[:.h]\d\d\b")
_DAY = re.compile(r"\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b|\b\d{4}-\d\d-\d\d\b")
_PHONE = re.compile(r"\+?\d[\d\s().-]{7,}\d")
_MONEY = re.compile(r"[$€£¥₹]\s?\d|\d\s?[$€£¥₹]|\bUSD\b|\bEUR\b")
_COPYRIGHT = re.compile(r"©|\(c\)\s|&copy;|℗|®", re.I)
_HINTS = (_ADDRESS, _COPYRIGHT, _WEB, _YEAR, _CLOCK, _DAY, _PHONE, _MONEY)
#: What a character is, as bits: what counts is counted, and most patterns are only looked for where a text has a
#: character that they cannot do without.
_SIGNS = ("|·•»›→–—/", "@[(", "©(&®℗", ".:", "$€£¥₹", "?", "!", "(")
_SEPARATOR, _AT, _RIGHTS, _HOSTED, _SUM, _QUESTION, _EXCLAMATION, _PARENTHESIS = (1 << bit for bit in range(8))
_CAPITAL, _LETTER, _NUMERAL, _KNOWN = (1 << bit for bit in range(8, 12))
#: The bits of each character, filled in when it is first met.
_bits = np.zeros(0x110000, np.uint16)
#: Characters below which a text's features are remembered: menus, buttons and headings repeat, paragraphs do not.
_SHORT = 80
#: Characters from which cases are guessed and the patterns see the ends alone, so many characters of each.
_LONG, _END = 400, 200
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
    found: list[str] = _kernel.tokens_of(text) if _kernel else TOKEN.findall(text.lower())
    return found


def word_rows(texts: Sequence[str], tokens: Sequence[list[str]]) -> Matrix:
    """The features of NAMES, one row a text. `tokens` are the texts' words."""
    known = [_remembered.get(text) if len(text) < _SHORT else None for text in texts]
    new = {text: words for text, words, row in zip(texts, tokens, known, strict=True) if row is None}
    made = _new_rows(list(new), list(new.values())).tobytes() if new else b""
    size = 4 * len(NAMES)
    rows = {text: made[size * place : size * (place + 1)] for place, text in enumerate(new)}
    if len(_remembered) + len(rows) > _MOST_REMEMBERED:
        _remembered.clear()
    _remembered.update((text, row) for text, row in rows.items() if len(text) < _SHORT)
    found = [row or rows[text] for text, row in zip(texts, known, strict=True)]
    return np.frombuffer(b"".join(found), np.float32).reshape(len(texts), len(NAMES))


def _new_rows(texts: list[str], tokens: list[list[str]]) -> Matrix:
    """The same, of texts that are not remembered."""
    if not _kernel:
        return _rows_by_column(texts, tokens)
    rows = np.zeros((len(texts), len(NAMES)), np.float32)
    _kernel.fill(texts, tokens, phrases()[0], text_hits, tuple(pattern.search for pattern in _HINTS), rows)
    return rows


def _rows_by_column(texts: list[str], tokens: list[list[str]]) -> Matrix:
    """The same without a kernel, column by column."""
    sizes, counts = (np.fromiter(map(len, each), float, len(texts)) for each in (texts, tokens))
    # Of a long text the patterns see the ends.
    shorts = [text if len(text) < _LONG else text[:_END] + " " + text[-_END:] for text in texts]
    has, counted = _looked_at(shorts)
    hits = np.zeros((len(texts), 2, len(CUED)))
    for place, (text, found) in enumerate(zip(texts, tokens, strict=True)):
        if (hit := text_hits(text, found)) is not NO_HITS:
            hits[place] = hit
    words = [text.split() for text in texts]
    columns = [
        *_lengths(texts, tokens, counts),
        *_cases(texts, words, sizes, counted),
        *_hints(shorts, has, counted[_NUMERAL]),
        counted[_SEPARATOR],
        has & _QUESTION > 0,
        has & _EXCLAMATION > 0,
        *_layout(texts, words, has & _PARENTHESIS > 0),
        *hits.reshape(len(texts), -1).T,
        np.minimum(1.0, hits[:, 0].sum(axis=1) / np.maximum(counts, 1)),
    ]
    return np.array(columns, np.float32).T.copy()


def _looked_at(texts: Sequence[str]) -> tuple[Numbers, dict[int, Numbers]]:
    """The bits of all characters that each text has, and how many of some kinds it has."""
    codes = np.frombuffer("\0".join([*texts, ""]).encode("utf-32-le", "surrogatepass"), np.uint32)
    bits = _bits[codes]
    if not bits.all():
        for code in set(codes[bits == 0].tolist()):
            _bits[code] = _bits_of(chr(code))
        bits = _bits[codes]
    ends = np.cumsum(np.fromiter(map(len, texts), np.intp, len(texts)) + 1)
    starts = np.concatenate([[0], ends[:-1]])
    kinds = _CAPITAL, _LETTER, _NUMERAL, _SEPARATOR
    counted = {kind: np.add.reduceat((bits & kind).astype(bool), starts, dtype=np.intp) for kind in kinds}
    return np.bitwise_or.reduceat(bits, starts), counted


def _bits_of(sign: str) -> int:
    found = sum(1 << bit for bit, signs in enumerate(_SIGNS) if sign in signs)
    kinds = ((_CAPITAL, sign.isupper()), (_LETTER, sign.isalpha()), (_NUMERAL, sign.isdigit()), (_KNOWN, True))
    return found | sum(kind for kind, is_one in kinds if is_one)


def _lengths(texts: Sequence[str], tokens: Sequence[list[str]], counts: Column) -> list[Column | Sequence[float]]:
    lasts = [text.rstrip("\"'”’»)]")[-1:] for text in texts]
    firsts = [text[:1] for text in texts]
    letters = np.array([sum(map(len, words)) for words in tokens])
    return [
        [math.log1p(len(text)) for text in texts],
        [math.log1p(len(words)) for words in tokens],
        letters / np.maximum(counts, 1),
        [len(_SENTENCE_END.findall(text)) for text in texts],
        [last in ".!?…。！？؟।" for last in lasts],
        [last in ":：" for last in lasts],
        [text.endswith(("...", "…")) for text in texts],
        [first.islower() for first in firsts],
        [first.isdigit() for first in firsts],
        [first in _QUOTES for first in firsts],
    ]


def _cases(
    texts: Sequence[str], words: Sequence[list[str]], sizes: Column, counted: dict[int, Numbers]
) -> list[Column | Sequence[float]]:
    """Letters, capitals and digits are guessed for long texts, whose cases tell nothing."""
    is_long, chars = sizes >= _LONG, np.maximum(sizes, 1)
    letters = np.where(sizes < _END, counted[_LETTER], sizes)
    upper = np.where(is_long, 0.03 * sizes, counted[_CAPITAL]) / np.maximum(letters, 1)
    numerals = np.where(is_long, 0.01 * sizes, counted[_NUMERAL])
    titled = np.array([sum([word[0].isupper() for word in row[:40]]) for row in words])
    return [
        upper,
        numerals / chars,
        np.array([sum(map(text.count, ".,;:!?")) for text in texts]) / chars,
        [text.count(",") if text.isascii() else sum(map(text.count, ",،、，")) for text in texts],
        titled / np.array([min(len(row), 40) or 1 for row in words]),
        ~is_long & (letters > 0) & (upper > 0.9),
    ]


def _hints(shorts: Sequence[str], has: Numbers, numerals: Numbers) -> list[Column | Sequence[float]]:
    """Whether an address, a copyright, a host, a year, a time, a day, a telephone number, a sum of money is in a text;
    most patterns ask for some digits."""
    money = (has & _SUM > 0) | ["USD" in text or "EUR" in text for text in shorts]
    digits = numerals > 3, numerals > 2, numerals > 3, numerals > 1
    may = has & _AT > 0, has & _RIGHTS > 0, has & _HOSTED > 0, *digits, money
    return [_found(pattern, shorts, one) for pattern, one in zip(_HINTS, may, strict=True)]


def _found(pattern: re.Pattern[str], texts: Sequence[str], may: Column) -> list[bool]:
    """Whether a pattern is found in each text that may hold it."""
    return [bool(one and pattern.search(text)) for text, one in zip(texts, may.tolist(), strict=True)]


def _layout(
    texts: Sequence[str], words: Sequence[list[str]], has_parenthesis: Column
) -> list[Column | Sequence[float]]:
    firsts = [row[:12] if "." in text else () for text, row in zip(texts, words, strict=True)]
    return [
        [text.count('"') if text.isascii() else sum(map(text.count, '"“”„«»')) for text in texts],
        [text.count("\n") for text in texts],
        [len(set(row)) / (len(row) or 1) for row in words],
        has_parenthesis,
        [text.startswith("#") for text in texts],
        [sum([len(word) == 2 and word[1] == "." and word[0].isupper() for word in row]) for row in firsts],
    ]


def opening_columns(texts: Sequence[str], tokens: Sequence[list[str]]) -> list[list[float]]:
    """The features of OPENING_NAMES: whether a block opens with two capitalised words, how many short lines hold these
    two, and how many blocks open with them."""
    if _kernel:
        return cast(list[list[float]], _kernel.opening_columns(list(texts), list(tokens)))
    openings = [_opening(text, words) for text, words in zip(texts, tokens, strict=True)]
    wanted = {opening for opening in openings if opening}
    first_words = {first for first, _ in wanted}
    lines: Counter[tuple[str, str]] = Counter()
    for words in tokens:
        if len(words) <= _SHORT_LINE and not first_words.isdisjoint(words):
            for pair in wanted.intersection(pairwise(words)):
                lines[pair] += 1
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
    first, *other = text.split(maxsplit=2)[:2]
    is_name = other and first[1:2].islower() and other[0][0].isupper() and other[0][1:2].islower()
    return (words[0], words[1]) if is_name else None
