"""A copy in another directory, on another disk."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from archive.preservation.file_digests import CHUNK, chunks_of, forget, sha256_of_stream
from archive.preservation.store import CopyError, MissingError, WrongBytesError
from archive.whole_file import OPEN_SUFFIX, attempt, remove_left


class Directory:
    """A directory as a store."""

    def __init__(self, path: Path, *, create: bool) -> None:
        self.location = str(path)
        self._path = path
        if create and path.parent.is_dir():
            with self._failing("it cannot be made"):
                path.mkdir(exist_ok=True)
        if not path.is_dir():
            raise CopyError(f"{path}: the copy is not there. Is the disk mounted?")

    def sizes(self) -> Iterator[tuple[str, int]]:
        with self._failing("it cannot be read"):
            for path in sorted(self._path.rglob("*")):
                # A link may lead to any file of whoever restores.
                if path.is_file() and not self._leads_out(path) and path.suffix != OPEN_SUFFIX:
                    yield path.relative_to(self._path).as_posix(), path.stat().st_size

    def size(self, name: str) -> int | None:
        with self._failing(f"{name} cannot be read"):
            try:
                return None if self._leads_out(self._path / name) else (self._path / name).stat().st_size
            except FileNotFoundError:
                return None

    def _leads_out(self, path: Path) -> bool:
        """Whether a link leads from here to what is no part of the copy."""
        return not path.resolve().is_relative_to(self._path.resolve())

    def write(self, name: str, source: Path, digest: str) -> None:
        target = self._path / name
        with self._failing(f"{name} cannot be written"):
            target.parent.mkdir(parents=True, exist_ok=True)
            with attempt(target) as new:
                for chunk in chunks_of(source, digest):
                    new.file.write(chunk)
                _read_back(new.file, digest, target)

    def chunks(self, name: str) -> Iterator[bytes]:
        with self._failing(f"{name} cannot be read"):
            if self._leads_out(self._path / name):
                raise MissingError(f"{self.location}: {name} is a link that leads out of the copy")
            try:
                file = (self._path / name).open("rb")
            except FileNotFoundError as error:
                raise MissingError(f"{self.location}: {name} is not there") from error
            with file:
                forget(file)
                while chunk := file.read(CHUNK):
                    yield chunk

    def remove(self, name: str) -> None:
        with self._failing(f"{name} cannot be removed"):
            (self._path / name).unlink(missing_ok=True)

    def remove_unfinished(self) -> None:
        with self._failing("what was left unfinished cannot be removed"):
            for path in self._path.rglob("*" + OPEN_SUFFIX):
                remove_left(path)

    @contextmanager
    def _failing(self, what: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise CopyError(f"{self.location}: {what}: {error.strerror or error}") from error


def _read_back(new: BinaryIO, digest: str, target: Path) -> None:
    new.flush()
    os.fsync(new.fileno())
    forget(new)
    new.seek(0)
    if sha256_of_stream(new) != digest:
        raise WrongBytesError(f"{target} did not keep what was written to it: it reads back as other bytes")
