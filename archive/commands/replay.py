"""`cleancopy replay`: look at what was captured, as it was."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from archive.collection.folder import Collection
from archive.errors import CollectionError, ConfigurationError
from archive.telling.terminal import tell


def replay(
    path: Annotated[Path, typer.Argument(metavar="COLLECTION", help="The collection to look at.")],
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one.")
    ] = 8080,
) -> None:
    """Show captured pages in a browser, with pywb; the address is printed, Ctrl-C stops it."""
    if find_spec("pywb") is None:
        raise ConfigurationError("replay needs pywb, which is not installed: pip install 'cleancopy[replay]'")
    collection = Collection(path)
    collection.require()
    _catch_up(collection)
    tell("Put the address of a captured page behind the address below; Ctrl-C stops.")
    sys.stdout.flush()
    # pywb changes the whole process: it becomes another one.
    os.execv(sys.executable, [sys.executable, "-m", "archive.preservation.replay", str(path), str(port)])  # noqa: S606


def _catch_up(collection: Collection) -> None:
    try:
        with collection.lock():
            for repair in collection.recover():
                tell(str(repair))
            for fault in collection.catch_up():
                tell(str(fault))
    except CollectionError as error:
        if not collection.index.exists():
            raise
        tell(f"{error} What is complete is shown.")
