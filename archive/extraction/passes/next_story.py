"""Where a second story begins below the first, as pages have it that load the next one on scrolling: the record ends
there, and what follows is related.

Live blogs, forums and stories in sections look alike, so all of this is asked: a heading of its own in an element that
holds nothing of the first story, a byline or a date under it, paragraphs of its own, and a sign that it is another
page's: a headline's tag, a link to another page, or a class that says so.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice, takewhile
from urllib.parse import urljoin, urlsplit

from lxml import etree

from archive.extraction.blocks import TextBlock
from archive.extraction.metadata.fact_text import skeleton
from archive.extraction.metadata.facts import Facts
from archive.extraction.metadata.signatures import is_signature, is_stamp
from archive.extraction.passes.boxes import own_elements, upwards
from archive.extraction.rules import Verdict, places_of, relabelled
from archive.labels import Label

RULE = "general:next-story"
#: Characters of a paragraph, words that a story has at least before the next one begins, and that the next one has.
_PARAGRAPH, _LEAST, _NEXT = 80, 60, 40
#: Blocks behind a heading in which its byline stands, and in which its paragraphs are looked for.
_SIGNED, _FAR = 6, 40
#: Characters of a link that is no paragraph of the story.
_RUBRIC = 30
_HEADINGS = frozenset(("h1", "h2", "h3"))
#: How far up from a headline the element is looked for whose class the next story's has too.
_AROUND = 4
_STORY = frozenset(map(Label, "body headline standfirst byline date caption author_bio note".split()))
_SAYS_SO = re.compile(
    r"(?:^|[\s_-])(?:infinite|next[\s_-]*(?:article|post|story|up)|up[\s_-]*next|post[\s_-]?add|auto[\s_-]?load|scroll[\s_-]*(?:next|item))",
    re.I,
)
_ADDRESSES = ("data-url", "data-href", "data-permalink", "data-article-url", "data-link", "data-canonical")


def ended(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock], facts: Facts, url: str) -> list[Verdict]:
    """The verdicts, with the next stories' text related to this one. A site's own rules stand, and live blogs."""
    is_live = any(fact.value == "LiveBlogPosting" for fact in facts.types)
    start = None if is_live else _begins(verdicts, blocks, facts, url)
    places = range(len(blocks) if start is None else start, len(blocks))
    rules = {place: RULE for place in places if verdicts[place].label in _STORY}
    return relabelled(verdicts, Label.RELATED, rules)


def _begins(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock], facts: Facts, url: str) -> int | None:
    """The place of the second story's heading."""
    body, headlines = places_of(Label.BODY, verdicts), places_of(Label.HEADLINE, verdicts)
    paragraphs = [place for place in body if len(blocks[place].text) > _PARAGRAPH]
    if not headlines or not paragraphs or headlines[0] > paragraphs[0]:
        return None
    headline = blocks[headlines[0]]
    story = set(upwards(headline.element))
    titles = {skeleton(text) for text in (headline.text, *(fact.value for fact in facts.titles))}
    boxes: set[etree._Element | None] = set()
    words = 0
    # None begins behind the last paragraph: it would have none.
    for place in range(paragraphs[0], paragraphs[-1]):
        block = blocks[place]
        # Most headings stand right in the story.
        is_heading = words >= _LEAST and block.element.tag in _HEADINGS
        if is_heading and block.element.getparent() not in story and skeleton(block.text) not in titles:
            is_next = _is_other(block, headline, story, url) and _is_story(verdicts, blocks, place, story)
            if is_next and not any(blocks[other].element.getparent() in boxes for other in body if other > place):
                return _start(place, blocks, own_elements(block.element, story)[-1])
        if verdicts[place].label is Label.BODY and not _is_rubric(block):
            words += len(block.text.split()) if words < _LEAST else 0
            story.add(block.element)
            if (up := block.element.getparent()) not in boxes:
                boxes.add(up)
                story.update(block.element.iterancestors())
    return None


def _is_rubric(block: TextBlock) -> bool:
    """Whether a link was taken for body that names the section of the next story, above its headline."""
    return len(block.text) < _RUBRIC and next(led_by(block), None) is not None


def _start(place: int, blocks: Sequence[TextBlock], around: etree._Element) -> int:
    """The first of the blocks up to a heading that stand in the same element."""
    while place > 0 and around in upwards(blocks[place - 1].element):
        place -= 1
    return place


def _is_other(block: TextBlock, headline: TextBlock, story: set[etree._Element], url: str) -> bool:
    """Whether a heading is that of another page: set as the headline is, linked to elsewhere, or in what says so."""
    if block.element.tag == headline.element.tag == "h1":
        return True
    own = {name for up in islice(headline.element.iterancestors(), _AROUND) for name in _names(up)}
    for up in block.element.iterancestors():
        if up in story:
            return False
        # A review's sections have links too: to the book, the film, the shop.
        if (up.tag == "article" or not own.isdisjoint(_names(up))) and _is_linked(block, url):
            return True
        if _SAYS_SO.search(f"{up.get('class') or ''} {up.get('id') or ''}"):
            return True
        if any(_is_elsewhere(target, url) for target in filter(None, map(up.get, _ADDRESSES))):
            return True
    return False


def _names(element: etree._Element) -> list[str]:
    return (element.get("class") or "").split()


def led_by(block: TextBlock) -> Iterator[etree._Element]:
    """The links in a block, and those that it stands in."""
    return chain(block.anchors, (up for up in upwards(block.element) if up.tag == "a"))


def _is_linked(block: TextBlock, url: str) -> bool:
    return any(_is_elsewhere(link.get("href"), url) for link in led_by(block))


def _is_elsewhere(target: str | None, url: str) -> bool:
    """Whether a link leads to another page: a live blog's entries have links to places in their own."""
    if not target or target.startswith("#"):
        return False
    try:
        return urlsplit(urljoin(url, target)).path.rstrip("/") != urlsplit(url).path.rstrip("/")
    except ValueError:
        return False


def _is_story(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock], place: int, story: set[etree._Element]) -> bool:
    """Whether a byline or a date and paragraphs follow a heading in what holds it."""
    heading = blocks[place].element
    own = own_elements(heading, story)
    if len(own) < 2:
        return False
    inside = takewhile(lambda at: own[-1] in upwards(blocks[at].element), range(place + 1, len(blocks)))
    behind = list(islice(inside, _FAR))
    text = [other for other in behind if verdicts[other].label is Label.BODY]
    long = [other for other in text if len(blocks[other].text) > _PARAGRAPH]
    if not long or sum(len(blocks[other].text.split()) for other in text) < _NEXT:
        return False
    heads = [other for other in behind[:_SIGNED] if other < long[0]]
    if any(verdicts[other].label in (Label.BYLINE, Label.DATE) for other in heads):
        return True
    return any(is_signature(said) or is_stamp(said) for said in (blocks[other].text[:200] for other in heads))
