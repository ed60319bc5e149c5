"""Readers' labels, kept without the text of the pages."""

from pathlib import Path

import pytest

from archive.labels import Label
from benchmarks.corpus import Page
from benchmarks.reading import Reading, readings
from benchmarks.readings import AnswerError, parse_answer, shown, take

HTML = b"""<html><body><nav><a href="/">Home</a></nav><h1>Ferry late</h1>
<p id="first" class="lead big">The ferry left at noon.</p><p>Nobody said why.</p></body></html>"""
TEXTS = ["Home", "Ferry late", "The ferry left at noon.", "Nobody said why."]
LABELS = [Label.NAVIGATION, Label.HEADLINE, Label.BODY, None]


def page() -> Page:
    return Page("made/1", "made", "herald.example", "https://herald.example/1", HTML, None, (), None, {})


def test_a_reading_keeps_labels_and_no_text() -> None:
    line = Reading.of("made/1", TEXTS, LABELS).to_line()
    assert "ferry" not in line.lower()
    assert Reading.from_line(line).over(TEXTS) == LABELS


def test_a_reading_is_found_again_where_blocks_are_cut_differently() -> None:
    now = ["Home", "Ferry late", "New block", "The ferry  left\nat noon."]
    assert Reading.of("made/1", TEXTS, LABELS).over(now) == [Label.NAVIGATION, Label.HEADLINE, None, Label.BODY]


def test_an_answer_is_runs_that_cover_the_page() -> None:
    assert parse_answer("0 navigation\n1 headline\n\n2 body\n3 ?\n", 4) == LABELS
    assert parse_answer("0-2 body\n", 3) == [Label.BODY] * 3


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ("0-2 body", "cover 3 of 4"),
        ("0 body\n2-3 body", "begins at 1"),
        ("0-3 boddy", "boddy"),
        ("0-3", "begins at 0"),
        ("2-0 body", "begins at 0"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(answer: str, fault: str) -> None:
    with pytest.raises(AnswerError, match=fault):
        parse_answer(answer, 4)


def test_a_reader_sees_numbered_blocks_and_where_they_stand() -> None:
    lines = list(shown(page()))
    assert lines[0].endswith("BLOCKS 0-3")
    assert lines[1] == "0 L nav[] | Home"
    assert lines[3] == "2 p[first lead big] | The ferry left at noon."


def test_answers_are_added_to_the_file(tmp_path: Path) -> None:
    file, answer = tmp_path / "readings.jsonl", tmp_path / "made__1.txt"
    answer.write_text("0 navigation\n1 headline\n2-3 body\n")
    take({"made/1": page()}, [answer], file)
    readings.cache_clear()
    assert readings(file)["made/1"].over(TEXTS) == [Label.NAVIGATION, Label.HEADLINE, Label.BODY, Label.BODY]


def test_an_answer_for_another_page_names_its_file(tmp_path: Path) -> None:
    (tmp_path / "made__1.txt").write_text("0-9 body\n")
    with pytest.raises(AnswerError, match=r"made__1\.txt: the runs cover 10 of 4"):
        take({"made/1": page()}, [tmp_path / "made__1.txt"], tmp_path / "readings.jsonl")
