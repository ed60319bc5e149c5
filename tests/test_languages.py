"""The language of a text: what it is in, what the page says, and tags as pages write them."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from archive import extract
from archive.extraction.metadata.languages import choose_language, language_tag

TABLE = yaml.safe_load((Path(__file__).parent / "tables" / "languages.yaml").read_text(encoding="utf-8"))
RUSSIAN, ENGLISH = (next(row["text"] for row in TABLE if row["language"] == code) for code in ("ru", "en"))


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["language"])
def test_a_sentence_tells_its_language(row: dict[str, Any]) -> None:
    assert choose_language([row["text"]], []) == row["language"]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["language"])
@pytest.mark.parametrize("stated", ["en-US", "ru", "zh-Hant", "de"])
def test_a_template_s_language_does_not_stand_against_the_text(row: dict[str, Any], stated: str) -> None:
    found = choose_language([row["text"]], [stated])
    expected = stated if stated.split("-", maxsplit=1)[0] == row["language"].split("-")[0] else row["language"]
    assert found == expected


@pytest.mark.parametrize("stated", ["de-AT", "de"])
def test_the_page_s_own_tag_stands_where_the_text_bears_it_out(stated: str) -> None:
    german = next(row["text"] for row in TABLE if row["language"] == "de")
    assert choose_language([german], ["en", stated]) == stated


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("Ministar je juče rekao novinarima da je odluka doneta.", "bs"),
        ("Den siste bilferja over sundet sluttar å gå ved utgangen av månaden.", "no"),
        ("Den siste bilfergen over sundet slutter å gå ved utgangen av måneden etter at fylket avslo støtten.", "nb"),
        ("De Dörpslüüd hebbt sik dat ganz anners vörstellt, as de Börgermeester dat vertellt hett.", "nds"),
    ],
)
def test_neighbours_are_told_apart_by_what_the_page_says(text: str, stated: str) -> None:
    assert choose_language([text], [stated]) == stated


def test_a_word_or_two_say_nothing_against_the_page_but_their_script_does() -> None:
    assert choose_language(["Ahoj!"], ["en"]) == "en"
    assert choose_language(["Краткий текст"], ["en"]) != "en"
    assert choose_language(["12345"], ["fr"]) == "fr"
    assert choose_language([""], []) is None


def test_filler_is_no_latin() -> None:
    filler = "Lorem ipsum dolor sit amet, consectetur adipisicing elit, sed do eiusmod tempor incididunt ut labore et."
    assert choose_language([filler], ["en"]) == "en"


def test_names_and_code_stay_latin_in_any_text() -> None:
    chinese = next(row["text"] for row in TABLE if row["language"] == "zh")
    code = "def ferry(county): return county.subsidy.renewed and ferry.running or None " * 2
    assert choose_language([chinese, code], ["en"]) == "zh"


@pytest.mark.parametrize("text", ["\x00\x01\ud800\ufffe" * 900, "a" * 90_000, "\U0010ffff", "\x7f\x85 hello"])
def test_hostile_text_has_a_language_or_none(text: str) -> None:
    assert choose_language([text], ["en"]) == "en"


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("en_US", "en-US"), ("en-us", "en-US"), ("de", "de"), ("DE-at", "de-AT"), ("zh_hant_tw", "zh-Hant-TW"),
        ("es-419", "es-419"), ("en_GB.UTF-8", "en-GB"), ("eng", "en"), ("iw", "he"), ("en-UK", "en-GB"), ("jp", "ja"),
        ("cn", "zh"), ("pt_BR", "pt-BR"), ("nds", "nds"), ("sr-Latn", "sr-Latn"), ("en, fr", "en"),
        ("und", None), ("xx", None), ("xx_XX", None), ("mul", None), ("zxx", None), ("x-default", None), ("", None),
        ("English", None), ("isl", "is"), ("foo", None), ("ckb-IQ", "ckb-IQ"), ("ja-JA", "ja"), ("en-Aaaa", "en"),
        ("utf-8", None), ("${lang}", None), ("-", None), ("e", None), ("root", None), ("12", None),
    ],
)  # fmt: skip
def test_tags_take_their_usual_form(written: str, tag: str | None) -> None:
    assert language_tag(written) == tag


def test_a_record_has_the_text_s_language_and_says_so_where_the_page_says_another() -> None:
    paragraphs = f"<p>{RUSSIAN}</p>" * 4
    record = extract(f"<html lang=en-US><body><h1>Паром</h1><article>{paragraphs}</article>", "https://a.example/1")
    assert record.language == "ru"
    assert "language: the page says en-US, its text is ru" in record.extraction.warnings
    assert "language" in record.extraction.warning_kinds


def test_a_record_whose_page_is_right_has_no_such_warning() -> None:
    record = extract(f"<html lang=en-US><body><h1>Ferry</h1><article>{f'<p>{ENGLISH}</p>' * 4}</article>")
    assert record.language == "en-US"
    assert "language" not in record.extraction.warning_kinds
