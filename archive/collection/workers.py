"""Several writers of one collection, which share a frontier: each has a name of its own, and WARC files that bear it.

`.workers/NAME` is locked by the kernel (flock) while the worker of that name lives. All of them hold the collection's
lock together: a command that wants it for itself waits for the last of them.
"""

import fcntl
import os
import re
from collections.abc import Iterator, Set
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from socket import gethostname

from archive.collection.folder import Collection
from archive.collection.pending_takedown import is_pending
from archive.errors import CollectionError, ConfigurationError
from archive.warc.repair import Repair, repair

_FOLDER, _STARTING, _INDEX = ".workers", ".starting", ".index"
#: What a worker's WARC files begin with, and how such a name is read.
_PREFIX = "cleancopy-"
_WARC = re.compile(r"cleancopy-([A-Za-z0-9][A-Za-z0-9-]{0,60})-\d{17}-\d{5}\.warc\.gz(?:\.open)?")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,60}")


class Workplace:
    """One worker's place in a collection."""

    def __init__(self, collection: Collection, name: str) -> None:
        self.collection = collection
        self.name = name

    @property
    def prefix(self) -> str:
        """What the names of this worker's WARC files begin with."""
        return _PREFIX + self.name

    @contextmanager
    def starting(self) -> Iterator[None]:
        """Be the only one that begins: what is mended and made then is made once."""
        with _locked(self.collection.path / _FOLDER / _STARTING):
            yield

    @contextmanager
    def indexing(self) -> Iterator[None]:
        """Be the only one that changes the index."""
        with _locked(self.collection.path / _FOLDER / _INDEX):
            yield

    def others(self) -> set[str]:
        """The names of the other workers that live."""
        names = (path.name for path in (self.collection.path / _FOLDER).iterdir() if _NAME.fullmatch(path.name))
        return {name for name in names if name != self.name and _is_held(self.collection.path / _FOLDER / name)}

    def recover(self) -> list[Repair]:
        """Make the WARC files whole that dead workers left open; what was done. Only while `starting`."""
        self.collection.drop_unfinished()
        others = self.others()
        left = [path for path in self.collection.open_warcs() if not path.is_symlink() and not is_of(path, others)]
        return [done for done in map(repair, left) if done]


def is_of(warc: Path, workers: Set[str]) -> bool:
    """Whether a WARC file is one that these workers write."""
    found = _WARC.fullmatch(warc.name)
    return found is not None and found[1] in workers


@contextmanager
def working(collection: Collection, name: str | None = None) -> Iterator[Workplace]:
    """Be a worker, of this name or of the first that is free on this machine. Raises CollectionError if a command has
    the collection for itself, or another worker the name; ConfigurationError for what is no name."""
    if name is not None and not _NAME.fullmatch(name):
        raise ConfigurationError(f"--worker {name!r}: expected up to 60 letters, digits and hyphens")
    collection.create()
    if is_pending(collection.path):
        with collection.lock():
            pass
    with _together(collection):
        (collection.path / _FOLDER).mkdir(exist_ok=True)
        with _locked(collection.path / _FOLDER / _STARTING):
            fd, taken = _claim(collection.path / _FOLDER, name)
        try:
            yield Workplace(collection, taken)
        finally:
            os.close(fd)


@contextmanager
def _together(collection: Collection) -> Iterator[None]:
    fd = os.open(collection.path / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(fd, 200, 0).decode("utf-8", "replace").strip() or "another process"
            raise CollectionError(f"{collection.path} is in use by {holder}. Wait for it to end.") from error
        said = f"workers; the last to begin was process {os.getpid()} at {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC\n"
        os.ftruncate(fd, 0)
        os.pwrite(fd, said.encode(), 0)
        yield
    finally:
        os.close(fd)


def _claim(folder: Path, name: str | None) -> tuple[int, str]:
    machine = re.sub(r"[^A-Za-z0-9]+", "-", gethostname().partition(".")[0]).strip("-")[:40] or "worker"
    for number in count(1):
        tried = name or f"{machine}-{number}"
        fd = os.open(folder / tried, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(fd)
            if name:
                raise CollectionError(f"a worker named {name} is at work in {folder.parent} already.") from error
        else:
            return fd, tried
    raise AssertionError


def _is_held(path: Path) -> bool:
    fd = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(fd)
    return False


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)
