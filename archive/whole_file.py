"""Files that get their name once they are whole: until then it ends in `.open`."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

OPEN_SUFFIX = ".open"
_PLAIN_NAME = re.compile(r"[^/\\\x00-\x1f\x7f]{1,255}")


def is_plain_name(name: str) -> bool:
    """Whether this names a file in a folder and leads nowhere else."""
    return bool(_PLAIN_NAME.fullmatch(name)) and name not in (".", "..")


def plain_name(name: str) -> str:
    """The name of a file. Raises ValueError for one that would lead out of its folder."""
    if not is_plain_name(name):
        raise ValueError("expected a plain name of a file")
    return name


def relative_path(path: str) -> str:
    """A path within a folder. Raises ValueError for one that would lead out of it."""
    if not all(map(is_plain_name, path.split("/"))):
        raise ValueError("expected a path within the folder, without '..'")
    return path


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
