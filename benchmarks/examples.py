"""Pages of the corpus as the label models see them: features, truth, and what rules and memory add."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from lxml import etree

from archive.article_text import chosen_blocks
from archive.errors import PageError
from archive.extraction.features.matrix import PageBlocks as PageFeatures
from archive.extraction.features.matrix import page_features
from archive.extraction.features.neighbours import Matrix
from archive.extraction.features.plain import PlainText, text_features
from archive.extraction.labelling import is_text, merge, structured_verdicts
from archive.extraction.memory.learning import SiteLearner
from archive.extraction.memory.marks import Marks
from archive.extraction.memory.recall import Observation, PageName, Recall
from archive.extraction.memory.site_memory import SiteMemory
from archive.extraction.memory.update import Update
from archive.extraction.metadata import read_facts
from archive.extraction.model import LABELS, decided, likeliest
from archive.extraction.page_reading import ReadPage, known, name_of, visible_blocks
from archive.extraction.parsing import parse_page
from archive.extraction.passes import put_right
from archive.extraction.passes.gaps import as_story
from archive.extraction.rules import Verdict
from archive.extraction.vote import kept_shares
from archive.extraction.xpaths import xpaths
from archive.labels import Label
from archive.records import Block
from benchmarks.alignment import align_body, align_labels
from benchmarks.corpus import Page
from benchmarks.samples import Sample, class_numbers, settled, weighed


@dataclass(slots=True)
class Example:
    """One page with its sample and the texts of its blocks. `said` is what structured data decides, `name` and `marks`
    are what memory knows the page by, `xpaths` are where its blocks stand; `read` is the page itself, None of a text.
    """

    page: Page
    texts: Sequence[str]
    sample: Sample
    said: Sequence[Verdict | None]
    name: PageName
    marks: Marks
    language: str
    xpaths: Sequence[str | None] = ()
    read: ReadPage | None = None

    def labels(self, memory: SiteMemory | None = None) -> list[Label]:
        """The labels of its blocks from cross-validated beliefs, merged and put right as extraction does it."""
        return [verdict.label for verdict in self._verdicts(memory)]

    def _verdicts(self, memory: SiteMemory | None) -> list[Verdict]:
        beliefs = settled(self.sample)
        if self.read and not is_text(beliefs, self.read.page.blocks):
            beliefs = weighed(self.sample).settled()
        believed = self._recall(memory)(beliefs) if memory else Update.none(beliefs)
        verdicts = merge(self.said, believed, may_be_body=True, choose=decided if self.read else likeliest)
        return put_right(verdicts, self.read, lambda: self.sample.kept) if self.read else as_story(verdicts)

    def body(self, memory: SiteMemory | None = None) -> str:
        """The article's text: the blocks labelled body, and a standfirst that stands in their place."""
        rows = zip(self.texts, self._verdicts(memory), self.xpaths or [None] * len(self.texts), strict=True)
        blocks = [Block(text=text, xpath=xpath, **verdict._asdict()) for text, verdict, xpath in rows]
        shown = [block.text for block in chosen_blocks(blocks)]
        stated = self.read.page.known.body if self.read else None
        return "\n\n".join((*shown, *(stated.hidden(shown) if stated else ())))

    def true_labels(self) -> list[tuple[Label, str]]:
        """The blocks whose label is known; none where the page has no label truth."""
        if self.sample.labels is None:
            return []
        pairs = zip(self.sample.labels, self.texts, strict=True)
        return [(LABELS[number], text) for number, text in pairs if number >= 0]

    def observation(self) -> Observation:
        """What the page tells its site's memory."""
        recall = self._recall(SiteMemory(self.page.site))
        recall(settled(self.sample))
        assert recall.observation is not None
        return recall.observation

    def _recall(self, memory: SiteMemory) -> Recall:
        return Recall(memory, "cross-validated", self.name, self.marks, self.texts)


def memory_of(others: Sequence[Example]) -> SiteMemory:
    """What the other pages of a site teach."""
    learner = SiteLearner(SiteMemory(others[0].page.site))
    for other in others:
        learner.add(other.observation())
    return learner.memory()


def page_example(page: Page) -> Example | None:
    """A page as the page model sees it; None where it shows no text."""
    try:
        return example_of(page, parse_page(page.html))
    except PageError:
        return None


def example_of(page: Page, tree: etree._Element, labels: np.ndarray | None = None) -> Example | None:
    """A parsed page; `labels` (class numbers, one a block) stand for the page's own truth where they are given."""
    facts = read_facts(tree, page.url)
    seen = PageFeatures.of(visible_blocks(tree)[0], page.url, known(facts))
    texts = [block.text for block in seen.blocks]
    if not texts:
        return None
    if labels is not None:
        body: np.ndarray | None = _is_body(labels)
    else:
        labels = None if page.labels is None else class_numbers(align_labels(texts, page.labels))
        body = _body_truth(page, texts, labels)
    return Example(
        page,
        texts,
        Sample(
            page.site,
            page.set,
            page_features(seen),
            labels,
            body,
            _evidence(seen),
            kept_shares(tree, seen.tokens, fast=True),
            page.read_here,
        ),
        structured_verdicts(seen.blocks, seen.known),
        name_of(page.url, facts),
        Marks.of_page(seen.blocks, seen.tokens, seen.ancestors),
        seen.language or "?",
        tuple(xpaths(seen.blocks)),
        ReadPage(tree, facts, seen, (), ()),
    )


def _evidence(seen: PageFeatures) -> Matrix | float:
    return seen.known.body.evidence([block.text for block in seen.blocks]) if seen.known.body else 0.0


def _is_body(labels: np.ndarray) -> np.ndarray:
    return np.where(labels < 0, -1, labels == LABELS.index(Label.BODY)).astype(int)


def _body_truth(page: Page, texts: Sequence[str], labels: np.ndarray | None) -> np.ndarray | None:
    if page.body is not None:
        return np.array([-1 if value is None else int(value) for value in align_body(texts, page)])
    if labels is not None:
        return _is_body(labels)
    return _snippet_truth(page.truth, texts)


def _snippet_truth(truth: Mapping[str, Any], texts: Sequence[str]) -> np.ndarray | None:
    """Body where a block holds a snippet that must be in the text, not body where it holds one that must not."""
    wanted, unwanted = ([_folded(one) for one in truth.get(name, ())] for name in ("must_contain", "must_not_contain"))
    if not wanted:
        return None
    folded = [_folded(text) for text in texts]
    good, bad = (
        np.array([any(one and one in text for one in snippets) for text in folded]) for snippets in (wanted, unwanted)
    )
    return np.where(good == bad, -1, good).astype(int)


def _folded(text: str) -> str:
    return " ".join(text.split())


def text_examples(example: Example) -> Iterator[Example]:
    """A page as other scrapers would have left it, in three forms: the article with what stands around it, the article
    alone, and with most menus and lists of links gone from anywhere on the page."""
    sample = example.sample
    is_whole = example.page.body is not None or sample.labels is not None
    if not is_whole or sample.body is None or not (sample.body == 1).any():
        return
    inside = np.flatnonzero(sample.body == 1)
    near = range(max(0, inside[0] - 6), min(len(example.texts), inside[-1] + 16))
    yield _as_text(example, list(near))
    yield _as_text(example, inside.tolist())
    if sample.labels is not None:
        dice = random.Random(example.page.name)
        chrome = {LABELS.index(Label.NAVIGATION), LABELS.index(Label.RELATED)}
        kept = [i for i, number in enumerate(sample.labels) if number not in chrome or dice.random() < 0.1]
        yield _as_text(example, kept)


def _as_text(example: Example, kept: Sequence[int]) -> Example:
    texts = [example.texts[index] for index in kept]
    features = PlainText.of(texts)
    chosen = list(kept)
    old = example.sample
    sample = Sample(
        old.site,
        old.set,
        text_features(features),
        None if old.labels is None else old.labels[chosen],
        None if old.body is None else old.body[chosen],
        read_here=old.read_here,
    )
    said: list[Verdict | None] = [None] * len(texts)
    return Example(
        example.page, texts, sample, said, example.name, Marks.of_text(features.tokens), features.language or "?"
    )
