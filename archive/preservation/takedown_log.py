"""takedowns.jsonl: what was taken down from a collection, when and why. It names captures by address and digest and
holds nothing of them.

One line for each takedown, and behind it one for each record that was removed.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from archive.errors import CollectionError
from archive.preservation.takedown_order import Covered, Order

LOG = "takedowns.jsonl"
_ORDERS = b'{"kind":"takedown"'


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    def to_line(self) -> bytes:
        """The entry as a line."""
        return self.model_dump_json().encode() + b"\n"


class Rewritten(_Line):
    """A WARC file that was rewritten: its size (bytes) and SHA-256 before and after."""

    filename: str
    size_before: int
    sha256_before: str
    size_after: int
    sha256_after: str


class Takedown(_Line):
    """One takedown. `at` is UTC; `removed` counts captures, `promoted` are records of other addresses that hold a
    payload now that they only referred to before, `stale` are paths of data sets and packages made before."""

    kind: Literal["takedown"] = "takedown"
    at: str
    order: Order
    removed: int
    promoted: tuple[str, ...] = ()
    warcs: tuple[Rewritten, ...] = ()
    stale: tuple[str, ...] = ()


class RemovedRecord(_Line):
    """One capture that is gone. `date` is when it was captured."""

    kind: Literal["removed"] = "removed"
    at: str
    record_id: str
    type: str
    url: str
    date: str
    payload_digest: str | None
    filename: str


def read_takedowns(collection: Path) -> Iterator[Takedown]:
    """The takedowns of a collection, oldest first. Raises CollectionError at a line that is none."""
    path = collection / LOG
    if not path.exists():
        return
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.startswith(_ORDERS):
                yield _parsed(path, number, line)


def _parsed(path: Path, number: int, line: bytes) -> Takedown:
    try:
        return Takedown.model_validate_json(line)
    except ValueError as error:
        raise CollectionError(f"{path}:{number}: this is no takedown: {error}") from error


def taken_down(collection: Path, site_files: Path) -> Covered:
    """What must not be fetched or imported again."""
    return Covered((each.order for each in read_takedowns(collection)), site_files)


def write_log(old: Path, new: Path, entries: Iterable[Takedown | RemovedRecord]) -> None:
    """The old log, if there is one, with more lines, as a new file."""
    with new.open("wb") as file:
        if old.exists():
            with old.open("rb") as lines:
                file.writelines(lines)
        file.writelines(entry.to_line() for entry in entries)
