"""`cleancopy index`: the CDXJ index made anew from the WARC files."""

from pathlib import Path
from typing import Annotated

import typer

from archive.collection.folder import Collection
from archive.telling.terminal import counted, progress, tell


def index(
    path: Annotated[Path, typer.Argument(metavar="COLLECTION", help="The collection whose index to rebuild.")],
) -> None:
    """Rebuild the index (indexes/index.cdxj) and the store of payloads seen."""
    collection = Collection(path)
    collection.require()
    with collection.lock():
        for repair in collection.recover():
            tell(str(repair))
        warcs = collection.complete_warcs()
        catalogue = collection.catalogue()
        with progress("Indexing", sum(warc.stat().st_size for warc in warcs), "bytes") as bar:
            faults = catalogue.rebuild(warcs, bar.advance)
        catalogue.close()
    for fault in faults:
        tell(str(fault))
    tell(f"Indexed {counted(len(warcs), 'WARC file')} in {collection.index}.")
    if faults:
        raise typer.Exit(1)
