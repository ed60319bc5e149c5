"""Lines in a story that lead to another one: "Read more:" and a link. They are set like any paragraph of it."""

import re
from collections.abc import Sequence

from archive.extraction.blocks import TextBlock
from archive.extraction.cues import CUED, text_hits
from archive.extraction.verdict import Verdict, relabelled
from archive.labels import Label

RULE = "general:read-more"
_RELATED = CUED.index(Label.RELATED)
#: How far from the line's start the colon or dash stands, and the share of its characters in links. On 951 pages, of 34
#: such lines that the model took for body 25 were related (labels of the corpus, cross-validated).
_OPENING, _LINKED = re.compile(r".{3,30}?[:：–—]"), 0.4


def without_read_more(
    verdicts: Sequence[Verdict], blocks: Sequence[TextBlock], tokens: Sequence[list[str]]
) -> list[Verdict]:
    """The verdicts; lines of body that begin with such words and go on with a link are related. A site's own rules
    stand. `tokens` are the words of each block."""
    body = [place for place, verdict in enumerate(verdicts) if verdict.label is Label.BODY]
    places = [place for place in body if _leads_on(blocks[place], tokens[place])]
    return relabelled(verdicts, Label.RELATED, dict.fromkeys(places, RULE))


def _leads_on(block: TextBlock, words: list[str]) -> bool:
    if block.links < _LINKED * len(block.text) or not _OPENING.match(block.text):
        return False
    return bool(text_hits(block.text, words)[1][_RELATED])
