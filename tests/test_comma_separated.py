"""Cells of CSV that a spreadsheet shows and does not run."""

import csv
import io
import re

import pytest

from archive.datasets.formats import csv_line

FORMULAS = ["=1+2", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠1", "'=1", "''@x", "-", "="]
PLAIN = ["", "a=1", "'quoted'", " =1", "[1]", "a\nb", 'say "x"', "x,y;=z\t=z", "2026-11-20"]


def read(line: bytes) -> list[str]:
    return next(csv.reader(io.StringIO(line.decode(), newline="")))


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_would_be_a_formula_has_an_apostrophe_in_front(text: str) -> None:
    assert read(csv_line([text, 1])) == ["'" + text, "1"]
    assert read(csv_line([text, 1], raw=True)) == [text, "1"]


@pytest.mark.parametrize("text", PLAIN)
def test_other_text_stays(text: str) -> None:
    assert read(csv_line([text, 1])) == [text, "1"]


def test_numbers_stay_numbers() -> None:
    assert csv_line([-5, -0.25, True, False, None, "x", ["-1"], {"a": None}]) == (
        b'-5,-0.25,true,false,,"x","[""-1""]","{""a"": null}"\r\n'
    )


def test_no_cell_begins_inside_a_text_where_semicolons_or_tabs_separate() -> None:
    line = csv_line(["a;=1\t=1", "b"]).decode()
    for separator in ";\t":
        assert not [cell for cell in next(csv.reader([line], delimiter=separator)) if cell.startswith("=")]


@pytest.mark.parametrize("text", [*FORMULAS, *PLAIN, "'a", "''"])
def test_what_the_card_says_gives_the_text_as_it_was(text: str) -> None:
    (cell, _) = read(csv_line([text, 1]))
    assert (cell[1:] if re.match("^'+[=+\\-@\\t\\r\\n＝＋－＠]", cell) else cell) == text
