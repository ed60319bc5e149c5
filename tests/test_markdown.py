"""Markdown that reads back as the same words in the same structure."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from archive import extract
from archive.labels import Label
from archive.markdown import as_markdown, body_markdown
from archive.records import Block, BlockKind, Extraction, Image, Link, Record, Span, SpanKind

URL = "https://courier.example/news/story"
PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def block(text: str, xpath: str | None = "/html/body/p", **fields: object) -> Block:
    return Block(label=Label.BODY, text=text, xpath=xpath, rule="general:test", confidence=1.0, **fields)  # type: ignore[arg-type]


def record(*blocks: Block, **fields: object) -> Record:
    return Record(blocks=blocks, extraction=Extraction(version="0"), **fields)  # type: ignore[arg-type]


def body_of(html: str) -> Record:
    """The page, all of its blocks taken for body: what is tested is how they are set."""
    found = extract(f"<html><body>{html}</body></html>", URL)
    return found.model_copy(
        update={"blocks": tuple(one.model_copy(update={"label": Label.BODY}) for one in found.blocks)}
    )


def markdown(html: str) -> str:
    return body_markdown(body_of(html))


def shape(text: str) -> str:
    """What Markdown reads as, in the HTML that its reference parser makes, on one line."""
    return str(PARSER.render(text)).replace("\n", "")


def test_an_article_has_title_standfirst_credit_and_the_bodys_structure() -> None:
    found = record(
        block("Cars cross\nagain."),
        block("Why it closed", "/html/body/h3"),
        block("Rust", "/html/body/ul/li[1]"),
        block("Salt\nand rain", "/html/body/ul/li[2]"),
        block("It was time.\nAt last.", "/html/body/blockquote/p"),
        block("x = '```'", "/html/body/pre"),
        title="Old bridge reopens",
        standfirst="After two years.",
        authors=("Amelia Thornbury", "Joel Hartwick"),
        date_published="2026-11-20",
    )
    assert as_markdown(found) == (
        "# Old bridge reopens\n\n*After two years.*\n\nAmelia Thornbury, Joel Hartwick · 2026-11-20\n\n"
        "Cars cross  \nagain.\n\n### Why it closed\n\n- Rust\n- Salt  \n  and rain\n\n> It was time.  \n> At last.\n\n"
        "````\nx = '```'\n````\n"
    )


def test_a_standfirst_that_is_in_the_text_is_not_told_twice() -> None:
    first = Block(label=Label.STANDFIRST, text="In short.", xpath="/html/body/p[1]", rule="model", confidence=1.0)
    found = record(first, block("One.", "/html/body/p[2]"), title="T", standfirst="In short.")
    assert as_markdown(found) == "# T\n\nIn short.\n\nOne.\n"
    assert as_markdown(found, ["body"]) == "# T\n\n*In short.*\n\nOne.\n"


def test_no_heading_of_the_body_is_as_high_as_the_title() -> None:
    assert as_markdown(record(block("Part one", "/html/body/h1"))) == "## Part one\n"


def test_the_title_is_one_line_of_plain_text() -> None:
    assert as_markdown(record(title="A *star*\n# is born #")) == "# A \\*star\\* # is born \\#\n"


def test_a_record_without_text_has_no_markdown() -> None:
    assert as_markdown(record()) == ""


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ("<p>By <b>ten</b>, the <i>largest</i> of <a href=/r.pdf>a report</a>.</p>",
         "<p>By <strong>ten</strong>, the <em>largest</em> of "
         '<a href="https://courier.example/r.pdf">a report</a>.</p>'),
        ("<p><a href='/a_(b)?x=1&amp;copy;=2'>One <b>two</b> [3]</a></p>",
         '<p><a href="https://courier.example/a_(b)?x=1&amp;copy;=2">One <strong>two</strong> [3]</a></p>'),
        ("<p>Run <code>make `all`</code> or <code>`x</code></p>",
         "<p>Run <code>make `all`</code> or <code>`x</code></p>"),
        ("<p>un<b>believ</b>able <i>un</i>believable</p>",
         "<p>un<strong>believ</strong>able <em>un</em>believable</p>"),
        ("<p>said<b>“Yes”</b>and</p>", "<p>said“Yes”and</p>"),
        ("<p><b>a</b><i>b</i> <b><b>c</b></b> <b>d</b><b>e</b></p>",
         "<p><strong>a</strong><em>b</em> <strong>c</strong> <strong>de</strong></p>"),
        ("<p>Wow!<a href=/x>x</a></p>", '<p>Wow!<a href="https://courier.example/x">x</a></p>'),
        ("<p>It was <del>eleven</del> ten, 10<sup>2</sup></p>", "<p>It was ten, 10²</p>"),
        ("<p>One<br>two</p>", "<p>One<br />two</p>"),
        ("<h2>A <i>b</i> #</h2>", "<h2>A <em>b</em> #</h2>"),
        ("<ul><li>a<ul><li>b<li>c</ul><li>d</ul>",
         "<ul><li>a<ul><li>b</li><li>c</li></ul></li><li>d</li></ul>"),
        ("<ol start=3><li>a<li>b</ol>", '<ol start="3"><li>a</li><li>b</li></ol>'),
        ("<ul><li>a<ol start=4><li>b</ol><li>c</ul>",
         '<ul><li><p>a</p><ol start="4"><li>b</li></ol></li><li><p>c</p></li></ul>'),
        ("<ul><li>a</ul><ul><li>b</ul>", "<ul><li>a</li></ul><ul><li>b</li></ul>"),
        ("<ol><li>a</ol><ol><li>b</ol><ol><li>c</ol>",
         "<ol><li>a</li></ol><ol><li>b</li></ol><ol><li>c</li></ol>"),
        ("<ul><li><p>a<p>b<li>c</ul>",
         "<ul><li><p>a</p><p>b</p></li><li><p>c</p></li></ul>"),
        ("<ul><li><pre>a\n  b</pre>c</ul><p>d",
         "<ul><li><pre><code>a  b</code></pre><p>c</p></li></ul><p>d</p>"),
        ("<dl><dt>a</dt><dd>b</dd><dd>c</dd><dt>d</dt></dl>",
         "<ul><li><p>a</p><p>b</p><p>c</p></li><li><p>d</p></li></ul>"),
        ("<blockquote><p>a<p>b<blockquote>c</blockquote></blockquote>",
         "<blockquote><p>a</p><p>b</p><blockquote><p>c</p></blockquote></blockquote>"),
        ("<blockquote>a<ul><li>b</ul></blockquote><blockquote>c</blockquote>",
         "<blockquote><p>a</p><ul><li>b</li></ul></blockquote><blockquote><p>c</p></blockquote>"),
        ("<table><tr><th>a<th>b|c<tr><td><b>d</b><td>e<br>f</table>",
         "<table><thead><tr><th>a</th><th>b|c</th></tr></thead><tbody><tr><td><strong>d</strong></td>"
         "<td>e<br>f</td></tr></tbody></table>"),
        ("<table><tr><td>a<td>b<td>c<tr><td colspan=2>d<td>e<tr><td>f</table>",
         "<table><thead><tr><th>a</th><th>b</th><th>c</th></tr></thead><tbody><tr><td>d</td><td></td><td>e</td></tr>"
         "</tbody></table><p>f</p>"),
        ("<p>one<p>- two<p>3. three<p>a<br># b<br>c | d<br>--- | ---</p>",
         "<p>one</p><p>- two</p><p>3. three</p><p>a<br /># b<br />c | d<br />--- | ---</p>"),
        ("<ul class=posts><li><h2>a</h2><p>b</p><ul><li>c</ul></li></ul>",
         "<h2>a</h2><p>b</p><ul><li>c</li></ul>"),
    ],
)  # fmt: skip
def test_the_structure_of_a_page_is_that_of_its_markdown(html: str, wanted: str) -> None:
    assert shape(markdown(html)) == wanted


def test_code_is_fenced_to_the_letter() -> None:
    (token,) = PARSER.parse(markdown("<pre>if a:\n\tb = '```'\n\n    c *d*</pre>"))
    assert (token.type, token.content) == ("fence", "if a:\n\tb = '```'\n\n    c *d*\n")


def test_verse_keeps_the_white_space_before_its_lines() -> None:
    html = "<pre class=poem>The boat goes out\n    with milk</pre>"
    assert shape(markdown(html)) == "<p>The boat goes out<br />\xa0\xa0\xa0\xa0with milk</p>"


def test_pictures_stand_above_their_captions() -> None:
    caption = Block(label=Label.CAPTION, text="A tram.", xpath="/html/body/figure/figcaption", rule="m", confidence=1.0)
    image = Image(url="https://courier.example/a b.jpg", caption="A tram.", alt="Tram [9]")
    found = record(block("One", "/html/body/p[1]"), caption, block("Two", "/html/body/p[2]"), images=(image,))
    assert shape(body_markdown(found)) == (
        '<p>One</p><p><img src="https://courier.example/a%20b.jpg" alt="Tram [9]" /></p><p>A tram.</p><p>Two</p>'
    )


PLAIN = [
    "# not a heading", "1. not a list", "2) nor this", "- no item", "+ none", "> no quote", "* star", "---", "a\n===",
    "snake_case stays, _this_ is no emphasis", "2 * 3 * 4", "[text](https://evil.example)", "[a]: https://evil.example",
    "<script>alert(1)</script>", "<b>bold</b> & &lt;b&gt; &#60;", "`code`", "~~gone~~", "back\\slash \\*", "a < b > c",
    "![x](https://evil.example/p.png)", "<https://evil.example>", "[…] and [sic]",
]  # fmt: skip


def words(tokens: Sequence[Token]) -> str:
    return " ".join("".join(token.content or " " * token.type.endswith("break") for token in tokens).split())


@pytest.mark.parametrize("text", PLAIN)
@pytest.mark.parametrize("xpath", ["/html/body/p", "/html/body/ul/li", "/html/body/blockquote", "/html/body/h2"])
def test_text_that_looks_like_markup_reads_as_the_page_showed_it(text: str, xpath: str) -> None:
    tokens = PARSER.parse(as_markdown(record(block(text, xpath))))
    inline = [token for token in tokens if token.type == "inline"]
    assert len(inline) == 1
    children = inline[0].children or []
    assert {child.type for child in children} <= {"text", "softbreak", "hardbreak", "text_special"}
    assert words(children) == " ".join(text.split())


#: What a paragraph is made of: words, and whatever Markdown reads as markup.
_SIGNS = st.sampled_from(
    ["a", "word", " ", " ", "é", "1", ".", ")", "-", "+", "*", "_", "`", "#", ">", "<", "[", "]", "(", "!", "&", "amp;",
     "|", "~", "\\", "=", "\n", ":", "“", "http://a.example", "<b>", "&lt;"]
)  # fmt: skip
_KINDS = {SpanKind.STRONG: "strong", SpanKind.EMPHASIS: "em", SpanKind.CODE: "code_inline", SpanKind.LINK: "link"}
_TEXT = st.lists(_SIGNS, min_size=1, max_size=14).map(lambda signs: _folded("".join(signs))).filter(bool)
_PLACES = st.sampled_from(
    ["/html/body/p[{}]", "/html/body/h2[{}]", "/html/body/ul/li[{}]", "/html/body/ol/li[1]/p[{}]",
     "/html/body/blockquote/p[{}]", "/html/body/blockquote/ul/li[{}]", "/html/body/pre[{}]"]
)  # fmt: skip


def _folded(text: str) -> str:
    return "\n".join(line for line in (" ".join(line.split()) for line in text.split("\n")) if line)


@st.composite
def _blocks(draw: st.DrawFn) -> Block:
    text, place = draw(_TEXT), draw(_PLACES)
    spans: list[Span] = []
    links: list[tuple[int, Link]] = []
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        kind = draw(st.sampled_from(list(_KINDS)))
        # As from a page: no span begins or ends with white space, and none crosses the end of another.
        if text[start:end].strip() != text[start:end] or any(
            start < span.end and span.start < end and not (span.start <= start and end <= span.end) for span in spans
        ):
            continue
        if kind is SpanKind.LINK and text[start:end] != text:
            links.append((start, Link(text=text[start:end], href="https://a.example/x")))
        elif kind is SpanKind.LINK:
            continue
        spans.append(Span(kind=kind, start=start, end=end))
    spans.sort(key=lambda span: (span.start, -span.end))
    return block(
        text, place, spans=tuple(spans), links=tuple(link for _, link in sorted(links, key=lambda one: one[0]))
    )


def _read(text: str) -> list[tuple[str, str]]:
    """The blocks of Markdown: what each is, and its words."""
    found, around = [], []
    for token in PARSER.parse(text):
        if token.nesting == 1:
            around.append(token.type.removesuffix("_open"))
        elif token.nesting == -1:
            around.pop()
        elif token.type == "inline":
            found.append((_what(around), words(token.children or ())))
        else:
            found.append((token.type, " ".join(token.content.split())))
    return found


def _what(around: Sequence[str]) -> str:
    if "heading" in around:
        return "heading"
    return " ".join(name for name in around if name in ("bullet_list", "ordered_list", "blockquote"))


_SHAPES = {
    "p": "", "h2": "heading", "ul": "bullet_list", "ol": "ordered_list", "blockquote": "blockquote", "pre": "fence",
}  # fmt: skip


def _wanted(one: Block) -> tuple[str, str]:
    steps = (one.xpath or "").split("/")[3:]
    names = [_SHAPES[step.partition("[")[0]] for step in steps if step.partition("[")[0] in _SHAPES]
    return " ".join(filter(None, names)), " ".join(one.text.split())


@settings(max_examples=100, deadline=None)
@given(st.lists(_blocks(), min_size=1, max_size=5))
def test_any_text_reads_back_as_the_same_words_in_the_same_structure(blocks: list[Block]) -> None:
    placed = [
        one.model_copy(update={"xpath": (one.xpath or "").format(number)}) for number, one in enumerate(blocks, 1)
    ]
    # A text that stands in one item of a list stands in no list.
    placed.append(block("End", "/html/body/p[9]"))
    assert _read(body_markdown(record(*placed))) == [_wanted(one) for one in placed]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(_TEXT.map(lambda text: text.replace("\n", " ")), min_size=2, max_size=3), min_size=1, max_size=4)
)
def test_any_table_reads_back_as_the_same_cells(rows: list[list[str]]) -> None:
    placed = [
        block("\t".join(row), f"/html/body/table/tr[{number}]", kind=BlockKind.TABLE_ROW, cells=tuple(row))
        for number, row in enumerate(rows, 1)
    ]
    width = max(map(len, rows))
    read = [
        words(token.children or ()) for token in PARSER.parse(body_markdown(record(*placed))) if token.type == "inline"
    ]
    assert read == [cell for row in rows for cell in [*row, *[""] * (width - len(row))]]
