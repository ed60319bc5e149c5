"""What a site's memory makes of the model's beliefs: an update of odds, not a rule.

Two kinds of evidence. A text that stands on several articles at the same place is rarely body: the more articles and
the larger their share of the site, the stronger that is. And a place in the template holds the same kind of text on
every page, so that the mean of what the model believed there is surer than what it believes of one block.

The numbers were set on pages of 19 sites with a body truth, 3 to 17 pages each, by models that had seen none of
these sites; see `benchmarks/memory.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from archive.extraction.features.neighbours import Matrix
from archive.extraction.model import LABELS
from archive.labels import Label
from archive.memory.article import Article
from archive.memory.marks import Marks
from archive.memory.observation import mean_belief, rows_of
from archive.memory.site_memory import Fact, SiteMemory

_BODY, _STANDFIRST = LABELS.index(Label.BODY), LABELS.index(Label.STANDFIRST)
#: How far the odds of body fall for each doubling of the articles that share a text, were they 4 of 25. It goes with
#: the root of that share: what two of hundreds share is more likely a quotation, what all share only boilerplate.
_TEXT = 2.0
_LEAST_SHARE, _ROOT, _MOST_SHARE = 0.25, 2.5, 2.0
#: How far a place's odds count, once many blocks of it were seen; half of that at `_HALF` blocks.
_PLACE, _HALF = 1.0, 2.0
#: Places where the mean belief in body is below this are rarely body (3 of 10 between .5 and .8), those above nearly
#: always (all of 8 between .8 and .9). Where a page has a sure body elsewhere, this and not one half is even.
_EVEN = 0.75
#: How far the odds fall at a place that no other page has, unless it is beside a sure body's paragraphs.
_UNKNOWN = 0.5
#: A page has a sure body where so many words stand at places of at least this mean belief.
_SURE, _SURE_WORDS = 0.9, 30
#: How far text and place count for the choice among the other labels, against the block's own beliefs.
_TEXT_REST, _PLACE_REST = 1.0, 0.5
#: Beliefs are kept this far from 0 and 1.
_CLOSE = 0.005

#: What text that is not body most likely is, where the model had no thought of anything but body.
_UNSAID = np.full(len(LABELS), 0.4 / len(LABELS))
_UNSAID[LABELS.index(Label.PROMOTION)] += 0.6

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Update:
    """Beliefs with the memory's part in them. `rules` names what decided each block: `memory:text`, `memory:place`, or
    `model` where the model's own label stands."""

    beliefs: Matrix
    rules: Sequence[str]

    @classmethod
    def none(cls, beliefs: Matrix) -> Self:
        """The model's own beliefs."""
        return cls(beliefs, ["model"] * len(beliefs))


def update(beliefs: Matrix, marks: Marks, memory: SiteMemory, article: Article) -> Update:
    """The model's beliefs in the light of what the site's other pages hold."""
    own = memory.learnt_from.has(article)
    texts = _Texts(marks, memory, own)
    places = _Places(beliefs, marks, memory, own)
    place = places.shift(beliefs, marks)
    # What all articles share is not made body by its place among their paragraphs.
    place = np.where(place > 0, place * (1 - texts.share), place)
    odds = _log_odds(beliefs[:, _BODY]) + place - texts.shift(marks)
    body = 1 / (1 + np.exp(-odds))
    rest = _rest(beliefs) * places.rest() * texts.rest()
    rest *= ((1 - body) / rest.sum(axis=1))[:, None]
    rest[:, _BODY] = body
    changed = rest.argmax(axis=1) != beliefs.argmax(axis=1)
    return Update(rest.astype(np.float32), [_rule(*both) for both in zip(texts.known, changed, strict=True)])


def _rule(known: bool, changed: bool) -> str:
    return "memory:text" if known else "memory:place" if changed else "model"


class _Texts:
    """What is known of each block's text from other articles."""

    def __init__(self, marks: Marks, memory: SiteMemory, own: bool) -> None:
        self._facts = [memory.texts.get(key) for key in marks.texts]
        self._times = np.array([fact.pages - own if fact else 0 for fact in self._facts], float)
        self.share = self._times / max(1, memory.articles - own)
        self.known = self._times > 0

    def shift(self, marks: Marks) -> Numbers:
        """How far the odds of body fall. Two short texts are alike by chance, as subheadings are."""
        words = np.array(marks.words, float)
        weight = np.clip(_ROOT * np.sqrt(self.share), _LEAST_SHARE, _MOST_SHARE) * np.clip((words + 2) / 6, 0, 1)
        return np.asarray(_TEXT * np.log2(1 + self._times) * weight)

    def rest(self) -> Numbers:
        """The odds among the other labels: those believed of this text on all pages."""
        facts = [fact if known else None for fact, known in zip(self._facts, self.known, strict=True)]
        return np.asarray(_pooled(facts) ** _TEXT_REST)


class _Places:
    """What is known of each block's place, this page's own blocks there included."""

    def __init__(self, beliefs: Matrix, marks: Marks, memory: SiteMemory, own: bool) -> None:
        elsewhere = {place: memory.places.get(place) for place in set(marks.places)}
        all_pages = {
            place: _joined(elsewhere[place], None if own and elsewhere[place] else fact)
            for place, fact in _here(beliefs, marks).items()
        }
        self._facts = [all_pages.get(place) for place in marks.places]
        self._new = np.array([bool(place) and elsewhere[place] is None for place in marks.places])
        self._body = np.array([fact.beliefs[_BODY] if fact else 0.5 for fact in self._facts], float)
        self._weight = np.array([fact.blocks / (fact.blocks + _HALF) if fact else 0.0 for fact in self._facts])

    def shift(self, beliefs: Matrix, marks: Marks) -> Numbers:
        """How far the odds of body rise, or fall below 0."""
        sure = (self._body >= _SURE) & (beliefs[:, _BODY] > 0.5)
        if np.array(marks.words)[sure].sum() < _SURE_WORDS:
            return _PLACE * self._weight * _log_odds(self._body)
        strict = ~np.array([fact is not None and _rival(fact) == _STANDFIRST for fact in self._facts])
        even = strict * _log_odds(np.array([_EVEN]))
        beside = {_above(place) for place, is_sure in zip(marks.places, sure, strict=True) if is_sure}
        unknown = self._new & strict & ~np.array([_above(place) in beside for place in marks.places])
        return np.asarray(_PLACE * self._weight * (_log_odds(self._body) - even) - _UNKNOWN * unknown)

    def rest(self) -> Numbers:
        """The odds among the other labels: those believed of this place on all pages."""
        return np.asarray(_pooled(self._facts) ** (_PLACE_REST * self._weight[:, None]))


def _above(place: str) -> str:
    return place.rpartition(" > ")[0]


def _here(beliefs: Matrix, marks: Marks) -> dict[str, Fact]:
    rows = rows_of(marks.places)
    return {place: Fact(1, mean_belief(beliefs, found, marks), blocks=len(found)) for place, found in rows.items()}


def _joined(elsewhere: Fact | None, here: Fact | None) -> Fact | None:
    if elsewhere is None or here is None:
        return elsewhere or here
    blocks = elsewhere.blocks + here.blocks
    share = np.float32(here.blocks / blocks)
    mean: Matrix = elsewhere.beliefs * (1 - share) + here.beliefs * share
    return Fact(elsewhere.pages + 1, mean, blocks=blocks)


def _log_odds(belief: NDArray[np.floating]) -> Numbers:
    kept = np.clip(belief.astype(float), _CLOSE, 1 - _CLOSE)
    return np.asarray(np.log(kept / (1 - kept)))


def _rest(beliefs: NDArray[np.floating]) -> Numbers:
    """The labels other than body as shares of what is left; body is 0."""
    rest = beliefs.astype(float) + _CLOSE * _UNSAID
    rest[:, _BODY] = 0
    return np.asarray(rest / rest.sum(axis=1, keepdims=True))


def _rival(fact: Fact) -> int:
    return int(_rest(fact.beliefs[None])[0].argmax())


def _pooled(facts: Sequence[Fact | None]) -> Numbers:
    even = np.full(len(LABELS), 1 / (len(LABELS) - 1))
    return np.array([even if fact is None else _rest(fact.beliefs[None])[0] for fact in facts])
