"""Whether lines are verse: by what their elements are called, or by how they look."""

import re

from lxml import etree

_NAMES = frozenset(
    "verse verses poem poems poetry poesie poesia stanza stanzas strophe lyric lyrics songtext gedicht haiku".split()
)
_WORD = re.compile(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+")
#: Elements from a block's own upwards whose names are looked at, and characters of a name.
_NEAR, _LONGEST_NAME = 3, 400
#: Lines that make verse at least, and characters of the longest.
_LINES, _LONGEST = 3, 64
#: What addresses, figures, hours and code have, and verse seldom.
_NO_VERSE = re.compile(r"[\d{}<>=|\\@$#]|://|;\s*$|:\s*$|\(\)")


def is_verse(text: str, element: etree._Element, *, is_preformatted: bool) -> bool:
    """Whether a block of several lines is verse."""
    lines = [line for line in text.split("\n") if line.strip()]
    if _is_named(element):
        return True
    if len(lines) < _LINES or max(map(len, lines)) > _LONGEST:
        return False
    if is_preformatted and next(element.iter("code", "kbd", "samp"), None) is not None:
        return False
    odd = sum(bool(_NO_VERSE.search(line)) for line in lines)
    return not odd if is_preformatted else 4 * odd <= len(lines)


def _is_named(element: etree._Element | None) -> bool:
    for _ in range(_NEAR):
        if element is None:
            return False
        names = f"{element.get('class', '')} {element.get('id', '')}"[:_LONGEST_NAME]
        if not _NAMES.isdisjoint(word.lower() for word in _WORD.findall(names)):
            return True
        element = element.getparent()
    return False
