"""What no body begins with: the page's own headline, a date, who signs, a count or a mark, a message of its server; and
many such messages anywhere."""

import re
from collections.abc import Sequence

from archive.extraction.blocks import TextBlock
from archive.extraction.metadata.fact_text import skeleton
from archive.extraction.metadata.facts import Facts
from archive.extraction.metadata.signatures import is_signature, is_stamp
from archive.extraction.passes.controls import COUNT_RULE
from archive.extraction.rules import Verdict, places_of, relabelled
from archive.labels import Label

HEADLINE_RULE, MESSAGE_RULE = "general:headline", "general:server-message"
DATE_RULE, BYLINE_RULE = "general:date", "general:byline"
_LABELS = {
    COUNT_RULE: Label.NAVIGATION,
    MESSAGE_RULE: Label.NAVIGATION,
    DATE_RULE: Label.DATE,
    BYLINE_RULE: Label.BYLINE,
}
#: Characters of the longest line that only says when, or who wrote and when.
_STAMP = 100
#: "83.1k" votes, "4.7 / 5" stars. The number of a chapter is neither.
_COUNT = re.compile(r"\d[\d.,]{0,12}+\s?[kKmM]|\d{1,3}+(?:[.,]\d{1,2}+)?\s?/\s?(?:5|10|100)")
#: How PHP writes its errors into a page (its setting display_errors), at times hundreds of them before the first word.
_MESSAGE = re.compile(r"(?:Deprecated|Notice|Warning|Strict Standards|Parse error|Fatal error)\s?: .+ on line \d{1,7}")
#: So many are no example that a story shows.
_MANY = 6


def without_false_start(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock], facts: Facts) -> list[Verdict]:
    """The labels of a page whose body begins with its first paragraph. What stood before it is a date, a byline or
    navigation. A leading `<h1>` is the headline if the page shows no other, or if it states this one."""
    messages = [place for place in places_of(Label.BODY, verdicts) if _is_message(blocks[place].text)]
    if len(messages) >= _MANY:
        verdicts = relabelled(verdicts, Label.NAVIGATION, dict.fromkeys(messages, MESSAGE_RULE))
    body, rules = places_of(Label.BODY, verdicts), {}
    for start in body:
        rule = _rule(blocks[start].text)
        if rule is None:
            break
        rules[start] = rule
    else:
        return list(verdicts)
    found = list(verdicts)
    for rule, label in _LABELS.items():
        found = relabelled(found, label, {place: rule for place, own in rules.items() if own == rule})
    if start == body[-1] or blocks[start].element.tag != "h1" or not _is_headline(blocks[start].text, verdicts, facts):
        return found
    return relabelled(found, Label.HEADLINE, {start: HEADLINE_RULE})


def _rule(text: str) -> str | None:
    if _COUNT.fullmatch(text):
        return COUNT_RULE
    if len(text) <= _STAMP and any(map(str.isdigit, text)):
        if is_stamp(text):
            return DATE_RULE
        if is_signature(text):
            return BYLINE_RULE
    return MESSAGE_RULE if _is_message(text) else None


def _is_message(text: str) -> bool:
    return " on line " in text and all(map(_MESSAGE.fullmatch, text.split("\n")))


def _is_headline(text: str, verdicts: Sequence[Verdict], facts: Facts) -> bool:
    if not places_of(Label.HEADLINE, verdicts):
        return True
    return any(skeleton(text) in skeleton(fact.value) for fact in facts.titles)
