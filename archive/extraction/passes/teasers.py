"""Teasers of other stories in the story's own markup: cards in its midst or below it, a linked title and a line."""

import re
from collections.abc import Iterator, Sequence

from lxml import etree

from archive.extraction.blocks import TextBlock
from archive.extraction.passes.boxes import below
from archive.extraction.rules import Verdict, places_of, relabelled
from archive.labels import Label

RULE = "general:teaser"
_TITLE = re.compile(r"h[2-6]")
#: The share of a title's characters in its link, characters of the lines below it, and of those how many.
_LINKED, _LINE, _LINES = 0.95, 220, 3
#: Characters of a story's paragraph, and how many there are.
_PARAGRAPH, _STORY = 100, 2
#: Cards below a story are three at least, behind what parts them from it. A list of things to buy stands in the story.
_CARDS = 3
_PARTING = frozenset((Label.SHARE_PROMPT, Label.PROMOTION, Label.AUTHOR_BIO, Label.COMMENTS, Label.LEGAL_NOTICE))


def without_teasers(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock]) -> list[Verdict]:
    """The verdicts, with such cards related."""
    body = places_of(Label.BODY, verdicts)
    cards = [*_last_cards(body, verdicts, blocks), *_inset(body, verdicts, blocks), *_other_articles(body, blocks)]
    return relabelled(verdicts, Label.RELATED, dict.fromkeys(cards, RULE))


def _is_title(block: TextBlock) -> bool:
    return bool(_TITLE.fullmatch(str(block.element.tag))) and block.links >= _LINKED * len(block.text)


def _last_cards(body: Sequence[int], verdicts: Sequence[Verdict], blocks: Sequence[TextBlock]) -> Sequence[int]:
    """The last blocks of a body that are cards and no more."""
    titles: list[int] = []
    lines = 0
    for number in range(len(body) - 1, 0, -1):
        if _is_title(blocks[body[number]]):
            titles.append(number)
            lines = 0
        elif lines or len(blocks[body[number]].text) > _LINE:
            break
        else:
            lines = 1
    if len(titles) < _CARDS:
        return ()
    first = titles[-1]
    between = verdicts[body[first - 1] + 1 : body[first]]
    return body[first:] if any(verdict.label in _PARTING for verdict in between) else ()


def _other_articles(body: Sequence[int], blocks: Sequence[TextBlock]) -> Iterator[int]:
    """Below a story that stands outside of them: a row of `<article>`, each with a linked title and an excerpt."""
    within = {place: next(blocks[place].element.iterancestors("article"), None) for place in body}
    held: dict[etree._Element | None, list[int]] = {}
    for place, article in within.items():
        held.setdefault(article, []).append(place)
    story = [place for place in held.pop(None, []) if len(blocks[place].text) > _PARAGRAPH]
    rows: dict[etree._Element | None, list[list[int]]] = {}
    for article, places in held.items():
        if article is not None and len(places) <= _LINES and _is_title(blocks[places[0]]):
            rows.setdefault(article.getparent(), []).append(places)
    for cards in rows.values():
        if len(cards) >= _CARDS and len([place for place in story if place < cards[0][0]]) >= _STORY:
            yield from (place for card in cards for place in card)


def _inset(body: Sequence[int], verdicts: Sequence[Verdict], blocks: Sequence[TextBlock]) -> Iterator[int]:
    """Boxes of one card between two paragraphs of the body."""
    for title in (place for place in body if _is_title(blocks[place])):
        inside = list(below(title, blocks, _LINES + 1))
        end = title + 1 + len(inside)
        if not inside or len(inside) > _LINES or title == 0 or end == len(blocks):
            continue
        around = blocks[title - 1].element, blocks[end].element
        is_between = all(verdicts[place].label is Label.BODY for place in (title - 1, end))
        is_beside = around[0].tag == around[1].tag == "p" and around[0].getparent() is around[1].getparent()
        if is_between and is_beside and all(len(blocks[place].text) <= _LINE for place in inside):
            yield from (title, *inside)
