"""Labels on the demo site, which no model has learnt from: boilerplate stays out of the body, and nothing is lost."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from archive.extraction.extract import extract
from archive.extraction.labelling import deciding
from archive.extraction.model import LABELS, decided, likeliest
from archive.labels import Label
from crawler.demo.site_pages import load_pages

SITE = "http://demo.example"
PAGES = load_pages(SITE)
TRUTH = [json.loads(path.read_text("utf-8")) for path in sorted((Path(__file__).parent / "demo_truth").glob("*.json"))]
BOILERPLATE = {
    Label.AUTHOR_BIO,
    Label.SHARE_PROMPT,
    Label.PROMOTION,
    Label.LEGAL_NOTICE,
    Label.CONTACT,
    Label.RELATED,
    Label.COMMENTS,
    Label.NAVIGATION,
}
#: Words of the stories that may be missing, of 4001: rows of a table, opening hours, an embedded post.
LOST = 45
#: Blocks of boilerplate that may be left in the stories, of some 300.
LEFT = 1

Pair = tuple[Label, Label, str]


@cache
def pairs() -> Sequence[Pair]:
    """Every block of the demo site: its true label, the one that it gets, its text."""
    found: list[Pair] = []
    for truth in TRUTH:
        page = PAGES[truth["page"]]
        record = extract(page.body, SITE + truth["page"])
        assert [text for _, text in truth["blocks"]] == [block.text for block in record.blocks]
        labels = [(Label(true), block.label) for (true, _), block in zip(truth["blocks"], record.blocks, strict=True)]
        found += [(*both, block.text) for both, block in zip(labels, record.blocks, strict=True)]
    return found


def test_boilerplate_stays_out_of_the_stories() -> None:
    left = [text for true, label, text in pairs() if true in BOILERPLATE and label is Label.BODY]
    assert len(left) <= LEFT, left


def test_the_stories_are_whole() -> None:
    lost = [text for true, label, text in pairs() if true is Label.BODY and label is not Label.BODY]
    assert sum(len(text.split()) for text in lost) <= LOST, lost


@pytest.mark.parametrize(
    ("label", "least"), [(Label.HEADLINE, 0.95), (Label.DATE, 0.95), (Label.RELATED, 0.9), (Label.NAVIGATION, 0.95)]
)
def test_the_clear_kinds_are_found(label: Label, least: float) -> None:
    words = dict.fromkeys((True, False), 0)
    for true, given, text in pairs():
        if true is label:
            words[given is true] += len(text.split())
    assert words[True] >= least * sum(words.values())


def test_a_page_of_links_has_no_body() -> None:
    assert extract("<html><body><nav>Home</nav></body></html>", "https://courier.example/a").text == ""


@pytest.mark.parametrize(
    "shown", ["<p>Loading</p>", "<div id=app>Loading ...</div>", "<p>Home</p>", "<main>Menu</main>"]
)
def test_a_word_or_two_are_no_body_because_trafilatura_keeps_them(shown: str) -> None:
    assert extract(f"<html><body>{shown}</body></html>", "https://courier.example/a").text == ""


@pytest.mark.parametrize(
    ("believed", "label"),
    [
        ({Label.NOTE: 0.4, Label.NAVIGATION: 0.3, Label.BODY: 0.3}, Label.NAVIGATION),
        ({Label.NOTE: 0.8, Label.NAVIGATION: 0.1, Label.BODY: 0.1}, Label.NOTE),
        ({Label.NOTE: 0.4, Label.CONTACT: 0.2, Label.BODY: 0.39}, Label.NOTE),
        ({Label.BYLINE: 0.4, Label.NAVIGATION: 0.35, Label.BODY: 0.25}, Label.BYLINE),
        ({Label.BODY: 0.4, Label.NAVIGATION: 0.35, Label.NOTE: 0.25}, Label.BODY),
    ],
)
def test_a_rare_label_needs_more_belief_than_a_common_one(believed: dict[Label, float], label: Label) -> None:
    beliefs = np.array([[believed.get(one, 0.0) for one in Label]], np.float32)
    assert [LABELS[column] for column in decided(beliefs)] == [label]
    assert believed[LABELS[int(likeliest(beliefs)[0])]] == max(believed.values())


def test_a_rule_is_named_where_it_changed_the_label_that_is_given() -> None:
    before = {Label.NOTE: 0.4, Label.NAVIGATION: 0.3, Label.BODY: 0.3}
    same_label = {Label.NOTE: 0.3, Label.NAVIGATION: 0.4, Label.BODY: 0.3}
    other_label = {Label.NOTE: 0.6, Label.NAVIGATION: 0.1, Label.BODY: 0.3}
    beliefs = [
        np.array([[believed.get(one, 0.0) for one in Label] for believed in rows], np.float32)
        for rows in ([before, before], [same_label, other_label])
    ]
    assert deciding([("model", beliefs[0]), ("vote", beliefs[1])]) == ["model", "vote"]
