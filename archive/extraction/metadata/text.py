"""Text of attributes and scripts as a reader sees it: entities resolved, on one line."""

import html
import re
import unicodedata
from functools import lru_cache

from lxml import etree

#: Shown as nothing: soft hyphen, zero-width characters, direction marks, byte-order mark.
_INVISIBLE = re.compile("[\xad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_NOT_LETTERS = re.compile(r"[^a-z0-9]+")
#: Characters of one value that are looked at.
LIMIT = 10_000


def plain(text: str) -> str:
    """One line of plain text. Entities that were escaped twice are resolved, tags dropped."""
    text = text[:LIMIT]
    for _ in range(2):
        if "&" not in text or not _ENTITY.search(text):
            break
        text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    return " ".join(_INVISIBLE.sub("", text).split())


@lru_cache(maxsize=4096)
def skeleton(text: str) -> str:
    """Letters and digits alone, without case and accents: for telling whether two names are the same."""
    if text.isascii():
        return _NOT_LETTERS.sub("", text.lower())
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(
        character for character in decomposed if character.isalnum() or unicodedata.category(character) == "Mc"
    )


def inner_text(element: etree._Element) -> str:
    """All text inside an element, plain."""
    return plain(str(etree.tostring(element, method="text", encoding="unicode", with_tail=False)))
