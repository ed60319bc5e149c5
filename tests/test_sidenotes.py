"""Notes within their sentence: set in brackets there, and left alone elsewhere."""

from time import process_time

import pytest

from archive.extraction.blocks import segment
from archive.extraction.parsing import parse_page

SAID = "The lamp burns oil [Whale oil, until 1870.] all night."
MARK = '<label for="n" class="margin-toggle"></label><input type="checkbox" id="n" class="margin-toggle"/>'


def read(markup: str) -> list[str]:
    return [block.text for block in segment(parse_page(f"<article>{markup}</article>"))]


@pytest.mark.parametrize(
    "note",
    [
        f'{MARK}<span class="sidenote">Whale oil, until 1870.</span>',
        '<span class="marginnote">Whale <i>oil</i>, until 1870.</span>',
        '<span class="note"></span><span class="modern-footnotes-footnote__note">Whale oil, <b>until 1870.</b></span>',
        '<span class="ltx_note_outer"><span class="ltx_note_content">Whale oil, until 1870.</span></span>',
    ],
)
def test_a_note_within_a_sentence_is_set_in_brackets(note: str) -> None:
    assert read(f"<p>The lamp burns oil{note} all night.</p>") == [SAID]


@pytest.mark.parametrize(
    "again",
    [
        '<sup class="ltx_note_mark">1</sup><span class="ltx_tag ltx_tag_note">1</span>',
        '<sup class="ltx_note_mark">1</sup>',
        "",
    ],
)
def test_a_note_does_not_begin_with_its_mark_again(again: str) -> None:
    content = f'<span class="ltx_note_content">{again}Whale oil, until 1870.</span>'
    note = f'<sup class="ltx_note_mark">1</sup><span class="ltx_note_outer">{content}</span>'
    assert read(f'<p>The lamp burns oil<span class="ltx_note ltx_role_footnote">{note}</span>, all night.</p>') == [
        "The lamp burns oil1 [Whale oil, until 1870.], all night."
    ]


def test_a_mark_in_a_sentence_stays_a_mark() -> None:
    assert read('<p>The lamp burns oil<span class="footnote">1</span> all night.</p>') == [
        "The lamp burns oil1 all night."
    ]


def test_a_list_of_notes_is_left_alone() -> None:
    notes = '<p><span class="footnote-text">Whale oil, until 1870.</span></p>'
    assert read(f"<p>The lamp burns oil all night.</p>{notes}") == [
        "The lamp burns oil all night.",
        "Whale oil, until 1870.",
    ]


def test_notes_that_set_themselves_apart_are_left_alone() -> None:
    assert read('<p>Oil <span class="sidenote">(whale oil, until 1870)</span> burns.</p>') == [
        "Oil (whale oil, until 1870) burns."
    ]


def test_thousands_of_notes_beside_each_other_take_no_quadratic_time() -> None:
    began = process_time()
    assert read(f"<p>{'<span class=sidenote>Whale oil, until 1870.</span>' * 20_000}</p>")
    assert process_time() - began < 10
