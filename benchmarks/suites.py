"""The halves of three peers' own suites that the corpus has, each measured as its authors do.

trafilatura's evaluation asks for snippets that must and must not be in the text, Mozilla's Readability has the whole
text that it expects, Postlight's parser the first words of it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from statistics import mean

from benchmarks.corpus import Page
from benchmarks.metrics import f1, lower_tokens, word_f1

Texts = Mapping[str, str]
#: Of the first words that must come first.
_FIRST = 6


def suite_scores(pages: Sequence[Page], texts: Texts) -> dict[str, float]:
    """The suites' measures of one program's texts (by page name)."""
    by_set = {name: [page for page in pages if page.set == name] for name in ("traf-a", "mozilla-a", "postlight-a")}
    found, wanted, wrong = _snippets(by_set["traf-a"], texts)
    recall, precision = found / (wanted or 1), found / (found + wrong or 1)
    first = [page for page in by_set["postlight-a"] if page.truth.get("first_words")]
    return {
        "traf-a: F": f1(precision, recall),
        "traf-a: recall": recall,
        "mozilla-a: word F1": _mean(word_f1(texts[page.name], page.truth["text"]) for page in by_set["mozilla-a"]),
        "postlight-a: first words": _mean(_begins(texts[page.name], page.truth["first_words"]) for page in first),
    }


def _mean(values: Iterable[float]) -> float:
    return mean(list(values) or [0.0])


def _snippets(pages: Sequence[Page], texts: Texts) -> tuple[int, int, int]:
    """How many wanted snippets are there, of how many, and how many unwanted ones."""
    found = wanted = wrong = 0
    for page in pages:
        text = _folded(texts[page.name])
        found += sum(_folded(snippet) in text for snippet in page.truth["must_contain"])
        wanted += len(page.truth["must_contain"])
        wrong += sum(_folded(snippet) in text for snippet in page.truth["must_not_contain"])
    return found, wanted, wrong


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _begins(text: str, first: str) -> bool:
    words = lower_tokens(first)[:_FIRST]
    return lower_tokens(text)[: len(words)] == words
