"""Word cues: hints in a block's text by language, and in the names that its markup gives it.

The words are data: `text.yaml` and `markup.yaml` beside this file.
"""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from archive.labels import Label

_FOLDER = Path(__file__).parent
#: Labels that words hint at; body text and headlines have none of their own.
CUED = tuple(label for label in Label if label not in (Label.BODY, Label.HEADLINE))
_SPLIT_NAME = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|h\d")
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
#: Tokens looked at; a long paragraph is recognised by its length, not by its words.
_LOOKED_AT = 60
_NONE = (0,) * len(CUED)


def _load(name: str) -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    content = yaml.load((_FOLDER / name).read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - a safe loader
    return dict(content)


@cache
def markup_groups() -> tuple[str, ...]:
    """The names of the groups of markup words, in the order of their bits."""
    return tuple(_load("markup.yaml"))


@cache
def _markup_words() -> dict[str, int]:
    bits: dict[str, int] = {}
    for index, words in enumerate(_load("markup.yaml").values()):
        for word in words:
            bits[word] = bits.get(word, 0) | 1 << index
    return bits


@lru_cache(maxsize=16_384)
def name_bits(name: str) -> int:
    """Which markup groups a class, id or other attribute value hints at, as bits."""
    words = _markup_words()
    found = 0
    for part in name.split()[:20]:
        found |= words.get(part.lower(), 0)
        for word in _SPLIT_NAME.findall(part[:80]):
            found |= words.get(word.lower(), 0)
    return found


class _Phrase(NamedTuple):
    """What stands behind a phrase's first word, the next word apart, and the number of its label."""

    following: str | None
    rest: list[str]
    label: int


@cache
def _phrases() -> tuple[dict[str, list[_Phrase]], list[tuple[str, int]]]:
    spaced: dict[str, list[_Phrase]] = {}
    unspaced: list[tuple[str, int]] = []
    for labels in _load("text.yaml").values():
        for label, phrases in labels.items():
            for phrase in phrases:
                _file(phrase, CUED.index(Label(label)), spaced, unspaced)
    return spaced, unspaced


def _file(phrase: str, index: int, spaced: dict[str, Any], unspaced: list[tuple[str, int]]) -> None:
    if _UNSPACED.search(phrase):
        unspaced.append((phrase, index))
    else:
        first, *rest = phrase.split()
        spaced.setdefault(first, []).append(_Phrase(rest[0] if rest else None, rest, index))


def text_hits(text: str, tokens: list[str]) -> tuple[Sequence[int], Sequence[int]]:
    """How often each label of CUED is hinted at, and whether the text begins with such a hint (0 or 1).

    `tokens` are the lower-cased words of `text`.
    """
    spaced, unspaced = _phrases()
    looked = tokens[:_LOOKED_AT]
    hinting = [(position, spaced[token]) for position, token in enumerate(looked) if token in spaced]
    is_unspaced = not text.isascii() and len(text) < 300 and _UNSPACED.search(text) is not None
    if not hinting and not is_unspaced:
        return _NONE, _NONE
    counts, starts = [0] * len(CUED), [0] * len(CUED)
    looked.append("")
    for position, phrases in hinting:
        after = looked[position + 1]
        for following, rest, index in phrases:
            # Most phrases end here, at the next word.
            if following is None or (following == after and looked[position + 1 : position + 1 + len(rest)] == rest):
                counts[index] += 1 + len(rest)
                if position == 0:
                    starts[index] = 1
    for phrase, index in unspaced if is_unspaced else ():
        if phrase in text:
            counts[index] += 1
            starts[index] |= text.startswith(phrase)
    return counts, starts
