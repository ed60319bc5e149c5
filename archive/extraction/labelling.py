"""A label for every block: the site's rules, then structured data, then the model."""

from collections.abc import Sequence

import numpy as np
from lxml import etree

from archive.extraction.features.matrix import Page, page_features
from archive.extraction.features.neighbours import Matrix
from archive.extraction.model import LABELS, Model
from archive.extraction.site_rules import SiteRules
from archive.extraction.structured_rules import structured_verdicts
from archive.extraction.verdict import Verdict
from archive.labels import Label
from archive.memory.recall import Recall
from archive.memory.update import Update
from archive.sites import Layout


def label_blocks(
    page: Page, tree: etree._Element, layout: Layout | None, model: Model, recall: Recall | None = None
) -> list[Verdict]:
    """One verdict a block, in page order. `recall` lets the site's memory update the model's beliefs."""
    if not page.blocks:
        return []
    beliefs = believe(page, model)
    believed = recall(beliefs) if recall else Update.none(beliefs)
    if layout is None:
        return merge(structured_verdicts(page.blocks, page.known), believed, may_be_body=True)
    rules = SiteRules(layout, tree)
    said = rules.verdicts(page.blocks)
    structured = structured_verdicts(page.blocks, page.known)
    first = [mine or theirs for mine, theirs in zip(said, structured, strict=True)]
    return merge(first, believed, may_be_body=not rules.names_body)


def believe(page: Page, model: Model) -> Matrix:
    """The model's label probabilities, one row a block."""
    return model.probabilities(page_features(page))


def merge(said: Sequence[Verdict | None], believed: Update, *, may_be_body: bool) -> list[Verdict]:
    """What rules said of each block, and where they said nothing the label believed most."""
    beliefs = believed.beliefs
    if not may_be_body:
        beliefs = beliefs.copy()
        beliefs[:, LABELS.index(Label.BODY)] = 0.0
    best = np.argmax(beliefs, axis=1)
    return [
        verdict or Verdict(LABELS[choice], rule, round(float(row[choice]), 3))
        for verdict, choice, row, rule in zip(said, best, beliefs, believed.rules, strict=True)
    ]
