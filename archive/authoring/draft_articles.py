"""The articles that a draft is made from: read once, labelled by the model and by what repeats among them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.authoring.draft_pages import LabelledPage
from archive.errors import PageError
from archive.exchange import Capture
from archive.extraction.extract import extract_and_observe, extract_capture
from archive.extraction.memory.learning import SiteLearner
from archive.extraction.memory.site_memory import SiteMemory
from archive.extraction.model import load_model
from archive.extraction.page_reading import ReadPage, read_page
from archive.labels import Label
from archive.records import Record
from archive.sites import Site

#: Words of body from which on a page with a date or an author is taken for an article; or characters, in scripts that
#: put no space between words.
_LEAST_WORDS, _LEAST_CHARACTERS = 60, 400


@dataclass(frozen=True)
class DraftArticle:
    """One article: its capture, the page as it was read, and the record that comes out without any site file."""

    capture: Capture
    read: ReadPage
    record: Record

    def labelled(self) -> LabelledPage:
        """For the choice of selectors."""
        return LabelledPage(self.capture.url, self.read.page.blocks, [block.label for block in self.record.blocks])


@dataclass(frozen=True)
class DraftArticles:
    """The articles of one site, what repeats on them, and how many of the pages have no text."""

    articles: Sequence[DraftArticle]
    memory: SiteMemory
    without_text: int = 0


def read_articles(captures: Sequence[Capture], domain: str, known: SiteMemory | None = None) -> DraftArticles:
    """The articles among some pages of a site. `known` is the memory that a collection has of it."""
    site, model = Site(domain=domain), load_model()
    learner = SiteLearner(known or SiteMemory(domain))
    for capture in captures:
        if seen := extract_and_observe(capture, site, model, None).seen:
            learner.add(seen)
    memory = learner.memory()
    records = [(capture, extract_capture(capture, site, model, memory)) for capture in captures]
    return DraftArticles(list(_articles(records)), memory, sum(not record.text for _, record in records))


def _articles(records: Sequence[tuple[Capture, Record]]) -> Iterator[DraftArticle]:
    for capture, record in records:
        is_long = record.words(Label.BODY) >= _LEAST_WORDS or len(record.text) >= _LEAST_CHARACTERS
        if is_long and (record.date_published or record.authors):
            try:
                yield DraftArticle(capture, read_page(capture), record)
            except PageError:
                continue
