"""Pages that lead to stories and hold none: what is taken for body there are the links, and they are related."""

from collections.abc import Sequence

from archive.extraction.blocks import TextBlock
from archive.extraction.verdict import Verdict, relabelled
from archive.labels import Label

RULE = "general:index"
#: The share of a body's characters in links from which it is none, and the characters outside of links of a paragraph
#: that makes it one all the same. Of the corpus' pages with a body none has so many links and no such paragraph.
_LINKED, _PARAGRAPH = 0.6, 120


def without_index(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock]) -> list[Verdict]:
    """The verdicts; where the body is mostly links, and no paragraph is among it, it is related. A site's own rules
    stand."""
    places = [place for place, verdict in enumerate(verdicts) if verdict.label is Label.BODY]
    body = [blocks[place] for place in places]
    size, linked = sum(len(block.text) for block in body), sum(block.links for block in body)
    if linked < _LINKED * size or not body or any(len(block.text) - block.links > _PARAGRAPH for block in body):
        return list(verdicts)
    return relabelled(verdicts, Label.RELATED, dict.fromkeys(places, RULE))
