"""The page's own controls: breadcrumbs, buttons and the counts of slides are no part of a story."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice

from lxml import etree

from archive.extraction.asides import SPOKEN
from archive.extraction.blocks import TextBlock
from archive.extraction.metadata.fact_text import skeleton
from archive.extraction.rules import Verdict, places_of, relabelled
from archive.extraction.visibility import UNFOLDS
from archive.labels import Label

BREADCRUMB_RULE, BUTTON_RULE, COUNT_RULE = "general:breadcrumb", "general:button", "general:count"
SPOKEN_RULE = "general:spoken"
#: Elements from a block's own upwards that may be the breadcrumb, or the button.
_NEAR_CRUMB, _NEAR_BUTTON = 6, 3
#: Characters of the longest count of a slide.
_COUNTED = 15
_NAMED_BY = ("class", "id", "aria-label", "itemtype", "typeof")
_SLIDE = re.compile(r"\(?(\d{1,3}) ?(?:/|of|von|de|sur|di|van|av|z|из) ?(\d{1,3})\)?", re.I)


def without_controls(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock]) -> list[Verdict]:
    """What stands in a breadcrumb or another menu is no headline, if the page shows that elsewhere too: it may be the
    only one. The text of a button is no caption ("View in full screen"), and no body where it shows the rest of one."""
    headlines = places_of(Label.HEADLINE, verdicts)
    steps = [place for place in headlines if any(map(_is_menu, _upwards(blocks[place], _NEAR_CRUMB)))]
    shown = {skeleton(blocks[place].text) for place in headlines if place not in steps}
    rules = {place: BREADCRUMB_RULE for place in steps if skeleton(blocks[place].text) in shown}
    unfolding = (place for place in places_of(Label.BODY, verdicts) if UNFOLDS.fullmatch(blocks[place].text))
    for place in (*places_of(Label.CAPTION, verdicts), *unfolding):
        if any(up.tag == "button" or up.get("role") == "button" for up in _upwards(blocks[place], _NEAR_BUTTON)):
            rules[place] = BUTTON_RULE
    return relabelled(verdicts, Label.NAVIGATION, rules)


def without_spoken(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock]) -> list[Verdict]:
    """A block whose text is for screen readers alone tells them where they are: others do not see it."""
    rules = {place: SPOKEN_RULE for place in places_of(Label.BODY, verdicts) if _is_spoken(blocks[place])}
    return relabelled(verdicts, Label.NAVIGATION, rules)


def _is_spoken(block: TextBlock) -> bool:
    element = block.element
    while not SPOKEN.search(element.get("class") or ""):
        if not block.whole or len(element) != 1 or (element.text or "").strip() or (element[0].tail or "").strip():
            return False
        element = element[0]
    return True


def without_slide_counts(verdicts: Sequence[Verdict], texts: Sequence[str]) -> list[Verdict]:
    """`1 / 5`, `2 / 5`, `3 / 5` count a gallery's slides. The marks of a review look alike, and do not go up by one."""
    counts = {
        place: match for place, text in enumerate(texts) if len(text) < _COUNTED and (match := _SLIDE.fullmatch(text))
    }
    of: dict[str, list[int]] = {}
    for match in counts.values():
        of.setdefault(match[2], []).append(int(match[1]))
    slides = {
        last for last, numbers in of.items() if numbers[1:] == list(range(numbers[0] + 1, numbers[0] + len(numbers)))
    }
    body = (place for place in counts if verdicts[place].label is Label.BODY and len(of[counts[place][2]]) > 1)
    return relabelled(verdicts, Label.NAVIGATION, {place: COUNT_RULE for place in body if counts[place][2] in slides})


def _upwards(block: TextBlock, most: int) -> Iterator[etree._Element]:
    return islice(chain([block.element], block.element.iterancestors()), most)


def _is_menu(element: etree._Element) -> bool:
    return element.tag == "nav" or any("breadcrumb" in element.get(name, "").lower() for name in _NAMED_BY)
