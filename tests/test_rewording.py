"""Labelled pages said in other words, for training."""

import random

import pytest

from archive.labels import Label
from benchmarks.corpus import Page
from benchmarks.examples import page_example
from benchmarks.phrases import phrases
from benchmarks.rewording import reworded

PARAGRAPHS = [
    f"The {word} boat left the island at noon, and the people on the quay went home before the rain came over the sea."
    for word in ("first", "second", "third")
]
BLOCKS = [
    (Label.HEADLINE, "Ferry leaves early"),
    *((Label.BODY, text) for text in PARAGRAPHS),
    (Label.PROMOTION, "Get the Tide letter every Friday: sign up here and never miss a boat"),
    (Label.LEGAL_NOTICE, "Copyright 2024 The Tide Company, all of it is ours"),
]
HTML = f"""<html lang="en"><head><title>Ferry</title></head><body><h1>Ferry leaves early</h1>
{"".join(f"<p>{text}</p>" for text in PARAGRAPHS)}
<div class="letter">Get the Tide letter every Friday: <a href="/join">sign up here</a> and never miss a boat</div>
<footer><p>Copyright 2024 The Tide Company, all of it is ours</p></footer></body></html>"""


def page(number: int) -> Page:
    return Page(
        f"p{number}", "fundus-a", "tide.example", "https://tide.example/1", HTML.encode(), None, (), tuple(BLOCKS), {}
    )


def test_what_stands_around_an_article_is_said_in_other_words() -> None:
    examples = [example for number in range(40) if (example := page_example(page(number)))]
    made = list(reworded(examples))
    assert len(made) == 20, "of pages in English, every second one"
    said = set()
    for one in made:
        labels = [(label, text) for label, text in one.true_labels() if text]
        assert [label for label, _ in labels] == [label for label, _ in BLOCKS]
        assert [text for label, text in labels if label in (Label.BODY, Label.HEADLINE)] == [
            text for label, text in BLOCKS if label in (Label.BODY, Label.HEADLINE)
        ]
        said |= {text for label, text in labels if label in (Label.PROMOTION, Label.LEGAL_NOTICE)}
        assert one.read
        (link,) = one.read.tree.iter("a")
        assert link.get("href") == "/join", "the markup stays"
    assert len(said) > 20
    assert 1 <= sum(one.sample.foreign for one in made) <= 10, "some speak in another language than their article"


@pytest.mark.parametrize("code", phrases())
def test_a_language_has_phrases_of_all_labels_that_can_be_filled_in(code: str) -> None:
    bank, dice = phrases()[code], random.Random(1)
    for label in set(Label) - {Label.HEADLINE, Label.BODY}:
        found = {phrase for words in range(1, 40) for _ in range(9) if (phrase := bank.like(label, words, dice))}
        assert len(found) >= 10, label
        assert not any("{" in phrase or "}" in phrase for phrase in found)
