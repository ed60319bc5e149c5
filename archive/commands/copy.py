"""`cleancopy copy` and `restore`: to the places that `copies:` in collection.yaml names, and back from one."""

import time
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from archive.collection import custody
from archive.collection.copy_settings import Copy
from archive.collection.folder import Collection
from archive.collection.settings_file import load_settings
from archive.errors import ConfigurationError, own_words
from archive.preservation.copying import Copied, copy_collection
from archive.preservation.restoring import Restored
from archive.preservation.restoring import restore as restore_copy
from archive.preservation.store_opening import open_store
from archive.preservation.verify import verify
from archive.telling.terminal import counted, out, progress, tell
from archive.warc.fault import Fault


def copy(
    path: Annotated[Path, typer.Argument(metavar="COLLECTION", help="The collection to copy.")],
    repair: Annotated[
        bool, typer.Option("--repair", help="Replace what is damaged in a copy by what the collection has.")
    ] = False,
) -> None:
    """Copy what is new to all copies of a collection; every file is read back and compared by its SHA-256."""
    collection = Collection(path).require()
    copies = configured(collection)
    with progress("Copying", None, "bytes") as bar:
        faults, made = copy_collection(
            collection,
            copies,
            time.time(),
            tell=_print,
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


def restore(
    source: Annotated[str, typer.Argument(metavar="COPY", help="A directory, or s3://BUCKET/PREFIX.")],
    target: Annotated[Path, typer.Argument(metavar="DIR", help="The collection to rebuild; it may be there in part.")],
    endpoint: Annotated[
        str | None, typer.Option("--endpoint", metavar="URL", help="The address of an S3-compatible server.")
    ] = None,
) -> None:
    """Rebuild a collection from a copy, compare every file with its SHA-256, and verify the whole."""
    collection = Collection(target)
    _may_take(collection)
    store = open_store(_copy(source, endpoint))
    with collection.lock():
        with progress("Restoring", None, "bytes") as bar:
            done = restore_copy(store, collection, _print, bar.advance)
        collection.require()
        for repair in collection.recover():
            tell(str(repair))
        collection.catch_up()
        custody.note(collection, custody.Action.RESTORE, {"files": done.fetched, "faults": done.faults}, tell)
    found = verify(target, _print)
    _tell_of(done, collection)
    faults = done.faults + found.faults
    read = f"{counted(found.files, 'WARC file')}, {counted(found.records, 'WARC record')}"
    tell(f"{target}: {read}: {counted(faults, 'fault') if faults else 'no fault'}.")
    if faults:
        raise typer.Exit(1)


def _may_take(collection: Collection) -> None:
    """Raises ConfigurationError where something is there that is no collection, whole or restored in part."""
    there = collection.path
    if there.is_dir() and not collection.archive.is_dir() and any(there.iterdir()):
        raise ConfigurationError(f"{there} is there already, is not empty and is no collection. Choose another DIR.")


def _copy(source: str, endpoint: str | None) -> Copy:
    try:
        return Copy(to=source if source.startswith("s3://") else str(Path(source).absolute()), endpoint=endpoint)
    except ValidationError as error:
        problem = error.errors()[0]
        raise ConfigurationError(f"{problem['input']!r}: {own_words(problem['msg'])}") from error


def _print(fault: Fault) -> None:
    out.print(str(fault))


def _tell_of(done: Restored, collection: Collection) -> None:
    tell(f"{done.fetched} files were restored, {done.present} were there already.")
    if done.left:
        tell(f"{done.left} files are there with other, newer bytes and were left as they are.")
    if done.unproven:
        tell(f"{done.unproven} files have no digest in the copy's manifest; their own digests were verified.")
    missing = [path for path in collection.complete_warcs() if not collection.records_path(path.name).exists()]
    if missing:
        tell(f"{len(missing)} WARC files have no records: `cleancopy extract {collection.path}` makes them.")
