"""What trafilatura keeps of a page, as shares of our own blocks.

It was made on other pages than the label model, by rules: where the model is unsure, what it keeps is evidence. It
builds a tree of its own, so that its text is laid over the blocks by words.
"""

import logging
import warnings
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Any, cast

import numpy as np
from lxml import etree

from archive.extraction.features.neighbours import Matrix
from archive.extraction.features.word_rows import tokens_of
from archive.telling.shield import shielded

#: Elements of a page beyond which trafilatura is not asked: it takes seconds there. Of 1,589 pages the largest has
#: 24,000.
_MOST_ELEMENTS = 40_000
#: The same where all that is asked for is a second opinion: three pages with more cost a fifth of what 140 pages that
#: asked did, and of their body's words two in a hundred changed.
_MOST_OF_VOTE = 8_000
#: Words that are compared at once.
_RUN = 3


@cache
def _trafilatura() -> Any:
    # It says of each page without text that it is discarded.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        # What it would fetch pages with warns of a proxy's protocol that is not installed.
        warnings.simplefilter("ignore")
        return import_module("trafilatura")


def kept_shares(tree: etree._Element, tokens: Sequence[Sequence[str]], *, fast: bool) -> Matrix:
    """How much of each block of a page trafilatura keeps, 0 to 1. `tokens` are the words of each block; `fast` leaves
    out its second opinions, which take three times as long and vote no better."""
    return shares(kept_lines(tree, fast=fast), tokens)


def kept_lines(tree: etree._Element, *, fast: bool) -> tuple[str, ...]:
    """The lines of text that trafilatura takes for the page's main text; none where it finds none. Comments are left
    out."""
    if cast(float, tree.xpath("count(descendant-or-self::*)")) > (_MOST_OF_VOTE if fast else _MOST_ELEMENTS):
        return ()
    return shielded("trafilatura", (), _asked, tree, fast)


def _asked(tree: etree._Element, fast: bool) -> tuple[str, ...]:
    found = _trafilatura().bare_extraction(tree, fast=fast, include_comments=False, with_metadata=False)
    text = found.text if found is not None else None
    return tuple(line for line in (text or "").splitlines() if line.strip())


def shares(lines: Sequence[str], tokens: Sequence[Sequence[str]]) -> Matrix:
    """How much of each block is in the lines: the share of its runs of three words, and for a shorter block whether it
    is a line. `tokens` are the words of each block."""
    said = [tokens_of(line) for line in lines]
    every = [word for line in said for word in line]
    runs = set(zip(every, every[1:], every[2:], strict=False))
    short = {tuple(line) for line in said}
    return np.array([_share(words, runs, short) for words in tokens], np.float32)


def _share(words: Sequence[str], runs: set[tuple[str, str, str]], lines: set[tuple[str, ...]]) -> float:
    if len(words) < _RUN:
        return float(tuple(words) in lines)
    own = list(zip(words, words[1:], words[2:], strict=False))
    return sum(run in runs for run in own) / len(own)
