"""Pages that lead to stories and hold none."""

from archive import extract
from archive.extraction.blocks import segment
from archive.extraction.parsing import parse_page
from archive.extraction.passes import INDEX_RULE, without_index
from archive.extraction.rules import Verdict
from archive.labels import Label

CARDS = "".join(
    f"<div><h3><a href=/x/{number}>Why the harbour needs bridge {number}</a></h3><i>{number} May</i></div>"
    for number in range(2, 9)
)


def _after(page: str) -> set[Label]:
    blocks = segment(parse_page(page))
    verdicts = without_index([Verdict(Label.BODY, "model", 0.9)] * len(blocks), blocks)
    assert all(verdict.rule == (INDEX_RULE if verdict.label is Label.RELATED else "model") for verdict in verdicts)
    return {verdict.label for verdict in verdicts}


def test_links_alone_are_no_story() -> None:
    assert _after(CARDS) == {Label.RELATED}


def test_a_paragraph_among_links_makes_them_one() -> None:
    assert _after(f"<p>{'The harbour is old, and its bridges are older. ' * 4}</p>{CARDS}") == {Label.BODY}


def test_links_in_sentences_are_a_story() -> None:
    assert _after("<p>Read <a href=/a>the first report</a> of the harbour, which tells of it all.") == {Label.BODY}


def test_an_index_has_no_text() -> None:
    page = f"<title>Harbour | Courier</title><nav><a href=/>Home</a></nav><main><h1>Harbour</h1>{CARDS}</main>"
    assert extract(page).text == ""


def test_rules_of_a_site_stand() -> None:
    blocks = segment(parse_page(CARDS))
    own = [Verdict(Label.BODY, "site:div", 1.0)] * len(blocks)
    assert without_index(own, blocks) == own
