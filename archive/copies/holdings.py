"""Which files of a collection a copy holds, by their names in it: `archive/NAME.warc.gz`, `records/NAME.jsonl`.

What can be made anew from the rest is left out: digests.sqlite and the search index. Of the databases a copy holds
snapshots. Files that are being written (`.open`) come once they are complete.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from archive.collection import Collection
from archive.errors import CollectionError

#: Databases, of which a copy holds snapshots.
SNAPSHOTS = ("state.sqlite", "schedule.sqlite")
INDEX = "indexes/index.cdxj"
#: What only a collection at rest has whole: what these say must agree with the captures.
RESTING = (*SNAPSHOTS, INDEX)
_ROOT = ("collection.yaml", "takedowns.jsonl", "derived.jsonl")
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
            if path.suffix != ".open" and path.is_file() and not path.is_symlink():
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
    return ordinary and (name == INDEX or (folder in _FOLDERS and not name.endswith(".open")))


def at_rest(collection: Collection, staging: Path) -> Iterator[Holding]:
    """The index and the frontier as they are while nobody writes: kept in `staging`, so that a crawl may go on. Only
    under the lock."""
    if collection.index.exists():
        # The index is replaced, never changed in place: a second name keeps these bytes.
        (kept := staging / "index.cdxj").hardlink_to(collection.index)
        yield Holding(INDEX, kept, fixed=False)
    for name in SNAPSHOTS:
        if (path := collection.path / name).exists():
            yield Holding(name, snapshot(path, staging / name), fixed=False)


def snapshot(source: Path, target: Path) -> Path:
    """A consistent copy of a database. Raises CollectionError if it is damaged: a damaged one replaces no good one."""
    try:
        with (
            closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as db,
            closing(sqlite3.connect(target)) as new,
        ):
            db.backup(new)
            new.execute("PRAGMA journal_mode=DELETE")
            verdict = new.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise CollectionError(f"{source} cannot be copied: {error}. `cleancopy restore` has an earlier one.") from error
    if verdict != "ok":
        raise CollectionError(f"{source} is damaged: {verdict}. `cleancopy restore` has an earlier one.")
    return target
