"""All features of a page's blocks, or of a plain text's paragraphs, in one matrix."""

from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np

from archive.extraction.blocks import TextBlock
from archive.extraction.cues import CUED
from archive.extraction.features import markup, neighbours
from archive.extraction.features import page_columns as page
from archive.extraction.features import word_rows as words
from archive.extraction.features.elements import Ancestors, element_names, names_of
from archive.extraction.features.neighbours import REACH, Features, around
from archive.extraction.features.stop_words import guess_language
from archive.extraction.features.terms import Terms
from archive.extraction.stated import StatedFacts

OWN_NAMES = words.NAMES + markup.NAMES + page.NAMES
#: Columns that are also looked at in the blocks around: few and telling, for speed.
_LOOKED_AT = (
    "chars words ends_sentence starts_lower upper commas copyright clock day year tag depth link_share anchors whole "
    "from_headline like_title has_author in_best best_distance path_count path_words stop_words to_author "
    "is_heading is_p "
    "cue_byline cue_date cue_caption cue_share_prompt cue_promotion cue_legal_notice cue_related cue_comments "
    "cue_author_bio "
    "near_related near_comments near_promotion near_body near_caption near_byline above_related above_comments"
).split()
LOOKED_AT = [OWN_NAMES.index(name) for name in _LOOKED_AT]
_ALL = len(OWN_NAMES) + 2 * len(REACH) * len(LOOKED_AT) + len(neighbours.SECTION_NAMES)
#: The columns that tell of the block itself and its section, not of the blocks around.
OWN = (*range(len(OWN_NAMES)), *range(_ALL - len(neighbours.SECTION_NAMES), _ALL))
_SENTENCE = words.NAMES.index("ends_sentence")
_DATED = [words.NAMES.index(name) for name in ("clock", "day", "year")]
_CUES = [words.NAMES.index(f"cue_{label}") for label in CUED]


class PageBlocks(NamedTuple):
    """A page's blocks, the elements around them, and what else their features are computed from. `language` is guessed
    from the words."""

    blocks: Sequence[TextBlock]
    ancestors: Ancestors
    url: str
    known: StatedFacts
    tokens: Sequence[list[str]]
    language: str | None
    stop_words: frozenset[str]

    @classmethod
    def of(cls, blocks: Sequence[TextBlock], url: str, known: StatedFacts) -> Self:
        """Find once what several features look at."""
        tokens = [words.tokens_of(block.text) for block in blocks]
        return cls(blocks, Ancestors.of(blocks), url, known, tokens, *guess_language(tokens))


def page_features(of: PageBlocks) -> Features:
    """All features of a page's blocks, those of the neighbours included."""
    ancestors, texts = of.ancestors, [block.text for block in of.blocks]
    said = words.word_rows(texts, of.tokens)
    places = page.path_numbers(ancestors)
    columns = page.page_columns(of.blocks, of.tokens, of.known, of.stop_words, ancestors, places)
    named = names_of(ancestors)
    sizes = np.array([[*map(len, of.tokens)], [block.links for block in of.blocks], [*map(len, texts)]], np.float32)
    parts = neighbours.sections_of(ancestors, sizes[0])
    dated = said[:, _DATED].max(axis=1, keepdims=True)
    summed = np.hstack([sizes.T, said[:, [_SENTENCE]], dated, said[:, _CUES]])
    own = np.hstack([said, markup.markup_rows(of.blocks, ancestors, named, of.url), columns])
    return Features(
        np.hstack([own, around(own, LOOKED_AT), neighbours.section_rows(of.blocks, summed, parts, named.own)]),
        sizes[0],
        (parts.box, parts.section, places),
        Terms.of(of.tokens),
        element_names(ancestors),
    )
