"""`cleancopy import`: pages and texts that others collected, taken into a collection."""

from pathlib import Path
from typing import Annotated

import typer

from archive.collection.folder import Collection
from archive.datasets.import_items import Bad, ImportColumns, ImportSource
from archive.datasets.import_sources import find_sources
from archive.datasets.importing import Imported, Importer
from archive.errors import WarcError
from archive.pipeline.record_lines import extract_warc, new_pool
from archive.telling.terminal import progress, tell


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
    every: Annotated[bool, typer.Option("--all", help="Of WARC files, all HTML pages and not only articles.")] = False,
) -> None:
    """Import pages and texts as WARC records and make records of them. Goes on where an earlier run stopped."""
    columns = ImportColumns(html_column, text_column, url_column, title_column, date_column, captured_column)
    found = find_sources(sources, columns, every=every)
    opened = Collection(collection)
    with opened.lock():
        for repair in opened.recover():
            tell(str(repair))
        faults = sum([_take(opened, source) for source in found])
        for fault in opened.catch_up():
            tell(str(fault))
        faults += _make_records(opened)
    if faults:
        raise typer.Exit(1)


def _take(collection: Collection, source: ImportSource) -> int:
    """The number of things that could not be imported."""
    importer = Importer(collection, _tell_bad)
    with progress(f"Importing {source.name}", source.size, source.unit) as bar:
        try:
            done = importer.take(source, bar.advance)
        except WarcError as error:
            tell(str(error))
            return 1
    tell(f"{source.name}: {_told(done)}.")
    return done.faults


def _tell_bad(bad: Bad) -> None:
    tell(f"{bad.via}: {bad.reason}")


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
