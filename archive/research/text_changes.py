"""Changes of a text as people read them."""

from collections.abc import Sequence

from rich.text import Text

from archive.research.word_differences import Piece
from archive.telling.unseen import visible

#: Words of unchanged text that are shown on each side of a change.
_AROUND = 8


def worded(pieces: Sequence[Piece]) -> Text:
    """The changes as `wdiff` writes them, so that they can be read without colours."""
    shown = Text()
    for number, piece in enumerate(pieces):
        if piece.kept:
            shown.append(_context(piece.added, number > 0, number < len(pieces) - 1))
            continue
        if piece.removed:
            shown.append(f"[-{_line(piece.removed)}-]", "red")
        if piece.added:
            shown.append(f"{{+{_line(piece.added)}+}}", "green")
        shown.append(" ")
    return shown


def _context(text: str, before: bool, behind: bool) -> str:
    """The words beside changes; what lies between is left out."""
    words = visible(text).split()
    if len(words) <= _AROUND * (before + behind):
        return " ".join(words) + " "
    left = " ".join(words[:_AROUND]) if before else ""
    right = " ".join(words[-_AROUND:]) if behind else ""
    return f"{left} … {right} ".lstrip() if words else ""


def _line(text: str) -> str:
    return " ".join(visible(text).replace("\n\n", " ¶ ").split())
