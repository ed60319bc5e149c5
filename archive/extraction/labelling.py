"""A label for every block: the site's rules, then structured data, then the model."""

from collections.abc import Sequence

import numpy as np
from lxml import etree

from archive.extraction.blocks import TextBlock
from archive.extraction.features.matrix import PageBlocks, page_features
from archive.extraction.features.word_rows import tokens_of
from archive.extraction.memory.recall import Recall
from archive.extraction.memory.update import MODEL_RULE, Update
from archive.extraction.model import LABELS, Model, combine
from archive.extraction.site_rules import SiteRules
from archive.extraction.stated import STATED_RULE, StatedFacts
from archive.extraction.verdict import Verdict
from archive.labels import Label
from archive.sites import Layout


def label_blocks(
    page: PageBlocks, tree: etree._Element, layout: Layout | None, model: Model, recall: Recall | None = None
) -> list[Verdict]:
    """One verdict a block, in page order. `recall` lets the site's memory update the model's beliefs."""
    if not page.blocks:
        return []
    own = believe(page, model)
    believed = recall(own.beliefs).after(own) if recall else own
    if layout is None:
        return merge(structured_verdicts(page.blocks, page.known), believed, may_be_body=True)
    rules = SiteRules(layout, tree)
    said = rules.verdicts(page.blocks)
    structured = structured_verdicts(page.blocks, page.known)
    first = [mine or theirs for mine, theirs in zip(said, structured, strict=True)]
    return merge(first, believed, may_be_body=not rules.names_body)


def structured_verdicts(blocks: Sequence[TextBlock], known: StatedFacts) -> list[Verdict | None]:
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


def believe(page: PageBlocks, model: Model) -> Update:
    """The model's label probabilities, in the light of the article's text where structured data states it."""
    features = page_features(page)
    guesses = model.guesses(features)
    own = combine(guesses, features.words)
    if page.known.body is None:
        return Update.none(own)
    evidence = page.known.body.evidence([block.text for block in page.blocks])
    beliefs = combine(guesses, features.words, evidence)
    changed = beliefs.argmax(axis=1) != own.argmax(axis=1)
    return Update(beliefs, [STATED_RULE if one else MODEL_RULE for one in changed])


def merge(said: Sequence[Verdict | None], believed: Update, *, may_be_body: bool) -> list[Verdict]:
    """What rules said of each block, and where they said nothing the label believed most."""
    beliefs = believed.beliefs
    if not may_be_body:
        beliefs = beliefs.copy()
        beliefs[:, LABELS.index(Label.BODY)] = 0.0
    best = np.argmax(beliefs, axis=1)
    highest = beliefs[np.arange(len(best)), best].tolist()
    return [
        verdict or Verdict(LABELS[choice], rule, round(belief, 3))
        for verdict, choice, belief, rule in zip(said, best.tolist(), highest, believed.rules, strict=True)
    ]
