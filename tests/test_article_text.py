"""The text of an article: which blocks it holds, and how each reads."""

import pytest

from archive import extract, text_of
from archive.article_text import article_text
from archive.block_reading import read_block
from archive.labels import Label
from archive.records import Block, Extraction, Record

URL = "https://courier.example/story"


def read(html: str) -> list[str]:
    return [read_block(block) for block in extract(f"<html><body>{html}</body></html>", URL).blocks]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("ten squared is 10<sup>2</sup>", "ten squared is 10²"),
        ("12 m<sup>2</sup> and 10<sup>-3</sup>", "12 m² and 10⁻³"),
        ("2<sup>n</sup>, e<sup>x</sup>, (a+b)<sup>n</sup>", "2ⁿ, eˣ, (a+b)ⁿ"),
        ("10<sup>x/2</sup>", "10^(x/2)"),
        ("Ca<sup>2+</sup> in H<sub>2</sub>O", "Ca²⁺ in H2O"),
        ("on the 1<sup>st</sup>, with M<sup>me</sup> X, n<sup>o</sup> 4", "on the 1st, with Mme X, no 4"),
        ("Disney<sup>+</sup> and a mark<sup>*</sup>", "Disney+ and a mark*"),
        ("a word<sup>1</sup>, two<sup>2,3</sup>", "a word¹, two²,³"),
        ("a word<sup><a href='#n1'>1</a></sup>.", "a word[1]."),
        ("a word<a href='#n1'><sup>1</sup></a>.", "a word[1]."),
        ("a word<sup><a href='#a'>a</a></sup>.", "a word[a]."),
        ("since 1961.<a href='#footnote-1'>1</a> Nobody", "since 1961.[1] Nobody"),
        ("since 1961 <a href='#footnote-1'>1</a> and [<a href='#fn2'>2</a>]", "since 1961 1 and [2]"),
        ("a size9<a href='/sizes#top'>9</a>", "a size99"),
        ("a word<sup><a href='#n1'>[1]</a></sup>.", "a word[1]."),
        ("<a href='/x'>10<sup>2</sup></a> boats", "10² boats"),
        ("<sup>1</sup>The source", "1 The source"),
        ("<sup>1</sup> The source", "1 The source"),
        ("<sup>1</sup>⁄<sub>2</sub> cup, 3<sup>1</sup>/<sub>2</sub> spoons", "1⁄₂ cup, 3¹/₂ spoons"),
        ("It was <del>eleven</del> ten percent", "It was ten percent"),
        ("Now <s>50</s> 40, not <strike>60</strike>.", "Now 40, not."),
        ("<s>Gone</s> and here", "and here"),
        ("<ruby>奥多摩<rp>（</rp><rt>おくたま</rt><rp>）</rp></ruby>町の船", "奥多摩町の船"),
    ],
)
def test_a_paragraph_reads_as_on_its_page(html: str, text: str) -> None:
    assert read(f"<p>{html}</p>") == [text]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<pre><code>all: a\n\t@echo b\n</code></pre>", "all: a\n\t@echo b"),
        (
            "<div class=highlight><pre><span></span><span class=k>def</span><span class=w> </span>"
            "<span class=nf>f</span><span class=p>(</span><span class=n>x</span><span class=p>):</span>\n"
            "<span class=w>    </span><span class=k>return</span> <span class=n>x</span>\n</pre></div>",
            "def f(x):\n    return x",
        ),
        (
            "<pre class=language-js><code><span class='token keyword'>if</span> (a) {<br>  <span class=token>b</span>"
            "<span class=token>(</span>);<br><br>}</code></pre>",
            "if (a) {\n  b(\n);".replace("(\n", "(") + "\n\n}",
        ),
        (
            "<pre><ol class=linenums><li class=L0><span class=kwd>one</span><span class=pun>(</span></li>"
            "<li class=L1>  two</li></ol></pre>",
            "one(\n  two",
        ),
        ("<pre><code><div class=line>a</div><div class=line>\tb</div></code></pre>", "a\n\tb"),
        (
            "<pre><span class=linenos>1</span>def x():\n<span class=linenos>2</span>    pass\n</pre>",
            "def x():\n    pass",
        ),
        ("<pre><span class=lineno> 1 </span>a\n<span class=lineno> 2 </span>  b\n</pre>", "a\n  b"),
        ("<pre>a&nbsp;&nbsp;b\r\n  c</pre>", "a  b\n  c"),
    ],
)
def test_code_is_kept_to_the_letter(html: str, text: str) -> None:
    assert read(html) == [text]


def test_inline_code_has_no_spaces_between_a_highlighters_spans() -> None:
    html = "<p>Call <code><span class=nf>rows</span><span class=p>()</span></code> now</p>"
    assert read(html) == ["Call rows() now"]


def test_documents_that_are_set_in_one_preformatted_box_keep_their_blocks() -> None:
    assert read("<pre>One<p>Two</p><div>Three</div>Four</pre>") == ["One", "Two", "Three", "Four"]


def test_verse_stands_line_by_line() -> None:
    assert read("<p>The boat goes out<br>\n with milk and mail,<br>at six.</p>") == [
        "The boat goes out\nwith milk and mail,\nat six."
    ]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<span>Built</span><span>1951</span>", "Built 1951"),
        ("<span>31</span><span>meters</span>", "31 meters"),
        ("<strong>Courier</strong><span>And did anybody call?</span>", "Courier And did anybody call?"),
        ("<b>Courier:</b><span>And you?</span>", "Courier: And you?"),
        ("<a href=/p>Tomas Ekdahl</a><span>Transport correspondent</span>", "Tomas Ekdahl Transport correspondent"),
        ("<span class=dropcap>“N</span><span class=small>obody</span> rang", "“Nobody rang"),
        ("<span class=dropcap>N</span><span>obody</span> rang", "Nobody rang"),
        ("<b>4</b><span>Winter work</span>", "4 Winter work"),
        ("<b>i</b><i>Phone</i>, H<sub>2</sub><sub>3</sub>", "iPhone, H23"),
        ("<b>5</b><i>th</i> of <b>un</b><i>believable</i>", "5th of unbelievable"),
        ("<b>U</b><b>SA</b>", "USA"),
    ],
)
def test_inline_elements_part_words_where_a_browser_shows_them_apart(html: str, text: str) -> None:
    assert read(f"<p>{html}</p>") == [text]


def block(label: Label, text: str, xpath: str | None = None) -> Block:
    return Block(label=label, text=text, xpath=xpath, rule="model", confidence=1.0)


def record(*blocks: Block) -> Record:
    return Record(blocks=blocks, extraction=Extraction(version="0"))


BODY = [
    block(Label.BODY, f"Paragraph {number} of the story.", f"/html/body/main/div[2]/p[{number}]") for number in (3, 4)
]


@pytest.mark.parametrize(
    ("xpath", "is_in"),
    [
        ("/html/body/main/div[2]/p[1]", True),
        ("/html/body/main/div[2]/p[1]/b[1]", True),
        ("/html/body/main/div[2]/ul/li[1]", True),
        ("/html/body/main/div[2]/h2", True),
        ("/html/body/main/div[2]/div/ul/li[1]", True),
        ("/html/body/main/div[1]/p[1]", True),
        ("/html/body/header/div[1]/p[1]", False),
        ("/html/body/main/p", True),
        ("/html/body/p", False),
        (None, False),
    ],
)
def test_a_standfirst_in_the_bodys_own_place_is_text(xpath: str | None, is_in: bool) -> None:
    found = record(block(Label.STANDFIRST, "In short.", xpath), *BODY)
    body = "\n\n".join(one.text for one in BODY)
    assert text_of(found) == (f"In short.\n\n{body}" if is_in else body)


def test_a_standfirst_that_the_byline_parts_from_the_body_stands_there_only_in_its_box() -> None:
    byline = block(Label.BYLINE, "By Mira Holt", "/html/body/main/div[1]/p[2]")
    body = "\n\n".join(one.text for one in BODY)
    for path, is_in in (("/html/body/main/div[1]/p[1]", False), ("/html/body/main/div[2]/p[1]", True)):
        found = record(block(Label.STANDFIRST, "In short.", path), byline, *BODY)
        assert text_of(found) == (f"In short.\n\n{body}" if is_in else body)


@pytest.mark.parametrize(
    ("words", "between", "is_in"),
    [
        (30, (), True),
        (29, (), False),
        (30, (Label.CAPTION, Label.SHARE_PROMPT, Label.DATE, Label.PROMOTION), True),
        (30, (Label.BYLINE,), False),
        (30, (Label.RELATED,), False),
    ],
)
def test_a_paragraph_right_before_the_body_is_text_in_whatever_box(
    words: int, between: tuple[Label, ...], is_in: bool
) -> None:
    lead = block(Label.STANDFIRST, " ".join(["word"] * words), "/html/body/header/div/p")
    aside = [block(label, "Something", f"/html/body/header/p[{number}]") for number, label in enumerate(between, 1)]
    found = article_text([lead, *aside, *BODY])
    assert found.startswith("word") == is_in


def test_a_standfirst_below_the_body_is_apart_unless_it_is_in_its_box() -> None:
    body = "\n\n".join(one.text for one in BODY)
    assert text_of(record(*BODY, block(Label.STANDFIRST, "In short.", "/html/body/main/div[3]/p"))) == body


def test_without_a_body_no_standfirst_is_text() -> None:
    assert text_of(record(block(Label.STANDFIRST, "In short.", "/html/body/p"))) == ""


def test_a_standfirst_of_a_plain_text_stands_where_its_body_stands() -> None:
    found = record(block(Label.STANDFIRST, "In short."), block(Label.BODY, "The story."))
    assert text_of(found) == "In short.\n\nThe story."


def test_other_labels_can_be_chosen() -> None:
    standfirst = [block(Label.STANDFIRST, f"Point {number}", f"/html/body/ul/li[{number}]") for number in (1, 2)]
    found = record(block(Label.NAVIGATION, "Home"), *standfirst, *BODY)
    body = "\n\n".join(one.text for one in BODY)
    assert text_of(found) == text_of(found, ["body"]) == body
    assert text_of(found, ("body", "standfirst")) == f"Point 1\n\nPoint 2\n\n{body}"
    assert text_of(found, {Label.NAVIGATION}) == "Home"
    assert text_of(found, ()) == ""
    with pytest.raises(ValueError, match="bodi"):
        text_of(found, ["bodi"])


def test_the_text_of_a_record_can_be_made_again_from_its_line() -> None:
    html = (
        "<article><h1>Old bridge reopens</h1><p>Cars cross the old bridge again<sup>1</sup> after <s>three</s> two"
        " years of work on its piers, the town said.</p><p>The piers had rusted, and nobody had looked.</p></article>"
    )
    found = extract(html, URL)
    assert found.text
    assert text_of(Record.from_line(found.to_line())) == found.text
