"""A label for every block: the site's rules, then structured data, then the model; where that is unsure, trafilatura
is heard."""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import numpy as np
from lxml import etree

from archive.extraction.blocks import TextBlock
from archive.extraction.features.matrix import PageBlocks, page_features
from archive.extraction.features.neighbours import Matrix
from archive.extraction.features.terms import Numbers
from archive.extraction.features.word_rows import tokens_of
from archive.extraction.memory.recall import Recall
from archive.extraction.memory.update import MODEL_RULE, Update
from archive.extraction.model import LABELS, SURE, Model, decided, weigh
from archive.extraction.rules import Verdict, kind_of
from archive.extraction.site_rules import SiteRules
from archive.extraction.stated import STATED_RULE, StatedFacts
from archive.extraction.vote import kept_shares
from archive.labels import Label
from archive.sites import Layout

#: The rules of what trafilatura decided: as a vote where the model was unsure, where nothing else found a body, and
#: where the site's file says `extract: trafilatura`.
VOTE_RULE, RESCUE_RULE, WHOLE_RULE = "trafilatura:vote", "trafilatura:rescue", "trafilatura:whole"
#: The share of a block from which trafilatura keeps it.
_KEPT = 0.5
#: What a rescued text has at least: words, or letters where words are not parted. From this probability on a word or
#: two are one too.
_LEAST_WORDS, _LEAST_LETTERS, _SURELY = 3, 20, 0.75


def label_blocks(
    page: PageBlocks, tree: etree._Element, layout: Layout | None, model: Model, recall: Recall | None = None
) -> list[Verdict]:
    """One verdict a block, in page order. `recall` lets the site's memory update the model's beliefs."""
    if not page.blocks:
        return []
    own = believe(page, tree, model)
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


def believe(page: PageBlocks, tree: etree._Element, model: Model) -> Update:
    """The model's label probabilities, in the light of the article's text where structured data states it, and of what
    trafilatura keeps where the model is unsure of the page."""
    features = page_features(page)
    guesses, words, stated = model.guesses(features), features.words, page.known.body
    weighed = weigh(guesses, words)
    steps = [(MODEL_RULE, weighed.settled())]
    evidence = stated.evidence([block.text for block in page.blocks]) if stated is not None else None
    if evidence is not None and evidence.any():
        steps.append((STATED_RULE, weigh(guesses, words, evidence).settled()))
    elif weighed.expected < SURE:
        kept = kept_shares(tree, page.tokens, fast=True)
        heard = model.arbitrated(features, weighed, kept)
        if is_text(heard, page.blocks):
            steps.append((VOTE_RULE, heard))
    return Update(steps[-1][1], deciding(steps))


def deciding(steps: Sequence[tuple[str, Matrix]]) -> list[str]:
    """The rule that decided each block's label: of a page's `steps`, a rule and the beliefs it leads to, the last that
    changed the label, or the first."""
    rules = [steps[0][0]] * len(steps[0][1])
    for (_, before), (rule, after) in pairwise(steps):
        changed = decided(after) != decided(before)
        rules = [rule if one else earlier for one, earlier in zip(changed, rules, strict=True)]
    return rules


def is_text(beliefs: Matrix, blocks: Sequence[TextBlock]) -> bool:
    """Whether what is believed body is more than a word or two ("Home", "Loading ..."), or surely body."""
    column = LABELS.index(Label.BODY)
    body = np.flatnonzero(beliefs.argmax(axis=1) == column).tolist()
    return _is_long(blocks[place].text for place in body) or bool((beliefs[body, column] >= _SURELY).any())


def _is_long(texts: Iterable[str]) -> bool:
    text = " ".join(texts)
    return len(text.split()) >= _LEAST_WORDS or len(text) >= _LEAST_LETTERS


def rescued(verdicts: Sequence[Verdict], texts: Sequence[str], kept: Callable[[], Matrix]) -> list[Verdict]:
    """The verdicts; where they find no body, what trafilatura keeps is body, if it is more than a word or two ("Loading
    ..."). A site's own rules stand."""
    if any(verdict.label is Label.BODY for verdict in verdicts) or not _is_long(texts):
        return list(verdicts)
    found = as_trafilatura(verdicts, kept(), RESCUE_RULE)
    body = (text for text, verdict in zip(texts, found, strict=True) if verdict.label is Label.BODY)
    return found if _is_long(body) else list(verdicts)


def as_trafilatura(verdicts: Sequence[Verdict], kept: Matrix, rule: str = WHOLE_RULE) -> list[Verdict]:
    """The verdicts, with the blocks of which trafilatura keeps at least half for body and nothing else. A site's own
    rules stand."""
    return [
        verdict if kind_of(verdict.rule).is_of_site else _by_share(verdict, share, rule)
        for verdict, share in zip(verdicts, kept.tolist(), strict=True)
    ]


def _by_share(verdict: Verdict, share: float, rule: str) -> Verdict:
    if share >= _KEPT and verdict.label is not Label.HEADLINE:
        return Verdict(Label.BODY, rule, round(share, 3))
    return Verdict(Label.NAVIGATION, rule, round(1 - share, 3)) if verdict.label is Label.BODY else verdict


def merge(
    said: Sequence[Verdict | None],
    believed: Update,
    *,
    may_be_body: bool,
    choose: Callable[[Matrix], Numbers] = decided,
) -> list[Verdict]:
    """What rules said of each block, and where they said nothing the label that is chosen by beliefs."""
    beliefs = believed.beliefs
    if not may_be_body:
        beliefs = beliefs.copy()
        beliefs[:, LABELS.index(Label.BODY)] = 0.0
    best = choose(beliefs)
    highest = beliefs[np.arange(len(best)), best].tolist()
    return [
        verdict or Verdict(LABELS[choice], rule, round(belief, 3))
        for verdict, choice, belief, rule in zip(said, best.tolist(), highest, believed.rules, strict=True)
    ]
