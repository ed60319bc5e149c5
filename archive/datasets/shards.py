"""The data files of a data set: so many records each, named as Hugging Face's loaders expect."""

import re
from pathlib import Path
from typing import BinaryIO

from archive.packed_file import Packing, open_packed

_UNSAFE = re.compile(r"[^\w.-]+")


class Shards:
    """Names `data/articles-00000-of-00002.SUFFIX` for records that come one after another."""

    def __init__(
        self,
        folder: Path,
        suffix: str,
        records: int,
        size: int,
        packing: Packing = Packing.NONE,
        name: str = "articles",
    ) -> None:
        self._name = name
        self._folder = folder / "data"
        self._folder.mkdir()
        self._suffix = suffix
        self._total = max(1, -(-records // size))
        self.size = size
        self.packing = packing

    def path(self, number: int) -> Path:
        """The file of one shard, counted from 0."""
        return self._folder / f"{self._name}-{number:05}-of-{self._total:05}.{self._suffix}"


class LineFiles:
    """Writes one line a record into shards, each beginning with `header`."""

    def __init__(self, shards: Shards, header: bytes = b"") -> None:
        self._shards = shards
        self._header = header
        self._count = 0
        self._file: BinaryIO | None = None

    def write(self, line: bytes) -> None:
        """Append the line of the next record."""
        if self._file is None or self._count % self._shards.size == 0:
            self.close()
            self._file = open_packed(self._shards.path(self._count // self._shards.size), self._shards.packing)
            self._file.write(self._header)
        self._file.write(line)
        self._count += 1

    def close(self) -> None:
        """Complete the last shard."""
        if self._file:
            self._file.close()
        self._file = None


class DocumentFiles:
    """Writes one file a record into folders `data/00000` of so many files each."""

    def __init__(self, folder: Path, suffix: str, size: int) -> None:
        self._folder = folder / "data"
        self._suffix = suffix
        self._size = size
        self._count = 0

    def write(self, name: str, content: bytes) -> None:
        """Write the next record under its id; a second one of the same id gets a number."""
        folder = self._folder / f"{self._count // self._size:05}"
        folder.mkdir(parents=True, exist_ok=True)
        safe = _UNSAFE.sub("_", name)[:100] or "record"
        path = folder / f"{safe}.{self._suffix}"
        if path.exists():
            path = folder / f"{safe}-{self._count}.{self._suffix}"
        path.write_bytes(content)
        self._count += 1
