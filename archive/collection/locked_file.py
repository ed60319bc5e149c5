"""Files that one process at a time changes, and lines added to such a file.

The lock is the kernel's (flock): it ends with the process, however that ends. No link is followed: a collection may
come from somebody else, and a link would lead to a file of the user's.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from archive.whole_file import sync

#: Bytes that are read at a time from the end of a file.
_PIECE = 65_536


@contextmanager
def locked(path: Path) -> Iterator[BinaryIO]:
    """Be the only one that has the lock on this file, which is made if it is not there; others wait. The file can be
    read. Raises OSError."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
        with open(descriptor, "rb") as file:  # noqa: PTH123 - opened already
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            # Whoever had the lock before may have put another file in its place.
            if _is_at(descriptor, path):
                yield file
                return


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False


def append(path: Path, make: Callable[[Iterator[bytes]], bytes]) -> None:
    """Add lines to a file, durably and all or none. `make` gives them, and is given the lines that are there: nobody
    else adds any in between. What a crash left of a last line is cut off. Raises OSError; nothing was added then."""
    with locked(path) as file:
        made = make(_whole_lines(file))
        end = _end(file)
        descriptor = file.fileno()
        try:
            os.ftruncate(descriptor, end)
            written = 0
            while written < len(made):
                written += os.pwrite(descriptor, made[written:], end + written)
            os.fsync(descriptor)
        except OSError:
            with suppress(OSError):
                os.ftruncate(descriptor, end)
            raise
        if end == 0:
            sync(path.parent)


def _whole_lines(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    return (line for line in file if line.endswith(b"\n"))


def _end(file: BinaryIO) -> int:
    """Where the last whole line ends (bytes)."""
    end = file.seek(0, os.SEEK_END)
    while end:
        start = max(0, end - _PIECE)
        file.seek(start)
        last = file.read(end - start).rfind(b"\n")
        if last >= 0:
            return start + last + 1
        end = start
    return 0
