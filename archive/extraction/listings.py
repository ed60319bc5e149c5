"""Listings of code as they are read: the numbers before their lines are the highlighter's."""

from lxml import etree

from archive.extraction.blocks import is_number

#: Elements around preformatted text that may be called a gutter: a cell, and the block in it.
_NEAR = 2


def without_line_numbers(tree: etree._Element, content: bytes) -> None:
    """Empty the columns of numbers that stand beside code and not in it; `content` is the page of which the tree was
    made. No element comes or goes."""
    if b"<pre" not in content:
        return
    for pre in tree.iter("pre"):
        near = [pre, *(node for _, node in zip(range(_NEAR), pre.iterancestors(), strict=False))]
        if any(map(is_number, near)) and all(word.isdecimal() for word in "".join(map(str, pre.itertext())).split()):
            pre.text = None
            for node in pre.iterdescendants():
                node.text = node.tail = None
