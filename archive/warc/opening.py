"""The name of a file while it is being written, and how it gets its own."""

import os
from pathlib import Path

OPEN_SUFFIX = ".open"


def open_path(path: Path) -> Path:
    """The name that a WARC has while it is being written."""
    return path.with_name(path.name + OPEN_SUFFIX)


def finish(path: Path) -> None:
    """Rename away `.open` and make the folder's entry durable."""
    open_path(path).rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
