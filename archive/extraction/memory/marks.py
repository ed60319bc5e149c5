"""What memory knows a page's blocks by: a key for the text, and the place in the template."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Self

from archive.extraction.blocks import TextBlock
from archive.extraction.features.elements import Ancestors
from archive.extraction.memory.places import places_of

_DIGITS = re.compile(r"\d+")
#: Characters of a text that its key is made from; longer texts that agree so far are the same.
_READ = 2000


@dataclass(frozen=True, slots=True)
class Marks:
    """One entry a block. `texts` is "" for a text of digits alone, `places` for text without markup."""

    texts: Sequence[str]
    places: Sequence[str]
    words: Sequence[int]

    @classmethod
    def of_page(cls, blocks: Sequence[TextBlock], tokens: Sequence[Sequence[str]], ancestors: Ancestors) -> Self:
        """The marks of a page's blocks; `tokens` are their lower-cased words."""
        places = places_of(blocks, ancestors)
        keys = [text_key(words, place) for words, place in zip(tokens, places, strict=True)]
        return cls(keys, places, _counts(tokens))

    @classmethod
    def of_text(cls, tokens: Sequence[Sequence[str]]) -> Self:
        """The marks of a plain text's paragraphs."""
        return cls([text_key(words) for words in tokens], [""] * len(tokens), _counts(tokens))


def _counts(tokens: Sequence[Sequence[str]]) -> list[int]:
    return [len(words) for words in tokens]


def text_key(words: Sequence[str], place: str = "") -> str:
    """16 hexadecimal digits that near-equal texts at the same place share: case, punctuation and numbers do not count.

    The place's last two steps belong to it: a headline that other pages repeat in their lists of links, or an opening
    that they show as a teaser, is no boilerplate where it is at home.
    """
    text = _DIGITS.sub("0", " ".join(words))[:_READ]
    if text.replace(" ", "").isdigit():
        return ""
    near = " > ".join(place.split(" > ")[-2:])
    return blake2b(f"{text}\n{near}".encode("utf-8", "replace"), digest_size=8).hexdigest()
