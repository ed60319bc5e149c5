"""What asks or tells a reader something in the dress of a paragraph, and says so in words that no story needs.

Such lines stand in the story's own markup, without a name that gives them away. On 1,389 labelled pages of the corpus
none of 233 short blocks with the first pattern is body, none of 165 with the second, two of 549 with the third.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

from archive.extraction.rules import Verdict, places_of, relabelled
from archive.extraction.word_files import word_files
from archive.labels import Label

RULE = "general:appeal"
#: Characters of the longest such paragraph, and of one that states rights: longer ones explain them. Blocks of body
#: that a story has at least beside them.
_LONGEST, _STATED, _STORY = 400, 200, 2
#: Characters of the longest line that stands above an advertisement, alone or to say that the story goes on below: none
#: of 700 such lines of the corpus is body.
_LINE = 90
#: Russian and Ukrainian papers ask readers to mark a mistake and to press these.
_MISTAKE = re.compile(r"ctrl\s?\+\s?enter", re.I)
#: From which confidence an appeal is one, and how a sentence ends.
_DOUBTED, _STOPS = 0.5, tuple(".。।)）]")
_AROUND = " .:…-–—[]()<>|↓▼*"
_LABELS = (Label.PROMOTION, Label.SHARE_PROMPT, Label.CONTACT, Label.COMMENTS, Label.LEGAL_NOTICE)


def without_appeals(
    verdicts: Sequence[Verdict], texts: Sequence[str], tokens: Sequence[Sequence[str]]
) -> list[Verdict]:
    """The verdicts, without body that says so; what would leave no story stands. `tokens` are the lower-cased words of
    the texts."""
    body = places_of(Label.BODY, verdicts)
    said = {place: label for place in body if (label := _label(texts[place], tokens[place]))}
    found = list(verdicts)
    if len(body) - len(said) >= _STORY:
        for label in _LABELS:
            found = relabelled(found, label, {place: RULE for place, own in said.items() if own is label})
    return relabelled(found, Label.NOTE, dict.fromkeys(_edits(verdicts, texts), RULE))


def _edits(verdicts: Sequence[Verdict], texts: Sequence[str]) -> list[int]:
    """Sentences that say how a conversation was edited, and are hardly believed to be an appeal."""
    appeals = (place for place, verdict in enumerate(verdicts) if verdict.label in _LABELS)
    doubted = (place for place in appeals if verdicts[place].confidence < _DOUBTED and len(texts[place]) <= _STATED)
    return [place for place in doubted if texts[place].endswith(_STOPS) and _appeals().edited.search(texts[place])]


def _label(text: str, words: Sequence[str]) -> Label | None:
    if len(text) > _LONGEST:
        return None
    said = _appeals()
    bare = text.strip(_AROUND) if len(text) <= _LINE else ""
    if bare and (bare.lower() in said.adverts or said.goes_on.fullmatch(bare)):
        return Label.PROMOTION
    if said.words.isdisjoint(words) and (text.isascii() or not any(sign in text for sign in said.signs)):
        return None
    if label := next((label for label, says in said.by_label if says(text)), None):
        return label
    return Label.LEGAL_NOTICE if len(text) <= _STATED and said.rights.search(text) else None


class _Appeals(NamedTuple):
    """What is said, and the words and signs of which each text that says it holds one."""

    by_label: Sequence[tuple[Label, Callable[[str], re.Match[str] | None]]]
    rights: re.Pattern[str]
    adverts: frozenset[str]
    goes_on: re.Pattern[str]
    edited: re.Pattern[str]
    words: frozenset[str]
    signs: Sequence[str]


@cache
def _appeals() -> _Appeals:
    lists = word_files()["passes/appeals"]
    newsletter, commenting, rights, goes_on, edited = (
        re.compile("|".join(lists[key]), re.I) for key in ("newsletter", "commenting", "rights", "goes_on", "edited")
    )
    follow = re.compile(rf"\W*(?:{'|'.join(lists['follow'])})", re.I)
    by_label = (
        (Label.SHARE_PROMPT, follow.match),
        (Label.CONTACT, _MISTAKE.search),
        (Label.PROMOTION, newsletter.search),
        (Label.COMMENTS, commenting.search),
    )
    return _Appeals(
        by_label, rights, frozenset(lists["adverts"]), goes_on, edited, frozenset(lists["words"]), lists["signs"]
    )
