"""Boxes that ask for something: a heading above promotion, and what ends with a button that says "Donate now"."""

import re
from collections import Counter
from collections.abc import Sequence

from lxml import etree

from archive.extraction.blocks import TextBlock
from archive.extraction.passes.boxes import below, start
from archive.extraction.rules import Verdict, places_of, relabelled
from archive.labels import Label

RULE = "general:headed"
_HEADINGS = frozenset("h2 h3 h4 h5 h6".split())
#: What a button of an offer says, its characters, and blocks of the largest box that one ends.
_ASKS = re.compile(
    r"\W*(?:(?:donate|give|subscribe|sign up|join|contribute|support)\b(?: (?:now|today|us|here|for free))?|support us"
    r"|(?:become|be) a (?:member|supporter|patron)|make a donation|(?:jetzt )?(?:spenden|abonnieren|unterstützen)"
    r"|faire un don|je (?:donne|m['’]abonne|soutiens)|dona(?:r| ahora)?|apóyanos|suscríbete|hazte soci[oa]|assine"
    r"|apoie|doneer(?: nu)?|word (?:lid|donateur)|abbonati|sostienici|dona ora|prenumerera|stöd oss|støtt oss|wesprzyj"
    r"(?: nas)?|поддержать|подписаться|bağış yap|abone ol|寄付する|후원하기|捐款|立即捐款)\W*",
    re.I,
)
_CALL, _BOXED = 30, 4


def without_offers(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock]) -> list[Verdict]:
    """Where all that stands below a heading in its element is promotion, it is that too. What heads many parts ("Pros")
    is none: of 17 other headings of the corpus 14 are promotion."""
    headings = [place for place in places_of(Label.BODY, verdicts) if blocks[place].element.tag in _HEADINGS]
    times = Counter(blocks[place].text for place in headings)
    offered = (place for place in headings if times[blocks[place].text] == 1 and _is_offered(place, verdicts, blocks))
    return relabelled(verdicts, Label.PROMOTION, dict.fromkeys(offered, RULE))


def _is_offered(place: int, verdicts: Sequence[Verdict], blocks: Sequence[TextBlock]) -> bool:
    others = below(place, blocks)
    first = next(others, None)
    is_offer = first is not None and verdicts[first].label is Label.PROMOTION
    return is_offer and all(verdicts[one].label is Label.PROMOTION for one in others)


def without_calls(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock]) -> list[Verdict]:
    """What ends with a link or a button that says "Donate now" and stands in a box amid the story asks for that."""
    body = places_of(Label.BODY, verdicts)
    amid = range(body[0] + 2, body[-1] + 2) if body else ()
    calls = [place for place in amid if place < len(blocks) and _calls(blocks[place])]
    boxes = (range(first, place + 1) for place in calls if (first := start(place, blocks, _BOXED)) is not None)
    told = (box for box in boxes if body[0] < box.start and len(box) > 1)
    places = (place for box in told for place in box if verdicts[place].label is Label.BODY)
    return relabelled(verdicts, Label.PROMOTION, dict.fromkeys(places, RULE))


def _calls(block: TextBlock) -> bool:
    size, element = len(block.text), block.element
    # Most blocks are told by numbers alone.
    if size > _CALL or not (block.links == size or element.tag == "button" or _is_in_button(element)):
        return False
    return bool(_ASKS.fullmatch(block.text))


def _is_in_button(element: etree._Element) -> bool:
    around = element.getparent()
    return around is not None and around.tag == "button"
