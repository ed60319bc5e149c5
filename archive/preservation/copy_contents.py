"""Which files of a collection a copy holds, by their names in it: `archive/NAME.warc.gz`, `records/NAME.jsonl`.

What can be made anew from the rest is left out: digests.sqlite and the search index. Of the databases a copy holds
snapshots. Files that are being written (`.open`) come once they are complete.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.collection.folder import Collection
from archive.errors import CollectionError
from archive.whole_file import OPEN_SUFFIX

STATE, SCHEDULE = "state.sqlite", "schedule.sqlite"
INDEX = "indexes/index.cdxj"
#: Of these a copy holds what they were at one moment (archive.preservation.snapshots).
SNAPSHOTS = (STATE, SCHEDULE, INDEX)
_ROOT = ("collection.yaml", "takedowns.jsonl", "derived.jsonl", "custody.jsonl", "corrections.jsonl")
_FOLDERS = ("archive", "records", "sites", "memory", "crawls")
_ORDINARY = re.compile(r"[^/\x00-\x1f\x7f\\]{1,255}")


@dataclass(frozen=True, slots=True)
class Holding:
    """One file to hold: its name in the collection, and where its bytes lie now. A `fixed` one never changes once it
    is complete."""

    name: str
    path: Path
    fixed: bool


def holdings(collection: Collection) -> Iterator[Holding]:
    """All files that a copy holds, the captures first; without those that only a collection at rest has whole."""
    for folder in _FOLDERS:
        for path in sorted((collection.path / folder).rglob("*")):
            name = path.relative_to(collection.path).as_posix()
            if path.suffix != OPEN_SUFFIX and path.is_file() and not path.is_symlink():
                yield Holding(_checked(name), path, is_fixed(name))
    for name in _ROOT:
        if (path := collection.path / name).is_file():
            yield Holding(name, path, fixed=False)


def _checked(name: str) -> str:
    if not belongs(name):
        raise CollectionError(f"{name!r}: a file with such a name cannot be copied. Rename it.")
    return name


def is_fixed(name: str) -> bool:
    """Whether a file never changes once it is there: what was captured, and the torn ends of files."""
    return name.startswith("archive/")


def belongs(name: str) -> bool:
    """Whether a name found in a copy is one of a collection's; what does not belong is never written anywhere."""
    folder, *rest = name.split("/")
    if not rest:
        return name in (*_ROOT, *SNAPSHOTS)
    ordinary = all(_ORDINARY.fullmatch(part) and part not in (".", "..") for part in rest)
    return ordinary and (name == INDEX or (folder in _FOLDERS and not name.endswith(OPEN_SUFFIX)))
