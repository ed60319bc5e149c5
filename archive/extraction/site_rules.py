"""A site's own rules: selectors by label, and strip rules that take text out of the body by name.

They win over everything else. Among selectors the deepest element that holds a block decides; a strip rule
decides over any selector. Where a layout names the body, what lies outside it is never body.
"""

from collections.abc import Iterator, Sequence
from itertools import takewhile

from lxml import etree

from archive.extraction.blocks import TextBlock
from archive.extraction.rules import Verdict, select_rule, strip_rule
from archive.labels import Label
from archive.sites import Layout
from archive.sites.patterns import is_found
from archive.sites.selectors import select


class SiteRules:
    """One layout's rules, applied to one page."""

    def __init__(self, layout: Layout, tree: etree._Element) -> None:
        self._strips = [
            (number, rule, {element for selector in rule.select for element in select(selector, tree)})
            for number, rule in enumerate(layout.strip)
        ]
        self._chosen = dict(_chosen(layout, tree))
        self.names_body = any(label is Label.BODY for label, _ in self._chosen.values())

    def verdicts(self, blocks: Sequence[TextBlock]) -> list[Verdict | None]:
        """What the rules say of each block; None where they say nothing."""
        held = ((block, tuple(around(block))) for block in blocks)
        return [self._strip(block, elements) or self._select(elements) for block, elements in held]

    def _strip(self, block: TextBlock, around_it: tuple[etree._Element, ...]) -> Verdict | None:
        for number, rule, elements in self._strips:
            inside = not rule.select or not elements.isdisjoint(around_it)
            if inside and (rule.text is None or is_found(rule.text, block.text)):
                return Verdict(rule.label, strip_rule(number), 1.0)
        return None

    def _select(self, around_it: tuple[etree._Element, ...]) -> Verdict | None:
        for up in around_it:
            if found := self._chosen.get(up):
                label, selector = found
                return Verdict(label, select_rule(selector), 1.0)
        return None


def around(block: TextBlock) -> Iterator[etree._Element]:
    """The elements that hold a block, the innermost first."""
    if not block.after and block.start is not block.element:
        yield from takewhile(lambda up: up is not block.element, (block.start, *block.start.iterancestors()))
    yield block.element
    yield from block.element.iterancestors()


def _chosen(layout: Layout, tree: etree._Element) -> Iterator[tuple[etree._Element, tuple[Label, str]]]:
    for label, selectors in layout.selectors():
        for selector in selectors:
            if elements := select(selector, tree):
                yield from ((element, (label, selector)) for element in elements)
                break
