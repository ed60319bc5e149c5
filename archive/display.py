"""Records as people read them: plain text, Markdown, and blocks coloured by label."""

import re

from rich.console import Console
from rich.text import Text

from archive.labels import Label
from archive.records import Block, Record
from archive.telling.unseen import visible

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
#: What Markdown would read as markup (CommonMark 0.31 and GitHub's extensions) where the page has plain text.
_MARKUP = re.compile(r"[\\`*]|(?<!\w)_|_(?!\w)|~(?=~)|<(?=[A-Za-z/!?])|&(?=#?\w+;)|\](?=[(\[:])")
_LINE_MARKUP = re.compile(r"^[ \t]*(?:(#{1,6}|[-+]|>|=+|-{2,})(?=\s|$|>)|(\d{1,9})([.)])(?=\s|$))", re.M)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_STEP = re.compile(r"/([a-z0-9]+)(?:\[\d+\])?(?=/|$)")


def show_blocks(record: Record, console: Console, *, longest: int | None = None) -> None:
    """Print every block with its label in colour. Text beyond `longest` characters is cut with an ellipsis."""
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


def as_markdown(record: Record) -> str:
    """Title, standfirst, authors, date and body with its sub-headings, lists and quotes.

    Text that would be markup is escaped: it reads as the page showed it.
    """
    parts = [f"# {_one_line(record.title)}"] if record.title else []
    if record.standfirst:
        parts.append(f"*{_one_line(record.standfirst)}*")
    credit = " · ".join(filter(None, [", ".join(record.authors), record.date_published]))
    parts += [_escaped(credit)] if credit else []
    body = [block for block in record.blocks if block.label is Label.BODY]
    return _joined([*((part, "p") for part in parts), *((_markdown(block), form(block)) for block in body)])


def _joined(parts: list[tuple[str, str]]) -> str:
    """Parts with blank lines between; none between items of one list."""
    text = ""
    for (part, kind), (_, before) in zip(parts, [("", ""), *parts], strict=False):
        text += ("" if not text else "\n" if kind == before == "li" else "\n\n") + part
    return text + "\n" if text else ""


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
    if kind == "pre":
        return _fenced(_CONTROLS.sub("", block.text))
    if kind in _HEADINGS:
        return "#" * max(2, int(kind[1])) + " " + _one_line(block.text)
    text = _escaped(block.text)
    if kind == "li":
        return "- " + text.replace("\n", "\n  ")
    if kind == "blockquote":
        return "> " + text.replace("\n", "\n> ")
    return text.replace("\n", "  \n")


def _fenced(text: str) -> str:
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}\n{text}\n{fence}"


def _one_line(text: str) -> str:
    return _escaped(" ".join(text.split()))


def _escaped(text: str) -> str:
    text = _MARKUP.sub(lambda match: "\\" + match[0], _CONTROLS.sub("", text))
    return _LINE_MARKUP.sub(lambda match: f"{match[2]}\\{match[3]}" if match[2] else f"\\{match[1]}", text)
