"""Pages that nest elements deeper, or hold more of them, than can be parsed: their text is kept.

libxml2 reads nothing behind the 2048th level. Browsers stop at some level too and put deeper elements beside each
other (Blink at the 512th), so that their text is shown all the same.
"""

import re

from archive.extraction.blocks import INLINE
from archive.telling.kinds import Warned, WarningKind
from archive.telling.shield import note

#: Elements of a page beyond this are not read: each takes 300 bytes of memory. Of 1,589 real pages none has 12,000.
MAX_ELEMENTS = 100_000
#: Levels that are kept. Elements whose end tag may be left out are not counted: each level may hold four of them.
_MOST = 400
_NEVER_CLOSED = frozenset(b"area base br col embed hr img input link meta param source track wbr".split())
_UNCOUNTED = frozenset(
    b"html head body p li dt dd tr td th thead tbody tfoot colgroup option optgroup rt rp".split()
) | frozenset(_NEVER_CLOSED)
_ELEMENT = re.compile(rb"<[a-zA-Z]")
#: Comments, scripts and styles as a whole, or a tag; what is not closed goes on to the end.
_TAG = re.compile(
    rb"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1|\Z)"
    rb"""|<(/?)([a-zA-Z][^\s>/]*+)(?:"[^"]*+"|'[^']*+'|[^"'>])*+(?:>|\Z)""",
    re.I | re.S,
)


def bounded(content: bytes) -> bytes:
    """The page up to the last element that is read."""
    if content.count(b"<") <= MAX_ELEMENTS:
        return content
    for number, element in enumerate(_ELEMENT.finditer(content)):
        if number == MAX_ELEMENTS:
            said = f"size: only the first {MAX_ELEMENTS} elements were read: {element.start()} of {len(content)} bytes"
            note(Warned(WarningKind.SIZE, said))
            return content[: element.start()]
    return content


def flattened(content: bytes) -> bytes:
    """The page without the tags of elements that stand too deep; what they parted stays parted."""
    note(Warned(WarningKind.DEPTH, f"nesting: elements below the {_MOST}th level were read without their tags"))
    depth, pieces, at = 0, [], 0
    for tag in _TAG.finditer(content):
        name = (tag[3] or b"").lower()
        if not name or name in _UNCOUNTED:
            continue
        was_too_deep = depth > _MOST
        depth = max(0, depth - 1) if tag[2] else depth + 1
        if depth > _MOST or was_too_deep:
            parts = name.decode("ascii", "replace") not in INLINE
            pieces.append(content[at : tag.start()] + (b"<hr>" if parts else b""))
            at = tag.end()
    return b"".join([*pieces, content[at:]])
