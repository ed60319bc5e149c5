"""Lines in a story that lead to another one."""

import pytest

from archive.extraction.blocks import segment
from archive.extraction.features.word_rows import tokens_of
from archive.extraction.parsing import parse_page
from archive.extraction.passes import READ_MORE_RULE, without_read_more
from archive.extraction.rules import Verdict
from archive.labels import Label


def _label(line: str, rule: str = "model") -> Verdict:
    blocks = segment(parse_page(f"<p>{line}</p>"))
    (verdict,) = without_read_more([Verdict(Label.BODY, rule, 0.6)], blocks, [tokens_of(blocks[0].text)])
    return verdict


@pytest.mark.parametrize(
    "line",
    [
        "READ MORE: <a href=/b>The bird that stopped a bridge</a>",
        "<strong>Read also:</strong> <a href=/b>A cheese that needs a cave</a>",
        "Lesen Sie auch: <a href=/b>Die letzte Fähre</a>",
        "Lire aussi : <a href=/b>Le dernier bac du soir</a>",
    ],
)
def test_a_line_that_leads_on_is_related(line: str) -> None:
    assert _label(line) == Verdict(Label.RELATED, READ_MORE_RULE, 0.6)


@pytest.mark.parametrize(
    "line",
    [
        "The mayor said: <a href=/b>read more of the report</a>",
        "Read more: the council's report, which tells of it at length, is on <a href=/b>its site</a> until May.",
        "Read more books, <a href=/b>the library in Quillhaven says</a>.",
    ],
)
def test_sentences_stay(line: str) -> None:
    assert _label(line).label is Label.BODY


def test_rules_of_a_site_stand() -> None:
    assert _label("READ MORE: <a href=/b>The bird that stopped a bridge</a>", "site:p").label is Label.BODY
