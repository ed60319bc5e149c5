"""Notes that stand within their sentence: a browser sets them in the margin, or shows them at their mark.

In a line of text they would run into the sentence: they are put in brackets, as one writes them there.
"""

import re
from itertools import chain, islice, takewhile

from lxml import etree

from archive.extraction.attributes import outermost

_PARTS = (("class", "note"),)
#: What notes are called by Tufte CSS and by what copies it, by plugins for WordPress, and by LaTeXML.
_NAME = re.compile(
    r"(?:\S*(?<!role)[-_])?(?:foot|side|margin)[-_]?note(?:[-_]+(?:text|content|body|note))?|ltx_note_outer"
)
#: What they flow in, and characters of the shortest: marks are called so too. Elements before one that are looked at.
_TAGS, _SHORTEST, _BEFORE = ("span", "small", "em", "i"), 12, 20
#: Characters of a mark; elements at the beginning of a note that may hold it again.
_MARK, _MARKS = 3, 6
#: Elements around a note that may hold it and its mark alone.
_LEVELS = 2
_POINTS = tuple(".,;:!?")


def set_in_brackets(tree: etree._Element) -> None:
    """Mark where each note within a sentence begins and ends. No element comes or goes."""
    for note in outermost(tree, _PARTS, _is_note):
        _without_mark(note)
        note.text = f" [{(note.text or '').lstrip()}"
        if len(note):
            note[-1].tail = f"{(note[-1].tail or '').rstrip()}]{_parting(note)}"
        else:
            note.text = f"{note.text.rstrip()}]{_parting(note)}"


def _parting(note: etree._Element) -> str:
    """What parts a note from the text behind it: nothing where that begins with a point."""
    tails = ((up.tail or "").lstrip() for up in chain([note], islice(note.iterancestors(), _LEVELS)))
    behind = next(filter(None, tails), "")
    return "" if behind[:1] in _POINTS else " "


def _without_mark(note: etree._Element) -> None:
    """Empty the marks with which a note begins once more."""
    before = note.getprevious()
    mark = "" if before is None else (before.text or "").strip()
    for one in islice(note.iterdescendants(), _MARKS):
        if mark and len(mark) <= _MARK and (one.text or "").strip() == mark and not len(one):
            one.text = None
        elif (one.text or "").strip():
            return


def _is_note(element: etree._Element) -> bool:
    if element.tag not in _TAGS or not any(map(_NAME.fullmatch, element.get("class", "").split())):
        return False
    said = "".join(map(str, element.itertext())).strip()
    return len(said) >= _SHORTEST and said[0] not in "([" and _follows_text(element)


def _follows_text(element: etree._Element) -> bool:
    """Whether a text stands before an element in what holds it, or before that where it flows in a line, too; a note in
    a list of them stands alone."""
    flowing = takewhile(lambda up: up.tag in _TAGS, islice(element.iterancestors(), _LEVELS))
    return any(map(_is_behind_text, chain([element], flowing)))


def _is_behind_text(element: etree._Element) -> bool:
    around = element.getparent()
    before = islice(element.itersiblings(preceding=True), _BEFORE)
    return any((one.tail or "").strip() for one in before) or bool(around is not None and (around.text or "").strip())
