"""Short gaps in a story that nobody is sure of: they are of the story."""

from collections.abc import Sequence
from itertools import groupby

from archive.extraction.arbiter import GLUED_LABELS
from archive.extraction.rules import kind_of
from archive.extraction.verdict import Verdict
from archive.labels import Label

RULE = "general:amid"
#: Blocks of a gap, and the confidence that none of its labels reaches: of such blocks three in four are body (labels of
#: the corpus, cross-validated; from .4 to .5 it is one in seven). What may be an appeal or a biography stays out.
_MOST, _UNSURE = 8, 0.4


def with_gaps(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The verdicts; what stands between two blocks of body, with labels that the model hardly believes, is body. A
    site's own rules stand."""
    runs = [list(run) for _, run in groupby(verdicts, key=lambda verdict: verdict.label is Label.BODY)]
    return [
        verdict
        for place, run in enumerate(runs)
        for verdict in (map(_body, run) if 0 < place < len(runs) - 1 and _is_gap(run) else run)
    ]


def _is_gap(run: Sequence[Verdict]) -> bool:
    return len(run) <= _MOST and all(
        verdict.label is not Label.BODY
        and verdict.label not in GLUED_LABELS
        and verdict.confidence < _UNSURE
        and not kind_of(verdict.rule).is_of_site
        for verdict in run
    )


def _body(verdict: Verdict) -> Verdict:
    return Verdict(Label.BODY, RULE, verdict.confidence)
