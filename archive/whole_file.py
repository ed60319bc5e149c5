"""Files that get their name once they are whole: until then it ends in `.open`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

OPEN_SUFFIX = ".open"


def open_path(path: Path) -> Path:
    """The name that a file has while it is being written."""
    return path.with_name(path.name + OPEN_SUFFIX)


def finish(path: Path) -> None:
    """Rename away `.open` and make the folder's entry durable."""
    open_path(path).rename(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Make a file's bytes, or a folder's entries, durable."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write that takes the place of an older one once all of it is on disk; after an error the older one
    stays. Raises OSError."""
    with open_path(path).open("wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
    open_path(path).replace(path)


def write_whole(path: Path, content: bytes) -> None:
    """Put a content in place of a file's, by `whole_file`."""
    with whole_file(path) as file:
        file.write(content)
