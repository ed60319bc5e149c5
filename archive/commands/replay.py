"""`cleancopy replay | wacz`: look at what was captured, as it was; a collection as one file that players show."""

import os
import sys
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from archive.collection.custody import Action, note
from archive.collection.derived import note_derived
from archive.collection.folder import Collection
from archive.errors import CollectionError, ConfigurationError
from archive.preservation.verification import Verification
from archive.preservation.verify import total_bytes, verify_index
from archive.preservation.wacz import write_wacz
from archive.signing import read_key
from archive.telling.terminal import counted, progress, tell


def replay(
    path: Annotated[Path, typer.Argument(metavar="COLLECTION", help="The collection to look at.")],
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one.")
    ] = 8080,
) -> None:
    """Show captured pages in a browser, with pywb; the address is printed, Ctrl-C stops it."""
    if find_spec("pywb") is None:
        raise ConfigurationError("replay needs pywb, which is not installed: pip install 'cleancopy[replay]'")
    collection = Collection(path).require()
    _catch_up(collection)
    tell("Put the address of a captured page behind the address below; Ctrl-C stops.")
    sys.stdout.flush()
    # pywb changes the whole process: it becomes another one.
    os.execv(sys.executable, [sys.executable, "-m", "archive.preservation.replay", str(path), str(port)])  # noqa: S606


def _catch_up(collection: Collection) -> None:
    try:
        with collection.read(tell):
            for fault in collection.catch_up():
                tell(str(fault))
    except CollectionError as error:
        if not collection.index.exists():
            raise
        tell(f"{error} What is complete is shown.")


def wacz(
    path: Annotated[Path, typer.Argument(metavar="COLLECTION", help="The collection to pack.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write, such as NAME.wacz.")],
    replace: Annotated[bool, typer.Option("--replace", help="Put it in the place of a file that is there.")] = False,
    sign: Annotated[
        Path | None, typer.Option("--sign", metavar="KEYFILE", help="Sign it with a key of `cleancopy key new`.")
    ] = None,
) -> None:
    """Pack a collection as WACZ: its WARC files, index and pages, in one file that replayweb.page opens."""
    collection = Collection(path).require()
    if output.exists() and not replace:
        raise ConfigurationError(f"{output} is there already. Give --replace to replace it, or another --output.")
    key = read_key(sign) if sign else None
    with collection.read(tell):
        _require_sound(collection, output)
        with progress("Packing", total_bytes(path), "bytes") as bar:
            packed = write_wacz(collection, output, bar.advance, datetime.now(UTC), key)
    note_derived(path, "WACZ", output)
    note(collection, Action.PACKAGE, {"file": output.name, "pages": packed.pages}, tell)
    what = f"{counted(packed.warcs, 'WARC file')} and {counted(packed.pages, 'page')}"
    tell(
        f"Packed {what} into {output} ({packed.bytes:,} bytes)"
        + (f", signed by key {key.fingerprint}." if key else ".")
    )


def _require_sound(collection: Collection, output: Path) -> None:
    """Raises CollectionError, with each fault told, unless all WARC files are whole, unaltered and in the index.

    They are read again: what was damaged after it was indexed would go into the package unseen.
    """
    with progress("Verifying", total_bytes(collection.path), "bytes") as bar:
        verification = Verification(lambda fault: tell(str(fault)), bar.advance)
        for warc in collection.complete_warcs():
            with warc.open("rb") as file:
                verification.warc(file, warc.name)
        verification.references(closed=False)
    unread = () if verification.found.faults else collection.catch_up()
    for error in unread:
        tell(str(error))
    if collection.index.exists() and not unread and not verification.found.faults:
        verify_index(collection, verification)
    faults = verification.found.faults + len(unread)
    if faults:
        raise CollectionError(
            f"{output} was not written: {counted(faults, 'fault')} in the WARC files or their index. "
            f"`cleancopy index` makes the index anew. Move each damaged file out of {collection.archive}: "
            "`cleancopy restore` then fetches it from a copy; without a copy, the others are packed without it."
        )
