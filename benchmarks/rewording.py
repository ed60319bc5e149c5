"""Labelled pages said in other words: what stands around the article is put into phrases of the same label.

The markup stays, and the words are others: so that the forests learn what a note or an appeal says, also in languages
of which the corpus has few pages, and the network more words of each. Some pages speak in another language than their
article, as many sites do. Forests learn from those too, which see words by their kind. The network sees each word, and
takes from them that whatever is said in a rare language is no body: it learns from none of them.
"""

import random
from collections.abc import Iterator, Sequence
from typing import Any

from lxml import etree

from archive.extraction.blocks import TextBlock
from archive.extraction.parsing import parse_page
from archive.labels import Label
from benchmarks.augmentation import labelled_blocks
from benchmarks.examples import Example, example_of
from benchmarks.phrases import Phrases, phrases
from benchmarks.samples import class_numbers

#: The share of a label's blocks that is put into other words.
_SHARES = {
    Label.BYLINE: 0.5,
    Label.DATE: 0.3,
    Label.AUTHOR_BIO: 0.7,
    Label.NOTE: 0.7,
    Label.SHARE_PROMPT: 0.7,
    Label.PROMOTION: 0.7,
    Label.LEGAL_NOTICE: 0.7,
    Label.CONTACT: 0.7,
}
#: That of what is otherwise said in words that are each page's own, for which only short blocks have phrases.
_SHORT, _SHARE_OF_SHORT = 6, 0.3
_OWN_WORDS = frozenset((Label.RELATED, Label.COMMENTS, Label.NAVIGATION, Label.CAPTION, Label.STANDFIRST))
#: The share of pages that speak of the article in another language than it is written in, and the blocks of the
#: largest page that is learnt from.
_FOREIGN, _LARGEST = 0.15, 500


def reworded(examples: Sequence[Example]) -> Iterator[Example]:
    """A copy in other words of the labelled pages: of every second one in English, of which there are most, and of all
    others whose language has phrases."""
    bank = phrases()
    labelled = [one for one in examples if one.page.labels and len(one.texts) <= _LARGEST]
    english = [one for one in labelled if one.language == "en"][::2]
    for one in (*english, *(other for other in labelled if other.language in bank and other.language != "en")):
        dice = random.Random(one.page.name)
        language = dice.choice(sorted(bank)) if dice.random() < _FOREIGN else one.language
        if made := _reworded(one, bank[language], dice):
            made.sample.foreign = language != one.language
            yield made


def _reworded(example: Example, said: Phrases, dice: random.Random) -> Example | None:
    tree = parse_page(example.page.html)
    pairs = labelled_blocks(tree, example.page)
    known = {block.element: label for block, label in pairs if block.whole}
    for block, label in pairs:
        if label and block.whole and dice.random() < _share(label, block):
            phrase = said.like(label, len(block.text.split()), dice)
            if phrase:
                _say(block.element, phrase)
    sure = [
        known.get(block.element, label) if block.whole else label
        for block, label in labelled_blocks(tree, example.page)
    ]
    made = example_of(example.page, tree, class_numbers(sure))
    if made:
        # Its menus and paragraphs are those of the page itself.
        made.sample.read_here = made.sample.reworded = True
    return made


def _share(label: Label, block: TextBlock) -> float:
    if label in _OWN_WORDS:
        return _SHARE_OF_SHORT if len(block.text.split()) <= _SHORT else 0.0
    return _SHARES.get(label, 0.0)


def _say(element: etree._Element, phrase: str) -> None:
    """Put other words into an element: into each of its texts a part as large as the one that stood there."""
    found: Any = element.xpath("descendant::text()[normalize-space() and not(parent::script or parent::style)]")
    whole, words, done, used = sum(map(len, found)), phrase.split(), 0, 0
    for text in found:
        done += len(text)
        end = len(words) * done // whole
        setattr(text.getparent(), "tail" if text.is_tail else "text", f" {' '.join(words[used:end])} ")
        used = end
