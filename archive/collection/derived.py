"""derived.jsonl: the data sets and packages that were made of a collection, and where they went.

Takedowns name those that hold what is removed: they lie outside the collection and are not changed.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from archive.collection.locked_file import append

DERIVED = "derived.jsonl"


class Derived(BaseModel):
    """One data set (a folder) or WACZ file. `at` is UTC, `path` absolute."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at: datetime
    kind: Literal["data set", "WACZ"]
    path: str = Field(max_length=4_096, pattern=r"^/[^\x00-\x1f\x7f]+$")


def note_derived(collection: Path, kind: Literal["data set", "WACZ"], output: Path) -> None:
    """Remember that this was made. A collection that cannot be written to, such as one on read-only media, is left
    as it is."""
    made = Derived(at=datetime.now(UTC), kind=kind, path=str(output.resolve()))
    with suppress(OSError):
        append(collection / DERIVED, lambda _: made.model_dump_json().encode() + b"\n")


def derived_from(collection: Path, on_fault: Callable[[str], None] = lambda _: None) -> Iterator[Derived]:
    """What was made of a collection and is still where it was put, each once. `on_fault` is told, in a sentence,
    of each line that cannot be read."""
    path = collection / DERIVED
    seen = set()
    for number, line in enumerate(path.read_bytes().split(b"\n") if path.exists() else (), 1):
        if not line:
            continue
        try:
            made = Derived.model_validate_json(line)
        except ValidationError:
            on_fault(
                f"{path}:{number}: this line cannot be read; it may name a data set or WACZ file that is not listed."
            )
            continue
        if made.path not in seen and Path(made.path).exists():
            yield made
        seen.add(made.path)
