"""What a block's own text looks like: lengths, punctuation, cases, and word cues."""

import math
import re

from archive.extraction.cues import CUED, text_hits

_TOKEN = re.compile(r"\w+(?:['’]\w+)*")
_SENTENCE_END = re.compile(r"[.!?…。！？؟।](?:[\"'”’»)\]]*)(?=\s|$)|[。！？]")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.\w|\[email\s+protected\]|\(at\)|\[at\]")
_WEB = re.compile(r"https?://|www\.|\b\w+\.(?:com|org|net|de|fr|es|it|co|eu|info)\b", re.I)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_CLOCK = re.compile(r"\b\d{1,2}[:.h]\d\d\b")
_DAY = re.compile(r"\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b|\b\d{4}-\d\d-\d\d\b")
_PHONE = re.compile(r"\+?\d[\d\s().-]{7,}\d")
_MONEY = re.compile(r"[$€£¥₹]\s?\d|\d\s?[$€£¥₹]|\bUSD\b|\bEUR\b")
_COPYRIGHT = re.compile(r"©|\(c\)\s|&copy;|℗|®", re.I)
_SEPARATOR = re.compile(r"[|·•»›→–—/]")
_QUOTES = '"“”„«»‘’「」'

NAMES = (
    "chars words word_length sentences ends_sentence ends_colon ends_ellipsis starts_lower starts_digit "
    "starts_quote upper "
    "digits punctuation commas title_case all_caps address copyright web year clock day phone money separators "
    "question exclamation quotes lines distinct parentheses hashtag initials"
).split()
NAMES += [f"cue_{label}" for label in CUED] + [f"starts_{label}_cue" for label in CUED]
NAMES += ["cue_share"]


def tokens_of(text: str) -> list[str]:
    """The words of a text, lower-cased."""
    return _TOKEN.findall(text.lower())


def word_row(text: str, tokens: list[str]) -> list[float]:
    """The features of one block's text, in the order of NAMES."""
    hits, starts = text_hits(text, tokens)
    size = len(text)
    share = min(1.0, sum(hits) / (len(tokens) or 1))
    return [*_lengths(text, tokens), *_cases(text, size), *_signs(text, size), *hits, *starts, share]


def _lengths(text: str, tokens: list[str]) -> list[float]:
    words = len(tokens)
    last = text.rstrip("\"'”’»)]")[-1:]
    first = text[:1]
    return [
        math.log1p(len(text)),
        math.log1p(words),
        sum(map(len, tokens)) / words if words else 0.0,
        len(_SENTENCE_END.findall(text)),
        last in ".!?…。！？؟।",
        last in ":：",
        text.endswith(("...", "…")),
        first.islower(),
        first.isdigit(),
        first in _QUOTES,
    ]


def _cases(text: str, size: int) -> list[float]:
    letters = sum(map(str.isalpha, text)) if size < 200 else size
    upper = sum(map(str.isupper, text)) if size < 400 else 0.03 * size
    digits = sum(map(str.isdigit, text)) if size < 400 else 0.01 * size
    raw = text.split()[:40]
    titled = sum(1 for word in raw if word[:1].isupper())
    return [
        upper / (letters or 1),
        digits / (size or 1),
        sum(text.count(sign) for sign in ".,;:!?") / (size or 1),
        text.count(",") + text.count("،") + text.count("、") + text.count("，"),
        titled / (len(raw) or 1),
        bool(size < 400 and letters and upper / letters > 0.9),
    ]


def _signs(text: str, size: int) -> list[float]:
    short = text if size < 400 else text[:200] + " " + text[-200:]
    words = text.split()
    return [
        bool(_ADDRESS.search(short)),
        bool(_COPYRIGHT.search(short)),
        bool(_WEB.search(short)),
        bool(_YEAR.search(short)),
        bool(_CLOCK.search(short)),
        bool(_DAY.search(short)),
        bool(_PHONE.search(short)),
        bool(_MONEY.search(short)),
        len(_SEPARATOR.findall(short)),
        "?" in short,
        "!" in short,
        sum(text.count(sign) for sign in '"“”„«»'),
        text.count("\n"),
        len(set(words)) / (len(words) or 1),
        "(" in short,
        short.startswith("#"),
        sum(1 for word in words[:12] if len(word) == 2 and word[1] == "." and word[0].isupper()),
    ]
