"""The measures of extraction quality, on texts made for it."""

import pytest

from archive.labels import Label
from benchmarks.corpus import Page, Paragraph
from benchmarks.metrics import LabelScores, score_page, score_set, snippet_shares
from benchmarks.peers import Question, answer, is_installed, stop_list


def page(*body: Paragraph, **truth: object) -> Page:
    return Page("made/1", "made", "herald.example", "", b"", body, (), None, dict(truth))


def test_scores_count_words_as_multisets() -> None:
    score = score_page(page(Paragraph("The ferry left."), Paragraph("The quay was empty.")), "The ferry left. Share")
    assert score.word_f1 == pytest.approx(2 * 3 / (4 + 7))
    assert score.word_precision == pytest.approx(3 / 4)
    assert score.word_recall == pytest.approx(3 / 7)
    assert not score.exact


def test_an_optional_paragraph_may_be_kept_or_left() -> None:
    truth = page(Paragraph("The ferry left at noon today."), Paragraph("With additional reporting.", optional=True))
    for said in ("The ferry left at noon today.", "The ferry left at noon today.\n\nWith additional reporting."):
        assert score_page(truth, said).exact


def test_shingle_f1_is_that_of_the_means() -> None:
    truth = page(Paragraph("one two three four five"))
    both = score_set([score_page(truth, "one two three four five"), score_page(truth, "one two three four")])
    assert both.shingle_f1 == pytest.approx(2 * 1.0 * 0.75 / 1.75)


def test_snippets_are_counted_over_all_pages() -> None:
    asked = page(must_contain=["the ferry", "NOON"], must_not_contain=["Share", "Subscribe"])
    assert snippet_shares([(asked, "The  ferry left.\nShare")]) == (0.5, 0.5)
    assert snippet_shares([(page(), "text")]) == (None, None)


def test_labels_are_scored_by_words_however_blocks_are_cut() -> None:
    truth = [(Label.BODY, "one two three four"), (Label.DATE, "Monday")]
    scores = LabelScores.over([([(Label.BODY, "one two"), (Label.BODY, "three"), (Label.DATE, "four Monday")], truth)])
    assert scores.precision(Label.BODY) == 1.0
    assert scores.recall(Label.BODY) == 0.75
    assert scores.precision(Label.DATE) == 0.5
    assert scores.f1(Label.NOTE) == 1.0


@pytest.mark.filterwarnings("ignore:SOCKS support")
@pytest.mark.parametrize("program", ["trafilatura", "its precision mode", "jusText"])
def test_a_peer_finds_the_article(program: str) -> None:
    assert is_installed(program)
    story = "The ferry left the island at noon, and the people on the quay went home before the rain came. " * 4
    html = f"<html><body><nav><a href='/'>Home</a></nav><article><p>{story}</p><p>{story}</p></article></body></html>"
    text, seconds = answer(Question(program, html, "https://herald.example/1", stop_list("en")))
    assert "The ferry left the island" in text
    assert seconds >= 0
