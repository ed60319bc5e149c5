"""White space as a browser shows it: folded, but for line breaks and preformatted text."""

import re
from collections.abc import Iterable

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
_AROUND_CELL = re.compile(f"(?: ?{CELL} ?)+")
_AROUND_BREAK = re.compile(f" ?{BREAK} ?")


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
