"""The article's text where a page carries it in a script alone, until that has run.

Frameworks ship a page's state as JSON: `__NEXT_DATA__`, `__next_f` (React's flight rows), Nuxt's flat arrays, Apollo's
and Redux' stores, schema.org's `liveBlogUpdate`. None of them is known here by its fields: the text is the longest run
of paragraphs in what lies closest together, if it fits the page's title or description.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from lxml import etree

from archive.extraction.features.word_rows import tokens_of
from archive.extraction.metadata.fact_text import plain_lines
from archive.extraction.metadata.word_lists import UNSPACED
from archive.extraction.script_data import script_values

#: Levels of nesting that are looked at: pages are hostile.
_DEEPEST = 60
#: Letters of prose that a text has at least, and words of one sentence of it.
_LEAST, _SENTENCE = 200, 6
#: Pieces without prose that may stand between two paragraphs.
_GAP = 8
#: The share of the title's or the description's longer words that the text must have.
_FIT = 0.25
_LONG_WORD = 5
_MARKUP = re.compile(r"<[a-zA-Z/][^<>]{0,500}+>")
_STOP = re.compile(r"[.!?…。！？؟।][\"'”’»)\]]*(?:\s|$)|[。！？]")
_CODE = re.compile(r"^(?:https?:|data:|/|[\w-]+$)|[;{}]\s*$|=>|function\s*\(")
_TITLED = ("title", "headline", "name")

Path = tuple[str | int, ...]


class ScriptText(NamedTuple):
    """Paragraphs of an article, and the script that holds them."""

    paragraphs: tuple[str, ...]
    script: etree._Element


def script_text(tree: etree._Element, about: frozenset[str]) -> ScriptText | None:
    """The article's text in the page's scripts; None where there is none that fits `about`, the words of the page's
    title and description."""
    best: ScriptText | None = None
    for script, value in script_values(tree):
        found = tuple(line for part in _paragraphs(_article(value, about)) for line in plain_lines(part).split("\n"))
        if _fits(found, about) and (best is None or _size(found) > _size(best.paragraphs)):
            best = ScriptText(found, script)
    return best


def carries(script: etree._Element, text: str) -> bool:
    """Whether a script's data holds this text, or its spans one after the other."""
    values = (value for one, value in script_values(script.getroottree().getroot()) if one is script)
    held = (leaf for value in values for _, leaf in _leaves(value))
    return _letters(text) in _letters(" ".join(map(plain_lines, held)))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _size(paragraphs: Sequence[str]) -> int:
    return sum(map(_prose, paragraphs))


def _fits(paragraphs: Sequence[str], about: frozenset[str]) -> bool:
    if _size(paragraphs) < _LEAST:
        return False
    wanted = {word for word in about if len(word) >= _LONG_WORD or _is_wide(word)}
    text = " ".join(paragraphs).lower()
    return not wanted or sum(word in text for word in wanted) >= _FIT * len(wanted)


def _prose(text: str) -> int:
    """The letters of a text that reads like sentences; none of what is code, an address or a name."""
    shown = _MARKUP.sub(" ", text) if "<" in text else text
    if len(shown) < 15 or _CODE.search(shown) or not _STOP.search(shown):
        return 0
    return len(shown) if _is_wide(shown) or len(shown.split()) >= _SENTENCE else 0


def _is_wide(text: str) -> bool:
    """Whether a text has a letter of Chinese, Japanese or Korean: one that is set without spaces and not Thai."""
    # To compile a pattern of these alone takes 34,000 steps, one for each.
    return max(UNSPACED.findall(text), default="") > "\u0eff"


def _children(value: Any) -> list[tuple[str | int, Any]]:
    if isinstance(value, dict):
        return list(value.items())
    if not isinstance(value, list):
        return []
    if len(value) > 3 and value[0] == "$" and isinstance(value[3], dict):
        # React's element: its mark, its tag, its key, its properties.
        return [("children", value[3].get("children"))]
    return list(enumerate(value))


def _weight(value: Any, weights: dict[int, int], depth: int = 0) -> int:
    """The letters of prose in a value; `weights` keeps those of all that it holds."""
    if isinstance(value, str):
        return _prose(value)
    if depth > _DEEPEST or not isinstance(value, list | dict):
        return 0
    weights[id(value)] = sum(_weight(child, weights, depth + 1) for _, child in _children(value))
    return weights[id(value)]


def _article(value: Any, about: frozenset[str]) -> Any:
    """The innermost part of a value that holds more than half of its prose, or bears the page's title."""
    weights: dict[int, int] = {}
    whole = _weight(value, weights)
    while whole:
        children = [child for _, child in _children(value)]
        inside = [(_prose(one) if isinstance(one, str) else weights.get(id(one), 0), one) for one in children]
        named = [pair for pair in inside if _is_named(pair[1], about)]
        whole, heaviest = max(named or inside, key=lambda pair: pair[0], default=(0, None))
        if not named and 2 * whole <= sum(size for size, _ in inside):
            return value
        value = heaviest
        if isinstance(value, str):
            return value
    return value


def _is_named(value: Any, about: frozenset[str]) -> bool:
    """Whether one of several articles bears the page's title."""
    titles = [value.get(key) for key in _TITLED] if isinstance(value, dict) else []
    words = [tokens_of(title) for title in titles if isinstance(title, str)]
    return any(len(each) > 2 and sum(word in about for word in each) > 0.8 * len(each) for each in words)


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif len(path) <= _DEEPEST:
        for name, child in _children(value):
            yield from _leaves(child, (*path, name))


def _key(path: Path) -> str:
    """The name that a text has in its object."""
    return next((part for part in reversed(path) if isinstance(part, str)), "")


def _paragraphs(article: Any) -> list[str]:
    """The longest run of paragraphs in an article's value: texts of the same name, close to each other."""
    if isinstance(article, str):
        return [article] if _prose(article) else []
    parts = [list(_leaves(child)) for _, child in _children(article)]
    sizes: Counter[str] = Counter()
    for path, text in (leaf for part in parts for leaf in part):
        sizes[_key(path)] += _prose(text)
    key = max(sizes, key=sizes.__getitem__, default="")
    runs: list[list[str]] = [[]]
    gap = 0
    for part in parts:
        said = list(_joined([(path, text) for path, text in part if _key(path) == key]))
        gap = 0 if any(map(_prose, said)) else gap + 1
        if gap > _GAP:
            runs.append([])
        runs[-1] += said
    return _trimmed(max(runs, key=_size))


def _joined(leaves: Sequence[tuple[Path, str]]) -> Iterator[str]:
    """The paragraphs that texts make: those in a list within one element are spans of a line."""
    line = ""
    for path, text in leaves:
        if line and (len(path) < 2 or (_STOP.search(line[-3:] + " ") and text[:1].isupper())):
            yield line
            line = ""
        line += text
    if line:
        yield line


def _trimmed(paragraphs: Sequence[str]) -> list[str]:
    """Without what stands behind the last sentence: names of tags, addresses."""
    last = max((place for place, text in enumerate(paragraphs) if _prose(text)), default=-1)
    return [text for text in paragraphs[: last + 1] if text.strip() and not _CODE.search(text)]
