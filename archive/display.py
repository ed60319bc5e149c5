"""Records as people read them on a terminal: plain text, and blocks coloured by label."""

import re
from typing import TYPE_CHECKING

from archive.labels import Label
from archive.records import Record
from archive.telling.unseen import visible

if TYPE_CHECKING:
    from rich.console import Console

#: One colour a label, readable on dark and light terminals; body text keeps the terminal's own.
COLOURS: dict[Label, str] = {
    Label.HEADLINE: "bold",
    Label.STANDFIRST: "bold cyan",
    Label.BYLINE: "green",
    Label.DATE: "dark_green",
    Label.BODY: "default",
    Label.CAPTION: "blue",
    Label.AUTHOR_BIO: "green4",
    Label.NOTE: "dark_orange",
    Label.SHARE_PROMPT: "magenta",
    Label.PROMOTION: "red",
    Label.LEGAL_NOTICE: "dark_goldenrod",
    Label.CONTACT: "medium_purple",
    Label.RELATED: "deep_pink4",
    Label.COMMENTS: "orange4",
    Label.NAVIGATION: "grey50",
}
#: Control characters: a terminal takes them for commands.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def show_blocks(record: Record, console: "Console", *, longest: int | None = None) -> None:
    """Print every block with its label in colour. Text beyond `longest` characters is cut with an ellipsis."""
    from rich.text import Text  # noqa: PLC0415 - Rich takes a tenth of a second to load, and texts need none of it

    width = max(len(label) for label in Label)
    for block in record.blocks:
        text = visible(block.text)
        text = text if longest is None or len(text) <= longest else text[: longest - 1] + "…"
        line = Text(f"{block.label:>{width}}  ", style=f"{COLOURS[block.label]} not bold")
        line.append(text.replace("\n", "\n" + " " * (width + 2)), style=COLOURS[block.label])
        console.print(line, soft_wrap=not console.is_terminal)


def as_text(record: Record) -> str:
    """The clean text without control characters, ending in a newline; empty where there is none."""
    return _CONTROLS.sub("", record.text) + "\n" if record.text else ""
