"""A run of text on its way to be a block: its pieces, their white space as a browser shows it, and where two inline
elements meet without any."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from lxml import etree

#: Shown as nothing: soft hyphens, zero-width spaces, byte-order marks.
_INVISIBLE = ("\xad", "\u200b", "\u2060", "\ufeff")
_NOTHING = str.maketrans(dict.fromkeys(_INVISIBLE))
# Stand-ins for white space that must survive the folding of all other white space; parse_page leaves no
# control characters in a page's text.
BREAK, CELL = "\x01", "\x03"
_KEPT_SPACE, _KEPT_TAB = "\x02", "\x04"
#: Highlighters write no-break spaces where code has spaces.
_KEPT = str.maketrans({"\n": BREAK, " ": _KEPT_SPACE, "\xa0": _KEPT_SPACE, "\t": _KEPT_TAB, "\r": None})
_STAND_INS = re.compile("[\x01-\x04]")
_AROUND_CELL = re.compile(f" ?{CELL} ?")
_AROUND_BREAK = re.compile(f" ?{BREAK} ?")
#: These belong to the word that they stand at.
_OF_A_WORD = frozenset("sup sub rt rp rb ruby wbr br img".split())
_WORD = 3


@dataclass(slots=True)
class Mark:
    """An inline element or a cell within a block: its text is pieces `start` to `end`, or to the last one."""

    element: etree._Element
    start: int
    end: int | None = None


@dataclass(slots=True)
class Run:
    """The block being gathered."""

    pieces: list[str] = field(default_factory=list)
    start: etree._Element | None = None
    after: bool = False
    links: int = 0
    bold: int = 0
    anchors: list[etree._Element] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    breaks: int = 0

    def clear(self) -> None:
        """Forget white space, links and breaks, where there is no text yet."""
        self.pieces.clear()
        self.anchors.clear()
        self.marks.clear()
        self.breaks = 0


@dataclass(slots=True)
class Open:
    """A block-level element that is being walked; `parted` once it holds more than one run."""

    element: etree._Element
    parted: bool = False


def kept(text: str) -> str:
    """Preformatted text, its white space put into what folding leaves alone."""
    return text.translate(_KEPT)


def visible_text(pieces: Iterable[str]) -> str:
    """The text of pieces: white space folded; line breaks, cells and preformatted spaces kept."""
    text = "".join(pieces)
    # Translating takes longer than all else here, and few texts have such characters.
    if not text.isascii() and any(sign in text for sign in _INVISIBLE):
        text = text.translate(_NOTHING)
    text = " ".join(text.split())
    if CELL in text:
        text = _AROUND_CELL.sub("\t", text).strip("\t")
    if BREAK in text:
        text = _AROUND_BREAK.sub("\n", text).strip("\n")
    if _KEPT_SPACE in text or _KEPT_TAB in text:
        text = text.replace(_KEPT_SPACE, " ").replace(_KEPT_TAB, "\t").rstrip()
    return text


def ink(piece: str) -> int:
    """How many characters of a piece are shown and no white space: as many as of its visible text."""
    if not piece.isascii():
        piece = piece.translate(_NOTHING)
    return sum(map(len, _STAND_INS.sub(" ", piece).split()))


def inked(text: str) -> list[int]:
    """The places in a block's text of what is no white space."""
    return [at for at, sign in enumerate(text) if not sign.isspace()]


def stand_apart(before: etree._Element, last: str, element: etree._Element) -> bool:
    """Whether an element stands apart from the one right before it, whose text ends with `last`."""
    if before.tag in _OF_A_WORD or element.tag in _OF_A_WORD:
        return False
    if before.tag == element.tag == "a":
        return True
    text = before.text or ""
    if len(text) < 4 and sum(map(str.isalnum, text)) == 1 and not text.strip().isdigit():
        # A large first letter, maybe with its quotation mark.
        return False
    if before.get("class") and element.get("class"):
        return True
    return _part(last, str(next(element.itertext(), "")))


def _part(last: str, first: str) -> bool:
    """Whether a text that goes on with another would show a word's end in the middle of one."""
    if not last or not first or last[-1].isspace() or not first[0].isalnum():
        return False
    end, start = last[-1], first[0]
    if end.isdigit() and start.isalpha():
        return first[:_WORD].isalpha() and len(first) >= _WORD
    if end.isalpha() and start.isdigit():
        return last[-_WORD:].isalpha() and len(last) >= _WORD
    return (end.islower() or end in ".!?:;)") and start.isupper() and not first[1:2].isupper()
