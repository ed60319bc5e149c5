"""A story that its page holds twice, as some do for wide and for narrow screens: the second copy is not body."""

from collections.abc import Sequence

from archive.extraction.rules import is_selected
from archive.extraction.verdict import Verdict
from archive.labels import Label

RULE = "general:second-copy"
#: Words from which a text is not repeated by chance or as a refrain, how many such texts must stand twice, and which
#: share of the body's words the copies must be. Six pages of 791 have it.
_LONG, _LEAST, _SHARE = 8, 3, 0.15


def without_second_copy(verdicts: Sequence[Verdict], texts: Sequence[str]) -> list[Verdict]:
    """The verdicts, the body's second copy taken for what the page's layout needs. A site's own rules stand."""
    body = [
        place for place, verdict in enumerate(verdicts) if verdict.label is Label.BODY and not is_selected(verdict.rule)
    ]
    copies = _copies(body, ["".join(texts[place].split()) for place in body])
    long = [place for place in copies if len(texts[place].split()) >= _LONG]
    words, whole = (sum(len(texts[place].split()) for place in places) for places in (long, body))
    # A second copy is half at most: what is more stands many times, and is no copy of a story.
    if len(long) < _LEAST or not _SHARE * whole <= words <= whole / 2:
        return list(verdicts)
    second = {place for place in copies if long[0] <= place <= long[-1]}
    return [
        Verdict(Label.NAVIGATION, RULE, verdict.confidence) if place in second else verdict
        for place, verdict in enumerate(verdicts)
    ]


def _copies(places: Sequence[int], texts: Sequence[str]) -> list[int]:
    """Where a text stands that stood before."""
    seen: set[str] = set()
    found = []
    for place, text in zip(places, texts, strict=True):
        if text in seen:
            found.append(place)
        seen.add(text)
    return found
