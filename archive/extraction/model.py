"""The trained label model: blocks' features to label probabilities.

Two forests of gradient-boosted trees and a neural network, kept as arrays (data, not code) beside their card. The first
forest guesses all labels; the second sees those guesses around each block and decides between body and not body. The
network sees words and names that are too many for trees, and decides both by itself. They err at different blocks:
together they are better than either (measured: macro F1 of the labels .80 and .81 alone, .82 together). On pages where
they are unsure a third forest, the arbiter, decides on the body; it also sees what trafilatura keeps.
"""

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import numpy as np

from archive.errors import ConfigurationError
from archive.extraction.arbiter import arbiter_columns, glued_share
from archive.extraction.features.neighbours import Features, Matrix, beliefs_around
from archive.extraction.features.terms import Numbers
from archive.extraction.forest import FeatureColumns, Forest
from archive.extraction.network import Network
from archive.labels import Label
from archive.software import installed_version

FOLDER = Path(__file__).parent / "models"
#: The order of the model's classes.
LABELS = tuple(Label)
#: The columns of body and of standfirst, and those of all but body.
_BODY, _STANDFIRSTS = LABELS.index(Label.BODY), LABELS.index(Label.STANDFIRST)
_OTHERS = [place for place in range(len(LABELS)) if place != _BODY]
#: The columns of what is of the text, or is read for who wrote it and when.
_OF_STORY = [LABELS.index(label) for label in (Label.BODY, Label.STANDFIRST, Label.BYLINE, Label.DATE)]
#: What each kind of model has of files. A plain text has no tree that trafilatura could look at.
PARTS = {"page": ("first", "body", "network", "arbiter"), "text": ("first", "body", "network")}
#: The best expected F1 of a page's body below which the model is unsure of it and the arbiter decides: on 217 of 1,589
#: pages of six sets in cross-validation. At .95 it decides on 130, which saves a fiftieth of all time, and one less of
#: 1,200 snippets of trafilatura's is found, and of boilerplate glued into stories a hundredth more is taken for body.
SURE = 0.97

#: From this probability on, what is believed a standfirst is one, however likely it is body: sources differ on whether
#: a standfirst is body, and so the truth of the body is unsure of it. At .4 the labels are a little better and the
#: bodies a little worse.
_STANDFIRST = 0.7
_EVEN = 0.5
#: How far odds of body are worth what they say: of blocks at .97 in cross-validation, .89 are body, at .93 .85.
_CALIBRATION = 0.7
#: The best expected F1 below which a page holds no article. Most lists of articles lie there, and one of 984 article
#: pages in cross-validation.
_NO_ARTICLE = 0.15
#: What the log odds of body count of the part that is surer of it, and of the one that doubts: where boilerplate stands
#: in a story like any paragraph, mostly one of them sees it. With 0.8 for both, half as much again is taken for body.
#: With 0.3 and 1.3 more pages are exactly right (.21 of the blogs, guides and news for .19), and a tenth more is taken.
_SURER, _DOUBTER = 0.1, 1.5
#: From this share of the belief that is no body on, as long as that of body is below.
_GLUED, _LIKELY = 0.4, 0.95
#: What a belief of nothing is worth where the other part believes something.
_LEAST = np.float32(1e-8)
#: Beliefs are kept this far from 0 and 1.
_CLOSE = 0.003
#: How far a block that is not body is kept below what would make it so.
_BELOW = 0.999
#: How many blocks of each label the corpus' own pages have, in the order of LABELS; none of body, which is settled.
_BLOCKS = (201, 120, 181, 174, 0, 343, 92, 29, 897, 1373, 360, 304, 3068, 335, 13625)
#: Rare labels count more in training, and so are found too often: what they were raised by is taken back (Saerens and
#: others, 2002), by their number to this power. In cross-validation macro F1 is highest at .2.
_FOUND = ((np.array(_BLOCKS) / max(_BLOCKS)) ** 0.2).astype(np.float32)


class Guesses(NamedTuple):
    """What the forests and the network make of a page's blocks, a row each: all labels, and body or not."""

    forest: Matrix
    forest_body: Matrix
    network: Matrix
    network_body: Matrix


class Weighed(NamedTuple):
    """What forests and network believe together of a page: its label probabilities `beliefs`, the log `odds` of body
    (a column a part, and their sum with what else is known), and the F1 that its body can be `expected` to reach."""

    beliefs: Matrix
    odds: Matrix
    expected: float

    def settled(self) -> Matrix:
        """Label probabilities whose highest is the decision."""
        return settle(self.beliefs, _probability(self.odds[:, 2]), self.expected)

    def arbitrated(self, scores: Matrix, words: Matrix) -> Matrix:
        """The same by the arbiter's `scores` (log odds of body); `words` counts each block's. Of what is likely an
        appeal or a biography, if it is not body, whoever doubts more decides: with the arbiter alone a tenth more of it
        is taken for body."""
        is_doubtful = (glued_share(self.beliefs) > _GLUED) & (self.beliefs[:, _BODY] < _LIKELY)
        odds = np.where(is_doubtful, np.minimum(scores, self.odds[:, 2]), scores)
        is_body = logistic(odds.astype(np.float32))
        return settle(self.beliefs, is_body, expected_f1(is_body, words))


class Model(NamedTuple):
    """A loaded model. `digest` names it in records: its kind, the SHA-256 of its files and what else decides."""

    digest: str
    first: Forest
    body: Forest
    network: Network
    arbiter: Forest | None = None

    def probabilities(self, of: Features) -> Matrix:
        """Label probabilities, one row a block, columns in the order of LABELS."""
        return weigh(self.guesses(of), of.words).settled()

    def arbitrated(self, of: Features, weighed: Weighed, kept: Matrix) -> Matrix:
        """The same of a page that the model is unsure of, if it has an arbiter; `kept` is the share of each block that
        trafilatura keeps."""
        if self.arbiter is None:
            return weighed.settled()
        seen = FeatureColumns.of(arbiter_columns(of, *weighed, kept))
        return weighed.arbitrated(self.arbiter.scores(seen)[0], of.words)

    def guesses(self, of: Features) -> Guesses:
        """What each part makes of the blocks."""
        seen = FeatureColumns.of(of.matrix)
        beliefs = softmax(self.first.scores(seen))
        is_body = logistic(self.body.scores(seen, FeatureColumns.of(beliefs_around(of, beliefs)))[0])
        return Guesses(beliefs, is_body, *shares(self.network.scores(of)))


def shares(outputs: Matrix) -> tuple[Matrix, Matrix]:
    """The network's outputs, one row a block, as the probabilities of the labels and of body."""
    return softmax(outputs[:, :-1].T), logistic(outputs[:, -1])


def softmax(scores: Matrix) -> Matrix:
    """Scores, one row a class, to probabilities, one column a class."""
    # Powers are taken in double precision: in single precision processors differ in the last digit.
    powers = np.exp((scores - scores.max(axis=0)).astype(float)).astype(np.float32)
    return np.ascontiguousarray((powers / powers.sum(axis=0)).T)


def logistic(scores: Matrix) -> Matrix:
    """The scores of one class against the other to its probabilities."""
    power = np.exp(-np.abs(scores).astype(float)).astype(np.float32)
    likelier = 1 / (1 + power)
    return np.asarray(np.where(scores < 0, 1 - likelier, likelier))


def settle(beliefs: Matrix, is_body: Matrix, best: float) -> Matrix:
    """Probabilities whose highest is the decision: body where `is_body` is above the page's threshold.

    The threshold is half of the `best` F1 that the page's body can be expected to reach, one half at most, and one half
    where the page can hardly hold an article: this makes the expected F1 highest (Lipton, Elkan and Naryanaswamy,
    2014), and an odd page on which nothing is sure does not end without a body.
    """
    threshold = _EVEN if best < _NO_ARTICLE else min(_EVEN, best / 2)
    odds = _log_odds(is_body) - _log_odds(np.float32(threshold))
    sure = 1 / (1 + np.exp(-_CALIBRATION * odds))
    highest = beliefs[:, _OTHERS].max(axis=1) / (1 - beliefs[:, _BODY] + 1e-9)
    most = np.where(sure > _EVEN, 1.0, _BELOW * highest / (1 + highest))
    sure = np.minimum(sure, most).astype(np.float32)
    sure = np.where(beliefs[:, _STANDFIRSTS] > _STANDFIRST, 0.0, sure)
    # The body's share is settled, the rest is shared out as `beliefs` has it.
    rest = beliefs.copy()
    rest[:, _BODY] = 0.0
    rest *= ((1 - sure) / (rest.sum(axis=1) + 1e-9))[:, None]
    rest[:, _BODY] = sure
    return rest


def likeliest(beliefs: Matrix) -> Numbers:
    """The column of what is believed most of each block."""
    return np.asarray(beliefs.argmax(axis=1))


def decided(beliefs: Matrix) -> Numbers:
    """The column of each block's label on a page: what is believed most, where it is of the text or says who wrote and
    when; else the likeliest by how common each is."""
    first = likeliest(beliefs)
    return np.asarray(np.where(np.isin(first, _OF_STORY), first, likeliest(beliefs * _FOUND)))


def weigh(guesses: Guesses, words: Matrix, evidence: Matrix | float = 0.0) -> Weighed:
    """What forests and network believe together: the geometric mean of their beliefs, and for the body the sum of their
    log odds, weighted. `words` counts each block's; `evidence` is what else is known of each block's log odds of body.
    """
    beliefs = np.sqrt(guesses.forest * guesses.network + _LEAST)
    beliefs /= beliefs.sum(axis=1, keepdims=True)
    parts = [_log_odds(guesses.forest_body), _log_odds(guesses.network_body)]
    both = _DOUBTER * np.minimum(*parts) + _SURER * np.maximum(*parts) + evidence
    odds = np.column_stack([*parts, both])
    return Weighed(beliefs, odds, expected_f1(_probability(odds[:, 2]), words))


def _probability(odds: Matrix) -> Matrix:
    return np.asarray((1 / (1 + np.exp(-odds))).astype(np.float32))


def _log_odds(belief: Matrix | np.float32) -> Matrix:
    kept = np.clip(belief, _CLOSE, 1 - _CLOSE)
    return np.asarray(np.log((kept / (1 - kept)).astype(float)), np.float32)


def expected_f1(is_body: Matrix, words: Matrix) -> float:
    """The best F1 over words that a choice of body blocks can be expected to reach on this page."""
    order = np.argsort(-is_body, kind="stable")
    hits = np.cumsum((is_body * words)[order])
    if not len(hits) or not hits[-1]:
        return 0.0
    return float((2 * hits / (np.cumsum(words[order]) + hits[-1])).max())


@cache
def load_model(kind: str = "page", folder: Path = FOLDER) -> Model:
    """The model for `page` or `text` blocks. Raises ConfigurationError if its files cannot be read."""
    try:
        parts = [(folder / f"{kind}-{part}.npz").read_bytes() for part in PARTS[kind]]
        first, body, network, *arbiter = parts
        digested = sha256()
        for part in parts:
            digested.update(part)
        digest = f"{kind}:sha256:{digested.hexdigest()}"
        if arbiter:
            digest += f"+trafilatura:{installed_version('trafilatura')}"
        forests = Forest.from_bytes(first), Forest.from_bytes(body)
        return Model(digest, *forests, Network.from_bytes(network), *map(Forest.from_bytes, arbiter))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"the label model in {folder} cannot be read: {error}") from error
