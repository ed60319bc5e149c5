"""Records as text and coloured blocks."""

import io

from rich.console import Console

from archive.display import COLOURS, as_text, show_blocks
from archive.labels import Label
from archive.records import Block, Extraction, Record


def block(text: str, xpath: str | None = "/html/body/p", label: Label = Label.BODY) -> Block:
    return Block(label=label, text=text, xpath=xpath, rule="general:test", confidence=1.0)


def record(*blocks: Block, **fields: object) -> Record:
    text = "\n\n".join(block.text for block in blocks if block.label is Label.BODY)
    return Record(blocks=blocks, text=text, extraction=Extraction(version="0"), **fields)  # type: ignore[arg-type]


def test_text_ends_in_a_newline_and_has_no_commands_for_terminals() -> None:
    assert as_text(record(block("One"), block("Home", label=Label.NAVIGATION), block("Two"))) == "One\n\nTwo\n"
    assert as_text(record(block("a\x1b[2Jb\x07\tc\x9b"))) == "a[2Jb\tc\n"
    assert as_text(record()) == ""


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
