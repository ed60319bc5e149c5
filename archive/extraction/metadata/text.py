"""Text of attributes and scripts as a reader sees it: entities resolved, on one line."""

import html
import re
import unicodedata

#: Shown as nothing: soft hyphen, zero-width characters, direction marks, byte-order mark.
_INVISIBLE = re.compile("[\xad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
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


def skeleton(text: str) -> str:
    """Letters and digits alone, without case and accents: for telling whether two names are the same."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(
        character
        for character in decomposed
        if character.isalnum() or unicodedata.category(character) == "Mc"
    )
