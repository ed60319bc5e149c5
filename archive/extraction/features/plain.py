"""Features of plain text: the words and their order alone, for text that was scraped elsewhere."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np

from archive.extraction.features import word_rows as words
from archive.extraction.features.neighbours import Features, around
from archive.extraction.features.page_columns import stop_share
from archive.extraction.features.stop_words import guess_language
from archive.extraction.features.terms import Terms
from archive.extraction.stated import likeness

_PLACE_NAMES = (
    "index from_end place words_before words_after like_first repeated from_first_long from_last_long "
    "longs_before longs_after stop_words text_words text_blocks"
).split()
NAMES = words.NAMES + _PLACE_NAMES + words.OPENING_NAMES
_LOOKED_AT = (
    "chars words ends_sentence ends_colon starts_lower title_case all_caps address copyright year day digits "
    "cue_byline cue_date "
    "cue_caption cue_author_bio cue_share_prompt cue_promotion cue_legal_notice cue_contact cue_related "
    "cue_comments cue_share "
    "stop_words like_first opens_with_name name_in_lines"
).split()
LOOKED_AT = [NAMES.index(name) for name in _LOOKED_AT]
#: The columns that tell of the paragraph itself, not of those around.
OWN = tuple(range(len(NAMES)))
#: Characters from which a paragraph counts as running text.
_LONG = 140


class PlainText(NamedTuple):
    """A text's paragraphs with their words. `language` is guessed from the words."""

    paragraphs: Sequence[str]
    tokens: Sequence[list[str]]
    language: str | None
    stop_words: frozenset[str]

    @classmethod
    def of(cls, paragraphs: Sequence[str]) -> Self:
        """Tokenise once for all that look at words."""
        tokens = [words.tokens_of(text) for text in paragraphs]
        return cls(paragraphs, tokens, *guess_language(tokens))


def text_features(of: PlainText) -> Features:
    """All features of a text's paragraphs, those of the neighbours included, one row a paragraph."""
    said = words.word_rows(of.paragraphs, of.tokens)
    places = np.array(_places(of), np.float32).reshape(len(said), len(_PLACE_NAMES))
    openings = np.array(words.opening_columns(of.paragraphs, of.tokens), np.float32).T
    own = np.hstack([said, places, openings])
    counts = np.array([len(found) for found in of.tokens], np.float32)
    return Features(np.hstack([own, around(own, LOOKED_AT)]), counts, terms=Terms.of(of.tokens))


def _places(of: PlainText) -> list[list[float]]:
    count = len(of.paragraphs)
    total = sum(map(len, of.tokens)) or 1
    longs = [index for index, text in enumerate(of.paragraphs) if len(text) > _LONG]
    first, last = (longs[0], longs[-1]) if longs else (0, count)
    times = Counter(of.paragraphs)
    opening = frozenset(of.tokens[0]) if count else frozenset()
    rows, running, passed = [], 0, 0
    for index, (text, found) in enumerate(zip(of.paragraphs, of.tokens, strict=True)):
        rows.append(
            [
                float(min(index, 60)),
                float(min(count - index, 60)),
                index / count,
                running / total,
                1 - running / total,
                likeness(frozenset(found), opening) if index else 1.0,
                float(times[text]),
                float(max(-60, min(60, index - first))),
                float(max(-60, min(60, index - last))),
                float(passed),
                float(len(longs) - passed),
                stop_share(found, of.stop_words),
                float(total),
                float(count),
            ]
        )
        running += len(found)
        passed += len(text) > _LONG
    return rows
