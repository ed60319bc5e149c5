"""Boxes before a story that ask for consent, in many words: what they say of cookies is no part of it."""

import re
from collections.abc import Sequence

from archive.extraction.blocks import TextBlock
from archive.extraction.passes.boxes import own_elements
from archive.extraction.rules import Verdict, places_of, relabelled
from archive.labels import Label

RULE = "general:consent"
_COOKIES = re.compile(
    r"cookie|çerez|\bkakor|evästee|ciasteczk|куки|файлы cookie|쿠키|クッキー|informasjonskaps|\bsüti|slapuk|sīkdat"
    r"|küpsis|kolačić|бисквит",
    re.I,
)
#: Blocks of body that a story has at least behind its headline.
_STORY = 2


def without_consent(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock]) -> list[Verdict]:
    """The verdicts; of a page whose story stands below its headline, what is taken for body before that and stands in a
    box that speaks of cookies is a legal notice. On 1,589 pages of the corpus there is none."""
    headline = next(iter(places_of(Label.HEADLINE, verdicts)), 0)
    body = places_of(Label.BODY, verdicts)
    before = [place for place in body if place < headline]
    if not before or len(body) - len(before) < _STORY:
        return list(verdicts)
    around = frozenset(blocks[headline].element.iterancestors())
    # What stands in an element that holds the headline too stands for itself.
    own = ((block.element, own_elements(block.element, around)) for block in blocks[:headline])
    boxes = [(up or [element])[-1] for element, up in own]
    asking = {boxes[place] for place in range(headline) if _COOKIES.search(blocks[place].text)}
    return relabelled(verdicts, Label.LEGAL_NOTICE, {place: RULE for place in before if boxes[place] in asking})
