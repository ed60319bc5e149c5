"""What memory knows a page's blocks by: a key for the text, and the place in the template.

A place is a path of tags and names that is the same on every page of the site.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import islice
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from archive.extraction.blocks import TextBlock, holders
from archive.extraction.features.elements import Ancestors
from archive.extraction.features.neighbours import Matrix

_DIGITS = re.compile(r"\d+")
#: Characters of a text that its key is made from; longer texts that agree so far are the same.
_READ = 2000
#: Levels of a path that are kept, from the block upwards. Further up, pages of one site differ by section.
_LEVELS = 5
#: Names of one element that are kept, characters of each, and names that are looked at.
_NAMES, _LONGEST, _LOOKED_AT = 3, 40, 20
#: What tools put behind a name to make it unique with each build: `story__body__x7Kd2`.
_UNIQUE = re.compile(
    r"([A-Za-z][A-Za-z_-]{3,}?(?:__(?=[A-Za-z0-9-]{4,9}$)|[_-](?=[A-Za-z0-9]{4,8}$)))(?=.*?(?:\d|[a-z][A-Z])).+"
)
#: Names that tell a page's state or subject, or that come from a tool alone.
_MADE_UP = re.compile(
    r"(?:css|sc|jsx|emotion|svelte|astro|ng|ember|js|is|has)-|_"
    r"|(?:category|tag|author|post|section|type|format|status|topic|theme|term)-"
)
_NAME = re.compile(r"[A-Za-z][A-Za-z_-]*")
#: Inline elements that make a block another kind of place where they hold all of its text: a paragraph that is one
#: link is a teaser. Other inline elements come and go with the editor's program.
_TELLING = frozenset("a b strong em i".split())


class Marks(NamedTuple):
    """One entry a block. `texts` is "" for a text of digits alone, `places` for text without markup."""

    texts: Sequence[str]
    places: Sequence[str]
    words: Sequence[int]

    @classmethod
    def of_page(cls, blocks: Sequence[TextBlock], tokens: Sequence[Sequence[str]], ancestors: Ancestors) -> Self:
        """The marks of a page's blocks; `tokens` are their lower-cased words."""
        places = places_of(blocks, ancestors)
        return cls(_text_keys(tokens, places), places, list(map(len, tokens)))

    @classmethod
    def of_text(cls, tokens: Sequence[Sequence[str]]) -> Self:
        """The marks of a plain text's paragraphs."""
        places = [""] * len(tokens)
        return cls(_text_keys(tokens, places), places, list(map(len, tokens)))


def text_key(words: Sequence[str], place: str = "") -> str:
    """16 hexadecimal digits that near-equal texts at the same place share: case, punctuation and numbers do not count.

    The place's last two steps belong to it: a headline that other pages repeat in their lists of links, or an opening
    that they show as a teaser, is no boilerplate where it is at home.
    """
    return _text_keys([words], [place])[0]


def _text_keys(tokens: Sequence[Sequence[str]], places: Sequence[str]) -> list[str]:
    """The key of each of some texts, whose words hold no white space."""
    texts = _DIGITS.sub("0", "\n".join([" ".join(words) for words in tokens])).split("\n")
    return [_key(text[:_READ], place) for text, place in zip(texts, places, strict=True)]


def _key(text: str, place: str) -> str:
    if not text[:1].isalpha() and text.replace(" ", "").isdigit():
        return ""
    return blake2b(f"{text}\n{_near(place)}".encode("utf-8", "replace"), digest_size=8).hexdigest()


@lru_cache(4096)
def _near(place: str) -> str:
    return " > ".join(place.split(" > ")[-2:])


def places_of(blocks: Sequence[TextBlock], ancestors: Ancestors) -> list[str]:
    """The place of each block of a page, as a CSS selector: the elements around it, then what holds all of its text."""
    paths = _paths(ancestors)
    places = []
    for block, number in zip(blocks, ancestors.own.tolist(), strict=True):
        place = " > ".join(paths[number]) or "body"
        inside = _holding_all(block)
        places.append(f"{place} {' '.join(inside)}" if inside else place)
    return places


def _paths(ancestors: Ancestors) -> list[tuple[str, ...]]:
    """The last steps to each element, from the body on, which is no step itself."""
    named = [(tag, dict(attributes)) for tag, attributes in ancestors.looks]
    steps = [step_of(tag, names.get("class"), names.get("id")) for tag, names in named]
    paths: list[tuple[str, ...]] = []
    for look, parent in zip(ancestors.look.tolist(), ancestors.parents.tolist(), strict=True):
        above = paths[parent] if paths else ()
        paths.append(() if named[look][0] == "body" else (*above[1 - _LEVELS :], steps[look]))
    return paths


def _holding_all(block: TextBlock) -> list[str]:
    """The telling inline elements around all of a block's text, outermost first."""
    return [str(one.tag) for one in islice(holders(block), 1, None) if one.tag in _TELLING][:3]


@lru_cache(maxsize=20_000)
def step_of(tag: str, classes: str | None, own: str | None) -> str:
    """One element's tag with its stable names: `div.story.text#main`, `div[class*=story__body__]` where a name was
    cut."""
    names = {_class(name) for name in (classes or "").split()[:_LOOKED_AT]} - {""}
    return tag + "".join(sorted(names)[:_NAMES]) + (f"#{own}" if own and _is_stable(own) else "")


@lru_cache(maxsize=20_000)
def _class(name: str) -> str:
    cut = _UNIQUE.fullmatch(name[: 2 * _LONGEST]) if "_" in name or "-" in name else None
    if cut:
        return f"[class*={cut[1]}]" if _is_stable(cut[1]) else ""
    return f".{name}" if _is_stable(name) else ""


def _is_stable(name: str) -> bool:
    return len(name) <= _LONGEST and bool(_NAME.fullmatch(name)) and not _MADE_UP.match(name)


class BlockGroups:
    """Which rows have which key. Rows with an empty key are in no group: their `of` is -1."""

    def __init__(self, keys: Sequence[str]) -> None:
        numbers: dict[str, int] = {}
        self.of: NDArray[np.intp] = np.array(
            [numbers.setdefault(key, len(numbers)) if key else -1 for key in keys], int
        )
        self.keys = list(numbers)
        self._rows = np.flatnonzero(self.of >= 0)
        self._grouped = self.of[self._rows]

    def sizes(self) -> NDArray[np.intp]:
        """How many rows each group has."""
        return np.bincount(self._grouped, minlength=len(self.keys))

    def first_rows(self) -> NDArray[np.intp]:
        """The first row of each group."""
        return self._rows[np.unique(self._grouped, return_index=True)[1]]

    def means(self, beliefs: Matrix, words: Sequence[int]) -> Matrix:
        """What is believed of each group; the model is surer of long blocks, which count by the root of their words."""
        weights = np.sqrt(1 + np.array(words, np.float32))[self._rows]
        sums = np.zeros((len(self.keys), beliefs.shape[1]), np.float32)
        np.add.at(sums, self._grouped, beliefs[self._rows] * weights[:, None])
        total = np.bincount(self._grouped, weights, len(self.keys)).astype(np.float32)
        means: Matrix = sums / total[:, None]
        return means
