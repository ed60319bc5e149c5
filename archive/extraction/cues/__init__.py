"""Word cues: hints in a block's text by language, and in the names that its markup gives it.

The words are data: `text.yaml` and `markup.yaml` beside this file.
"""

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from archive.extraction.word_files import word_files
from archive.labels import Label

#: Labels that words hint at; body text and headlines have none of their own.
CUED = tuple(label for label in Label if label not in (Label.BODY, Label.HEADLINE))
#: A word of a text; vowel signs of Indian scripts, and hyphens, part them.
TOKEN = re.compile(r"\w+(?:['’]\w+)*")
_SPLIT_NAME = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|h\d")
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
#: Tokens looked at; a long paragraph is recognised by its length, not by its words.
_LOOKED_AT = 60
#: What stands behind the last word; no phrase goes on with it.
_END = "\n"
#: Stands for the second word of a phrase that is one word.
_ALONE = ""
NO_HITS: tuple[Sequence[int], Sequence[int]] = ((0,) * len(CUED), (0,) * len(CUED))


@cache
def markup_groups() -> tuple[str, ...]:
    """The names of the groups of markup words, in the order of their bits."""
    return tuple(word_files()["cues/markup"])


@cache
def markup_words() -> dict[str, int]:
    """The groups of each markup word, as bits."""
    bits: dict[str, int] = {}
    for index, words in enumerate(word_files()["cues/markup"].values()):
        for word in words:
            bits[word] = bits.get(word, 0) | 1 << index
    return bits


@lru_cache(maxsize=16_384)
def name_bits(name: str) -> int:
    """Which markup groups a class, id or other attribute value hints at, as bits."""
    words = markup_words()
    found = 0
    for part in name.split()[:20]:
        found |= words.get(part.lower(), 0)
        for word in _SPLIT_NAME.findall(part[:80]):
            found |= words.get(word.lower(), 0)
    return found


@cache
def phrases() -> tuple[dict[str, dict[str, list[tuple[list[str], int]]]], list[tuple[str, int]]]:
    """Phrases of words, by their first word, and the next one or _ALONE: the words behind the first, and the number of
    the label. Then those of scripts that part no words."""
    spaced: dict[str, dict[str, list[tuple[list[str], int]]]] = {}
    unspaced: list[tuple[str, int]] = []
    for labels in word_files()["cues/text"].values():
        numbered = ((CUED.index(Label(label)), phrases) for label, phrases in labels.items())
        for index, phrase in ((index, phrase) for index, phrases in numbered for phrase in phrases):
            if _UNSPACED.search(phrase):
                unspaced.append((phrase, index))
            elif words := TOKEN.findall(phrase):
                first, *rest = words
                spaced.setdefault(first, {}).setdefault(rest[0] if rest else _ALONE, []).append((rest, index))
    return spaced, unspaced


def text_hits(text: str, tokens: list[str]) -> tuple[Sequence[int], Sequence[int]]:
    """How often each label of CUED is hinted at, and whether the text begins with such a hint (0 or 1); NO_HITS where
    none is.

    `tokens` are the lower-cased words of `text`.
    """
    spaced, unspaced = phrases()
    looked, found = tokens[:_LOOKED_AT], []
    hinting = [(place, spaced[token]) for place, token in enumerate(looked) if token in spaced]
    looked.append(_END)
    for place, following in hinting:
        for known in (following.get(_ALONE), following.get(looked[place + 1])):
            for rest, index in known or ():
                if looked[place + 1 : place + 1 + len(rest)] == rest:
                    found.append((index, 1 + len(rest), place == 0))
    if not text.isascii() and len(text) < 300 and _UNSPACED.search(text):
        found += [(index, 1, text.startswith(phrase)) for phrase, index in unspaced if phrase in text]
    if not found:
        return NO_HITS
    counts, starts = [0] * len(CUED), [0] * len(CUED)
    for index, count, is_start in found:
        counts[index] += count
        starts[index] |= is_start
    return counts, starts
