"""Whether a collection's schedule is kept by a process now; one at most may do so."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from archive.collection.folder import Collection
from archive.errors import CollectionError

_FILE = ".schedule.lock"


@contextmanager
def keeping(collection: Collection) -> Iterator[None]:
    """Be the process that keeps the schedule. Raises CollectionError, naming the other one, if there is one."""
    collection.create()
    fd = os.open(collection.path / _FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CollectionError(
                f"The schedule of {collection.path} is kept by process {_holder(fd)} already."
            ) from error
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(fd)


def keeper(collection: Collection) -> str | None:
    """The id of the process that keeps the schedule, or None."""
    try:
        fd = os.open(collection.path / _FILE, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return _holder(fd)
    finally:
        os.close(fd)
    return None


def _holder(fd: int) -> str:
    return os.pread(fd, 20, 0).decode("ascii", "replace").strip() or "unknown"
