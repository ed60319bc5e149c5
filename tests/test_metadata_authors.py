"""Bylines to names: a table of real-world forms, and what no table shows."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from archive.extraction.metadata import parse_byline

TABLE = yaml.safe_load((Path(__file__).parent / "tables" / "bylines.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row['language']}: {row['text'][:60]}")
def test_a_byline_gives_its_authors(row: dict[str, Any]) -> None:
    found = parse_byline(row["text"], site_name=row.get("site"), language=row["language"])
    assert list(found) == row["authors"]


def test_the_table_is_large_and_has_many_languages() -> None:
    assert len(TABLE) >= 400
    assert len({row["language"] for row in TABLE}) >= 12


def test_a_name_that_stands_twice_counts_once() -> None:
    assert parse_byline("By Amelia Thornbury | AMELIA THORNBURY") == ("Amelia Thornbury",)


def test_the_author_field_of_structured_data_may_lack_capitals() -> None:
    assert parse_byline("ylva strandqvist", strict=False) == ("ylva strandqvist",)
    assert parse_byline("by a long way", strict=True) == ()


@pytest.mark.parametrize("name", ["Per Gunnar Sandvikare", "Oleh Ivan Kovalchuk", "Dan Davies", "Theo van der Marsh"])
def test_given_names_that_are_words_for_by_or_and_stay_in_structured_data(name: str) -> None:
    assert parse_byline(name, strict=False) == (name,)


def test_the_site_stays_where_it_is_the_only_author() -> None:
    assert parse_byline("Millbrook Courier", site_name="Millbrook Courier") == ("Millbrook Courier",)


@pytest.mark.parametrize("text", ["By " + "Aa " * 5000, "," * 5000, "(" * 5000, "By\x00Aa\n" * 900, "&amp;" * 900])
def test_hostile_bylines_end_quickly(text: str) -> None:
    assert len(parse_byline(text)) <= 30


@pytest.mark.parametrize("text", ["10+ Years", "3d23d65-ddc6-4ce5", "press@courier.example", "https://courier.example"])
def test_what_no_name_is_stays_out_of_structured_data_too(text: str) -> None:
    assert parse_byline(text, strict=False) == ()
