"""The measures of extraction quality, as the field defines them.

All work on `\\w+` tokens, so that they do not depend on how a program cuts blocks.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from archive.labels import Label
from benchmarks.corpus import Page

_TOKEN = re.compile(r"\w+")


def tokens(text: str) -> list[str]:
    """The words of a text, case kept."""
    return _TOKEN.findall(text)


def lower_tokens(text: str) -> list[str]:
    """The words of a text, lower-cased."""
    return _TOKEN.findall(text.lower())


def f1(precision: float, recall: float) -> float:
    """The harmonic mean, 0 where both are 0."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def word_f1(predicted: str, truth: str) -> float:
    """Multiset overlap of lower-cased tokens; 1 where both are empty."""
    left, right = Counter(lower_tokens(predicted)), Counter(lower_tokens(truth))
    if not left and not right:
        return 1.0
    common = sum((left & right).values())
    return 2 * common / (sum(left.values()) + sum(right.values()))


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = tokens(text)
    return Counter(tuple(words[i : i + 4]) for i in range(len(words) - 3))


@dataclass(frozen=True, slots=True)
class PageScore:
    """One page's measures; shingle precision and recall are None where that side has no shingles."""

    word_f1: float
    word_precision: float
    word_recall: float
    shingle_precision: float | None
    shingle_recall: float | None
    exact: bool


@dataclass(frozen=True, slots=True)
class SetScore:
    """Means over the pages of a set."""

    pages: int
    word_f1: float
    word_precision: float
    word_recall: float
    shingle_f1: float
    exact: float


def references(page: Page, predicted: str) -> list[str]:
    """The truths that a prediction may be measured against: with the optional paragraphs that it kept, and with
    and without a standfirst that is listed apart."""
    assert page.body is not None
    have = Counter(lower_tokens(predicted))
    kept = [part.text for part in page.body if not part.optional or _kept(part.text, have)]
    body = "\n".join(kept)
    return [body, "\n".join([*page.standfirst, body])] if page.standfirst else [body]


def _kept(text: str, have: Counter[str]) -> bool:
    words = Counter(lower_tokens(text))
    return sum((words & have).values()) >= 0.8 * sum(words.values())


def score_page(page: Page, predicted: str) -> PageScore:
    """The measures of one prediction, against the reference that suits it best."""
    truth = max(references(page, predicted), key=lambda text: word_f1(predicted, text))
    left, right = Counter(lower_tokens(predicted)), Counter(lower_tokens(truth))
    common = sum((left & right).values())
    shingle_precision, shingle_recall = _shingle_scores(predicted, truth)
    return PageScore(
        word_f1(predicted, truth),
        common / sum(left.values()) if left else float(not right),
        common / sum(right.values()) if right else 1.0,
        shingle_precision,
        shingle_recall,
        tokens(predicted) == tokens(truth),
    )


def _shingle_scores(predicted: str, truth: str) -> tuple[float | None, float | None]:
    left, right = _shingles(predicted), _shingles(truth)
    if not left and not right:
        return 1.0, 1.0
    common = sum((left & right).values())
    return (
        common / sum(left.values()) if left else None,
        common / sum(right.values()) if right else None,
    )


def score_set(scores: Sequence[PageScore]) -> SetScore:
    """Means over pages. Shingle F1 is that of the mean precision and the mean recall."""
    count = len(scores)
    precision = _mean(score.shingle_precision for score in scores)
    recall = _mean(score.shingle_recall for score in scores)
    return SetScore(
        count,
        sum(score.word_f1 for score in scores) / count,
        sum(score.word_precision for score in scores) / count,
        sum(score.word_recall for score in scores) / count,
        f1(precision, recall),
        sum(score.exact for score in scores) / count,
    )


def snippet_shares(answers: Iterable[tuple[Page, str]]) -> tuple[float | None, float | None]:
    """The share of the pages' must_contain snippets that are in the predictions, and of their must_not_contain
    snippets that are not; None where no page has any."""
    wanted, unwanted = [], []
    for page, predicted in answers:
        text = _folded(predicted)
        wanted += [_folded(snippet) in text for snippet in page.truth.get("must_contain") or ()]
        unwanted += [_folded(snippet) not in text for snippet in page.truth.get("must_not_contain") or ()]
    return _share(wanted), _share(unwanted)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _share(values: Sequence[bool]) -> float | None:
    return sum(values) / len(values) if values else None


def _mean(values: Iterable[float | None]) -> float:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else 0.0


Labelled = Iterable[tuple[Label, str]]


@dataclass(slots=True)
class LabelScores:
    """Words counted under each label over all pages, prediction against truth as multisets by page and label."""

    hit: dict[Label, int]
    predicted: dict[Label, int]
    true: dict[Label, int]

    @classmethod
    def over(cls, pages: Iterable[tuple[Labelled, Labelled]]) -> "LabelScores":
        """Count over pairs of (predicted, true) labelled blocks, one pair a page."""
        scores = cls(defaultdict(int), defaultdict(int), defaultdict(int))
        for predicted, true in pages:
            scores._add(_by_label(predicted), _by_label(true))
        return scores

    def _add(self, predicted: dict[Label, Counter[str]], true: dict[Label, Counter[str]]) -> None:
        for label in Label:
            left, right = predicted.get(label, Counter()), true.get(label, Counter())
            self.hit[label] += sum((left & right).values())
            self.predicted[label] += sum(left.values())
            self.true[label] += sum(right.values())

    def precision(self, label: Label) -> float:
        """The share of the words under a predicted label that belong there."""
        return self.hit[label] / self.predicted[label] if self.predicted[label] else 1.0

    def recall(self, label: Label) -> float:
        """The share of the words of a label that were found."""
        return self.hit[label] / self.true[label] if self.true[label] else 1.0

    def f1(self, label: Label) -> float:
        """The word-weighted F1 of one label."""
        both = self.predicted[label] + self.true[label]
        return 2 * self.hit[label] / both if both else 1.0

    def macro(self) -> float:
        """The mean over all labels."""
        return sum(self.f1(label) for label in Label) / len(Label)


def _by_label(blocks: Labelled) -> dict[Label, Counter[str]]:
    found: defaultdict[Label, Counter[str]] = defaultdict(Counter)
    for label, text in blocks:
        found[label].update(lower_tokens(text))
    return found
