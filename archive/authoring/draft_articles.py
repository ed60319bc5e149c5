"""The articles that a draft is made from: read once, labelled by the model and by what repeats among them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.authoring.draft_pages import LabelledPage
from archive.errors import PageError
from archive.exchange import Capture
from archive.extraction.extract import extract_capture, extract_page
from archive.extraction.memory.learning import SiteLearner
from archive.extraction.memory.site_memory import SiteMemory
from archive.extraction.model import load_model
from archive.extraction.page_reading import ReadPage, read_page
from archive.extraction.rules import kind_of
from archive.labels import Label
from archive.records import Record
from archive.sites import Site

#: Words of body from which on a page with a date or an author is taken for an article; or characters, in scripts that
#: put no space between words.
_LEAST_WORDS, _LEAST_CHARACTERS = 60, 400
#: The share of the shorter text that two versions of a story have in common.
_NEAR = 0.7


@dataclass(frozen=True)
class DraftArticle:
    """One article without any site file: its capture, the page as it was read, the `bare` record of it alone, and the
    `record` that comes out with what the site's other pages tell."""

    capture: Capture
    read: ReadPage
    record: Record
    bare: Record

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
    """The articles among some pages of a site. `known` is the memory that a collection has of it.

    Of pages that say nearly the same, as versions of one story do, one is taken: its paragraphs would seem to repeat.
    """
    site, model = Site(domain=domain), load_model()
    learner = SiteLearner(known or SiteMemory(domain))
    alone: list[tuple[Capture, Record]] = []
    without_text = 0
    for capture in captures:
        found = extract_page(capture, site, model, SiteMemory(domain))
        without_text += not found.record.text
        if any(_is_near(found.record, other) for _, other in alone):
            continue
        alone.append((capture, found.record))
        if seen := found.seen:
            learner.add(seen)
    memory = learner.memory()
    records = [(capture, extract_capture(capture, site, model, memory), bare) for capture, bare in alone]
    return DraftArticles(list(_articles(records)), memory, without_text)


def _is_near(record: Record, other: Record) -> bool:
    """Whether most of the shorter text stands in the other one too, paragraph by paragraph."""
    ours, theirs = ({line for line in each.text.split("\n") if line.strip()} for each in (record, other))
    size = min(sum(map(len, ours)), sum(map(len, theirs)))
    return size > 0 and sum(map(len, ours & theirs)) >= _NEAR * size


def _articles(records: Sequence[tuple[Capture, Record, Record]]) -> Iterator[DraftArticle]:
    for capture, record, bare in records:
        is_long = record.words(Label.BODY) >= _LEAST_WORDS or len(record.text) >= _LEAST_CHARACTERS
        if is_long and (record.date_published or record.authors) and not _is_stated(bare):
            try:
                yield DraftArticle(capture, read_page(capture), record, bare)
            except PageError:
                continue


def _is_stated(record: Record) -> bool:
    """Whether text came from where no reader sees it and no selector finds it."""
    return any(kind_of(block.rule).is_unshown for block in record.blocks)
