"""SHA-256 of files, read from the disk rather than from memory, and the manifest that names them.

A manifest is what `sha256sum --check manifest-sha256.txt` reads.
"""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from archive.errors import CollectionError
from archive.preservation.store import SourceError

MANIFEST = "manifest-sha256.txt"
CHUNK = 1 << 20
_LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")


def sha256_of(path: Path) -> str:
    """The digest of a file's bytes as they are on the disk. Raises OSError."""
    with path.open("rb") as file:
        forget(file)
        return sha256_of_stream(file)


def sha256_of_stream(file: BinaryIO) -> str:
    """The digest of what is still to be read."""
    hashed = sha256()
    while chunk := file.read(CHUNK):
        hashed.update(chunk)
    return hashed.hexdigest()


def chunks_of(source: Path, digest: str) -> Iterator[bytes]:
    """The bytes of a file to be copied. Raises SourceError at the end if they do not have this digest, and where they
    cannot be read."""
    hashed = sha256()
    try:
        with source.open("rb") as file:
            while chunk := file.read(CHUNK):
                hashed.update(chunk)
                yield chunk
    except OSError as error:
        raise SourceError(f"it cannot be read: {error.strerror}") from error
    if hashed.hexdigest() != digest:
        raise SourceError("it has changed while it was copied")


def forget(file: BinaryIO) -> None:
    """Let the kernel drop what it keeps of a file in memory, so that the disk is read: for what was just written, the
    bytes must have been synced."""
    with suppress(OSError):  # file systems without a page cache
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def manifest_lines(digests: Iterable[tuple[str, str]]) -> Iterator[bytes]:
    """The lines of names and their digests."""
    for name, digest in digests:
        yield f"{digest}  {name}\n".encode()


def read_manifest(path: Path) -> dict[str, str]:
    """The digests by name. Raises CollectionError for a line that is none."""
    return dict(_entries(path))


def _entries(path: Path) -> Iterator[tuple[str, str]]:
    with path.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            match = _LINE.fullmatch(line.rstrip("\n"))
            if match is None:
                raise CollectionError(f"{path.name}:{number}: expected a SHA-256 and the name of a file")
            yield match[2], match[1]
