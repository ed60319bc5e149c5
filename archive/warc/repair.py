"""Torn files made whole: what a crash left open is cut behind its last complete exchange and closed.

The torn tail is kept beside the file. A file is never appended to again.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from archive.errors import WarcError
from archive.warc.scan import scan
from archive.whole_file import OPEN_SUFFIX, finish


@dataclass(frozen=True, slots=True)
class Repair:
    """What was done to one file: its size (bytes) now, and the bytes cut off and kept in `tail`."""

    path: Path
    size: int
    cut: int
    tail: Path | None

    def __str__(self) -> str:
        if not self.cut:
            return f"{self.path.name} was left open; it is whole and closed now ({self.size} bytes)."
        kept = f"; they are kept in {self.tail.name}" if self.tail else ""
        return f"{self.path.name} was torn: {self.cut} bytes behind its last complete capture were cut off{kept}."


def repair(open_path: Path) -> Repair | None:
    """Repair one `.open` file and give it its final name; a file without any record is removed (None).

    What is cut: from the last exchange that is not complete, that is, has no metadata record yet.
    """
    path = open_path.with_name(open_path.name.removesuffix(OPEN_SUFFIX))
    size = open_path.stat().st_size
    end = _complete_end(open_path)
    tail = _keep_tail(open_path, end) if end < size else None
    if end == 0:
        open_path.unlink()
        return None
    with open_path.open("r+b") as file:
        file.truncate(end)
        os.fsync(file.fileno())
    finish(path)
    return Repair(path, end, size - end, tail)


def _complete_end(path: Path) -> int:
    """The offset behind the last complete exchange: each ends with its metadata record."""
    end = 0
    with path.open("rb") as file:
        try:
            for record in scan(file, path.name):
                record.finish()
                if record.type in ("warcinfo", "metadata"):
                    end = record.offset + record.length
        except WarcError:
            pass
    return end


def _keep_tail(path: Path, end: int) -> Path:
    tail = path.with_name(f"{path.name.removesuffix(OPEN_SUFFIX)}.torn-{end}")
    with path.open("rb") as source, tail.open("wb") as target:
        source.seek(end)
        while chunk := source.read(1_000_000):
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    return tail
