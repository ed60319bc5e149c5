"""JSON lines whose beginning shows what every field holds.

polars and others that read JSON lines take the types of all columns from the first 100 lines. A field that is null in
these and has a value later then ends in an error, or is dropped. So the lines of each file that are the first to show
something come first where they do not stand among these anyway; all others keep their order.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from pydantic_core import from_json

from archive.datasets.shards import Shards
from archive.packed_file import open_packed

#: Lines that polars 2.1 looks at (`infer_schema_length`), and those of them that may show what `extra` holds, which has
#: as many fields as there are sources.
_LOOKED_AT, _EXTRA = 100, 40
Shape = tuple[str, ...]


class TypedLineFiles:
    """Writes one line a record into shards."""

    def __init__(self, shards: Shards) -> None:
        self._shards = shards
        self._count = 0
        self._begin()
        self._file: BinaryIO | None = None

    def _begin(self) -> None:
        self._seen: set[Shape] = set()
        self._first: list[tuple[int, int]] = []
        self._extra = self._last = 0

    def write(self, line: bytes) -> None:
        """Append the line of the next record."""
        number = self._count % self._shards.size
        if self._file is None or number == 0:
            self.close()
            self._file = self._part.open("w+b")
        new = {shape for shape in _shapes(from_json(line), ()) if shape not in self._seen}
        is_extra = all("extra" in shape for shape in new)
        if new and len(self._first) < _LOOKED_AT and not (is_extra and self._extra >= _EXTRA):
            self._seen |= new
            self._extra += is_extra
            self._first.append((self._file.tell(), len(line)))
            self._last = number
        self._file.write(line)
        self._count += 1

    @property
    def _path(self) -> Path:
        return self._shards.path((self._count - 1) // self._shards.size)

    @property
    def _part(self) -> Path:
        path = self._shards.path(self._count // self._shards.size)
        return path.with_name(f".{path.name}.part")

    def close(self) -> None:
        """Complete the last shard."""
        if self._file is None:
            return
        part = Path(os.fsdecode(self._file.name))
        with self._file as file, open_packed(self._path, self._shards.packing) as target:
            first = self._first if self._last >= _LOOKED_AT else []
            for start, length in first:
                file.seek(start)
                target.write(file.read(length))
            starts = {start for start, _ in first}
            file.seek(0)
            at = 0
            for line in file:
                if at not in starts:
                    target.write(line)
                at += len(line)
        part.unlink()
        self._file = None
        self._begin()


def _shapes(value: Any, path: Shape) -> Iterator[Shape]:
    """What a value shows: the way to each thing in it that is not null, and the type of that."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _shapes(inner, (*path, name))
    elif isinstance(value, list):
        for inner in value:
            yield from _shapes(inner, (*path, "[]"))
    elif value is not None:
        yield (*path, type(value).__name__)
