"""What `cleancopy clean` does, once it is known what is asked for."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple, Self

from archive.article_text import named_labels, retold
from archive.commands.page_format import Format
from archive.display import as_text, show_blocks
from archive.errors import ConfigurationError
from archive.extraction.collector import loading
from archive.extraction.memory.shelf import read_memory
from archive.extraction.memory.site_memory import SiteMemory
from archive.labels import Label
from archive.packed_file import UNPACKING_ERRORS, bare
from archive.pipeline import clean as cleaning
from archive.pipeline.clean import LONGEST_LINE, Choice
from archive.pipeline.page_files import opened, pages_of, read_page
from archive.pipeline.web import Web, fetched_page
from archive.records import Record
from archive.telling.terminal import out, progress, put, tell
from archive.whole_file import write_whole


class Shown(NamedTuple):
    """What is made of each record: a format, or every block with its label. `text` are the labels of its text."""

    form: Format
    labels: bool
    text: tuple[Label, ...]

    @classmethod
    def of(cls, form: Format = Format.TEXT, labels: bool = False, text: str = "") -> Self:
        """The same of a command line. Raises ConfigurationError if `text` names a label that there is not."""
        return cls(form, labels, named_labels(text))

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
            from archive.markdown import as_markdown  # noqa: PLC0415 - a plain text needs it not

            return as_markdown(record, self.text or None).encode("utf-8", "replace")
        return (_as_html if self.form is Format.HTML else as_text)(record).encode("utf-8", "replace")


def _as_html(record: Record) -> str:
    from archive.research.page_view import as_html  # noqa: PLC0415 - its templates take a thirtieth of a second to load

    return as_html(record)


_SUFFIXES = {Format.TEXT: ".txt", Format.JSON: ".json", Format.MARKDOWN: ".md", Format.HTML: ".html"}


class Page(NamedTuple):
    """One page: a file, a URL or `-`, the address that it is given, and what fetches."""

    source: str
    url: str
    web: Web | None
    allow_private: bool


def chosen(trust_text: bool = False, keep_errors: bool = False) -> Choice:
    """What is asked for beside the pages."""
    return Choice(trust_text, keep_errors)


def clean_one(page: Page, shown: Shown, memory: Path | None, choice: Choice) -> bool:
    """Show one page; whether it has text."""
    # What one page loads stays until the process ends, which it does next.
    with loading():
        record = _cleaned(page, _read(memory), choice)
    _tell_warnings(page.source, record)
    found = retold(record, shown.text)
    shown.show(found)
    return bool(found.text)


def _cleaned(page: Page, memory: SiteMemory | None, choice: Choice) -> Record:
    if "://" in page.source:
        found = fetched_page(page.web, page.source, page.allow_private, "save the page and give its file")
        return cleaning.clean(found.body, found.url, found.content_type, memory)
    return cleaning.clean(read_page(page.source), page.url, memory=memory, trust_text=choice.trust_text)


def _read(memory: Path | None) -> SiteMemory | None:
    """A memory file. Raises ConfigurationError if it is none, before any page is cleaned."""
    return read_memory(memory) if memory else None


def _tell_warnings(source: object, record: Record) -> None:
    for warning in record.extraction.warnings:
        tell(f"{source}: {warning}")


def clean_many(
    sources: Sequence[str], shown: Shown, output: Path | None, replace: bool, memory: Path | None, choice: Choice
) -> bool:
    """Files and folders: a file for each page under `output`, or all one after the other; whether all have text."""
    _read(memory)
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
    return not without


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


def filter_lines(sources: Sequence[str], memory: Path | None, shown: Shown, choice: Choice) -> bool:
    """Write record lines in the order of the input lines; bad lines are told of and, unless they are to be kept, passed
    over. Whether there were none."""
    _read(memory)
    faults = 0
    with progress("Cleaning", unit="pages") as bar:
        for source in sources:
            where = f"{source}: " if len(sources) > 1 else ""
            for line, fault in _filtered(source, memory, choice):
                bar.advance()
                put(retold(Record.from_line(line), shown.text).to_line() if line and shown.text else line or b"")
                if fault:
                    faults += 1
                    tell(where + fault)
    sys.stdout.buffer.flush()
    if faults:
        tell(f"{faults} line{'s' if faults > 1 else ''} could not be cleaned.")
    return not faults


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
