"""Pages that nest elements deeper, or hold more of them or of attributes, than can be parsed: their text is kept.

Browsers stop at some level and put deeper elements beside each other (Blink at the 512th), so that their text is shown
all the same; libxml2 reads nothing behind the 2048th. lexbor has no such limit, but looks through all open elements at
almost every tag, and opens anew in each paragraph what formats were left open: a page can take it minutes.
"""

import re
from collections import Counter
from itertools import islice

from archive.extraction.flow import INLINE
from archive.extraction.native import compiled
from archive.telling.kinds import Warned, WarningKind
from archive.telling.shield import note

_kernel = compiled("tag_sizes")
#: Elements of a page beyond this are not read: each takes 300 bytes of memory. Of 1,589 real pages none has 12,000.
MAX_ELEMENTS = 100_000
#: Levels that are kept. Elements whose end tag may be left out are not counted: each level may hold four of them.
_MOST = 400
#: Elements that any page may have without a look at its levels: were each inside the other, lexbor took 0.4 s.
_FEW_ELEMENTS = 5000
#: Elements that formats left open may come to, each opened anew in every block.
_MOST_OPENED = 300_000
#: Formats that are left open without attributes: of twelve kinds, of each three (13.2.4.3).
_PLAIN_FORMATS = 36
_NEVER_CLOSED = frozenset(b"area base br col embed hr img input link meta param source track wbr".split())
_UNCOUNTED = frozenset(
    b"html head body p li dt dd tr td th thead tbody tfoot colgroup option optgroup rt rp".split()
) | frozenset(_NEVER_CLOSED)
_FORMATTING = frozenset(b"b big code em font i nobr s small strike strong tt u".split())
_INLINE = frozenset(name.encode() for name in INLINE)
#: End tags of other elements end nothing outside of these (13.2.4.2).
_SCOPES = frozenset(b"applet caption marquee object table template svg math select".split())
#: How many open elements an end tag is looked for in, and may end at once.
_NEAR = 8
_ELEMENT = re.compile(rb"<[a-zA-Z]")
_FORMAT = re.compile(rb"<(?:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s/]", re.I)
#: An attribute as the HTML standard reads it (13.2.5.32 on). Every part is possessive: it takes linear time.
_ATTRIBUTE = rb"""(?:[\s/]++|[^\s=>/]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+))?+|=)"""
#: Attributes of one element beyond these are not read. libxml2 takes quadratic time over them (80,000 take it 5 s),
#: htmldate several times that; of 984 real pages none has an element with 250.
_MAX_ATTRIBUTES = 1000
#: Characters that so many attributes take at least.
_LONG_TAG = 2 * _MAX_ATTRIBUTES
_ATTRIBUTED = re.compile(rb"<[a-zA-Z][^\s>/]*+" + _ATTRIBUTE + rb"*+")
_FEW_ATTRIBUTES = re.compile(rb"<[a-zA-Z][^\s>/]*+" + _ATTRIBUTE + rb"{0,%d}+" % _LONG_TAG)
#: Comments, scripts and styles as a whole, or a tag; what is not closed goes on to the end.
_TAG = re.compile(
    rb"<!--(?:-?>|.*?(?:--!?>|\Z))|<(script|style)\b.*?(?:</\1|\Z)|<(/?)([a-zA-Z][^\s>/]*+)" + _ATTRIBUTE + rb"*+>?",
    re.I | re.S,
)


def may_be_costly(elements: int, formats: int) -> bool:
    """Whether a page has so many elements, and of formats, that its levels must be counted before it is parsed."""
    if elements > _FEW_ELEMENTS:
        return True
    return elements * elements >= _MOST_OPENED and elements * (_PLAIN_FORMATS + formats) > _MOST_OPENED


def counted(content: bytes) -> tuple[int, int]:
    """How many tags that are no end tags a page has, and how many of formats."""
    return content.count(b"<") - content.count(b"</"), len(_FORMAT.findall(content))


def bounded(content: bytes) -> bytes:
    """The page up to the last element that is read, each with no more attributes and levels around it than are read."""
    elements, formats = _kernel.counted(content) if _kernel else counted(content)
    found = _ELEMENT.finditer(content) if elements > MAX_ELEMENTS else ()
    last = next(islice(found, MAX_ELEMENTS, None), None)
    if last is not None:
        said = f"size: only the first {MAX_ELEMENTS} elements were read: {last.start()} of {len(content)} bytes"
        note(Warned(WarningKind.SIZE, said))
        content = content[: last.start()]
    return _with_few_attributes(flattened(content) if may_be_costly(elements, formats) else content)


def _with_few_attributes(content: bytes) -> bytes:
    """The page with the attributes of each tag cut to the first thousand; scripts are left alone."""
    pieces, at, seen, in_script = [], 0, 0, False
    for start, end in _kernel.long_tags(content, _LONG_TAG) if _kernel else long_tags(content, _LONG_TAG):
        opened, closed = (content.rfind(mark, seen, start) for mark in (b"<script", b"</script"))
        in_script, seen = opened > closed or (in_script and opened == closed), start
        few = _FEW_ATTRIBUTES.match(content, start)
        if few and few.end() < end and not in_script:
            pieces.append(content[at : few.end()])
            at = end
    return b"".join([*pieces, content[at:]]) if pieces else content


def long_tags(content: bytes, size: int) -> list[tuple[int, int]]:
    """Where start tags of so many characters or more begin, and where they end but for their `>`."""
    return [tag.span() for tag in _ATTRIBUTED.finditer(content) if tag.end() - tag.start() >= size]


def flattened(content: bytes) -> bytes:
    """The page without the tags of elements that stand too deep; what they parted stays parted."""
    levels, pieces, at = _Levels(max(8, _MOST_OPENED // (len(_ELEMENT.findall(content)) + 1))), [], 0
    for tag in _TAG.finditer(content):
        name = (tag[3] or b"").lower()
        if not name or name in _UNCOUNTED:
            continue
        if levels.ended(name) if tag[2] else levels.began(name):
            pieces.append(content[at : tag.start()] + (b"" if name in _INLINE else b"<hr>"))
            at = tag.end()
    if pieces:
        note(Warned(WarningKind.DEPTH, f"nesting: elements below the {_MOST}th level were read without their tags"))
    return b"".join([*pieces, content[at:]])


class _Levels:
    """The elements that are open, as tags follow each other: rather too many of them than too few. A format stays open,
    to be opened anew in the next block, until an end tag of its own reaches it (13.2.6.4.7)."""

    def __init__(self, formats: int) -> None:
        self._open: list[tuple[bytes, bool]] = []
        self._left = formats
        self._within: Counter[bytes] = Counter()
        self._behind: Counter[bytes] = Counter()

    def began(self, name: bytes) -> bool:
        """Take a start tag in; whether the element stands too deep."""
        is_format = name in _FORMATTING
        is_deep = len(self._open) > _MOST or (is_format and self._left <= 0)
        self._open.append((name, is_deep))
        self._within[name] += 1
        self._left -= is_format
        return is_deep

    def ended(self, name: bytes) -> bool:
        """Take an end tag in; whether it belongs to an element that stands too deep."""
        is_deep = bool(self._open) and self._open[-1][1]
        if self._behind[name] and not self._within[name]:
            self._behind[name] -= 1
            self._left += 1
            return False
        for place in range(len(self._open) - 1, max(-1, len(self._open) - 1 - _NEAR), -1):
            opened, was_deep = self._open[place]
            if opened == name:
                self._end(place)
                return was_deep
            if opened in _SCOPES or (name in _INLINE and opened not in _INLINE):
                break
        return is_deep

    def _end(self, place: int) -> None:
        self._left += self._open[place][0] in _FORMATTING
        for name, _ in self._open[place:]:
            self._within[name] -= 1
        for name, _ in self._open[place + 1 :]:
            self._behind[name] += name in _FORMATTING
        del self._open[place:]
