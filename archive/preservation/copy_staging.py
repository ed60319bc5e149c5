"""One process at a time copies a collection or reads its copies, with a folder for what it prepares."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.collection.folder import Collection
from archive.errors import CollectionError


@contextmanager
def staging(collection: Collection) -> Iterator[Path]:
    """An empty folder in the collection, ours alone: the kernel's lock on it ends with the process.

    Raises CollectionError if another process has it, or if it cannot be made.
    """
    collection.require()
    folder = collection.path / ".copying"
    try:
        folder.mkdir(exist_ok=True)
        fd = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise CollectionError(f"{folder} cannot be made: {error.strerror}") from error
    try:
        _take(fd, collection)
        _empty(folder)
        yield folder
        _empty(folder)
    finally:
        os.close(fd)


def _take(fd: int, collection: Collection) -> None:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise CollectionError(
            f"{collection.path} is being copied or its copies are being verified. Wait for that to end."
        ) from error


def _empty(folder: Path) -> None:
    for left in folder.iterdir():
        shutil.rmtree(left) if left.is_dir() else left.unlink()
