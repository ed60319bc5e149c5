"""Listings of code as they are read: the numbers before their lines are the highlighter's."""

from lxml import etree

from archive.extraction.blocks import NUMBERS

#: What the columns of numbers are called that stand beside code, and of what they are made.
_COLUMNS = NUMBERS | {"crayon-nums"}
_SIGNS, _TAGS = (b"<pre", b"gutter", b"crayon-nums"), ("pre", "td")
#: Elements around preformatted text that may be the column.
_NEAR = 2


def without_line_numbers(tree: etree._Element, content: bytes) -> None:
    """Empty the columns of numbers that stand beside code and not in it; `content` is the page of which the tree was
    made. No element comes or goes."""
    if not any(sign in content for sign in _SIGNS):
        return
    for column in tree.iter(*_TAGS):
        near = [column, *(node for _, node in zip(range(_NEAR), column.iterancestors(), strict=False))]
        if any(not _COLUMNS.isdisjoint(node.get("class", "").split()) for node in near) and _is_numbers(column):
            column.text = None
            for node in column.iterdescendants():
                node.text = node.tail = None


def _is_numbers(column: etree._Element) -> bool:
    return all(text.isdecimal() for texts in column.itertext() for text in str(texts).split())
