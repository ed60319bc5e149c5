"""trafilatura's part in what is body."""

import logging

import numpy as np
import pytest

from archive import extract
from archive.extraction.features.word_rows import tokens_of
from archive.extraction.parsing import parse_page
from archive.extraction.rules import RuleKind, kind_of
from archive.extraction.vote import kept_lines, shares
from archive.labels import Label
from archive.sites import Site

STORY = [
    "The last night bus to the harbour leaves on Friday, the transport office of Quillhaven said on Monday.",
    "Only four passengers a night used it in the past year, and one of them was the driver's brother.",
    "A ticket cost 2.40 crowns, and the office put the cost of each ride at nearly thirty.",
]
PAGE = (
    "<html><body><nav><a href=/a>News</a> <a href=/b>Sport</a></nav><article><h1>Night bus</h1>"
    + "".join(f"<p>{line}</p>" for line in STORY)
    + "</article><footer>© Quillhaven Courier, all rights reserved</footer></body></html>"
)


def test_lines_are_those_of_the_main_text() -> None:
    lines = kept_lines(parse_page(PAGE), fast=True)
    assert all(line in lines for line in STORY)
    assert not any("rights" in line for line in lines)


def test_asking_leaves_the_tree_as_it_was(caplog: pytest.LogCaptureFixture) -> None:
    tree = parse_page(PAGE)
    before = [(one.tag, one.text, one.tail) for one in tree.iter()]
    kept_lines(tree, fast=False)
    kept_lines(parse_page("<p>x"), fast=True)
    assert [(one.tag, one.text, one.tail) for one in tree.iter()] == before
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_shares_are_of_runs_of_words_or_of_whole_short_lines() -> None:
    blocks = ["One two three four five", "One two three nine ten", "four five", "Six", "seven"]
    found = shares(["one two three four five", "Six"], [tokens_of(block) for block in blocks])
    assert np.allclose(found, [1, 1 / 3, 0, 1, 0])


def test_a_page_of_very_many_elements_is_not_voted_on() -> None:
    story = f"<article>{''.join(f'<p>{line}</p>' for line in STORY)}</article>"
    page = parse_page(f"<main>{story}{'<b>x</b>' * 9_000}</main>")
    assert kept_lines(page, fast=True) == ()
    assert kept_lines(page, fast=False)
    assert kept_lines(parse_page("<p>" + "<b>x</b>" * 50_000), fast=False) == ()


def test_two_short_paragraphs_are_a_text() -> None:
    record = extract("<p>The bridge is closed for a week.</p><p>Ferries run instead, every half hour.</p>")
    assert record.text == "The bridge is closed for a week.\n\nFerries run instead, every half hour."


def test_a_site_may_take_the_verdict_wholly() -> None:
    record = extract(PAGE, "https://courier.example/bus", site=Site(domain="courier.example", extract="trafilatura"))
    body = [block for block in record.blocks if block.label is Label.BODY]
    assert [block.text for block in body] == STORY
    assert {kind_of(block.rule) for block in body} == {RuleKind.TRAFILATURA}


def test_the_version_that_votes_stands_in_the_record() -> None:
    assert (extract(PAGE).extraction.model or "").endswith("+trafilatura:2.3.1")
