"""`cleancopy clean`: one page, or many by JSON lines, to clean text."""

import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from archive import clean as cleaning
from archive.clean import LONGEST_LINE
from archive.display import as_markdown, as_text, show_blocks
from archive.errors import ConfigurationError, PageError
from archive.extraction.extract import MAX_BYTES
from archive.memory.shelf import read_memory
from archive.memory.site_memory import SiteMemory
from archive.records import Record
from archive.terminal import err, out, progress, tell
from archive.web import Web


class Format(StrEnum):
    """What is printed of a page."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def clean(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="[FILE|URL|-]", help="HTML or plain text; - reads it in.")] = "-",
    form: Annotated[Format, typer.Option("--format", help="What to print.")] = Format.TEXT,
    labels: Annotated[bool, typer.Option("--labels", help="Show every block with its label.")] = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Filter JSON lines with id, url and html, or text.")] = False,
    url: Annotated[str, typer.Option("--url", help="The page's address, for a file or standard input.")] = "",
    allow_private: Annotated[bool, typer.Option("--allow-private", help="Allow a URL on this network.")] = False,
    site_memory: Annotated[
        Path | None, typer.Option("--site-memory", metavar="FILE", help="What 'cleancopy learn' knows of the source.")
    ] = None,
) -> None:
    """Clean one page (HTML or plain text), or many by --jsonl."""
    memory = read_memory(site_memory) if site_memory else None
    if jsonl:
        _filter(source, site_memory)
        return
    fetched = "://" in source
    record = _fetched(source, context.obj, allow_private, memory) if fetched else _read(source, url, memory)
    for warning in record.extraction.warnings:
        tell(f"{source}: {warning}")
    _show(record, form, labels)
    if not record.text:
        raise typer.Exit(1)


def _fetched(url: str, web: Web | None, allow_private: bool, memory: SiteMemory | None) -> Record:
    if web is None:
        raise ConfigurationError("this build cannot fetch: save the page and give its file")
    with err.status(f"Fetching {url}") if err.is_terminal else progress("Fetching"):
        page = web.page(url, allow_private)
    return cleaning.clean(page.body, page.url, page.content_type, memory)


def _read(source: str, url: str, memory: SiteMemory | None) -> Record:
    # One byte more than is read of a page, so that its record says that it was cut.
    with _opened(source) as file:
        content = file.read(MAX_BYTES + 1)
    if not content.strip():
        raise PageError(f"{source}: the file is empty")
    return cleaning.clean(content, url, memory=memory)


def _opened(source: str) -> BinaryIO:
    if source == "-":
        return sys.stdin.buffer
    try:
        return Path(source).open("rb")
    except OSError as error:
        raise ConfigurationError(f"{source} cannot be read: {error.strerror}. Give a file, a URL or -.") from error


def _show(record: Record, form: Format, labels: bool) -> None:
    if labels:
        show_blocks(record, out)
    elif form is Format.JSON:
        sys.stdout.buffer.write(record.to_line())
    else:
        text = as_markdown(record) if form is Format.MARKDOWN else as_text(record)
        sys.stdout.buffer.write(text.encode("utf-8", "replace"))


def _filter(source: str, memory: Path | None) -> None:
    """Write record lines in the order of the input lines; bad lines are told of and passed over."""
    faults = 0
    with _opened(source) as file, progress("Cleaning", unit="pages") as bar:
        for cleaned in cleaning.clean_lines(_lines(file), memory=memory):
            bar.advance()
            if cleaned.line is None:
                faults += 1
                tell(f"line {cleaned.number}: {cleaned.fault}")
            else:
                sys.stdout.buffer.write(cleaned.line)
    sys.stdout.buffer.flush()
    if faults:
        tell(f"{faults} line{'s' if faults > 1 else ''} could not be cleaned.")
        raise typer.Exit(1)


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Lines, the longest cut: a file without line ends must not fill the memory."""
    while line := file.readline(LONGEST_LINE + 1):
        yield line
        while line and not line.endswith(b"\n"):
            line = file.readline(LONGEST_LINE)
