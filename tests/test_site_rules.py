"""A site's rules on one page: which of them decides which block."""

from typing import Any

from archive.extraction.blocks import segment
from archive.extraction.extract import extract
from archive.extraction.parsing import parse_page
from archive.extraction.site_rules import SiteRules
from archive.sites import Layout, Site

PAGE = """<html><body>
<nav><p>Home</p></nav>
<main class="story">
  <p class="lead">Gulls are back.</p>
  <p>They nest on the roof of the fish hall.</p>
  <div class="box"><p>Subscribe to the Gull</p><p class="kept">Numbers are up by a third.</p></div>
  <p>Subscribe now</p>
  Written by nobody<br><br>Last line
</main>
<aside class="story-end"><p>More on gulls</p></aside>
</body></html>"""


def labels(**layout: Any) -> dict[str, str]:
    """The label of each block that the rules of a layout decide, by its first two words."""
    tree = parse_page(PAGE)
    blocks = segment(tree)
    verdicts = SiteRules(Layout(**layout), tree).verdicts(blocks)
    return {
        " ".join(block.text.split()[:2]): verdict.label.value
        for block, verdict in zip(blocks, verdicts, strict=True)
        if verdict
    }


def test_the_deepest_element_decides() -> None:
    found = labels(body="main", promotion=".box", note=".kept", standfirst=".lead")
    assert found["Gulls are"] == "standfirst"
    assert found["Subscribe to"] == "promotion"
    assert found["Numbers are"] == "note"
    assert found["They nest"] == found["Last line"] == "body"
    assert "Home" not in found


def test_the_first_selector_that_finds_something_decides() -> None:
    assert "They nest" in labels(body=[".gone", "main", ".box"])
    assert labels(body=[".lead", "main"]) == {"Gulls are": "body"}


def test_a_strip_rule_wins_over_any_selector() -> None:
    found = labels(body=".story .kept, main", strip=[{"label": "promotion", "select": ".box"}])
    assert found["Numbers are"] == "promotion"
    assert found["Subscribe now"] == "body"


def test_a_strip_rule_by_text_and_place() -> None:
    by_text = labels(body="main", strip=[{"label": "promotion", "text": "^Subscribe"}])
    assert by_text["Subscribe to"] == by_text["Subscribe now"] == "promotion"
    both = labels(body="main", strip=[{"label": "promotion", "text": "^Subscribe", "select": ".box"}])
    assert (both["Subscribe to"], both["Subscribe now"]) == ("promotion", "body")


def test_the_first_strip_rule_that_holds_decides() -> None:
    rules = [{"label": "contact", "text": "Gull$"}, {"label": "promotion", "text": "^Subscribe"}]
    assert labels(strip=rules) == {"Subscribe to": "contact", "Subscribe now": "promotion"}


def test_text_between_line_breaks_is_told_apart() -> None:
    found = labels(body="main", strip=[{"label": "byline", "text": "^Written by"}])
    assert (found["Written by"], found["Last line"]) == ("byline", "body")


def test_what_lies_outside_a_named_body_is_never_body() -> None:
    site = Site(domain="gull.example", layouts=(Layout(body=("main",)),))
    record = extract(PAGE, "https://gull.example/a", site=site)
    outside = [block for block in record.blocks if "main" not in (block.xpath or "")]
    assert {block.text for block in outside} == {"Home", "More on gulls"}
    assert all(block.label != "body" and block.rule == "model" for block in outside)
    assert "Last line" in record.text


def test_the_innermost_element_decides_also_where_a_block_begins_within_a_line() -> None:
    page = """<html><body><article><p>They nest on the roof of the fish hall, and nobody minds.</p>
    <figure><figcaption><span>Gulls at dawn.</span> Photo: Ioan Petrie</figcaption></figure></article></body></html>"""
    site = Site(domain="gull.example", layouts=(Layout(body=("article",), caption=("figcaption",)),))
    found = {block.text: block.rule for block in extract(page, "https://gull.example/a", site=site).blocks}
    assert found["Gulls at dawn. Photo: Ioan Petrie"] == "site:figcaption"


def test_a_body_selector_that_finds_nothing_leaves_the_page_to_the_model() -> None:
    site = Site(domain="gull.example", layouts=(Layout(body=(".gone",)),))
    plain = extract(PAGE, "https://gull.example/a", site=Site(domain="gull.example"))
    assert [block.label for block in extract(PAGE, "https://gull.example/a", site=site).blocks] == [
        block.label for block in plain.blocks
    ]


def test_a_configured_byline_wins_over_structured_data() -> None:
    page = """<html><head><script type="application/ld+json">{"@type": "NewsArticle", "headline": "Gulls",
    "author": {"@type": "Organization", "name": "Harbour Desk"}}</script></head><body><h1>Gulls</h1>
    <p class="by">By Nora Ellwood and Ioan Petrie</p><p class="made">(Editor: Lene Farrow)</p>
    <main><p>They nest on the roof of the fish hall, and nobody has asked them to leave it so far.</p></main></body>"""

    def authors(**layout: Any) -> tuple[str, ...]:
        site = Site(domain="gull.example", layouts=(Layout(**layout),))
        return extract(page, "https://gull.example/a", site=site).authors

    assert authors(byline=".by") == ("Nora Ellwood", "Ioan Petrie")
    assert authors(byline=".made") == ("Lene Farrow",)
    assert authors(byline=".gone") == authors(body="main")


def test_a_strip_rule_labels_a_byline_but_does_not_choose_the_authors() -> None:
    page = """<html><head><meta name="author" content="Nora Ellwood"></head><body><h1>Gulls</h1>
    <main><p>They nest on the roof of the fish hall, and nobody has asked them to leave it so far.</p>
    <p>With reports from The Tern</p></main></body>"""
    rules = [{"label": "byline", "text": "^With reports"}]
    site = Site(domain="gull.example", layouts=(Layout(body=("main",), strip=rules),))  # type: ignore[arg-type]
    assert extract(page, "https://gull.example/a", site=site).authors == ("Nora Ellwood",)
