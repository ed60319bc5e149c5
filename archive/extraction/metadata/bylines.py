"""Which blocks of a page sign its story, and what each says with its parts set apart as a browser shows them."""

import re
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from archive.extraction.flow import HEADINGS
from archive.extraction.metadata.authors import parse_byline
from archive.extraction.metadata.credit_patterns import by_words, other_credit
from archive.extraction.metadata.facts import LabelledText
from archive.extraction.metadata.parted_text import apart
from archive.extraction.metadata.sign_offs import MAIL, credited_below
from archive.extraction.metadata.signatures import POSTED, is_signature, is_stamp, signed_part
from archive.extraction.metadata.word_lists import words
from archive.extraction.metadata.word_patterns import AnyOf, of_words
from archive.labels import Label

#: Bylines that labelling is less sure of name no authors: with them .83 of the corpus' news pages have the right ones,
#: without .87, and of its blogs and guides .67 and .75. Beside the headline, their form makes up for that.
_SURE = 0.6
#: Blocks behind a headline and before it, and characters, in which one that is not sure may sign.
_BEHIND, _BEFORE, _LONGEST = 8, 3, 200
#: Characters of a body's first paragraph: what is shorter is a byline or a caption that was taken for body.
_PARAGRAPH = 100
#: Words for by that begin sentences too.
_FROM = re.compile(r"\s*(?:from|with|text|von|de|di|da|par|por|av|af)\b", re.I)
#: `Newsletter no. 31, by Ada Holt`.
_SERIES = re.compile(r"[^\n,–—]{3,60}[,–—]\s(?=(?:by|von|par|por|door)\s[^\W\d_])", re.I)
#: A credit for pictures behind another one.
_PICTURES = re.compile(
    r"\s(?:写真|撮影|摄影|攝影|사진|fotos?|photos?|фото|zdjęcia|kuvat?|valokuvat?|φωτογραφίες)\s?[・：:／/]", re.I
)
_NEVER = frozenset((Label.HEADLINE, Label.RELATED, Label.COMMENTS, Label.CAPTION, Label.LEGAL_NOTICE, Label.AUTHOR_BIO))
#: Buttons for the size of letters; Turkish papers sign so for Anadolu.
_SIZES = frozenset(("AA", "Aa", "A A", "A", "aA"))
#: How a paper's head says what day it is.
_TODAY = re.compile(
    r"\W*(?:today|heute|aujourd['’]hui|hoy|oggi|hoje|avui|vandaag|i ?dag|tänään|dziś|dzisiaj|dnes|ma|astăzi|сегодня"
    r"|сьогодні|днес|данас|bugün|σήμερα|今天|今日|오늘|hari ini|hôm nay|اليوم|امروز|היום|आज|วันนี้)(?!\w)|\W*今[天日]是?",
    re.I,
)


class Signed(NamedTuple):
    """A text that signs the story; `sure` where its label says so, and not its form alone."""

    text: str
    sure: bool


def unglued(blocks: Sequence[LabelledText]) -> list[LabelledText]:
    """The blocks, with headlines parted from bylines and dates on lines below them, whatever they are taken for above
    the story: old pages set all in one block."""
    first = next(iter(_paragraphs(blocks)), len(blocks))
    parted = (_unglued(one) if place < first and _may_glue(one) else (one,) for place, one in enumerate(blocks))
    return list(chain.from_iterable(parted))


def _may_glue(block: LabelledText) -> bool:
    if block.label not in (Label.BODY, Label.STANDFIRST) or len(block.text) > _LONGEST or block.element is None:
        return block.label is Label.HEADLINE
    return next(block.element.iter("br"), None) is not None


def _unglued(block: LabelledText) -> Sequence[LabelledText]:
    first, *lines = apart(block).split("\n")
    for number, line in enumerate(lines):
        if is_stamp(line) or (by_words(line).match(line) and parse_byline(line)):
            signed = LabelledText(Label.BYLINE, "\n".join(lines[number:]), None, False, block.confidence)
            return block._replace(text=" ".join([first, *lines[:number]])), signed
    return (block,)


def signing(blocks: Sequence[LabelledText], language: str | None = None) -> list[Signed]:
    """The texts that sign the story, in page order: blocks that are surely bylines, but for those of teasers in the
    middle of the page, and what has a byline's form beside the headline."""
    body = _paragraphs(blocks)
    first = body[0] if body else len(blocks)
    headlines = _labelled(Label.HEADLINE, blocks[:first])
    # The blocks around the headline, up to the body's first paragraph; the first ones where no headline is known.
    head = range(max(0, first - _BEHIND), first)
    if headlines:
        head = range(headlines[0] - _BEFORE, min(first, headlines[-1] + 1 + _BEHIND))
    found: list[Signed] = []
    doubted: list[Signed] = []
    for place in sorted({*head[max(0, -head.start) :], *_labelled(Label.BYLINE, blocks)}):
        if _is_others(blocks, place) or (text := _signed(blocks, place, head, language)) is None:
            continue
        block = blocks[place]
        # Below the story's start a byline is another one's under a heading or a teaser of its own, or in mid-page where
        # the story is signed already. What says who helped is the story's.
        is_below = place > first and not _helping(block.text).search(block.text)
        if is_below and (_is_under_teaser(blocks, place) or (place < body[-1] and _name_somebody(found, language))):
            continue
        sure = _is_sure(block) or _is_listed(blocks, place)
        above_title = bool(headlines) and place < headlines[0] and _is_under_title(blocks, place)
        # Boxes and rows of related stories stand above the story too.
        is_boxed = above_title or (place in head and _above(blocks, place).label is Label.RELATED)
        is_bare = not sure and not is_signature(text, language)
        (doubted if is_boxed or is_bare else found).append(Signed(text, sure))
    signed = found or doubted
    if _name_somebody(signed, language):
        return signed
    below = credited_below(blocks, language)
    return signed if below is None else [*signed, Signed(below, sure=False)]


def _name_somebody(signed: Sequence[Signed], language: str | None) -> bool:
    return any(parse_byline(one.text, language=language) for one in signed)


def _signed(blocks: Sequence[LabelledText], place: int, head: range, language: str | None) -> str | None:
    """What a block signs with, if it does: it is surely a byline, or has the form of one beside the headline."""
    block = blocks[place]
    is_byline = block.label is Label.BYLINE
    if _is_sure(block):
        if block.text in _SIZES and not (language or "").startswith("tr"):
            return None
        text = signed_part(apart(block))
        return f"{text} {more}" if (more := _going_on(text, blocks[place + 1 : place + 4])) else text
    # What holds a full stop of Chinese or Japanese is a sentence: 记者 begins many.
    is_never = block.label in _NEVER and not (block.label is Label.CAPTION and _credits_both(block.text))
    if place not in head or is_never or len(block.text) > _LONGEST or "。" in block.text:
        return None
    beside = _is_beside_date(blocks, place)
    labelled = is_byline or block.label is Label.DATE or beside
    if not (labelled or by_words(block.text).search(block.text) or POSTED.match(block.text)):
        return None
    text = signed_part(apart(block))
    if series := _SERIES.match(text):
        text = text[series.end() :]
    begins = by_words(text).match(text) and (MAIL.search(text) or not _FROM.match(text))
    if not (labelled or begins or POSTED.match(text)):
        return None
    # Two blocks at most behind the headline, a name alone is a byline that labelling is not sure of.
    near = is_byline and place - 2 <= head.start + _BEFORE < place
    return text if is_signature(text, language, dated=labelled, alone=near or beside) else None


def _going_on(text: str, behind: Sequence[LabelledText]) -> str | None:
    """What a byline goes on with, in a block that labelling did not take for one: behind "Written by", or a comma."""
    if not behind or any(map(_is_sure, behind)) or len(behind[0].text) >= _LONGEST:
        return None
    is_open = text.rstrip().endswith((",", "，", "、")) and parse_byline(behind[0].text)
    return behind[0].text if is_open or by_words(text).fullmatch(f"{text} ") else None


def _is_sure(block: LabelledText) -> bool:
    return block.label is Label.BYLINE and block.confidence >= _SURE


def _is_listed(blocks: Sequence[LabelledText], place: int) -> bool:
    """Whether a byline is an entry of a list beside one that is sure: labelling is less sure of some."""
    here = blocks[place]
    if here.label is not Label.BYLINE or here.element is None or here.element.tag != "li":
        return False
    beside = (one.element for one in blocks[max(0, place - 1) : place + 2] if _is_sure(one) and one.element is not None)
    return any(one.tag == "li" and one.getparent() is here.element.getparent() for one in beside)


def _credits_both(text: str) -> bool:
    """Whether a line credits words and then pictures, as no picture's does: `文・小野寺 千尋　写真・三枝 航平`."""
    return bool(by_words(text).match(text) and _PICTURES.search(text))


def _is_beside_date(blocks: Sequence[LabelledText], place: int) -> bool:
    """Whether a block is an entry of the list that says when, `<li>Ada Holt<li>12 May<li>3 min read`, or stands right
    before that: `<div><a>Ada Holt</a><p>Posted on 12 May</p></div>`."""
    here = blocks[place].element
    beside = blocks[place + 1].element if place + 1 < len(blocks) and blocks[place + 1].label is Label.DATE else None
    if here is None or beside is None:
        return False
    return beside.getparent() is (here.getparent() if here.tag == beside.tag == "li" else here)


def _is_others(blocks: Sequence[LabelledText], place: int) -> bool:
    """Whether a name stands behind a line of its own that credits other work: "Edited by", "Photos:"."""
    before = place - 1
    while before > 0 and blocks[before].text == blocks[place].text:
        before -= 1
    above = blocks[before].text if before >= 0 else ""
    return len(above) <= _LONGEST and bool(other_credit(above).fullmatch(above.strip()))


def _leads_on(block: LabelledText) -> bool:
    """Whether a line with a date leads to another story: `10:05 Lightning strikes the market`."""
    if block.element is None:
        return False
    links = chain(block.element.iter("a"), block.element.iterancestors("a"))
    return any(next(link.iter("time"), None) is not None for link in links) and not is_stamp(block.text)


class Stamps(NamedTuple):
    """Blocks with dates: the story's own `above` its text and `below`, and those of `other` stories."""

    above: list[LabelledText]
    below: list[LabelledText]
    other: list[LabelledText]


def stamping(blocks: Sequence[LabelledText]) -> Stamps:
    """The blocks with dates, those labelled as dates first."""
    body = _paragraphs(blocks)
    found = Stamps([], [], [])
    head = next(iter(_labelled(Label.HEADLINE, blocks)), 0)
    for kind in (Label.DATE, Label.BYLINE):
        for place in _labelled(kind, blocks):
            block = blocks[place]
            if place < head and (_TODAY.match(block.text) or _leads_on(block)):
                found.other.append(block)
                continue
            behind = bool(body) and place > body[0] and not block.configured
            # Where a story's paragraph follows soon, what stood before was a box or an announcement.
            leads = any(place < paragraph < place + 5 for paragraph in body)
            is_other = behind and not leads and _is_under_teaser(blocks, place)
            (found.other if is_other else found.below if behind else found.above).append(block)
    return found


def _labelled(label: Label, blocks: Sequence[LabelledText]) -> list[int]:
    return [place for place, block in enumerate(blocks) if block.label is label]


def _paragraphs(blocks: Sequence[LabelledText]) -> list[int]:
    return [place for place in _labelled(Label.BODY, blocks) if len(blocks[place].text) > _PARAGRAPH]


def _is_under_title(blocks: Sequence[LabelledText], place: int) -> bool:
    """Whether a block stands right under a heading in the same element."""
    here, upper = blocks[place].element, _above(blocks, place).element
    if here is None or upper is None or upper.tag not in HEADINGS:
        return False
    return here.getparent() is upper.getparent()


def _is_under_teaser(blocks: Sequence[LabelledText], place: int) -> bool:
    """Whether a block stands in a teaser's link, or under its heading or link; under tags it may be the story's."""
    above = _above(blocks, place)
    here, upper = blocks[place].element, above.element
    if above.label is Label.HEADLINE or upper is None or here is None:
        return above.label in (Label.HEADLINE, Label.RELATED)
    if upper.tag in HEADINGS and above.label is not Label.BODY:
        return True
    linked = next(here.iterancestors("a"), None) is not None or next(upper.iter("a"), None) is not None
    # A teaser's title has words; a list of tags has many links, a rubric a word or two.
    titled = len(above.text.split()) > 2 and sum(1 for _ in upper.iter("a")) < 2
    return above.label is Label.RELATED and titled and (linked or here.tag == "a")


@of_words
def _helping(any_of: AnyOf) -> re.Pattern[str]:
    after = any_of(word for word in words("after") if " " in word)
    return re.compile(rf"^\W*(?:{any_of(words('helped'))})|(?:{after})\W*$", re.I)


def _above(blocks: Sequence[LabelledText], place: int) -> LabelledText:
    """What stands above a byline and a date."""
    before = place - 1
    while before > 0 and blocks[before].label in (Label.DATE, Label.BYLINE):
        before -= 1
    return blocks[before]


def is_helping(text: str) -> bool:
    """Whether a byline credits those who helped: "With files from", "contributed to this report"."""
    helping = _helping(text)
    return bool(helping.search(text)) and not by_words(text).match(helping.sub("", text, count=1))
