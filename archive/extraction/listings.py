"""Listings of code as they are read: the numbers before their lines are the highlighter's."""

from itertools import islice

from lxml import etree

from archive.extraction.attributes import holding
from archive.extraction.blocks import NUMBERS

#: What the columns of numbers are called that stand beside code, and of what they are made. Prism calls the code itself
#: `line-numbers`.
_COLUMNS = NUMBERS - {"line-numbers"} | {"crayon-nums"}
_PARTS, _TAGS = tuple(("class", name) for name in sorted(_COLUMNS)), ("pre", "td")
#: Elements around preformatted text that may be the column; else each number is called so, and the first one tells.
_NEAR = 2


def without_line_numbers(tree: etree._Element) -> None:
    """Empty the columns of numbers that stand beside code and not in it. No element comes or goes."""
    if not any(map(_is_called_so, holding(tree, _PARTS))):
        return
    walker = etree.iterwalk(tree, events=("start",), tag=_TAGS)
    for _, column in walker:
        near = [column, *islice(column.iterancestors(), _NEAR), *islice(column.iter("span"), 1)]
        if any(map(_is_called_so, near)) and _is_numbers(column):
            walker.skip_subtree()
            column.text = None
            for node in column.iterdescendants():
                node.text = node.tail = None


def _is_called_so(element: etree._Element) -> bool:
    return not _COLUMNS.isdisjoint(element.get("class", "").split())


def _is_numbers(column: etree._Element) -> bool:
    words = (word for text in column.itertext() for word in str(text).split())
    first = next(words, "")
    return first.isdecimal() and all(map(str.isdecimal, words))
