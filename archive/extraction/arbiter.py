"""Who is right where the model is unsure of a page: a forest that weighs its parts and trafilatura's vote.

It sees for each block what the two parts of the model say of body, what trafilatura keeps, the same of the blocks
around, and how the page looks as a whole. It learnt from pages on which cross-validated parts were unsure, so that it
knows where each of them errs.
"""

import numpy as np

from archive.extraction.features.matrix import OWN_NAMES
from archive.extraction.features.neighbours import Features, Matrix, group_mean, shifted, window
from archive.labels import Label

#: What of a block itself the forest sees.
_LOOKED_AT = (
    "chars words ends_sentence commas link_share tag depth is_heading is_p from_headline in_best best_distance "
    "path_count path_words stop_words place headlines_before like_title like_description"
).split()
_OWN = [OWN_NAMES.index(name) for name in _LOOKED_AT]
#: Labels of what sites set into a story like any paragraph, and their places among all.
GLUED_LABELS = frozenset(
    (
        Label.AUTHOR_BIO,
        Label.PROMOTION,
        Label.LEGAL_NOTICE,
        Label.CONTACT,
        Label.SHARE_PROMPT,
        Label.NOTE,
        Label.BYLINE,
    )
)
GLUED = [place for place, label in enumerate(Label) if label in GLUED_LABELS]
_BODY = tuple(Label).index(Label.BODY)
#: What counts as kept.
_KEPT = 0.5


def arbiter_columns(of: Features, beliefs: Matrix, odds: Matrix, expected: float, kept: Matrix) -> Matrix:
    """What the arbiter sees, one row a block. `odds` holds the log odds of body of each part and of both together (with
    what the page states), `beliefs` the label probabilities of both, `kept` trafilatura's shares, `expected` the F1
    that the page's body can be expected to reach."""
    both = 1 / (1 + np.exp(-odds[:, 2:3]))
    glued = glued_share(beliefs)
    seen = np.hstack([both, kept[:, None]]).astype(np.float32)
    beside = [shifted(seen, step * sign) for step in (1, 2, 3) for sign in (-1, 1)]
    wide = [window(seen, 4), window(seen, 10)]
    alike = [group_mean(seen, group) for group in of.groups]
    page = np.repeat(_page(of.words, seen, expected)[None], len(seen), axis=0)
    parts = [odds, kept[:, None], beliefs, glued[:, None], *beside, *wide, *alike, *_sides(of.words, seen), page]
    return np.hstack([*parts, of.matrix[:, _OWN]]).astype(np.float32)


def glued_share(beliefs: Matrix) -> Matrix:
    """How much of what is not believed body is believed one of the kinds that sites set into a story."""
    return np.asarray(beliefs[:, GLUED].sum(axis=1) / (1 - beliefs[:, _BODY] + 1e-6), np.float32)


def _sides(words: Matrix, seen: Matrix) -> list[Matrix]:
    """How much of what each takes for body stands before a block."""
    weighted = seen * words[:, None]
    total = weighted.sum(axis=0, keepdims=True) + 1e-6
    return [(np.cumsum(weighted, axis=0) - weighted) / total]


def _page(words: Matrix, seen: Matrix, expected: float) -> Matrix:
    """How sure the model is, how much each takes for body, and how far they agree."""
    all_words = words.sum() + 1e-6
    own, kept = (words * (seen[:, place] > _KEPT) for place in (0, 1))
    common = np.minimum(own, kept).sum()
    shares = own.sum() / all_words, kept.sum() / all_words
    agreement = common / (own.sum() + 1e-6), common / (kept.sum() + 1e-6)
    sizes = np.log1p(all_words), np.log1p(len(words)), np.log1p(own.sum()), np.log1p(kept.sum())
    return np.array([expected, *shares, *agreement, *sizes], np.float32)
