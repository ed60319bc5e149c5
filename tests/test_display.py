"""Records as text, Markdown and coloured blocks."""

import io

import pytest
from markdown_it import MarkdownIt
from rich.console import Console

from archive.display import COLOURS, as_markdown, as_text, form, show_blocks
from archive.labels import Label
from archive.records import Block, Extraction, Record


def block(text: str, xpath: str | None = "/html/body/p", label: Label = Label.BODY) -> Block:
    return Block(label=label, text=text, xpath=xpath, rule="general:test", confidence=1.0)


def record(*blocks: Block, **fields: object) -> Record:
    text = "\n\n".join(block.text for block in blocks if block.label is Label.BODY)
    return Record(blocks=blocks, text=text, extraction=Extraction(version="0"), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("xpath", "kind"),
    [
        ("/html/body/article/h2[3]", "h2"),
        ("/html/body/ul/li[2]", "li"),
        ("/html/body/ul/li[2]/p", "li"),
        ("/html/body/ul/li/div/p", "p"),
        ("/html/body/blockquote/p[1]", "blockquote"),
        ("/html/body/pre", "pre"),
        ("/html/body/p[12]", "p"),
        (None, "p"),
    ],
)
def test_forms(xpath: str | None, kind: str) -> None:
    assert form(block("x", xpath)) == kind


def test_text_ends_in_a_newline_and_has_no_commands_for_terminals() -> None:
    assert as_text(record(block("One"), block("Home", label=Label.NAVIGATION), block("Two"))) == "One\n\nTwo\n"
    assert as_text(record(block("a\x1b[2Jb\x07\tc\x9b"))) == "a[2Jb\tc\n"
    assert as_text(record()) == as_markdown(record()) == ""


def test_markdown_has_title_standfirst_credit_and_the_bodys_structure() -> None:
    found = record(
        block("Home", label=Label.NAVIGATION),
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
        "Cars cross  \nagain.\n\n### Why it closed\n\n- Rust\n- Salt\n  and rain\n\n> It was time.\n> At last.\n\n"
        "````\nx = '```'\n````\n"
    )


def test_no_heading_of_the_body_is_as_high_as_the_title() -> None:
    assert as_markdown(record(block("Part one", "/html/body/h1"))) == "## Part one\n"


PLAIN = [
    "# not a heading", "1. not a list", "2) nor this", "- no item", "+ none", "> no quote", "* star", "---", "a\n===",
    "snake_case stays, _this_ is no emphasis", "2 * 3 * 4", "[text](https://evil.example)", "[a]: https://evil.example",
    "<script>alert(1)</script>", "<b>bold</b> & &lt;b&gt; &#60;", "`code`", "~~gone~~", "back\\slash \\*", "a < b > c",
    "![x](https://evil.example/p.png)", "<https://evil.example>", "[…] and [sic]",
]  # fmt: skip


@pytest.mark.parametrize("text", PLAIN)
@pytest.mark.parametrize("xpath", ["/html/body/p", "/html/body/ul/li", "/html/body/blockquote", "/html/body/h2"])
def test_text_that_looks_like_markup_reads_as_the_page_showed_it(text: str, xpath: str) -> None:
    tokens = MarkdownIt("commonmark").enable("strikethrough").parse(as_markdown(record(block(text, xpath))))
    inline = [token for token in tokens if token.type == "inline"]
    assert len(inline) == 1
    children = inline[0].children or []
    assert {child.type for child in children} <= {"text", "softbreak", "hardbreak", "text_special"}
    assert " ".join("".join(child.content or "\n" for child in children).split()) == " ".join(text.split())


def test_the_title_is_one_line_of_plain_text() -> None:
    assert as_markdown(record(title="A *star*\n# is born")) == "# A \\*star\\* # is born\n"


def shown(found: Record, **options: int) -> str:
    out = io.StringIO()
    show_blocks(found, Console(file=out, width=200, force_terminal=True, color_system="truecolor"), **options)
    return out.getvalue()


def test_blocks_are_shown_with_label_and_colour() -> None:
    text = shown(record(block("Home", label=Label.NAVIGATION), block("One\ntwo")))
    assert "navigation  " in text
    assert "\x1b[38;5;244mHome" in text
    assert "\n\x1b[39m" + " " * 14 + "two" in text


def test_a_long_block_is_cut_where_asked() -> None:
    assert "aaaa…" in shown(record(block("a" * 50)), longest=5)
    assert "…" not in shown(record(block("a" * 50)))


def test_a_page_cannot_command_the_terminal() -> None:
    text = shown(record(block("a\x1b]0;owned\x07b\u202ec [bold]d[/bold] \r")))
    assert "a⟨U+001B⟩]0;owned⟨U+0007⟩b⟨U+202E⟩c [bold]d[/bold] ⟨U+000D⟩" in text


def test_every_label_has_a_colour() -> None:
    assert set(COLOURS) == set(Label)
