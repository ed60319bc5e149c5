"""What a block is beside its text: kind, level, depth, number, cells, links and spans."""

import pytest

from archive import extract
from archive.extraction.block_forms import columns, item_numbers
from archive.extraction.parsing import parse_page
from archive.places import kind_of_block, place_of
from archive.records import Block, BlockKind, Link, Span

URL = "https://courier.example/news/story.html?page=2"


def blocks(html: str, url: str | None = URL) -> list[Block]:
    return list(extract(f"<html><body>{html}</body></html>", url).blocks)


def kinds(html: str) -> list[tuple[str, str, int | None]]:
    return [(str(block.kind), block.text, block.level or block.number or block.depth) for block in blocks(html)]


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        ("<p>One</p>", BlockKind.PARAGRAPH),
        ("<div>One</div>", BlockKind.PARAGRAPH),
        ("<div>One<p>Two</div>", BlockKind.PARAGRAPH),
        ("<h2><div>One</div></h2>", BlockKind.HEADING),
        ("<h2><a href=/x>One</a></h2>", BlockKind.HEADING),
        ("<ul><li>One</ul>", BlockKind.LIST_ITEM),
        ("<ul><li><p>One</ul>", BlockKind.LIST_ITEM),
        ("<ul><li><article><p>One</article></ul>", BlockKind.PARAGRAPH),
        ("<dl><dt>One<dd>Two</dl>", BlockKind.LIST_ITEM),
        ("<blockquote>One</blockquote>", BlockKind.QUOTE),
        ("<blockquote><p>One</blockquote>", BlockKind.QUOTE),
        ("<blockquote><ul><li>One</ul></blockquote>", BlockKind.LIST_ITEM),
        ("<ul><li><blockquote>One</blockquote></ul>", BlockKind.QUOTE),
        ("<table><tr><td>One<td>Two</table>", BlockKind.TABLE_ROW),
        ("<table><tr><td>One</table>", BlockKind.OTHER),
        ("<table><tr><td><p>One</table>", BlockKind.PARAGRAPH),
        ("<blockquote><table><tr><td><p>One</table></blockquote>", BlockKind.PARAGRAPH),
        ("<table><caption>One</caption><tr><td>2</table>", BlockKind.CAPTION),
        ("<figure><img src=x><figcaption>One</figcaption></figure>", BlockKind.CAPTION),
        ("<pre>One</pre>", BlockKind.CODE),
        ("<pre class='wp-block-verse'>One\nTwo</pre>", BlockKind.VERSE),
        ("<button>One</button>", BlockKind.OTHER),
    ],
)
def test_the_kind_of_a_block(html: str, kind: BlockKind) -> None:
    found = blocks(html)[0]
    assert found.kind == kind
    earlier = found.model_copy(update={"kind": None})
    if kind not in (BlockKind.TABLE_ROW, BlockKind.VERSE):
        assert kind_of_block(earlier) == kind


def test_items_have_depth_and_number_and_only_the_first_block_is_the_item() -> None:
    html = "<ol start=3><li><p>Three</p><p>More</p><ul><li>Inner</ul>After</li><li value=7>Seven<li>Eight</ol><p>End"
    assert [(block.kind, block.depth, block.number, block.text) for block in blocks(html)] == [
        ("list_item", 1, 3, "Three"),
        ("paragraph", 1, None, "More"),
        ("list_item", 2, None, "Inner"),
        ("paragraph", 1, None, "After"),
        ("list_item", 1, 7, "Seven"),
        ("list_item", 1, 8, "Eight"),
        ("paragraph", None, None, "End"),
    ]


@pytest.mark.parametrize(
    ("attributes", "numbers"),
    [
        ("", [1, 2, 3]),
        ("start=5", [5, 6, 7]),
        ("reversed", [3, 2, 1]),
        ("start=-1", [-1, 0, 1]),
        ("start=x", [1, 2, 3]),
    ],
)
def test_numbers_are_counted_as_a_browser_does(attributes: str, numbers: list[int]) -> None:
    tree = parse_page(f"<ol {attributes}><li>a<li>b<li>c</ol>")
    (ordered,) = tree.iter("ol")
    assert list(item_numbers(ordered).values()) == numbers


def test_headings_have_their_level() -> None:
    assert [block.level for block in blocks("<h1>One</h1><h4><b>Two</b></h4><p>Three")] == [1, 4, None]


def test_cells_stand_in_their_columns() -> None:
    html = (
        "<table><tr><th>Year<th colspan=2>Sums</tr><tr><td rowspan=2>2024<td><td>12</tr><tr><td>3<td><a href=/x>4</a>"
        "</table>"
    )
    found = blocks(html)
    assert [block.cells for block in found] == [("Year", "Sums", ""), ("2024", "", "12"), ("", "3", "4")]
    assert [block.text for block in found] == ["Year\tSums", "2024\t\t12", "3\t4"]
    assert [span.kind for span in found[0].spans] == ["header", "header"]
    assert [(link.text, link.href) for link in found[2].links] == [("4", "https://courier.example/x")]


def test_absurd_spans_of_cells_are_bounded() -> None:
    row = parse_page("<table><tr><td colspan=99999>a<td rowspan=x>b</table>").find(".//tr")
    assert row is not None
    assert len(columns(row, {}, {})[0]) == 100


@pytest.mark.parametrize(
    ("href", "address"),
    [
        ("/docs/a.pdf", "https://courier.example/docs/a.pdf"),
        ("b.html", "https://courier.example/news/b.html"),
        ("../c", "https://courier.example/c"),
        ("/docs/a b.pdf", "https://courier.example/docs/a%20b.pdf"),
        ("/a/../d", "https://courier.example/d"),
        ("//cdn.example/e", "https://cdn.example/e"),
        ("?page=3", "https://courier.example/news/story.html?page=3"),
        ("#note", "https://courier.example/news/story.html?page=2#note"),
        ("#https://a[b#c?", "https://courier.example/news/story.html?page=2#https://a[b#c?"),
        ("https://other.example/f?#", "https://other.example/f?#"),
        (" https://other.example/\nf ", "https://other.example/f"),
        ("mailto:desk@courier.example", "mailto:desk@courier.example"),
        ("javascript:alert(1)", None),
        ("JavaScript:alert(1)", None),
        ("java\nscript:alert(1)", None),
        ("data:text/html,x", None),
        ("tel:+441632960000", None),
        ("#", None),
        ("", None),
        ("http://[broken", None),
        ("/" + "x" * 3000, None),
    ],
)
def test_links_are_absolute_and_lead_to_the_web_or_to_a_mailbox(href: str, address: str | None) -> None:
    (block,) = blocks(f'<p>See <a href="{href}">here</a>.</p>')
    assert [(link.text, link.href) for link in block.links] == ([("here", address)] if address else [])
    assert [block.text[span.start : span.end] for span in block.spans] == (["here"] if address else [])


def test_the_base_of_a_page_counts() -> None:
    html = "<html><head><base href='/sub/'></head><body><p>See <a href=x>here</a>.</p></body></html>"
    assert extract(html, URL).blocks[0].links[0].href == "https://courier.example/sub/x"


def test_without_an_address_only_absolute_links_are_told() -> None:
    html = "<p><a href=/x>One</a> <a href=https://a.example/>two</a> <a href=#https://b>three</a></p>"
    for url in (None, "https://[broken"):
        (block,) = blocks(html, url)
        assert [link.text for link in block.links] == ["two"]


def test_a_link_around_blocks_is_the_link_of_each() -> None:
    found = blocks("<a href=/x><div>One</div><p>Two</p></a><p>Three</p>")
    assert [[link.text for link in block.links] for block in found] == [["One"], ["Two"], []]
    assert all(block.spans == () for block in found)


def test_spans_say_what_a_part_is_wherever_white_space_was_folded() -> None:
    html = (
        "<p>\n  The <b> bold\xad\n and <i>both</i></b>  <code>x  y</code>,\n H<sub>2</sub>O <s>no</s> "
        "<ruby>山<rp>(</rp><rt>やま</rt><rp>)</rp></ruby> <em> </em>end</p>"
    )
    (block,) = blocks(html)
    assert [(str(span.kind), block.text[span.start : span.end]) for span in block.spans] == [
        ("strong", "bold and both"),
        ("emphasis", "both"),
        ("code", "x y"),
        ("subscript", "2"),
        ("deleted", "no"),
        ("reading", "("),
        ("reading", "やま"),
        ("reading", ")"),
    ]


def test_an_element_that_goes_on_behind_a_block_is_told_in_both() -> None:
    found = blocks("<p>One <b>two<br><br>three</b> four</p>")
    assert [[block.text[span.start : span.end] for span in block.spans] for block in found] == [["two"], ["three"]]


POEM = "The boat goes out at half past six<br>with milk and mail and oil,<br>and no one counts the gulls that come<br>"


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        (f"<p>{POEM}to supervise the toil.</p>", BlockKind.VERSE),
        (f"<pre>{POEM}</pre>".replace("<br>", "\n"), BlockKind.VERSE),
        ("<p class='poem'>One<br>two</p>", BlockKind.VERSE),
        ("<div class='stanza'><p>One<br>two</p></div>", BlockKind.VERSE),
        ("<p class='universe'>One<br>two</p>", BlockKind.PARAGRAPH),
        ("<p>Harbour Road 12<br>4711 Lorne<br>Tel. 0123 456</p>", BlockKind.PARAGRAPH),
        (f"<p>{POEM}{'and a line that is no verse at all ' * 4}</p>", BlockKind.PARAGRAPH),
        ("<pre>def a(b):\n    return b\n\nprint(a)</pre>", BlockKind.CODE),
        ("<pre><code>cargo build\ncargo test\ncargo run</code></pre>", BlockKind.CODE),
    ],
)
def test_verse_is_told_from_paragraphs_and_code(html: str, kind: BlockKind) -> None:
    assert blocks(html)[0].kind == kind


def test_an_xpath_tells_what_stands_around() -> None:
    place = place_of("/html/body/ul/li[2]/article/div[3]/blockquote/ol[1]/li[4]/p/b[1]")
    assert [step.tag for step in place.around] == ["blockquote", "ol", "li"]
    assert (place.setting.own, place.box, place.setting.depth) == ("p", "/html/body/ul/li[2]/article/div[3]", 1)
    assert place_of("/html/body/div/text()[3]").box == "/html/body/div"
    assert place_of("/html/body/div/p/text()[3]").box == "/html/body/div"
    assert place_of("/html/body/div").box == "/html/body"


def test_what_is_built_unlooked_at_is_what_a_look_at_it_finds() -> None:
    html = "<h2>A<sup>1</sup></h2><ol><li><a href=/x>B</a> c</ol><table><tr><th>1<td>2</table><p>D <a href=y>e</a></p>"
    for block in blocks(html):
        for built in (block, *block.links, *block.spans):
            assert list(vars(built)) == list(type(built).model_fields)
            looked_at = type(built).model_validate(vars(built), strict=True)
            assert (repr(built), built.model_dump_json()) == (repr(looked_at), looked_at.model_dump_json())
    assert {type(each) for block in blocks(html) for each in (*block.links, *block.spans)} == {Link, Span}


def test_an_empty_cell_keeps_its_column() -> None:
    rows = "<tr><th>Tower<th>Boxes<th>Pairs<tr><td>Town hall<td><td> <b>9</b><tr><td>Mill<td>24<td>"
    found = blocks(f"<table>{rows}</table>")
    assert [block.text for block in found] == ["Tower\tBoxes\tPairs", "Town hall\t\t9", "Mill\t24"]


def test_what_wraps_all_of_a_cell_makes_no_block_of_it() -> None:
    rows = "<tr><th><p>Tower</p></th><td><div><p>Town <b>hall</b></p></div></td></tr>"
    layout = "<tr><td><p>One story.</p><p>Another.</p></td><td>Menu</td></tr>"
    found = blocks(f"<table>{rows}{layout}</table>")
    assert [block.text for block in found] == ["Tower\tTown hall", "One story.", "Another.", "Menu"]
    assert found[0].cells == ("Tower", "Town hall")
