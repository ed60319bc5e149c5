"""What a site's memory makes of the model's beliefs: an update of odds, not a rule.

Two kinds of evidence. A text that stands on several articles at the same place is rarely body: the more articles and
the larger their share of the site, the stronger that is. And a place in the template holds the same kind of text on
every page, so that the mean of what the model believed there is surer than what it believes of one block.

The numbers were set on pages of 19 sites with a body truth, 3 to 17 pages each, by models that had seen none of
these sites.
"""

from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from archive.extraction.features.neighbours import Matrix
from archive.extraction.memory.article import KnownArticle
from archive.extraction.memory.marks import BlockGroups, Marks
from archive.extraction.memory.site_memory import SiteMemory
from archive.extraction.model import LABELS, decided
from archive.labels import Label

_BODY, _STANDFIRST = LABELS.index(Label.BODY), LABELS.index(Label.STANDFIRST)
#: How far the odds of body fall for each doubling of the articles that share a text, were they 4 of 25. It goes with
#: the root of that share: what two of hundreds share is more likely a quotation, what all share only boilerplate. With
#: these, three pages are enough for an appeal that the model takes for body, and a series' refrain stays; on real pages
#: .5 to 2 are alike (.9 to 1.3, measured with the network).
_TEXT = 1.2
_LEAST_SHARE, _ROOT, _MOST_SHARE = 0.25, 2.5, 2.5
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
_NOTHING = np.zeros(len(LABELS), np.float32)

#: The rule of a block whose label the model alone decided.
MODEL_RULE = "model"

Numbers = NDArray[np.float64]


class Update(NamedTuple):
    """Beliefs with the memory's part in them. `rules` names what decided each block: `memory:text`, `memory:place`, or
    `model` where the model's own label stands."""

    beliefs: Matrix
    rules: Sequence[str]

    @classmethod
    def none(cls, beliefs: Matrix) -> Self:
        """The model's own beliefs."""
        return cls(beliefs, [MODEL_RULE] * len(beliefs))

    def after(self, earlier: Self) -> Self:
        """With what decided earlier, where this changed nothing."""
        rules = zip(self.rules, earlier.rules, strict=True)
        return type(self)(self.beliefs, [before if rule == MODEL_RULE else rule for rule, before in rules])


def update(beliefs: Matrix, marks: Marks, memory: SiteMemory, article: KnownArticle) -> Update:
    """The model's beliefs in the light of what the site's other pages hold."""
    own = memory.learnt_from.has(article)
    texts = _Texts(marks, memory, own)
    places = _Places(beliefs, marks, memory, own)
    place = places.shift(beliefs, marks)
    # What all articles share is not made body by its place among their paragraphs.
    place = np.where(place > 0, place * (1 - texts.share), place)
    odds = _log_odds(beliefs[:, _BODY]) + place - texts.shift(marks)
    body = 1 / (1 + np.exp(-odds))
    rest = beside_body(beliefs) * places.rest() * texts.rest()
    rest *= ((1 - body) / rest.sum(axis=1))[:, None]
    rest[:, _BODY] = body
    updated = rest.astype(np.float32)
    changed = decided(updated) != decided(beliefs)
    rules = [
        "memory:text" if known else "memory:place" if moved else MODEL_RULE
        for known, moved in zip(texts.known, changed, strict=True)
    ]
    return Update(updated, rules)


class _Texts:
    """What is known of each block's text from other articles."""

    def __init__(self, marks: Marks, memory: SiteMemory, own: bool) -> None:
        facts = [memory.texts.get(key) for key in marks.texts]
        times = np.array([fact.pages - own if fact else 0 for fact in facts], float)
        self._times = np.maximum(times, 0)
        self.share = self._times / max(1, memory.articles - own)
        self.known = self._times > 0
        self._facts = [fact for fact, known in zip(facts, self.known, strict=True) if fact and known]

    def shift(self, marks: Marks) -> Numbers:
        """How far the odds of body fall. Two short texts are alike by chance, as subheadings are."""
        words = np.array(marks.words, float)
        weight = np.clip(_ROOT * np.sqrt(self.share), _LEAST_SHARE, _MOST_SHARE) * np.clip((words + 2) / 6, 0, 1)
        return np.asarray(_TEXT * np.log2(1 + self._times) * weight)

    def rest(self) -> Numbers:
        """The odds among the other labels: those believed of this text on all pages."""
        rest = np.ones((len(self._times), len(LABELS)))
        if self._facts:
            rest[self.known] = beside_body(np.array([fact.beliefs for fact in self._facts])) ** _TEXT_REST
        return rest


class _Places:
    """What is known of each block's place, this page's own blocks there included."""

    def __init__(self, beliefs: Matrix, marks: Marks, memory: SiteMemory, own: bool) -> None:
        groups = BlockGroups(marks.places)
        facts = [memory.places.get(place) for place in groups.keys]
        known = np.array([fact is not None for fact in facts], bool)
        # A page that the memory was learnt from is in its counts already.
        here = np.where(known & own, 0, groups.sizes())
        elsewhere = np.array([fact.blocks if fact else 0 for fact in facts])
        theirs = np.array([fact.beliefs if fact else _NOTHING for fact in facts]).reshape(len(facts), len(LABELS))
        blocks = here + elsewhere
        share = (here / blocks)[:, None]
        self._of = groups.of
        self._new = ~known
        self._weight = blocks / (blocks + _HALF)
        self._beliefs = groups.means(beliefs, marks.words) * share + theirs * (1 - share)
        self._body = self._beliefs[:, _BODY]
        self._above = [place.rpartition(" > ")[0] for place in groups.keys]

    def shift(self, beliefs: Matrix, marks: Marks) -> Numbers:
        """How far the odds of body rise, or fall below 0."""
        if not len(self._body):
            return np.zeros(len(self._of))
        likely = (self._of >= 0) & (beliefs[:, _BODY] > 0.5) & (self._body[self._of] >= _SURE)
        odds = _log_odds(self._body)
        if np.array(marks.words)[likely].sum() >= _SURE_WORDS:
            strict = beside_body(self._beliefs).argmax(axis=1) != _STANDFIRST
            sure = {self._above[number] for number in set(self._of[likely].tolist())}
            beside = np.array([above in sure for above in self._above])
            odds = odds - strict * _log_odds(np.array([_EVEN]))
            shift = _PLACE * self._weight * odds - _UNKNOWN * (self._new & strict & ~beside)
        else:
            shift = _PLACE * self._weight * odds
        return np.asarray(np.where(self._of >= 0, shift[self._of], 0.0))

    def rest(self) -> Numbers:
        """The odds among the other labels: those believed of this place on all pages."""
        if not len(self._body):
            return np.ones((len(self._of), len(LABELS)))
        rest = beside_body(self._beliefs) ** (_PLACE_REST * self._weight[:, None])
        return np.where(self._of[:, None] >= 0, rest[self._of], 1.0)


def _log_odds(belief: NDArray[np.floating]) -> Numbers:
    kept = np.clip(belief.astype(float), _CLOSE, 1 - _CLOSE)
    return np.asarray(np.log(kept / (1 - kept)))


def beside_body(beliefs: NDArray[np.floating]) -> Numbers:
    """The labels other than body as shares of what is left; body is 0."""
    rest = beliefs.astype(float) + _CLOSE * _UNSAID
    rest[:, _BODY] = 0
    return np.asarray(rest / rest.sum(axis=1, keepdims=True))
