"""`cleancopy clean`: a page, a folder of pages, or many by JSON lines, to clean text."""

import sys
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, BinaryIO, NamedTuple

import typer

from archive.article_text import named_labels, retold
from archive.commands.options import Errors, ErrorsOption, TrustOption
from archive.display import as_text, show_blocks
from archive.errors import ConfigurationError
from archive.extraction.collector import loading
from archive.extraction.memory.shelf import read_memory
from archive.labels import Label
from archive.markdown import as_markdown
from archive.packed_file import UNPACKING_ERRORS, bare
from archive.pipeline import clean as cleaning
from archive.pipeline.clean import LONGEST_LINE, Choice
from archive.pipeline.page_files import opened, pages_of, read_page
from archive.pipeline.web import fetched_page
from archive.records import Record
from archive.telling.terminal import out, progress, put, tell
from archive.whole_file import write_whole


class Format(StrEnum):
    """What is made of a page."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"


class Shown(NamedTuple):
    """What is made of each record: a format, or every block with its label. `text` are the labels of its text."""

    form: Format
    labels: bool
    text: tuple[Label, ...]

    def show(self, record: Record) -> None:
        """Put it on standard output."""
        if self.labels:
            show_blocks(record, out)
        else:
            put(self.made(record))

    def made(self, record: Record) -> bytes:
        """The record in the format."""
        if self.form is Format.JSON:
            return record.to_line()
        if self.form is Format.MARKDOWN:
            return as_markdown(record, self.text or None).encode("utf-8", "replace")
        return (_as_html if self.form is Format.HTML else as_text)(record).encode("utf-8", "replace")


def _as_html(record: Record) -> str:
    from archive.research.page_view import as_html  # noqa: PLC0415 - its templates take a thirtieth of a second to load

    return as_html(record)


_SUFFIXES = {Format.TEXT: ".txt", Format.JSON: ".json", Format.MARKDOWN: ".md", Format.HTML: ".html"}


def clean(
    context: typer.Context,
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FILE|FOLDER|URL|-]...", help="HTML or plain text, perhaps .gz or .zst; - reads it in."
        ),
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="What to make of a page; html shows labels.")] = Format.TEXT,
    text: Annotated[str, typer.Option("--text", metavar="A,B,...", help="The labels that the text is made of.")] = "",
    labels: Annotated[bool, typer.Option("--labels", help="Show every block with its label.")] = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Filter JSON lines with id, url and html, or text.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="DIR", help="Write a file for each page into this folder.")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="With --output: write over files that are there.")] = False,
    url: Annotated[str, typer.Option("--url", help="The page's address, for a file or standard input.")] = "",
    allow_private: Annotated[bool, typer.Option("--allow-private", help="Allow a URL on this network.")] = False,
    site_memory: Annotated[
        Path | None, typer.Option("--site-memory", metavar="FILE", help="What 'cleancopy learn' knows of the source.")
    ] = None,
    trust_text: TrustOption = False,
    errors: ErrorsOption = Errors.SKIP,
) -> None:
    """Clean one page (HTML or plain text), files and folders of pages, or many pages by --jsonl."""
    memory = read_memory(site_memory) if site_memory else None
    choice = Choice(trust_text, errors is Errors.KEEP)
    given, text_labels = sources or ["-"], named_labels(text)
    if jsonl:
        _require_record_lines(form, labels, output)
        _filter(given, site_memory, text_labels, choice)
    elif output or len(given) > 1 or Path(given[0]).is_dir():
        _many(given, Shown(form, labels, text_labels), output, replace, site_memory, choice)
    else:
        # What one page loads stays until the process ends, which it does next.
        with loading():
            if "://" in given[0]:
                page = fetched_page(context.obj, given[0], allow_private, "save the page and give its file")
                record = cleaning.clean(page.body, page.url, page.content_type, memory)
            else:
                record = cleaning.clean(read_page(given[0]), url, memory=memory, trust_text=trust_text)
        _tell_warnings(given[0], record)
        found = retold(record, text_labels)
        Shown(form, labels, text_labels).show(found)
        raise typer.Exit(not found.text)


def _tell_warnings(source: object, record: Record) -> None:
    for warning in record.extraction.warnings:
        tell(f"{source}: {warning}")


def _many(
    sources: Sequence[str], shown: Shown, output: Path | None, replace: bool, memory: Path | None, choice: Choice
) -> None:
    """Files and folders: a file for each page under `output`, or all one after the other."""
    named = _named(sources)
    targets = _targets(named, shown.form, output, replace) if output else []
    if not output and not shown.labels and shown.form is not Format.JSON:
        raise ConfigurationError("several pages: give --output DIR, or --format json to get a line for each")
    without = 0
    with progress("Cleaning", len(named)) as bar:
        for cleaned in cleaning.clean_files((path for path, _ in named), memory=memory, choice=choice):
            bar.advance()
            path = named[cleaned.number - 1][0]
            if cleaned.fault:
                tell(cleaned.fault)
            if cleaned.line is None:
                without += 1
                continue
            record = retold(Record.from_line(cleaned.line).model_copy(update={"id": str(path)}), shown.text)
            _tell_warnings(path, record)
            without += not record.text
            if output:
                _write(targets[cleaned.number - 1], shown.made(record))
            else:
                _show_next(path, record, shown)
    if without:
        tell(f"{without} of {len(named)} pages gave no text.")
        raise typer.Exit(1)


def _named(sources: Sequence[str]) -> list[tuple[Path, Path]]:
    for source in sources:
        if source == "-" or "://" in source:
            raise ConfigurationError(f"{source} stands alone: give only files and folders together")
    return list(pages_of(sources))


def _targets(named: Sequence[tuple[Path, Path]], form: Format, output: Path, replace: bool) -> list[Path]:
    """Where each page's file goes. Raises ConfigurationError before anything is overwritten."""
    sources = {path.resolve(): path for path, _ in named}
    taken: dict[Path, Path] = {}
    for path, name in named:
        target = output / bare(name).with_suffix(_SUFFIXES[form])
        if target in taken or target.resolve() in sources:
            other = taken.get(target) or sources[target.resolve()]
            raise ConfigurationError(f"{path} would be written over {other}, to {target}: give another --output")
        if target.exists() and not replace:
            raise ConfigurationError(f"{target} is there already. Give --replace to replace it, or another --output.")
        taken[target] = path
    return list(taken)


def _write(target: Path, content: bytes) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, content)
    except OSError as error:
        raise ConfigurationError(f"{target} cannot be written: {error.strerror}") from error


def _show_next(path: Path, record: Record, shown: Shown) -> None:
    if shown.labels:
        out.print(f"==> {path} <==")
    shown.show(record)


def _require_record_lines(form: Format, labels: bool, output: Path | None) -> None:
    asked = {"--labels": labels, f"--format {form}": form in (Format.MARKDOWN, Format.HTML), "--output": output}
    if unfit := [option for option, given in asked.items() if given]:
        raise ConfigurationError(f"--jsonl writes a record for each line to standard output: omit {', '.join(unfit)}")


def _filter(sources: Sequence[str], memory: Path | None, text: tuple[Label, ...], choice: Choice) -> None:
    """Write record lines in the order of the input lines; bad lines are told of and, unless they are to be kept, passed
    over."""
    faults = 0
    with progress("Cleaning", unit="pages") as bar:
        for source in sources:
            where = f"{source}: " if len(sources) > 1 else ""
            for line, fault in _filtered(source, memory, choice):
                bar.advance()
                put(retold(Record.from_line(line), text).to_line() if line and text else line or b"")
                if fault:
                    faults += 1
                    tell(where + fault)
    sys.stdout.buffer.flush()
    if faults:
        tell(f"{faults} line{'s' if faults > 1 else ''} could not be cleaned.")
        raise typer.Exit(1)


def _filtered(source: str, memory: Path | None, choice: Choice) -> Iterator[tuple[bytes | None, str | None]]:
    """Record lines of one input, each or what is wrong with it; a torn file is said to be at its end."""
    torn: list[str] = []
    with opened(source) as file:
        for cleaned in cleaning.clean_lines(_lines(file, torn), memory=memory, choice=choice):
            yield cleaned.line, cleaned.fault and f"line {cleaned.number}: {cleaned.fault}"
    for fault in torn:
        yield None, fault


def _lines(file: BinaryIO, torn: list[str]) -> Iterator[bytes]:
    """Lines, the longest cut: a file without line ends must not fill the memory."""
    try:
        while line := file.readline(LONGEST_LINE + 1):
            yield line
            while line and not line.endswith(b"\n"):
                line = file.readline(LONGEST_LINE)
    except UNPACKING_ERRORS as error:
        torn.append(f"the input cannot be read further: {error}")
