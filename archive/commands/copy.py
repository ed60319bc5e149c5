"""`cleancopy copy`: what is new goes to the places that `copies:` in collection.yaml names."""

import time
from pathlib import Path
from typing import Annotated

import typer

from archive.collection.copy_settings import Copy
from archive.collection.folder import Collection
from archive.collection.settings_file import load_settings
from archive.errors import ConfigurationError
from archive.preservation.copying import Copied, copy_collection
from archive.terminal import out, progress, tell


def copy(
    path: Annotated[Path, typer.Argument(metavar="COLLECTION", help="The collection to copy.")],
    repair: Annotated[
        bool, typer.Option("--repair", help="Replace what is damaged in a copy by what the collection has.")
    ] = False,
) -> None:
    """Copy what is new to all copies of a collection; every file is read back and compared by its SHA-256."""
    collection = Collection(path)
    collection.require()
    copies = configured(collection)
    with progress("Copying", None, "bytes") as bar:
        faults, made = copy_collection(
            collection,
            copies,
            time.time(),
            tell=lambda fault: out.print(str(fault)),
            progress=bar.advance,
            repair=repair,
        )
    for done in made:
        for note in done.notes:
            tell(note)
        tell(_summary(done))
    if faults or any(done.faults or done.stopped for done in made):
        raise typer.Exit(1)


def configured(collection: Collection) -> tuple[Copy, ...]:
    """The copies that the collection names. Raises ConfigurationError if it names none."""
    if copies := load_settings(collection).copies:
        return copies
    raise ConfigurationError(
        f"{collection.settings} names no copies. Write there, for example:\n"
        "copies:\n  - /mnt/backup/courier\n  - {to: s3://BUCKET/courier, endpoint: https://s3.example.org}"
    )


def _summary(done: Copied) -> str:
    if done.stopped:
        return f"{done.stopped} ({done.files} files were copied before. The same command goes on.)"
    faults = {0: "no fault", 1: "1 fault"}.get(done.faults, f"{done.faults} faults")
    return f"{done.place}: {done.files} files ({done.bytes:,} bytes) copied, {done.held} held: {faults}."
