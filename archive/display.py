"""Records as people read them: plain text, Markdown, and blocks coloured by label."""

import re

from rich.console import Console
from rich.text import Text

from archive.labels import Label
from archive.records import Block, Record

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
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_STEP = re.compile(r"/([a-z0-9]+)(?:\[\d+\])?(?=/|$)")


def show_blocks(record: Record, console: Console, *, longest: int | None = None) -> None:
    """Print every block with its label in colour. Text beyond `longest` characters is cut with an ellipsis."""
    width = max(len(label) for label in Label)
    for block in record.blocks:
        text = block.text if longest is None or len(block.text) <= longest else block.text[: longest - 1] + "…"
        line = Text(f"{block.label:>{width}}  ", style=f"{COLOURS[block.label]} not bold")
        line.append(text.replace("\n", "\n" + " " * (width + 2)), style=COLOURS[block.label])
        console.print(line, soft_wrap=not console.is_terminal)


def as_text(record: Record) -> str:
    """The clean text, ending in a newline; empty where there is none."""
    return record.text + "\n" if record.text else ""


def as_markdown(record: Record) -> str:
    """Title, byline, date and body with its sub-headings, lists and quotes."""
    parts = [f"# {record.title}"] if record.title else []
    if record.standfirst:
        parts.append(f"*{record.standfirst}*")
    credit = " · ".join(filter(None, [", ".join(record.authors), record.date_published]))
    parts += [credit] if credit else []
    parts += [_markdown(block) for block in record.blocks if block.label is Label.BODY]
    return "\n\n".join(parts) + "\n" if parts else ""


def form(block: Block) -> str:
    """How a block is set on its page: `h1` to `h6`, `li`, `blockquote`, `pre`, or `p` for anything else."""
    tags = _STEP.findall(block.xpath or "")
    last = tags[-1] if tags else "p"
    if last in _HEADINGS or last == "pre":
        return str(last)
    if "li" in tags[-2:]:
        return "li"
    return "blockquote" if "blockquote" in tags else "p"


def _markdown(block: Block) -> str:
    kind = form(block)
    if kind in _HEADINGS:
        return "#" * max(2, int(kind[1])) + " " + block.text.replace("\n", " ")
    if kind == "li":
        return "- " + block.text.replace("\n", "\n  ")
    if kind == "blockquote":
        return "> " + block.text.replace("\n", "\n> ")
    if kind == "pre":
        return f"```\n{block.text}\n```"
    return block.text.replace("\n", "  \n")
