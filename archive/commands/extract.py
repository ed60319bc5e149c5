"""`cleancopy extract`: records made anew from the WARC files, without fetching."""

from pathlib import Path
from typing import Annotated

import typer

from archive.collection import Collection
from archive.commands.site_directories import SitesOption, use_directories
from archive.errors import WarcError
from archive.stage import extract_warc, new_pool
from archive.terminal import progress, tell


def extract(
    collections: Annotated[list[Path], typer.Argument(metavar="COLLECTION...", help="Collections to rebuild.")],
    sites: SitesOption = None,
) -> None:
    """Rebuild the records of a collection from its WARC files."""
    use_directories(sites)
    faults = sum([_rebuild(Collection(path)) for path in collections])
    if faults:
        raise typer.Exit(1)


def _rebuild(collection: Collection) -> int:
    """The number of WARC files that could not be read to their end."""
    collection.require()
    faults = records = 0
    with collection.lock():
        for repair in collection.recover():
            tell(str(repair))
        warcs = list(collection.warcs())
        with new_pool() as pool, progress("Extracting", len(warcs), "WARC files") as bar:
            for warc in warcs:
                try:
                    records += extract_warc(collection, warc, pool)
                except WarcError as error:
                    faults += 1
                    tell(str(error))
                bar.advance()
    tell(f"{records} records of {len(warcs)} WARC files are in {collection.records}.")
    return faults
