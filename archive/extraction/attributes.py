"""Elements by what their attributes or their texts hold.

To look at each element of a page takes a hundredth of all time, and most pages have none of what is looked for.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import cast

from lxml import etree

from archive.extraction.native import compiled

#: Names of attributes, each with what is to stand in one of that name; what is empty stands in each. One may be empty:
#: that is the text at an element's start.
Parts = Collection[tuple[str, str]]

#: Parts that are looked for at once.
_MOST = 31
_kernel = compiled("attribute_search")


def holding(tree: etree._Element, parts: Parts, *tags: str) -> list[etree._Element]:
    """The elements of these names, or of all, with an attribute in which its part stands, in page order."""
    if _kernel:
        return cast(list[etree._Element], _kernel.holding(tree, parts, tags, None))
    return among(tree.iter(*tags), parts)


def among(elements: Iterable[etree._Element], parts: Parts, *tags: str) -> list[etree._Element]:
    """The same, of some elements that were found before."""
    return [element for element in elements if (not tags or element.tag in tags) and _holds(element, parts)]


def _holds(element: etree._Element, parts: Parts) -> bool:
    for name, part in parts:
        said = element.get(name) if name else element.text
        if said is not None and part in said:
            return True
    return False


def outermost(tree: etree._Element, parts: Parts, is_one: Callable[[etree._Element], bool]) -> list[etree._Element]:
    """The elements of which something is true, in page order, without those that they hold: pages nest hundreds. Each
    has an attribute in which its part stands, so that others are not looked at."""
    if _kernel:
        few = parts if len(parts) <= _MOST else {(name, "") for name, _ in parts}
        return cast(list[etree._Element], _kernel.holding(tree, few, (), is_one))
    return list(_outermost(tree, is_one))


def _outermost(tree: etree._Element, is_one: Callable[[etree._Element], bool]) -> Iterator[etree._Element]:
    walker = etree.iterwalk(tree, events=("start",))
    for _, element in walker:
        if is_one(element):
            walker.skip_subtree()
            yield element
