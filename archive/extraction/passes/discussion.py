"""What readers wrote, set below a story like more of it: comments under a line that says so, letters, each with its
writer and day."""

import re
from collections.abc import Sequence
from itertools import islice

from archive.extraction.blocks import TextBlock
from archive.extraction.passes.boxes import below
from archive.extraction.rules import Verdict, places_of, relabelled
from archive.labels import Label

RULE = "general:headed"
#: What stands above comments, and nothing else does; of 400 such lines of the corpus none is body.
_DISCUSSION = re.compile(
    r"[\W\d]{0,9}(?:comments?|(?:leave|post|add) a (?:comment|reply)|kommentare?|commentaires?|comentarios?"
    r"|comentários?|commenti|reacties|kommentarer|komentarze|komentáře|diskuze|diskuse|diskusia|hozzászólások|kommentit|комментарии|коментарі|yorumlar|σχόλια"
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
#: Lines that say "Comments" that are looked at.
_LINES = 10
_TALKED = (Label.BODY, Label.COMMENTS)
#: How sure the model may be of what stands below: an essay may call a part of itself so.
_SURE = 0.9


def without_discussion(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock]) -> list[Verdict]:
    """A line that says "Comments" and no more, and what stands below it in the same element, is no body."""
    first = next(iter(places_of(Label.BODY, verdicts)), len(blocks))
    behind = (place for place in range(first + 1, len(blocks)) if verdicts[place].label in _TALKED)
    for place in islice((place for place in behind if _DISCUSSION.fullmatch(blocks[place].text)), _LINES):
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
