"""What is of the story for want of anything surer: short gaps in it, and all of a plain text without chrome."""

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
#: What stands around a story on its page, and from when on that is sure. Of the words of 90 bodies of news stories,
#: given as plain text, .9985 are kept, and .984 without this.
_CHROME = frozenset((Label.NAVIGATION, Label.RELATED, Label.COMMENTS, Label.CAPTION))
_SURE = 0.75


def with_gaps(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The verdicts; what stands between two blocks of body, with labels that the model hardly believes, is body. A
    site's own rules stand."""
    runs = [list(run) for _, run in groupby(verdicts, key=lambda verdict: verdict.label is Label.BODY)]
    return [
        verdict
        for place, run in enumerate(runs)
        for verdict in (map(_body, run) if 0 < place < len(runs) - 1 and _is_gap(run) else run)
    ]


def as_story(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The verdicts on a plain text; where none of it surely stood around a story, what is taken for that is of the
    story too: a clean text has no menus, and its headings and short lines look like theirs."""
    if any(verdict.label in _CHROME and verdict.confidence >= _SURE for verdict in verdicts):
        return with_gaps(verdicts)
    return [_body(verdict) if verdict.label in _CHROME else verdict for verdict in verdicts]


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
