"""`cleancopy clean`: a page, a folder of pages, or many by JSON lines, to clean text."""

from pathlib import Path
from typing import Annotated

import typer

from archive.commands.options import Errors, ErrorsOption, TrustOption
from archive.commands.page_format import Format
from archive.errors import ConfigurationError
from archive.extraction.collector import loading
from archive.pipeline.pool import preload


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
    if jsonl:
        _require_record_lines(form, labels, output)
    given = sources or ["-"]
    many = bool(output) or len(given) > 1 or Path(given[0]).is_dir()
    if jsonl or many:
        # Workers load what they need on another core while this process loads the same.
        preload("archive.pipeline.clean")
    with loading():
        from archive.commands import clean_run as run  # noqa: PLC0415 - half a second of a core, which help does not need

    shown, choice = run.Shown.of(form, labels, text), run.chosen(trust_text, errors is Errors.KEEP)
    if jsonl:
        is_well = run.filter_lines(given, site_memory, shown, choice)
    elif many:
        is_well = run.clean_many(given, shown, output, replace, site_memory, choice)
    else:
        page = run.Page(given[0], url, context.obj, allow_private)
        is_well = run.clean_one(page, shown, site_memory, choice)
    raise typer.Exit(not is_well)


def _require_record_lines(form: Format, labels: bool, output: Path | None) -> None:
    asked = {"--labels": labels, f"--format {form}": form in (Format.MARKDOWN, Format.HTML), "--output": output}
    if unfit := [option for option, given in asked.items() if given]:
        raise ConfigurationError(f"--jsonl writes a record for each line to standard output: omit {', '.join(unfit)}")
