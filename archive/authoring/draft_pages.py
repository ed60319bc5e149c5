"""A page with labelled blocks, as drafting sees it: which selectors cover which blocks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from archive.authoring.draft_candidates import names_of
from archive.extraction.blocks import TextBlock
from archive.extraction.site_rules import around
from archive.labels import Label


@dataclass(frozen=True)
class LabelledPage:
    """The blocks of one page and what each is."""

    url: str
    blocks: Sequence[TextBlock]
    labels: Sequence[Label]

    @cached_property
    def sizes(self) -> list[int]:
        """The characters of each block."""
        return [len(block.text) for block in self.blocks]

    @cached_property
    def coverage(self) -> dict[str, frozenset[int]]:
        """Every selector that names an element around a block, with the numbers of the blocks inside."""
        found: dict[str, set[int]] = {}
        for number, block in enumerate(self.blocks):
            for element in around(block):
                for name in _names(element):
                    found.setdefault(name, set()).add(number)
        return {name: frozenset(numbers) for name, numbers in found.items()}

    def of(self, label: Label) -> frozenset[int]:
        """The numbers of the blocks with that label."""
        return frozenset(number for number, found in enumerate(self.labels) if found is label)

    def size(self, numbers: frozenset[int]) -> int:
        """The characters of these blocks."""
        return sum(self.sizes[number] for number in numbers)


#: Elements that are also named as children of a named one: "div.story > p".
_PLAIN = frozenset("p h2 h3 h4 ul ol blockquote table div span section".split())


def _names(element: etree._Element) -> Iterator[str]:
    yield from names_of(element)
    parent = element.getparent()
    if parent is not None and element.tag in _PLAIN:
        yield from (f"{name} > {element.tag}" for name in names_of(parent))
