"""What leads from a story to others or to its own parts, or from a page without one to stories."""

import re
from collections.abc import Sequence
from functools import cache

from lxml import etree

from archive.extraction.blocks import TextBlock
from archive.extraction.cues import CUED, text_hits
from archive.extraction.flow import HEADINGS
from archive.extraction.metadata.fact_text import skeleton
from archive.extraction.passes.next_story import led_by
from archive.extraction.rules import Verdict, places_of, relabelled
from archive.extraction.word_files import word_files
from archive.labels import Label

READ_MORE_RULE, INDEX_RULE, CONTENTS_RULE = "general:read-more", "general:index", "general:contents"
_RELATED = CUED.index(Label.RELATED)
#: How far from a line's start the colon or dash stands, and the share of its characters in links. On 951 pages, of 34
#: such lines that the model took for body 25 were related (labels of the corpus, cross-validated).
_OPENING, _LED = re.compile(r".{3,30}?[:：–—]"), 0.4
#: Characters of the longest such words, and the marks behind them.
_LONGEST_LEAD, _MARKS = 40, " :：–—-»>|▶►•"
#: The share of a body's characters in links from which it is none, and the characters outside of links of a paragraph
#: that makes it one all the same. Of the corpus' pages with a body none has so many links and no such paragraph. A
#: rubric or a day above or below a link is not counted: it has fewer characters than the third.
_LINKED, _PARAGRAPH, _STAMP = 0.6, 120, 25
#: How many links that lead away an index has at least, and how those begin that lead to no other page.
_STORIES, _NOWHERE = 2, ("#", "javascript:", "mailto:", "tel:")
#: Entries of a table of contents at least, and the share of an entry's characters in its link. Of 29 such blocks of the
#: corpus that were taken for body 25 are navigation.
_ENTRIES, _ENTRY = 2, 0.9


def without_read_more(
    verdicts: Sequence[Verdict], blocks: Sequence[TextBlock], tokens: Sequence[list[str]]
) -> list[Verdict]:
    """Lines of body that begin with words such as "read more" and go on with a link are related. `tokens` are the words
    of the blocks."""
    rules = {}
    for place in places_of(Label.BODY, verdicts):
        text, linked = blocks[place].text, blocks[place].links
        is_opened = linked >= _LED * len(text) and _OPENING.match(text)
        if (is_opened and text_hits(text, tokens[place])[1][_RELATED]) or (linked and _is_led(text, linked)):
            rules[place] = READ_MORE_RULE
    return relabelled(verdicts, Label.RELATED, rules)


def _is_led(text: str, linked: int) -> bool:
    """Whether all of a line but such words is a link: `Related story THE BRIDGE IS OPEN`."""
    size = len(text) - linked
    # Python makes two characters of a Turkish İ.
    return size <= _LONGEST_LEAD and text[:size].strip(_MARKS).replace("İ", "i").lower() in _leads()


@cache
def _leads() -> frozenset[str]:
    lists = (labels.get("related", ()) for labels in word_files()["cues/text"].values())
    return frozenset(phrase for phrases in lists for phrase in phrases)


def without_index(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock]) -> list[Verdict]:
    """Of a page that leads to stories and holds none, what is taken for body is related: mostly links, and no paragraph
    among them."""
    places = places_of(Label.BODY, verdicts)
    body = [blocks[place] for place in places]
    size = sum(len(block.text) for block in body if block.links or len(block.text) >= _STAMP)
    linked = sum(block.links for block in body)
    if not body or linked < _LINKED * size or any(len(block.text) - block.links > _PARAGRAPH for block in body):
        return list(verdicts)
    if len({link for block in body for link in led_by(block) if _leads_away(link)}) < _STORIES:
        return list(verdicts)
    return relabelled(verdicts, Label.RELATED, dict.fromkeys(places, INDEX_RULE))


def without_contents(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock]) -> list[Verdict]:
    """Links to places on the page that say what a heading further down says are navigation, where there are two."""
    led = [place for place in places_of(Label.BODY, verdicts) if _is_entry(blocks[place])]
    if len(led) < _ENTRIES:
        return list(verdicts)
    last = {skeleton(one.text): place for place, one in enumerate(blocks) if one.element.tag in HEADINGS}
    found = [place for place in led if last.get(skeleton(blocks[place].text), -1) > place]
    return relabelled(verdicts, Label.NAVIGATION, dict.fromkeys(found if len(found) >= _ENTRIES else (), CONTENTS_RULE))


def _is_entry(block: TextBlock) -> bool:
    """Whether a block is no more than a link to a place on its page."""
    if block.links < _ENTRY * len(block.text) or block.element.tag in HEADINGS:
        return False
    places = [(link.get("href") or "")[:2] for link in led_by(block)]
    return bool(places) and all(place[:1] == "#" and len(place) > 1 for place in places)


def _leads_away(link: etree._Element) -> bool:
    target = (link.get("href") or "").strip().lower()
    return bool(target) and not target.startswith(_NOWHERE)
