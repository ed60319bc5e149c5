"""Where records files go: a folder, or a prefix on S3-compatible storage."""

from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, Protocol

from archive.errors import CollectionError
from archive.preservation.file_digests import sha256_of
from archive.preservation.store import MissingError
from archive.preservation.store_opening import s3_store
from archive.whole_file import OPEN_SUFFIX, is_attempt, remove_left, write_whole


class Place(Protocol):
    """Files have their name there once they are whole. All methods raise CollectionError where that fails."""

    def names(self) -> set[str]:
        """What is there."""

    def tidy(self, names: Collection[str]) -> None:
        """Remove what killed attempts at these files left, once a batch is done. Others may be at work at others, and
        not every network file system tells their locks."""

    def has(self, name: str) -> bool:
        """Whether this file is there."""

    def path(self, name: str) -> str:
        """How people call a file there."""

    def writing(self, name: str) -> AbstractContextManager[Path]:
        """The path of a file to be made; once the context ends, what is there is taken to its place."""

    def read(self, name: str) -> bytes | None:
        """A small file, or None if it is not there."""

    def reading(self, name: str) -> AbstractContextManager[BinaryIO]:
        """A file of any size."""

    def put(self, name: str, content: bytes) -> None:
        """Write a small file."""


def place_of(to: str) -> Place:
    """The place of this name; a folder is made. Raises ConfigurationError for a name of neither."""
    return Prefix(to) if to.startswith("s3://") else Folder(Path(to))


class Folder:
    """A folder that every machine at work sees under the same path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CollectionError(f"{folder} cannot be made: {error.strerror}") from error

    def names(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()}

    def tidy(self, names: Collection[str]) -> None:
        for path in (*self.folder.glob("*" + OPEN_SUFFIX), *self.folder.glob("results/*" + OPEN_SUFFIX)):
            name = path.relative_to(self.folder).as_posix().rsplit(".", 2)[0]
            if name in names and is_attempt(path):
                remove_left(path)

    def has(self, name: str) -> bool:
        return (self.folder / name).is_file()

    def path(self, name: str) -> str:
        return str(self.folder / name)

    @contextmanager
    def writing(self, name: str) -> Iterator[Path]:
        yield self.folder / name

    def read(self, name: str) -> bytes | None:
        try:
            return (self.folder / name).read_bytes()
        except FileNotFoundError:
            return None

    def reading(self, name: str) -> AbstractContextManager[BinaryIO]:
        return (self.folder / name).open("rb")

    def put(self, name: str, content: bytes) -> None:
        path = self.folder / name
        try:
            path.parent.mkdir(exist_ok=True)
            write_whole(path, content)
        except OSError as error:
            raise CollectionError(f"{path} cannot be written: {error.strerror}") from error


class Prefix:
    """A prefix in a bucket. A file is made on this machine's disk and sent once it is whole."""

    def __init__(self, to: str) -> None:
        self._to = to.rstrip("/")
        self._store = s3_store(self._to)

    def names(self) -> set[str]:
        return {name for name, _ in self._store.sizes()}

    def tidy(self, names: Collection[str]) -> None:
        """Unfinished uploads are not seen; buckets have a rule for how long they are kept."""

    def has(self, name: str) -> bool:
        return self._store.size(name) is not None

    def path(self, name: str) -> str:
        return f"{self._to}/{name}"

    @contextmanager
    def writing(self, name: str) -> Iterator[Path]:
        with TemporaryDirectory(prefix="cleancopy-") as folder:
            path = Path(folder) / name
            yield path
            if path.exists():
                self._store.write(name, path, sha256_of(path))

    def read(self, name: str) -> bytes | None:
        try:
            return b"".join(self._store.chunks(name))
        except MissingError:
            return None

    def reading(self, name: str) -> AbstractContextManager[BinaryIO]:
        return self._store.open(name)

    def put(self, name: str, content: bytes) -> None:
        with self.writing(name.rpartition("/")[2]) as path:
            path.write_bytes(content)
            self._store.write(name, path, sha256_of(path))
            path.unlink()
