"""A story that its page holds twice."""

from collections.abc import Sequence

from archive.extraction.rules import Verdict, places_of, relabelled
from archive.labels import Label

COPY_RULE = "general:second-copy"
#: Words from which a text is not repeated by chance or as a refrain, how many such texts must stand twice, and which
#: share of the body's words the copies must be. Six pages of 791 have it.
_LONG, _LEAST, _SHARE = 8, 3, 0.15


def without_second_copy(verdicts: Sequence[Verdict], texts: Sequence[str]) -> list[Verdict]:
    """The second copy of a story that its page holds twice, as some do for wide and for narrow screens, is part of the
    layout."""
    body = [place for place in places_of(Label.BODY, verdicts) if not verdicts[place].is_of_site]
    seen: set[str] = set()
    copies = []
    for place in body:
        if (text := "".join(texts[place].split())) in seen:
            copies.append(place)
        seen.add(text)
    long = [place for place in copies if len(texts[place].split()) >= _LONG]
    if len(long) < _LEAST:
        return list(verdicts)
    words, whole = (sum(len(texts[place].split()) for place in places) for places in (long, body))
    # A second copy is half at most: what is more stands many times, and is no copy of a story.
    if not _SHARE * whole <= words <= whole / 2:
        return list(verdicts)
    second = [place for place in copies if long[0] <= place <= long[-1]]
    return relabelled(verdicts, Label.NAVIGATION, dict.fromkeys(second, COPY_RULE))
