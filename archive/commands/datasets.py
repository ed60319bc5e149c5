"""`cleancopy export | import`: records to data sets, and other tools' corpora to records."""

from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer

from archive.article_text import named_labels
from archive.collection.custody import Action, note
from archive.collection.derived import note_derived
from archive.collection.folder import Collection
from archive.commands.options import Errors, ErrorsOption, TrustOption, day_of, day_option
from archive.datasets.export_choices import Dedup, Form, Lesser, Revisions, RightsRule, Rows
from archive.datasets.import_items import ImportColumns, ImportSource
from archive.datasets.import_sources import find_sources
from archive.datasets.importing import Imported, Importer
from archive.errors import ConfigurationError, WarcError
from archive.packed_file import Packing
from archive.pipeline.record_lines import extract_warc, new_pool
from archive.telling.terminal import progress, tell


def export(
    collections: Annotated[list[Path] | None, typer.Argument(metavar="COLLECTION...", help="What to export.")] = None,
    form: Annotated[Form, typer.Option("--format", help="The format of the data files.")] = Form.JSONL,
    output: Annotated[Path | None, typer.Option("--output", metavar="DIR", help="The data set's new folder.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Put it in the place of an older data set.")] = False,
    site: Annotated[list[str] | None, typer.Option("--site", help="Only this site; may be given again.")] = None,
    language: Annotated[list[str] | None, typer.Option("--language", help="Only this language, such as de.")] = None,
    since: Annotated[datetime | None, day_option("--since", "Published on this day or later.")] = None,
    until: Annotated[datetime | None, day_option("--until", "Published on this day or earlier.")] = None,
    min_words: Annotated[int, typer.Option("--min-words", min=0, help="The fewest words of the text.")] = 0,
    label_share: Annotated[
        list[str] | None,
        typer.Option("--label-share", metavar="LABEL=MAX", help="The most of a page's text that a label may have."),
    ] = None,
    rights: Annotated[
        list[RightsRule] | None,
        typer.Option(
            "--rights",
            help="What must hold of stated rights. Pages that say nothing pass tdm and ai, but not robots and licence.",
        ),
    ] = None,
    include: Annotated[
        list[Lesser] | None,
        typer.Option("--include", help="What else to take than whole articles with text; may be given again."),
    ] = None,
    where: Annotated[str | None, typer.Option("--where", help="A condition on the columns, in DuckDB's SQL.")] = None,
    columns: Annotated[str, typer.Option("--columns", metavar="A,B,...", help="Only these columns.")] = "",
    text: Annotated[str, typer.Option("--text", metavar="A,B,...", help="The labels that the text is made of.")] = "",
    rows: Annotated[Rows, typer.Option("--table", help="A row for each article, or for each comment.")] = Rows.ARTICLES,
    revisions: Annotated[Revisions, typer.Option("--revisions", help="Which captures of one URL.")] = Revisions.LAST,
    dedup: Annotated[Dedup, typer.Option("--dedup", help="Which articles count as duplicates.")] = Dedup.NONE,
    keep_duplicates: Annotated[bool, typer.Option("--keep-duplicates", help="Mark duplicates, keep them.")] = False,
    shard: Annotated[int, typer.Option("--shard", min=1, help="Records in a data file.")] = 20_000,
    raw_cells: Annotated[
        bool, typer.Option("--raw-cells", help="With csv: no apostrophe before texts that a spreadsheet would run.")
    ] = False,
    compress: Annotated[Packing, typer.Option("--compress", help="Pack the files of formats of lines.")] = Packing.NONE,
    check: Annotated[Path | None, typer.Option("--check", metavar="DIR", help="Check a data set.")] = None,
    collection: Annotated[
        list[Path] | None, typer.Option("--collection", help="With --check: what the data set must be made again from.")
    ] = None,
) -> None:
    """Make a data set with its card and manifest, or check one."""
    _require_extra()
    if check is not None:
        _check(check, collection or [])
        return
    if output is None or not collections:
        raise ConfigurationError("give at least one COLLECTION and --output DIR, or --check DIR")
    wishes = {
        "form": form,
        "revisions": revisions,
        "dedup": dedup,
        "keep_duplicates": keep_duplicates,
        "shard": shard,
        "raw_cells": raw_cells,
        "text": named_labels(text),
        "packing": compress,
        "rows": rows,
        "columns": [name.strip() for name in columns.split(",") if name.strip()],
    }
    lists = {"sites": site or [], "languages": language or [], "rights": rights or [], "include": include or []}
    filters = {**lists, "since": day_of(since), "until": day_of(until), "min_words": min_words, "where": where}
    _export(collections, wishes, filters, label_share or [], output, replace)


def _require_extra() -> None:
    """Data sets need libraries that the other commands do without. What needs them is imported where it is used: so
    those start without them, and sooner."""
    missing = [name for name in ("duckdb", "pyarrow", "rensa") if find_spec(name) is None]
    if missing:
        raise ConfigurationError(f"{missing[0]} is not installed; data sets need it: pip install 'cleancopy[export]'")


def _export(
    collections: list[Path],
    wishes: dict[str, Any],
    filters: dict[str, Any],
    shares: list[str],
    output: Path,
    replace: bool,
) -> None:
    from archive.datasets.data_set import Steps, export  # noqa: PLC0415
    from archive.datasets.export_request import Request  # noqa: PLC0415
    from archive.datasets.filters import Filters, label_share  # noqa: PLC0415
    from archive.datasets.left_out import sentences  # noqa: PLC0415

    request = Request(filters=Filters(**filters, label_shares=tuple(map(label_share, shares))), **wishes)
    with progress("Selecting", unit="records") as bar:
        steps = Steps(lambda count: bar.say(f"Writing {count}"), bar.advance)
        manifest = export(collections, request, output, steps, replace=replace)
    for path in collections:
        note_derived(path, "data set", output)
        note(Collection(path), Action.EXPORT, {"folder": output.name, "records": manifest.records}, tell)
    tell(f"{manifest.records} records are in {output} ({len(manifest.files)} files, {request.form}).")
    for sentence in sentences(manifest.left_out):
        tell(f"{sentence}.")


def _check(folder: Path, collections: list[Path]) -> None:
    from archive.datasets.data_set import Steps  # noqa: PLC0415
    from archive.datasets.export_check import check_files, check_rebuilt  # noqa: PLC0415
    from archive.datasets.export_staging import put_back  # noqa: PLC0415

    put_back(folder)
    faults = check_files(folder)
    if collections:
        with progress("Making it again", unit="records") as bar:
            faults += check_rebuilt(folder, collections, Steps(written=bar.advance))
    for fault in faults:
        tell(f"{folder}: {fault}")
    if faults:
        raise typer.Exit(1)
    made = " and can be made again from its collections" if collections else ""
    tell(f"{folder} is what its manifest says{made}.")


def import_corpus(
    sources: Annotated[
        list[Path], typer.Argument(metavar="SOURCE...", help="JSON lines, Parquet, WARC, WACZ, folders of pages.")
    ],
    collection: Annotated[Path, typer.Option("--collection", metavar="DIR", help="Where to; made if it is not there.")],
    html_column: Annotated[str, typer.Option("--html-column", help="What the page is called.")] = "html",
    text_column: Annotated[str, typer.Option("--text-column", help="What a plain text is called.")] = "text",
    url_column: Annotated[str, typer.Option("--url-column", help="What its address is called.")] = "url",
    title_column: Annotated[str, typer.Option("--title-column", help="What its title is called.")] = "title",
    date_column: Annotated[str, typer.Option("--date-column", help="What its date is called.")] = "date",
    captured_column: Annotated[
        str, typer.Option("--captured-column", help="What the time of its capture is called.")
    ] = "date_crawled",
    authors_column: Annotated[str, typer.Option("--authors-column", help="What its authors are called.")] = "authors",
    language_column: Annotated[
        str, typer.Option("--language-column", help="What its language is called.")
    ] = "language",
    trust_text: TrustOption = False,
    errors: ErrorsOption = Errors.SKIP,
    every: Annotated[bool, typer.Option("--all", help="Of WARC files, all HTML pages and not only articles.")] = False,
) -> None:
    """Import pages and texts as WARC records and make records of them. Goes on where an earlier run stopped.

    Title, authors, date and language that a source states go before those of the page; its other columns stand in
    `extra`."""
    columns = ImportColumns(
        html_column,
        text_column,
        url_column,
        title_column,
        date_column,
        captured_column,
        authors_column,
        language_column,
        trust_text,
    )
    found = find_sources(sources, columns, every=every)
    opened = Collection(collection)
    with opened.repaired(tell):
        faults = sum([_take(opened, source, errors) for source in found])
        for fault in opened.catch_up():
            tell(str(fault))
        faults += _make_records(opened)
        note(opened, Action.IMPORT, {"from": ", ".join(source.name for source in found[:5])}, tell)
    if faults:
        raise typer.Exit(1)


def _take(collection: Collection, source: ImportSource, errors: Errors) -> int:
    """The number of things that could not be imported."""
    importer = Importer(collection, lambda bad: tell(f"{bad.via}: {bad.reason}"), keep_errors=errors is Errors.KEEP)
    with progress(f"Importing {source.name}", source.size, source.unit) as bar:
        try:
            done = importer.take(source, bar.advance)
        except WarcError as error:
            tell(str(error))
            return 1
    tell(f"{source.name}: {_told(done)}.")
    return done.faults


def _told(done: Imported) -> str:
    parts = [f"{done.items} imported"]
    if done.known:
        parts.append(f"{done.known} of {done.items + done.known} are in the collection already")
    parts += [f"{count} left out ({reason})" for reason, count in done.left_out.most_common()]
    if done.faults:
        parts.append(f"{done.faults} could not be imported")
    return ", ".join(parts)


def _make_records(collection: Collection) -> int:
    """Records of the imported WARC files that have none yet; the number of files that could not be read."""
    missing = [path for path in collection.complete_warcs() if not collection.records_path(path.name).exists()]
    faults = records = 0
    if missing:
        with new_pool() as pool, progress("Extracting", len(missing), "WARC files") as bar:
            for warc in missing:
                try:
                    records += extract_warc(collection, warc, pool).lines
                except WarcError as error:
                    faults += 1
                    tell(str(error))
                bar.advance()
    tell(f"{records} records were made; they are in {collection.records}.")
    return faults
