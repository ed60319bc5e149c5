"""A block's text with its parts set apart as a browser shows them."""

import re
from collections.abc import Iterator
from itertools import islice

from lxml import etree

from archive.extraction.metadata.facts import LabelledText

#: Characters of a text, and texts in an element, that are looked at.
_LONGEST, _MOST_PARTS = 400, 120


def apart(block: LabelledText) -> str:
    """A block's text, with inline elements of different kinds on lines of their own where nothing else parts them:
    `<a>Jane Doe</a><span>Reporter</span>` is two things in any browser."""
    if block.element is None or len(block.element) == 0 or len(block.text) > _LONGEST:
        return block.text
    # The element may hold all of the page, where the block is a text between its parts.
    text = "".join(islice(_parted(block.element), _MOST_PARTS))
    lines = "\n".join(filter(None, (" ".join(line.split()) for line in text.split("\n"))))
    return lines if "".join(lines.split()) == "".join(block.text.split()) else block.text


def _parted(root: etree._Element) -> Iterator[str]:
    """The texts of an element, with line breaks between words of elements that touch each other."""
    last, ended = "", None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        text = element.text if event == "start" else ("" if element is root else element.tail)
        if event == "start" and element.tag == "br":
            yield "\n"
            last = "\n"
        if event == "start" and ended is not None and ended.getnext() is element and last[-1:].isalnum():
            first = next(filter(None, map(str, element.itertext())), "")
            if first[:1].isalnum():
                same = (ended.tag, ended.get("class") or "") == (element.tag, element.get("class") or "")
                yield " " if same else "\n"
        if text:
            yield re.sub(r"\s+", " ", text)
            last = text
        ended = element if event == "end" and not element.tail else None
