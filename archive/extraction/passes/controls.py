"""The page's own controls: breadcrumbs and buttons are no part of a story."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice

from lxml import etree

from archive.extraction.blocks import TextBlock
from archive.extraction.metadata.fact_text import skeleton
from archive.extraction.rules import Verdict, places_of, relabelled
from archive.labels import Label

BREADCRUMB_RULE, BUTTON_RULE = "general:breadcrumb", "general:button"
#: Elements from a block's own upwards that may be the breadcrumb, or the button.
_NEAR_CRUMB, _NEAR_BUTTON = 6, 3
_NAMED_BY = ("class", "id", "aria-label", "itemtype", "typeof")
#: What a button says that shows the rest of a text.
_UNFOLDS = re.compile(
    r"(?:read|show|see|view|load|continue) (?:more|full|all|reading|the rest|the full|the whole)\b.{0,20}"
    r"|weiterlesen|mehr (?:lesen|anzeigen)|lire (?:la suite|plus)|voir plus|(?:leer|ver|mostrar) más"
    r"|leggi (?:tutto|di più)|(?:ler|ver|mostrar) mais|lees (?:meer|verder)|(?:läs|visa) (?:mer|hela|vidare).{0,15}"
    r"|(?:les|vis) mer|læs (?:mere|videre)|(?:lue|näytä) lisää|(?:czytaj|pokaż) (?:dalej|więcej)"
    r"|(?:číst|zobrazit) (?:dále|více)|читать (?:далее|полностью|дальше)|показать полностью|devamını oku"
    r"|続きを読む|もっと見る|阅读全文|展开全文|閱讀全文|더\s?보기",
    re.I,
)


def without_controls(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock]) -> list[Verdict]:
    """What stands in a breadcrumb or another menu is no headline, if the page shows that elsewhere too: it may be the
    only one. The text of a button is no caption ("View in full screen"), and no body where it shows the rest of one."""
    headlines = places_of(Label.HEADLINE, verdicts)
    steps = [place for place in headlines if any(map(_is_menu, _upwards(blocks[place], _NEAR_CRUMB)))]
    shown = {skeleton(blocks[place].text) for place in headlines if place not in steps}
    rules = {place: BREADCRUMB_RULE for place in steps if skeleton(blocks[place].text) in shown}
    unfolding = (place for place in places_of(Label.BODY, verdicts) if _UNFOLDS.fullmatch(blocks[place].text))
    for place in (*places_of(Label.CAPTION, verdicts), *unfolding):
        if any(up.tag == "button" or up.get("role") == "button" for up in _upwards(blocks[place], _NEAR_BUTTON)):
            rules[place] = BUTTON_RULE
    return relabelled(verdicts, Label.NAVIGATION, rules)


def _upwards(block: TextBlock, most: int) -> Iterator[etree._Element]:
    return islice(chain([block.element], block.element.iterancestors()), most)


def _is_menu(element: etree._Element) -> bool:
    return element.tag == "nav" or any("breadcrumb" in element.get(name, "").lower() for name in _NAMED_BY)
