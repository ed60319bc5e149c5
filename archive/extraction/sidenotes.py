"""Notes that stand within their sentence: a browser sets them in the margin, or shows them at their mark.

In a line of text they would run into the sentence: they are put in brackets, as one writes them there.
"""

import re
from itertools import islice

from lxml import etree

from archive.extraction.attributes import outermost

_PARTS = (("class", "note"),)
#: What notes are called by Tufte CSS and by what copies it, by plugins for WordPress, and by LaTeXML.
_NAME = re.compile(r"(?:\S*[-_])?(?:foot|side|margin)[-_]?note(?:[-_]+(?:text|content|body|note))?|ltx_note_outer")
#: What they flow in, and characters of the shortest: marks are called so too. Elements before one that are looked at.
_TAGS, _SHORTEST, _BEFORE = ("span", "small", "em", "i"), 12, 20


def set_in_brackets(tree: etree._Element) -> None:
    """Mark where each note within a sentence begins and ends. No element comes or goes."""
    for note in outermost(tree, _PARTS, _is_note):
        note.text = f" [{(note.text or '').lstrip()}"
        if len(note):
            note[-1].tail = f"{(note[-1].tail or '').rstrip()}] "
        else:
            note.text = f"{note.text.rstrip()}] "


def _is_note(element: etree._Element) -> bool:
    if element.tag not in _TAGS or not any(map(_NAME.fullmatch, element.get("class", "").split())):
        return False
    said = "".join(map(str, element.itertext())).strip()
    return len(said) >= _SHORTEST and said[0] not in "([" and _follows_text(element)


def _follows_text(element: etree._Element) -> bool:
    """Whether a text stands before an element in what holds it; a note in a list of them stands alone."""
    around = element.getparent()
    before = islice(element.itersiblings(preceding=True), _BEFORE)
    return any((one.tail or "").strip() for one in before) or bool(around is not None and (around.text or "").strip())
