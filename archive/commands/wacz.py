"""`cleancopy wacz`: a collection as one file that players show."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from archive.collection import Collection
from archive.derived import note_derived
from archive.terminal import progress, tell
from archive.warc.wacz import write_wacz


def wacz(
    path: Annotated[Path, typer.Argument(metavar="COLLECTION", help="The collection to pack.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write, such as NAME.wacz.")],
) -> None:
    """Pack a collection as WACZ: its WARC files, index and pages, in one file that replayweb.page opens."""
    collection = Collection(path)
    collection.require()
    with collection.lock():
        for repair in collection.recover():
            tell(str(repair))
        faults = collection.catch_up()
        warcs = collection.complete_warcs()
        with progress("Packing", sum(warc.stat().st_size for warc in warcs), "bytes") as bar:
            packed = write_wacz(collection, output, bar.advance, datetime.now(UTC))
    note_derived(path, "WACZ", output)
    for fault in faults:
        tell(str(fault))
    tell(f"{packed.warcs} WARC files and {packed.pages} pages are in {output} ({packed.bytes:,} bytes).")
    if faults:
        raise typer.Exit(1)
