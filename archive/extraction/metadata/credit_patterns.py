"""The words of credits as patterns: what begins one, what stands before its names and behind them."""

import re
from functools import cache

from archive.extraction.metadata.word_lists import UNSPACED, can_match, either, words
from archive.extraction.metadata.word_patterns import AnyOf, of_words

THAI = re.compile("[\u0e00-\u0eff]")
#: The lists of words that begin a credit of their own, with a colon behind them.
_BEGINNING = ("text", "other", "by", "helped", "updated", "published", "source", "counted")
#: Without a flag for case: the letters have none, and looking for it would take 50,000 steps.
_CORRESPONDENT = re.compile(r"^[\u3400-\u9fff]{1,8}[报報社网網台刊聞闻](?:记者|記者)\s+(?=\S)")
_BY = r"(?:by|von|par|por|di|door|av|af|de|do|da)"


@of_words
def credit(any_of: AnyOf) -> re.Pattern[str]:
    """Words that begin a new credit: with a colon, or with a word for by behind them."""
    beginning = frozenset().union(*map(words, _BEGINNING))
    credits, glued = any_of(beginning), any_of(word for word in _unspaced(*_BEGINNING) if len(word) > 1)
    phrases = any_of(word for word in words("helped") if " " in word)
    signs = any_of(_unspaced("text", "other", "by"))
    authors = any_of(word for word in _unspaced("text", "by") if len(word) > 1)
    others, sources = any_of(_unspaced("other")), any_of(word for word in _unspaced("source") if len(word) > 1)
    signed = either(rf"(?:{credits})\s*[:：]", rf"(?:{signs})\s*[/／=・](?=\S)")
    plain = either(
        rf"(?:{authors})(?=\s*[^\W\d_])",
        rf"(?:{others})\s+(?=[^\W\d]{{2}})",
        rf"(?:{phrases})(?=\s)",
        _other_by(any_of),
    )
    return re.compile(
        rf"(?:^|[\s,.;&|])((?P<joint>{joint_credit(any_of)}(?:\s*+[:：]|(?=\s+{_BY}\b)))|{signed}|(?P<source>{sources})(?=\s*[^\s:：])"
        rf"|{plain})|(?<=[^\W\d_])(?P<glued>(?:{glued})[:：])",
        re.I,
    )


def joint_credit(any_of: AnyOf) -> str:
    """One credit for words and for other work: `Text und Fotos`, `Foto & text`."""
    text, other = any_of(words("text") | words("by")), any_of(words("other"))
    joined = rf"\s*+(?:{either(any_of(words('and')), '[,&·・/+]')})\s*+"
    return rf"(?:{either(rf'(?:{text})(?:{joined}(?:{either(other, text)}))++', rf'(?:{other}){joined}(?:{text})')})"


@cache
def _unspaced(*keys: str) -> frozenset[str]:
    """Words of scripts without spaces, which need no colon behind them."""
    return frozenset(word for key in keys for word in words(key) if UNSPACED.search(word) and not THAI.search(word))


@cache
def _published_by() -> frozenset[str]:
    return frozenset(word for word in words("by") if " " in word and word.split()[0] in words("published"))


def _other_by(any_of: AnyOf) -> str:
    return rf"(?:{any_of(words('other'))})\s+(?:and\s+\w+\s+)?{_BY}\b"


@of_words
def other_credit(any_of: AnyOf) -> re.Pattern[str]:
    """A credit for other work than words, without whom it names."""
    return re.compile(either(rf"{_other_by(any_of)}\W*+", rf"(?:{any_of(words('other'))})\s*[:：]"), re.I)


@of_words
def prefixes(any_of: AnyOf) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """What stands before a credit's names, in the order to try: of a source, who wrote (`by`), or other work."""
    other = any_of(words("other") | words("counted"))
    by, helped = any_of(words("by")), any_of(words("helped"))
    # In one list, the longest first: "Autor:innen" begins with "Autor:".
    credited = any_of(words("text") | words("by") | words("helped"))
    stamps = any_of(words("updated") | words("published"))
    source = any_of(words("source"))
    signs, others = any_of(_unspaced("text", "by", "helped")), any_of(_unspaced("other"))
    patterns: tuple[tuple[str, str | re.Pattern[str]], ...] = (
        ("source", rf"^(?:{source})\s*[:：]\s*"),
        ("by", rf"^{joint_credit(any_of)}(?:\s*+[:：]|\s+{_BY}\b)\s*"),
        ("other", rf"^(?:{other})(?:\s*(?:and|und|et|y|e|,|&|·)\s*\w+)*\s*[:：]"),
        # "Published by" is a word for by, where "published" alone is none.
        ("by", rf"^(?:{any_of(_published_by())})\s+(?=\S)"),
        ("other", rf"^{_other_by(any_of)}"),
        ("other", rf"^(?:{others})\s*(?:[/／=・]|\s(?=\S))"),
        ("by", rf"^(?:{signs})\s*[/／=・]\s*"),
        ("by", _CORRESPONDENT),
        ("by", rf"^(?:{credited})\s*+[:：]\s*"),
        ("by", rf"^(?:{helped})\s+"),
        ("by", rf"^(?:{by})(?:[\s・]+(?=\S)|\W*$)"),
        ("other", rf"^(?:{stamps})\s*+(?:[:：]|\W*$)"),
    )
    return tuple(
        (kind, pattern if isinstance(pattern, re.Pattern) else re.compile(pattern, re.I))
        for kind, pattern in patterns
        if isinstance(pattern, re.Pattern) or can_match(pattern)
    )


@of_words
def ends(any_of: AnyOf) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Words behind those who helped, where it was posted, and words of a date, at the end of a credit."""
    posted = any_of(_unspaced("at"))
    both = (
        rf"{any_of(words('after'))}|contributed\b.*|(?:{posted})\s.*",
        any_of(words("updated") | words("published")),
    )
    after, stamp = (re.compile(rf"(?<!\s)\s++(?:{end})\W*$", re.I) for end in both)
    return after, stamp


@of_words
def by_words(any_of: AnyOf) -> re.Pattern[str]:
    """A word for by, or a credit for words, at the start of a text."""
    plain, signs = any_of(words("by") | words("helped")), _unspaced("text", "by")
    # One letter alone begins other words too: `文化` is a rubric.
    long, short = any_of(word for word in signs if len(word) > 1), any_of(word for word in signs if len(word) == 1)
    credited = any_of(words("text") | words("by"))
    beginning = either(
        rf"(?:{credited})\s*+[:：]",
        rf"(?:{long})\s*+[/／=・：:]?",
        rf"(?:{short})(?:\s*+[/／=・：:]|(?=\s))",
        rf"(?:{plain})(?=\s)",
    )
    return re.compile(either(rf"(?<!\s)\s*+(?:{beginning})\s*+"), re.I)
