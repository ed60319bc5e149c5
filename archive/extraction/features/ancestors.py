"""The elements that hold a page's blocks, each once: what is true of an element is found once for all its blocks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self, cast

from lxml import etree

from archive.extraction.blocks import TextBlock

#: The attributes of an element: names and values.
Attributes = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Ancestors:
    """The blocks' elements and all above them, by number, with their attributes: parents come before their children,
    the root is 0 and its own parent. `own` is the number of each block's element."""

    elements: Sequence[etree._Element]
    attributes: Sequence[Attributes]
    parents: Sequence[int]
    own: Sequence[int]

    @classmethod
    def of(cls, blocks: Sequence[TextBlock]) -> Self:
        """Number the elements around the blocks of one page."""
        numbers: dict[etree._Element, int] = {}
        parents: list[int] = []
        own = [_number(block.element, numbers, parents) for block in blocks]
        return cls(list(numbers), list(map(attributes_of, numbers)), parents, own)

    def parent(self, number: int) -> etree._Element | None:
        """The element around an element; None for the root."""
        return self.elements[self.parents[number]] if number else None


def attributes_of(element: etree._Element) -> Attributes:
    """The attributes of an element of HTML, which are all text."""
    return cast(Attributes, element.items())


def _number(element: etree._Element, numbers: dict[etree._Element, int], parents: list[int]) -> int:
    """An element's number. Filled in from the root down: deep pages must not recurse."""
    known = numbers.get(element)
    if known is not None:
        return known
    missing = []
    at: etree._Element | None = element
    while at is not None and at not in numbers:
        missing.append(at)
        at = at.getparent()
    above = numbers[at] if at is not None else 0
    for below in reversed(missing):
        parents.append(above)
        above = numbers[below] = len(parents) - 1
    return above
