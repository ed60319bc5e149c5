"""Regular expressions of site files: Python's syntax, in linear time, and a clear refusal of what cannot be."""

import re
from pathlib import Path

import pytest

from archive.errors import ConfigurationError
from archive.extraction.extract import extract
from archive.labels import Label
from archive.sites import Layout, Site, StripRule
from archive.sites.article_urls import refusal
from archive.sites.loading import load_site
from archive.sites.patterns import compile_pattern, is_found

WORDS = "The audience listened in silence while the rain fell on the quay and the ferries waited for the tide. " * 40


@pytest.mark.parametrize(
    "pattern",
    [
        r"^Größe\b", r"\bÜber", r"zuständig\b", r"\d{4}-\d\d", r"(?i)ÜBER die", r"a\Z", r"\<b\>", r"x{,3}y", r"[a[(]b",
        r"[]a]", r"[^]a]", r"[\]~&a]", r"\é", r"(?:a|b)+?c", r"(?P<year>\d+)", r"a\}+", r"[\w-]+@", r"\A\s*\S+\s?$",
        re.escape("a b\t#&~-<>[]{}é|^$*+?.()"), "(?s)a.b", "(?m)^b$", "", r"\u00e9\x41", r"[^\W\d_]+", r"\w\w",
    ],
)  # fmt: skip
def test_patterns_find_what_python_finds(pattern: str) -> None:
    texts = [
        "Größe der Brücke", "so Über alles", "ist für Häfen zuständig.", "am 2026-11-18", "ÜBER DIE BRÜCKE", "ba", "ab",
        "<b>", "xxxy", "a(b", "[b", "]", "a", "é", "aac", "a}}", "jane-roe@", "a b\t#&~-<>[]{}é|^$*+?.()", "a\nb", "éA",
        "٣٤", "", " a", "_", "&", "~", "b",
    ]  # fmt: skip
    found = [is_found(pattern, text) for text in texts]
    assert found == [re.search(pattern, text) is not None for text in texts]


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        (r"^(?!/live/)", "look-around is not known here, so that no page can make a pattern run for ever: say what"),
        (r"(?<=a)b", "look-around"),
        (r"(\w)\1", "backreferences such as"),
        ("a++b", "possessive repeats such as '++' are not known here: leave out the second sign"),
        ("[[a]", "Possible nested set"),
        (r"(?:\w{500}){500}", "it is too large"),
        ("(", "missing )"),
        (r"\p{L}", r"bad escape \p"),
    ],
)
def test_what_no_linear_engine_knows_is_refused_where_it_stands(tmp_path: Path, pattern: str, said: str) -> None:
    file = tmp_path / "courier.example.yaml"
    file.write_text(f"name: Courier\narticles:\n  include: ['{pattern}']\n")
    with pytest.raises(ConfigurationError) as refused:
        load_site(file)
    assert f"{file.name}:3: articles.include[0]: expected a regular expression: {said}" in str(refused.value)


@pytest.mark.parametrize("pattern", [r"^(\w+\s?)+$", r"^(a+)+$", r"(.*a){20}$", r"^(.*?,)*x", r"(\s*\S*)*!$"])
def test_no_pattern_of_a_site_file_runs_for_ever(pattern: str) -> None:
    # Python's engine would take longer than anyone lives for each of these.
    site = Site.model_validate({"domain": "courier.example", "name": "Courier", "articles": {"include": pattern}})
    assert refusal(f"https://courier.example/{'a' * 2000}\x20", site, listed=True) == "not among articles.include"
    rule = StripRule(label=Label.NOTE, text=pattern)
    record = extract(f"<p>{WORDS}", site=site.model_copy(update={"layouts": (Layout(strip=(rule,)),)}))
    assert record.blocks[0].rule == "model"


def test_a_pattern_is_compiled_once() -> None:
    assert compile_pattern("^once$") is compile_pattern("^once$")
