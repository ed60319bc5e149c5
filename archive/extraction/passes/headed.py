"""What stands under a heading of its own: the heading tells what the rest is, or the rest what the heading is."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice, takewhile

from lxml import etree

from archive.extraction.blocks import TextBlock
from archive.extraction.rules import Verdict, places_of, relabelled
from archive.labels import Label

RULE = "general:headed"
_HEADINGS = frozenset("h2 h3 h4 h5 h6".split())
#: What stands above comments, and nothing else does; of 400 such lines of the corpus none is body.
_DISCUSSION = re.compile(
    r"[\W\d]{0,9}(?:comments?|(?:leave|post|add) a (?:comment|reply)|kommentare?|commentaires?|comentarios?"
    r"|comentários?|commenti|reacties|kommentarer|komentarze|komentáře|комментарии|коментарі|yorumlar|σχόλια"
    r"|网友评论|最新评论|全部评论|精彩评论|評論|コメント|댓글|التعليقات|تعليقات|תגובות)[\W\d]{0,9}",
    re.I,
)
#: Who wrote a letter below a story, and when; characters of such a line, and how many are no chance.
_WROTE = re.compile(
    r"\S.{1,40}? (?:wrote|says|said|schrieb|sagt|a écrit|dit|escribió|dice|scrive|schreef|skrev|napisał|napisała)\b"
    r".{0,20}\d.{0,25}",
    re.I,
)
_WRITER, _LETTERS = 80, 2
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
_CALLED = (Label.BODY, Label.PROMOTION, Label.NAVIGATION, Label.SHARE_PROMPT)
_TALKED = (Label.BODY, Label.COMMENTS)
#: How sure the model may be of what stands below: an essay may call a part of itself so.
_SURE = 0.9


def without_discussion(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock]) -> list[Verdict]:
    """A line that says "Comments" and no more, and what stands below it in the same element, is no body."""
    first = next(iter(places_of(Label.BODY, verdicts)), len(blocks))
    for place in range(first + 1, len(blocks)):
        if verdicts[place].label in _TALKED and _DISCUSSION.fullmatch(blocks[place].text):
            said = [one for one in below(place, blocks) if verdicts[one].label is Label.BODY]
            if all(verdicts[one].confidence < _SURE for one in said):
                places = said if verdicts[place].label is Label.COMMENTS else (place, *said)
                return relabelled(verdicts, Label.COMMENTS, dict.fromkeys(places, RULE))
    return list(verdicts)


def without_letters(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock]) -> list[Verdict]:
    """`Mortimer wrote on 1 October 2017:` heads a reader's letter; where two do, all of the body from there on is."""
    body = places_of(Label.BODY, verdicts)
    heads = [place for place in body[1:] if len(blocks[place].text) <= _WRITER and _WROTE.fullmatch(blocks[place].text)]
    if len(heads) < _LETTERS:
        return list(verdicts)
    return relabelled(verdicts, Label.COMMENTS, {place: RULE for place in body if place >= heads[0]})


def without_offers(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock]) -> list[Verdict]:
    """Where all that stands below a heading in its element is promotion, it is that too. What heads many parts ("Pros")
    is none: of 17 other headings of the corpus 14 are promotion."""
    headings = [place for place in places_of(Label.BODY, verdicts) if blocks[place].element.tag in _HEADINGS]
    times = Counter(blocks[place].text for place in headings)
    offered = (place for place in headings if times[blocks[place].text] == 1 and _is_offered(place, verdicts, blocks))
    return relabelled(verdicts, Label.PROMOTION, dict.fromkeys(offered, RULE))


def without_calls(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock]) -> list[Verdict]:
    """What ends with a link or a button that says "Donate now" and stands in a box amid the story asks for that."""
    body = places_of(Label.BODY, verdicts)
    calls = (place for place in range(len(blocks)) if _calls(blocks[place]) and verdicts[place].label in _CALLED)
    boxes = (range(start, place + 1) for place in calls if (start := _start(place, blocks)) is not None)
    amid = (box for box in boxes if body and body[0] < box.start and len(box) > 1)
    places = (place for box in amid for place in box if verdicts[place].label is Label.BODY)
    return relabelled(verdicts, Label.PROMOTION, dict.fromkeys(places, RULE))


def _calls(block: TextBlock) -> bool:
    text = block.text
    if len(text) > _CALL or not _ASKS.fullmatch(text):
        return False
    return block.links == len(text) or any(up.tag == "button" for up in islice(_around(block.element), 2))


def _start(end: int, blocks: Sequence[TextBlock]) -> int | None:
    """Where a box of few blocks begins that ends with one; None where its element holds more."""
    call = blocks[end].element
    box = call.getparent() if call.tag in ("a", "button", "p", "span") else call
    start = end
    while start > 0 and any(up is box for up in _around(blocks[start - 1].element)):
        start -= 1
        if end - start >= _BOXED:
            return None
    return start if end + 1 == len(blocks) or not any(up is box for up in _around(blocks[end + 1].element)) else None


def _around(element: etree._Element) -> Iterator[etree._Element]:
    yield element
    yield from element.iterancestors()


def _is_offered(place: int, verdicts: Sequence[Verdict], blocks: Sequence[TextBlock]) -> bool:
    others = below(place, blocks)
    first = next(others, None)
    is_offer = first is not None and verdicts[first].label is Label.PROMOTION
    return is_offer and all(verdicts[one].label is Label.PROMOTION for one in others)


def below(place: int, blocks: Sequence[TextBlock], most: int | None = None) -> Iterator[int]:
    """The blocks after one that stand in the same element, `most` at most."""
    around = blocks[place].element.getparent()
    behind = range(place + 1, len(blocks) if most is None else min(place + 1 + most, len(blocks)))
    return takewhile(lambda one: any(up is around for up in blocks[one].element.iterancestors()), behind)
