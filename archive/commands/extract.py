"""`cleancopy extract`: records made anew from the WARC files, without fetching."""

import json
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from archive.collection import Collection
from archive.commands.site_directories import SitesOption, use_directories
from archive.comparison.comparing import compare_collection
from archive.comparison.shown import show_comparison
from archive.errors import ConfigurationError, WarcError
from archive.stage import extract_warc, new_pool
from archive.terminal import out, progress, tell


def extract(
    collections: Annotated[list[Path], typer.Argument(metavar="COLLECTION...", help="Collections to rebuild.")],
    sites: SitesOption = None,
    compare: Annotated[bool, typer.Option("--compare", help="Report what would change, and replace nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --compare: the whole report as JSON.")] = False,
) -> None:
    """Rebuild the records of a collection from its WARC files; replaced ones are kept in records/replaced."""
    use_directories(sites)
    if as_json and not compare:
        raise ConfigurationError("--json is for --compare: the records themselves are JSON lines already")
    each = partial(_compare, as_json=as_json) if compare else _rebuild
    faults = sum([each(Collection(path)) for path in collections])
    if faults:
        raise typer.Exit(1)


def _rebuild(collection: Collection) -> int:
    """The number of WARC files that could not be read to their end."""
    collection.require()
    faults = records = replaced = 0
    with collection.lock():
        for repair in collection.recover():
            tell(str(repair))
        warcs = list(collection.warcs())
        with new_pool() as pool, progress("Extracting", len(warcs), "WARC files") as bar:
            for warc in warcs:
                try:
                    rebuilt = extract_warc(collection, warc, pool)
                    records += rebuilt.lines
                    replaced += rebuilt.replaced is not None
                except WarcError as error:
                    faults += 1
                    tell(str(error))
                bar.advance()
    tell(f"{records} records of {len(warcs)} WARC files are in {collection.records}.")
    if replaced:
        tell(f"{replaced} files were replaced; the old ones are kept in {collection.records / 'replaced'}.")
    return faults


def _compare(collection: Collection, as_json: bool) -> int:
    """The number of WARC files that could not be read to their end."""
    faults: list[WarcError] = []
    with progress(f"Comparing {collection.path.name}", unit="records") as bar:
        comparison = compare_collection(collection, faults.append, bar.advance)
    if as_json:
        typer.echo(json.dumps({"collection": str(collection.path), **comparison.as_json()}, ensure_ascii=False))
    else:
        show_comparison(comparison, out)
    for fault in faults:
        tell(str(fault))
    return len(faults)
