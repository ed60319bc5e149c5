"""Where a copy lies: what is asked of a directory and of S3 alike."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from archive.errors import CollectionError


class CopyError(CollectionError):
    """A copy cannot be read or written: not reachable, full, refused."""


class MissingError(CopyError):
    """A copy does not have this file."""


class WrongBytesError(CollectionError):
    """What a copy then holds has not the digest that it should have; nothing of it is kept."""


class SourceError(WrongBytesError):
    """The file that is copied cannot be read, or is no longer the one whose digest was taken."""


class Store(Protocol):
    """The files of one copy by their names in the collection. Every method raises CopyError if the place fails."""

    location: str

    def sizes(self) -> Iterator[tuple[str, int]]:
        """Each complete file and its size (bytes)."""

    def size(self, name: str) -> int | None:
        """The size of one file (bytes); None if it is not there."""

    def write(self, name: str, source: Path, digest: str) -> None:
        """Put a file there, whole or not at all, and read it back. Raises SourceError or WrongBytesError if
        either end has other bytes than `digest` says."""

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a file, read anew. Raises MissingError if it is not there."""

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""

    def remove_unfinished(self) -> None:
        """Remove what an interrupted writer left behind."""


def digest_in(store: Store, name: str) -> str | None:
    """The SHA-256 of a file in a copy, read anew; None if it is not there."""
    hashed = sha256()
    try:
        for chunk in store.chunks(name):
            hashed.update(chunk)
    except MissingError:
        return None
    return hashed.hexdigest()
