"""What the page's own structured data decides: blocks that repeat it, word for word, where it belongs."""

from collections.abc import Sequence

from archive.extraction.blocks import TextBlock
from archive.extraction.features.known import Known
from archive.extraction.features.words import tokens_of
from archive.extraction.verdict import Verdict
from archive.labels import Label


def structured_verdicts(blocks: Sequence[TextBlock], known: Known) -> list[Verdict | None]:
    """The headline: the one `<h1>` that repeats the structured title. Nothing else is as sure."""
    found: list[Verdict | None] = [None] * len(blocks)
    headings = [
        index
        for index, block in enumerate(blocks)
        if block.element.tag == "h1" and frozenset(tokens_of(block.text)) in known.titles
    ]
    if len(headings) == 1:
        found[headings[0]] = Verdict(Label.HEADLINE, "structured:title", 1.0)
    return found
