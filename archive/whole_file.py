"""Files that get their name once they are whole. Until then each attempt at one has a name of its own that ends in
`.open`, so that two processes that make the same file never write into each other's.

The kernel's lock (flock) on an attempt ends with its process, however that ends: what is left without a lock was left
by a dead process. A WARC that is being captured is NAME.open instead: whoever crawls next makes it whole.
"""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

OPEN_SUFFIX = ".open"
_ATTEMPT = re.compile(r".+\.\d+-[0-9a-f]{8}\.open")
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
    """The name that a WARC file has while it is being written."""
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


class Attempt:
    """One attempt at a file: `file` is to be written (and may be read back), and lies at `open_path` until `keep` or
    `drop`. Raises OSError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.open_path, self.file = _new_file(path)

    def keep(self) -> None:
        """Make what was written durable, and put it in the place of an older file."""
        self.file.flush()
        os.fsync(self.file.fileno())
        self.open_path.replace(self.path)
        sync(self.path.parent)
        self.file.close()

    def drop(self) -> None:
        """Remove what was written; an older file stays."""
        try:
            with suppress(OSError):
                self.open_path.unlink(missing_ok=True)
        finally:
            with suppress(OSError):
                self.file.close()


def _new_file(path: Path) -> tuple[Path, BinaryIO]:
    while True:
        new = path.with_name(f"{path.name}.{os.getpid()}-{token_hex(4)}{OPEN_SUFFIX}")
        file = os.fdopen(os.open(new, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o666), "w+b")
        # Some network file systems know no locks: nobody can take such a file for a dead one's either.
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX)
        if _is_at(file, new):
            return new, file
        # Another process took it for a dead one's before it was locked.
        file.close()


def _is_at(file: BinaryIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


@contextmanager
def attempt(path: Path) -> Iterator[Attempt]:
    """An attempt that is kept, or dropped after an error. Raises OSError."""
    made = Attempt(path)
    try:
        yield made
        made.keep()
    finally:
        made.drop()


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write that takes the place of an older one once all of it is on disk; after an error the older one
    stays. Raises OSError."""
    with attempt(path) as made:
        yield made.file


def write_whole(path: Path, content: bytes) -> None:
    """Put a content in place of a file's, by `whole_file`."""
    with whole_file(path) as file:
        file.write(content)


def is_attempt(path: Path) -> bool:
    """Whether a name is one of an attempt."""
    return bool(_ATTEMPT.fullmatch(path.name))


def remove_left(path: Path) -> None:
    """Remove what a dead process left unfinished; what a living one is writing stays. Raises OSError."""
    with suppress(FileNotFoundError), path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return
        path.unlink()
