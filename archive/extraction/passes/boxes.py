"""Which blocks stand in one element, where labels are put right by what stands beside them."""

from collections.abc import Container, Iterator, Sequence
from itertools import chain, takewhile

from lxml import etree

from archive.extraction.blocks import TextBlock


def upwards(element: etree._Element) -> Iterator[etree._Element]:
    """An element and those around it."""
    return chain([element], element.iterancestors())


def own_elements(element: etree._Element, story: Container[etree._Element]) -> list[etree._Element]:
    """An element and those around it up to the first that a story holds."""
    return list(takewhile(lambda up: up not in story, upwards(element)))


def below(place: int, blocks: Sequence[TextBlock], most: int | None = None) -> Iterator[int]:
    """The blocks after one that stand in the same element, `most` at most."""
    around = blocks[place].element.getparent()
    behind = range(place + 1, len(blocks) if most is None else min(place + 1 + most, len(blocks)))
    return takewhile(lambda one: any(up is around for up in blocks[one].element.iterancestors()), behind)


def start(end: int, blocks: Sequence[TextBlock], most: int) -> int | None:
    """Where a box of `most` blocks at most begins that ends with one; None where its element holds more."""
    call = blocks[end].element
    box = call.getparent() if call.tag in ("a", "button", "p", "span") else call
    first = end
    while first > 0 and any(up is box for up in upwards(blocks[first - 1].element)):
        first -= 1
        if end - first >= most:
            return None
    return first if end + 1 == len(blocks) or not any(up is box for up in upwards(blocks[end + 1].element)) else None
