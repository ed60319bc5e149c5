"""Labelled pages made harder: boilerplate of other pages glued into the article as plain paragraphs, and bare ones.

Many sites set the author's biography, an appeal or a disclaimer like any paragraph of the story, and only its words
say what it is. The labelled pages have few of these, so that a model would learn to trust the markup alone. Donors are
pages of the same fold and language: nothing of a page is seen by the forests that it is tested with.

Bare pages are what readers' modes, wikis and old sites have: the article without menus, sidebars and footers around it.
"""

import random
from collections.abc import Iterator, Sequence
from typing import cast

import numpy as np
from lxml import etree
from lxml.html import HtmlElement

from archive.extraction.arbiter import GLUED_LABELS
from archive.extraction.blocks import TextBlock
from archive.extraction.model import LABELS
from archive.extraction.page_reading import visible_blocks
from archive.extraction.parsing import parse_page
from archive.labels import Label
from benchmarks.alignment import align_labels
from benchmarks.corpus import Page
from benchmarks.examples import Example, example_of
from benchmarks.samples import class_numbers

#: What is glued behind the story, and what may also stand before it. Notes before it the pages have of their own: more
#: made the first sentences of stories into notes.
_BEHIND = GLUED_LABELS
_BEFORE = frozenset((Label.SHARE_PROMPT,))
#: What a bare page lacks.
_AROUND_ARTICLE = frozenset(
    (Label.NAVIGATION, Label.RELATED, Label.COMMENTS, Label.LEGAL_NOTICE, Label.PROMOTION, Label.SHARE_PROMPT)
)
#: Words of what is glued.
_LEAST, _MOST = 3, 150
#: How many of each label at most, and how many blocks around the story are learnt from.
_EACH, _AROUND = 2, 6

Donors = Sequence[tuple[Label, str]]


def glued(examples: Sequence[Example]) -> Iterator[Example]:
    """One harder copy of each labelled page that other pages of its fold and language can give something to."""
    labelled = [one for one in examples if one.page.labels]
    for one in labelled:
        donors = [
            pair
            for other in labelled
            if other.sample.fold == one.sample.fold
            and other.language == one.language
            and other.page.site != one.page.site
            for pair in other.page.labels or ()
            if pair[0] in _BEHIND and _LEAST <= len(pair[1].split()) <= _MOST
        ]
        made = _glue(one, donors) if donors else None
        if made:
            yield made


def bare(examples: Sequence[Example]) -> Iterator[Example]:
    """A copy of every second labelled page without what stands around its article."""
    labelled = [one for one in examples if one.page.labels]
    for one in labelled[::2]:
        tree = parse_page(one.page.html)
        pairs = labelled_blocks(tree, one.page)
        for block, label in pairs:
            if label in _AROUND_ARTICLE and block.whole and block.element.getparent() is not None:
                cast(HtmlElement, block.element).drop_tree()
        texts = [block.text for block in visible_blocks(tree)[0]]
        kept = [
            (label, block.text) for block, label in pairs if label and not (label in _AROUND_ARTICLE and block.whole)
        ]
        made = example_of(one.page, tree, class_numbers(align_labels(texts, kept)))
        if made:
            yield made


def labelled_blocks(tree: etree._Element, page: Page) -> list[tuple[TextBlock, Label | None]]:
    """The visible blocks of a labelled page's tree, changed or not, each with the label of its text in the truth."""
    blocks = visible_blocks(tree)[0]
    return list(zip(blocks, align_labels([block.text for block in blocks], page.labels or ()), strict=True))


def _glue(example: Example, donors: Donors) -> Example | None:
    tree = parse_page(example.page.html)
    story = _story(labelled_blocks(tree, example.page))
    if not story:
        return None
    dice = random.Random(example.page.name)
    labels: dict[etree._Element, Label] = dict(_insert(story, donors, dice))
    found = [labels.get(block.element, label) for block, label in labelled_blocks(tree, example.page)]
    return example_of(example.page, tree, _near(found))


def _story(pairs: Sequence[tuple[TextBlock, Label | None]]) -> list[etree._Element]:
    """The story's paragraphs that stand beside its last one."""
    found = [
        block.element for block, label in pairs if label is Label.BODY and block.whole and block.element.tag == "p"
    ]
    return [element for element in found if element.getparent() is found[-1].getparent()]


def _insert(
    story: Sequence[etree._Element], donors: Donors, dice: random.Random
) -> Iterator[tuple[etree._Element, Label]]:
    kinds = sorted({label for label, _ in donors})
    dice.shuffle(kinds)
    last = story[-1]
    for kind in kinds:
        texts = sorted({text for label, text in donors if label is kind})
        for text in dice.sample(texts, min(len(texts), dice.randint(0, _EACH))):
            made = last.makeelement("p", {str(name): str(value) for name, value in story[-1].attrib.items()})
            made.text = text
            if kind in _BEFORE and dice.random() < 0.5:
                story[0].addprevious(made)
            else:
                made.tail, last.tail = last.tail, None
                last.addnext(made)
                last = made
            yield made, kind


def _near(labels: Sequence[Label | None]) -> np.ndarray:
    """The class numbers of the blocks around the story; -1 for all that the page itself teaches already."""
    numbers = class_numbers(labels)
    inside = np.flatnonzero(numbers == LABELS.index(Label.BODY))
    kept = np.zeros(len(numbers), bool)
    kept[max(0, inside[0] - _AROUND) : inside[-1] + 3 * _AROUND] = True
    return np.where(kept, numbers, -1)


def taken_for_body(examples: Sequence[Example]) -> float:
    """The share of boilerplate blocks in such pages that cross-validated forests take for body."""
    pairs = [pair for one in examples if one.page.labels for pair in _boilerplate(one)]
    return sum(label is Label.BODY for label in pairs) / (len(pairs) or 1)


def _boilerplate(example: Example) -> list[Label]:
    assert example.sample.labels is not None
    pairs = zip(example.labels(), example.sample.labels, strict=True)
    return [label for label, number in pairs if number >= 0 and LABELS[number] in _BEHIND]
