"""A file of records being written, and the older files that new ones took the place of.

    records/NAME.jsonl                                the records of one WARC
    records/replaced/NAME/VERSION-DIGEST.jsonl.gz     what re-extraction replaced, whole; what a correction did, by line

VERSION is the software that made the replaced records and DIGEST the first 16 digits of the SHA-256 of their lines:
the same lines are kept once, however often they are replaced.
"""

import gzip
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import file_digest, sha256
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from archive.errors import CollectionError
from archive.records import Record
from archive.whole_file import Attempt, whole_file


class RecordsFile:
    """The records of one WARC, being written: lines in WARC order, in place under its name once complete.

    What it takes the place of is kept, unless the bytes are the same: then the old file stays as it is.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.replaced: Path | None = None
        self.lines = 0
        try:
            self._attempt = Attempt(path)
        except OSError as error:
            raise _unwritable(path, error) from error

    def write(self, line: bytes) -> None:
        """Append one line. Raises CollectionError if the disk does not take it; an older file stays as it is then."""
        with self._told():
            self._attempt.file.write(line)
            self.lines += 1

    def close(self) -> None:
        """Make the file durable and give it its name. `replaced` then says where an older one is kept."""
        with self._told():
            self._attempt.file.flush()
            if self.path.exists():
                if _digest(self.path) == _digest(self._attempt.open_path):
                    self._attempt.drop()
                    return
                self.replaced = keep_replaced(self.path)
            self._attempt.keep()

    def close_incomplete(self) -> str:
        """Close after the WARC could not be read to its end: an older file that holds more records stays. What is there
        now, for people."""
        with self._told():
            older = _count(self.path) if self.path.exists() else 0
        if older > self.lines:
            self.drop()
            return f"{self.path} stays as it was, with {older} records; only {self.lines} could be read now"
        self.close()
        return f"{self.path} is not complete: it has the {self.lines} records that could be read"

    def drop(self) -> None:
        """Give up what was written; an older file stays."""
        self._attempt.drop()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            # The WARC has it all; what was written of it only takes space.
            self._attempt.drop()
            raise _unwritable(self.path, error) from error


def _unwritable(path: Path, error: OSError) -> CollectionError:
    return CollectionError(f"{path} cannot be written: {error.strerror}")


def _count(path: Path) -> int:
    with path.open("rb") as lines:
        return sum(1 for _ in lines)


def replace_line(path: Path, number: int, line: bytes) -> None:
    """Put a line in the place of another one (`number` from 0), which is kept by itself among what was replaced. Raises
    CollectionError if the disk does not take it; the file stays as it is then."""
    try:
        with whole_file(path) as new, path.open("rb") as lines:
            for at, old in enumerate(lines):
                if at == number:
                    _keep_line(path, old)
                new.write(line if at == number else old)
    except OSError as error:
        raise _unwritable(path, error) from error


def _keep_line(path: Path, line: bytes) -> None:
    kept = replaced_folder(path) / f"{_version_of(line)}-{sha256(line).hexdigest()[:16]}.jsonl.gz"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_packed(kept, BytesIO(line))


def keep_replaced(path: Path) -> Path:
    """Keep a copy of a records file, which stays in place; where it is. Raises CollectionError if that fails."""
    kept = replaced_folder(path) / f"{_version(path)}-{_digest(path)[:16]}.jsonl.gz"
    if kept.exists():
        return kept
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with path.open("rb") as source:
            write_packed(kept, source)
    except OSError as error:
        raise CollectionError(
            f"{kept} cannot be written: {error.strerror}; {path.name} has not been replaced."
        ) from error
    return kept


def replaced_folder(path: Path) -> Path:
    """Where what was once at this records file is kept."""
    return path.parent / "replaced" / path.stem


def write_packed(path: Path, source: BinaryIO) -> None:
    """Write a gzip file, in place under its name once complete. The same content gives the same bytes."""
    with (
        whole_file(path) as raw,
        gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=6, mtime=0) as packed,
    ):
        shutil.copyfileobj(source, packed, 1_000_000)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _version(path: Path) -> str:
    """The software that made the first record; `unknown` where there is none."""
    with path.open("rb") as lines:
        return _version_of(lines.readline())


def _version_of(line: bytes) -> str:
    try:
        version = Record.from_line(line).extraction.version
    except ValueError:
        version = ""
    return "".join(letter for letter in version if letter.isalnum() or letter in ".+_") or "unknown"
