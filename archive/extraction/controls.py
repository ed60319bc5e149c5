"""What words a page's controls borrow from the story: the headline as the last step of a breadcrumb, and buttons on
pictures ("View in full screen") that look like captions. Both are navigation."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple, Self

from lxml import etree

from archive.extraction.blocks import TextBlock
from archive.extraction.metadata.fact_text import skeleton
from archive.extraction.verdict import Verdict, relabelled
from archive.labels import Label

BREADCRUMB_RULE, BUTTON_RULE = "general:breadcrumb", "general:button"
#: Elements from a block's own upwards that may be the breadcrumb, or the button.
_NEAR_CRUMB, _NEAR_BUTTON = 6, 3
_NAMED_BY = ("class", "id", "aria-label", "itemtype", "typeof")


class Controls(NamedTuple):
    """Whether the block at a place stands in a breadcrumb or another menu, and whether on a button."""

    is_step: Callable[[int], bool]
    is_button: Callable[[int], bool]

    @classmethod
    def of(cls, blocks: Sequence[TextBlock]) -> Self:
        """The controls of a page, looked for where they are asked for."""
        return cls(lambda place: is_step(blocks[place]), lambda place: is_button(blocks[place]))


def without_controls(verdicts: Sequence[Verdict], texts: Sequence[str], controls: Controls) -> list[Verdict]:
    """The verdicts, what only looks like headline or caption taken for navigation. A site's own rules stand.

    A headline in a breadcrumb must also be shown elsewhere: it may be the page's only one.
    """
    headlines = [place for place, verdict in enumerate(verdicts) if verdict.label is Label.HEADLINE]
    steps = {place for place in headlines if controls.is_step(place)}
    shown = {skeleton(texts[place]) for place in headlines if place not in steps}
    rules = {place: BREADCRUMB_RULE for place in steps if skeleton(texts[place]) in shown}
    captions = [place for place, verdict in enumerate(verdicts) if verdict.label is Label.CAPTION]
    rules |= {place: BUTTON_RULE for place in captions if controls.is_button(place)}
    return relabelled(verdicts, Label.NAVIGATION, rules)


def is_step(block: TextBlock) -> bool:
    """Whether a block stands in a breadcrumb or another menu."""
    near = islice(_upwards(block), _NEAR_CRUMB)
    return any(element.tag == "nav" or "breadcrumb" in _names(element) for element in near)


def is_button(block: TextBlock) -> bool:
    """Whether a block is the text of a button."""
    near = islice(_upwards(block), _NEAR_BUTTON)
    return any(element.tag == "button" or element.get("role") == "button" for element in near)


def _upwards(block: TextBlock) -> Iterator[etree._Element]:
    yield block.element
    yield from block.element.iterancestors()


def _names(element: etree._Element) -> str:
    return " ".join(element.get(name, "") for name in _NAMED_BY).lower()
