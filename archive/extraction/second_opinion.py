"""trafilatura's opinion on which blocks are the article, and which are readers' comments."""

import logging
from collections.abc import Sequence
from copy import deepcopy

from lxml import etree
from trafilatura import bare_extraction
from trafilatura.settings import Document

from archive.extraction.features.words import tokens_of

# It logs every page that it discards; what becomes of a page is said in its record.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

_SHINGLE = 3


def kept_by_trafilatura(tree: etree._Element, tokens: Sequence[Sequence[str]]) -> tuple[list[float], list[float]]:
    """How much of each block trafilatura keeps as main text and as comments, each from 0 to 1.

    `tokens` are the blocks' lower-cased words. Its output has no places, so that blocks are found in it again
    by their word triples; a block of fewer words must be a line of its own there.
    """
    document = bare_extraction(deepcopy(tree), with_metadata=False, include_comments=True, include_tables=True)
    if not isinstance(document, Document):
        return [0.0] * len(tokens), [0.0] * len(tokens)
    return _found_in(document.text or "", tokens), _found_in(document.comments or "", tokens)


def _found_in(text: str, tokens: Sequence[Sequence[str]]) -> list[float]:
    lines = [tokens_of(line) for line in text.splitlines()]
    short = {tuple(line) for line in lines if len(line) < 2 * _SHINGLE}
    words = [word for line in lines for word in line]
    triples = {tuple(words[i : i + _SHINGLE]) for i in range(len(words) - _SHINGLE + 1)}
    return [_share(tuple(block), short, triples) for block in tokens]


def _share(block: tuple[str, ...], short: set[tuple[str, ...]], triples: set[tuple[str, ...]]) -> float:
    count = len(block) - _SHINGLE + 1
    if count < 1 or block in short:
        return float(block in short)
    return sum(block[i : i + _SHINGLE] in triples for i in range(count)) / count
