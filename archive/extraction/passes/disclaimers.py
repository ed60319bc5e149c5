"""Disclaimers below a story: paragraphs that begin with such a word and a colon (Disclaimer, 特别声明).

Platforms set them in the story's own markup, so they look like its last paragraphs.
"""

import re
from collections.abc import Sequence
from functools import cache
from itertools import takewhile

from archive.extraction.metadata.word_lists import alternation
from archive.extraction.rules import Verdict, places_of, relabelled
from archive.extraction.word_files import word_files
from archive.labels import Label

RULE = "general:disclaimer"
#: Characters of a paragraph in which it says that it is one, and blocks of body that a story has at least before it.
_LOOKED_AT, _STORY = 300, 2


def without_disclaimers(verdicts: Sequence[Verdict], texts: Sequence[str]) -> list[Verdict]:
    """The verdicts, with the last paragraphs of the body that are disclaimers as legal notices; nothing of the story
    stands behind them."""
    body = places_of(Label.BODY, verdicts)
    last = list(takewhile(lambda place: is_disclaimer(texts[place]), reversed(body)))
    if len(body) - len(last) < _STORY:
        return list(verdicts)
    return relabelled(verdicts, Label.LEGAL_NOTICE, dict.fromkeys(last, RULE))


def is_disclaimer(text: str) -> bool:
    """Whether a paragraph begins as a disclaimer does."""
    # Most have no colon near their start, and no pattern need be made for them.
    start = text[:_LOOKED_AT]
    if ":" not in start[:60] and "：" not in start[:60]:
        return False
    sure, notice, tells = _patterns()
    return bool(sure.match(start) or (notice.match(start) and tells.search(start)))


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    words = word_files()["passes/disclaimers"]
    sure, notice = (
        re.compile(rf"[\W_]{{0,5}}(?:{alternation(words[key])})\s{{0,3}}[:：]", re.I) for key in ("sure", "notices")
    )
    return sure, notice, re.compile(alternation(words["tells"]), re.I)
