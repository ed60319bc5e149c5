"""Blocks are where a browser finds them: Chromium evaluates each XPath in the tree that it makes of the page itself."""

from pathlib import Path

import pytest

from archive.extraction.page_reading import visible_blocks
from archive.extraction.parsing import parse_page
from archive.extraction.xpaths import xpaths
from benchmarks.places import CHROMIUM, Placed, found_by_chromium

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: apt install chromium")

CASES = (Path(__file__).parent / "tables/parser_cases.txt").read_text("utf-8").splitlines()
PAGES = {name: html.replace("\\n", "\n") for name, _, html in (case.partition(": ") for case in CASES)} | {
    "many alike": "<div>" + "<p>One</p>two<i>three</i>" * 40 + "</div>",
    "deep": "<div>" * 200 + "One" + "<p>Two" + "</div>" * 150 + "Three",
    "noscript": "<noscript><p>" + "One two three. " * 60 + "</noscript>",
    "collapsed": f"<div><p>{'One two three. ' * 20}</p><button>Read more</button><div hidden>"
    "<p>Four five six seven, and that is all there is to read.",
}


def placed(html: str) -> Placed:
    blocks = visible_blocks(parse_page(html))[0]
    return Placed(html, [(path or "", block.text) for path, block in zip(xpaths(blocks), blocks, strict=True)])


@pytest.fixture(scope="module")
def found() -> dict[str, tuple[Placed, list[bool]]]:
    pages = [placed(html) for html in PAGES.values()]
    return dict(zip(PAGES, zip(pages, found_by_chromium(pages), strict=True), strict=True))


@pytest.mark.parametrize("name", PAGES)
def test_every_block_is_found(found: dict[str, tuple[Placed, list[bool]]], name: str) -> None:
    page, is_there = found[name]
    assert page.places or name == "frames"
    assert [place for place, known in zip(page.places, is_there, strict=True) if not known] == []


@pytest.mark.parametrize("name", sorted(set(PAGES) - {"frames", "choices", "objects"}))
def test_no_text_is_lost(found: dict[str, tuple[Placed, list[bool]]], name: str) -> None:
    texts = " ".join(text.lower() for _, text in found[name][0].places)
    numbers = "one two three four five six seven eight nine ten".split()
    assert [
        number for number in numbers if number in PAGES[name].lower().split("frameset")[0] and number not in texts
    ] == []


def test_what_is_elsewhere_is_not_found() -> None:
    html = "<p>One<p>Two<div>Three<p>Four</div><b hidden>five</b>"
    wrong = [("/html/body/p[1]", "Two"), ("/html/body/p[3]", "Two"), ("/html/body/div", "Three"), ("", "One"),
             ("/html/body/div/text()[2]", "Three"), ("/html/body/div/text()", "Four"), ("o:p", "One")]  # fmt: skip
    right = [("/html/body/p[1]", "One"), ("/html/body/div/text()[1]", "Three"), ("/html/body/div", "Three\nFour")]
    assert found_by_chromium([Placed(html, wrong), Placed(html, right)]) == [[False] * 7, [True] * 3]
