"""All features of a page's blocks, or of a plain text's paragraphs, in one matrix."""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np

from archive.extraction.blocks import TextBlock
from archive.extraction.cues import CUED
from archive.extraction.features import markup, neighbours
from archive.extraction.features import page_columns as page
from archive.extraction.features import word_rows as words
from archive.extraction.features.elements import Ancestors, element_names, names_of
from archive.extraction.features.neighbours import REACH, Features, around
from archive.extraction.features.terms import Terms
from archive.extraction.native import compiled
from archive.extraction.stated import StatedFacts

_kernel = compiled("page_words")
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

#: justext's stop lists by language code: the languages that are tried on a page.
LANGUAGES = {
    "en": "English",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "pt": "Portuguese",
    "it": "Italian",
    "nl": "Dutch",
    "sv": "Swedish",
    "da": "Danish",
    "no": "Norwegian_Bokmal",
    "fi": "Finnish",
    "pl": "Polish",
    "cs": "Czech",
    "tr": "Turkish",
    "ru": "Russian",
    "uk": "Ukrainian",
    "el": "Greek",
    "ar": "Arabic",
    "hu": "Hungarian",
    "ro": "Romanian",
    "id": "Indonesian",
    "vi": "Vietnamese",
    "hi": "Hindi",
    "he": "Hebrew",
    "fa": "Persian",
    "sw": "Swahili",
    "ko": "Korean",
    "af": "Afrikaans",
}


@cache
def _stop_lists() -> dict[str, list[str]]:
    """justext's stop words by language code, for the languages tried on a page."""
    # Looked for and not imported: its parser takes some of the time in which a process begins.
    found = find_spec("justext")
    folders = [] if found is None else list(found.submodule_search_locations or ())
    if not folders:
        raise ModuleNotFoundError("justext is not installed: its lists of stop words are missing")
    folder = Path(folders[0], "stoplists")
    texts = {code: (folder / f"{name}.txt").read_text("utf-8") for code, name in LANGUAGES.items()}
    return {code: text.lower().removesuffix("\n").split("\n") for code, text in texts.items()}


@cache
def _stopped_in() -> dict[str, tuple[int, ...]]:
    """The languages in which each word is a stop word, by their places among LANGUAGES."""
    found: dict[str, tuple[int, ...]] = {}
    for place, stops in enumerate(_stop_lists().values()):
        own = (place,)
        for word in stops:
            known = found.setdefault(word, own)
            if known[-1] != place:
                found[word] = (*known, place)
    return found


@cache
def _stop_words(code: str | None) -> frozenset[str]:
    return frozenset(_stop_lists()[code] if code else ())


def guess_language(tokens: Sequence[list[str]]) -> tuple[str | None, frozenset[str]]:
    """The language whose stop words cover most of a page's words, with those; (None, empty) below a tenth."""
    counted = _kernel.language_counts if _kernel else _language_counts
    total, counts = counted(list(tokens), _stopped_in(), len(LANGUAGES))
    best, best_share = None, 0.1
    for code, count in zip(LANGUAGES, counts, strict=True):
        if count / (total or 1) > best_share:
            best, best_share = code, count / total
    return best, _stop_words(best)


def _language_counts(
    tokens: Sequence[list[str]], stopped_in: dict[str, tuple[int, ...]], languages: int
) -> tuple[int, list[int]]:
    """How often the most common words stand on a page, and how often those that are stop words of each language."""
    times = Counter(chain.from_iterable(row[:80] for row in tokens if len(row) > 5))
    # Counter.most_common compares in Python; the order of equals is the same.
    common = sorted(times.items(), key=itemgetter(1), reverse=True)[:300]
    counts = [0] * languages
    for token, count in common:
        for place in stopped_in.get(token, ()):
            counts[place] += count
    return sum(count for _, count in common), counts


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
