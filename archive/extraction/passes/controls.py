"""The page's own controls: breadcrumbs, buttons and the counts of slides are no part of a story."""

import re
from collections.abc import Sequence
from itertools import chain, islice

from lxml import etree

from archive.extraction.asides import SPOKEN
from archive.extraction.blocks import TextBlock, holders
from archive.extraction.metadata.fact_text import skeleton
from archive.extraction.passes.boxes import upwards
from archive.extraction.rules import Verdict, places_of, relabelled
from archive.extraction.visibility import UNFOLDS
from archive.labels import Label

BREADCRUMB_RULE, BUTTON_RULE, COUNT_RULE = "general:breadcrumb", "general:button", "general:count"
SPOKEN_RULE, CODE_RULE = "general:spoken", "general:code-bar"
#: Elements from a block's own upwards that may be the breadcrumb, the button, or the bar.
_NEAR_CRUMB, _NEAR_BUTTON, _NEAR_BAR = 6, 3, 3
#: Characters of the longest count of a slide.
_COUNTED = 15
_NAMED_BY = ("class", "id", "aria-label", "itemtype", "typeof")
#: What highlighters call the line above code that names its language, and the bar with what copies it.
_CODE_BAR = re.compile(r"(?<!\S)(?:lang|language(?:-name)?|code-?lang(?:uage)?|toolbar(?:-item)?)(?!\S)", re.I)
#: How the code itself names it.
_LANGUAGE = re.compile(r"(?<!\S)(?:language|lang|brush:?|highlight-source)[-\s]([\w+#-]+)", re.I)
#: Blocks to each side of a bar that may be the code; characters of a bar.
_CODE, _NEAR_CODE, _LONGEST_BAR = ("pre", "code"), 2, 40
_SLIDE = re.compile(r"\(?(\d{1,3}) ?(?:/|of|von|de|sur|di|van|av|z|из) ?(\d{1,3})\)?", re.I)


def without_controls(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock]) -> list[Verdict]:
    """What stands in a breadcrumb or another menu is no headline, if the page shows that elsewhere too: it may be the
    only one. The text of a button is no caption ("View in full screen"), and no body where it shows the rest of one."""
    headlines = places_of(Label.HEADLINE, verdicts)
    steps = [place for place in headlines if any(map(_is_menu, islice(upwards(blocks[place].element), _NEAR_CRUMB)))]
    shown = {skeleton(blocks[place].text) for place in headlines if place not in steps}
    rules = {place: BREADCRUMB_RULE for place in steps if skeleton(blocks[place].text) in shown}
    unfolding = (place for place in places_of(Label.BODY, verdicts) if UNFOLDS.fullmatch(blocks[place].text))
    for place in (*places_of(Label.CAPTION, verdicts), *unfolding):
        if any(
            up.tag == "button" or up.get("role") == "button"
            for up in islice(upwards(blocks[place].element), _NEAR_BUTTON)
        ):
            rules[place] = BUTTON_RULE
    return relabelled(verdicts, Label.NAVIGATION, rules)


def without_spoken(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock]) -> list[Verdict]:
    """A block whose text is for screen readers alone tells them where they are: others do not see it."""
    body = places_of(Label.BODY, verdicts)
    spoken = (place for place in body if any(SPOKEN.search(one.get("class") or "") for one in holders(blocks[place])))
    return relabelled(verdicts, Label.NAVIGATION, dict.fromkeys(spoken, SPOKEN_RULE))


def without_code_bars(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock]) -> list[Verdict]:
    """The name of the language that code is in, beside it, and what copies it, are no part of a story."""
    codes = [place for place, block in enumerate(blocks) if block.element.tag in _CODE]
    beside = ((place, code) for code in codes for place in range(max(0, code - _NEAR_CODE), code + _NEAR_CODE + 1))
    bars = {
        place: CODE_RULE
        for place, code in beside
        if place < len(blocks) and verdicts[place].label is Label.BODY and _is_code_bar(blocks[place], blocks[code])
    }
    return relabelled(verdicts, Label.NAVIGATION, bars)


def _is_code_bar(block: TextBlock, code: TextBlock) -> bool:
    if len(block.text) > _LONGEST_BAR or block.element.tag in _CODE:
        return False
    near = chain(islice(upwards(block.element), _NEAR_BAR), islice(block.element.iterdescendants(), _NEAR_BAR))
    around = (up.get("class", "") for up in islice(upwards(code.element), _NEAR_BAR))
    named = (match[1].lower() for names in around for match in _LANGUAGE.finditer(names))
    return any(_CODE_BAR.search(one.get("class", "")) for one in near) or block.text.lower() in named


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


def _is_menu(element: etree._Element) -> bool:
    return element.tag == "nav" or any("breadcrumb" in element.get(name, "").lower() for name in _NAMED_BY)
