"""What is put right once each block has a label, one pass after the other. A site's own rules stand in all of them.

The words of a story are borrowed (the headline as the last step of a breadcrumb, captions as buttons), repeated for
narrow screens, and led away from ("Read more:"); and of a short gap in it the model may be less sure than it should.
"""

from collections.abc import Callable, Sequence

from archive.extraction.features.neighbours import Matrix
from archive.extraction.labelling import rescued
from archive.extraction.page_reading import ReadPage
from archive.extraction.passes.appeals import without_appeals
from archive.extraction.passes.consent import without_consent
from archive.extraction.passes.controls import without_code_bars, without_controls, without_slide_counts, without_spoken
from archive.extraction.passes.copies import without_second_copy
from archive.extraction.passes.disclaimers import without_disclaimers
from archive.extraction.passes.discussion import without_discussion, without_letters
from archive.extraction.passes.false_starts import without_false_start
from archive.extraction.passes.gaps import (
    with_captions,
    with_gaps,
    with_headings,
    with_last_sentences,
    with_listings,
    with_unsigned,
)
from archive.extraction.passes.next_story import ended
from archive.extraction.passes.offers import without_calls, without_offers
from archive.extraction.passes.reader_forms import without_forms
from archive.extraction.passes.teasers import without_teasers
from archive.extraction.passes.thread import with_posts
from archive.extraction.passes.ways_out import without_contents, without_index, without_read_more
from archive.extraction.rules import Verdict
from archive.extraction.stated import without_placeholders


def put_right(verdicts: Sequence[Verdict], read: ReadPage, kept: Callable[[], Matrix]) -> list[Verdict]:
    """The labels of a page's blocks after all passes. `kept` tells which shares of the blocks trafilatura keeps; it is
    asked only where nothing else finds a body."""
    page, texts = read.page, [block.text for block in read.page.blocks]
    verdicts = without_read_more(verdicts, page.blocks, page.tokens)
    verdicts = with_listings(verdicts, page.blocks)
    verdicts = with_headings(with_gaps(verdicts), page.blocks)
    verdicts = with_unsigned(verdicts, page.blocks)
    verdicts = with_last_sentences(verdicts, page.blocks, page.tokens)
    verdicts = with_captions(verdicts, page.blocks)
    verdicts = without_second_copy(verdicts, texts)
    verdicts = without_spoken(without_controls(verdicts, page.blocks), page.blocks)
    verdicts = without_code_bars(without_slide_counts(verdicts, texts), page.blocks)
    verdicts = without_forms(verdicts, page.blocks, read.tree)
    if (stated := page.known.body) and stated.script is not None:
        return without_placeholders(verdicts, texts, stated)
    verdicts = rescued(verdicts, texts, kept)
    verdicts = without_index(verdicts, page.blocks)
    verdicts = without_false_start(verdicts, page.blocks, read.facts)
    verdicts = ended(verdicts, page.blocks, read.facts, page.url)
    for put in (
        without_contents,
        without_consent,
        without_teasers,
        without_discussion,
        without_letters,
        without_offers,
        without_calls,
    ):
        verdicts = put(verdicts, page.blocks)
    verdicts = without_appeals(without_disclaimers(verdicts, texts), texts, page.tokens)
    return with_posts(verdicts, page.blocks, read)
