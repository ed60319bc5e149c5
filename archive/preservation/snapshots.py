"""What changes while a crawl runs, as it was at one moment, so that it agrees with the captures that a copy holds.

The index names complete WARC files alone, so that it may be copied at any time before these are. The frontier also
knows what is in the WARC that is being written: its snapshot is kept back until that is complete. A copy's frontier is
then never ahead of its captures, which would lose pages; where it lags behind them, a crawl sees that
(crawler.run.recovery).
"""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from archive.collection.folder import Collection
from archive.errors import CollectionError
from archive.preservation.copy_contents import INDEX, SCHEDULE, STATE, Holding
from archive.preservation.takedown_log import LOG

#: Where a frontier's snapshot waits, and for which files.
_KEPT_BACK, _WAITS_FOR = ".copying-state.sqlite", ".copying-state.json"


def snapshots(collection: Collection, folder: Path, *, locked: bool = False) -> Iterator[Holding]:
    """The snapshots to copy now, before any capture is; made in `folder`. With `locked` the caller holds the
    collection's lock and nobody writes.

    Raises CollectionError for a database that is damaged: it replaces no good one.
    """
    if collection.index.exists():
        yield Holding(INDEX, _kept(collection.index, folder / "index.cdxj"), fixed=False)
    if collection.schedule.exists():
        yield Holding(SCHEDULE, snapshot(collection.schedule, folder / SCHEDULE), fixed=False)
    if collection.state.exists() and (state := _state(collection, folder / STATE, locked)):
        yield Holding(STATE, state, fixed=False)


def _kept(index: Path, target: Path) -> Path:
    """The index is replaced, never changed in place: a second name keeps these bytes."""
    try:
        target.hardlink_to(index)
    except OSError:  # not every file system has such names
        shutil.copyfile(index, target)
    return target


def _state(collection: Collection, target: Path, locked: bool) -> Path | None:
    if locked:
        return snapshot(collection.state, target)
    try:
        with collection.lock():
            _drop(collection)
            return snapshot(collection.state, target)
    except CollectionError as error:
        if "is in use" not in str(error):
            raise
    return _kept_back(collection, target)


def _kept_back(collection: Collection, target: Path) -> Path | None:
    """The last snapshot, if all files are complete that were being written then; a new one is kept back."""
    kept, waits_for = collection.path / _KEPT_BACK, collection.path / _WAITS_FOR
    if not waits_for.exists() or _is_outdated(kept, collection.path / LOG):
        ripe, again = False, True
    else:
        ripe = again = not _open_ones(collection) & _waited_for(waits_for)
    if ripe:
        kept.replace(target)
    if again:
        _drop(collection)
        snapshot(collection.state, kept)
        # Which files are open is asked after the snapshot: what it knows is in these or complete.
        waits_for.write_text(json.dumps(sorted(_open_ones(collection))))
    return target if ripe else None


def _waited_for(path: Path) -> set[str]:
    try:
        return TypeAdapter(set[str]).validate_json(path.read_bytes())
    except ValidationError as error:
        raise CollectionError(f"{path} is no list of files. Delete it, and a new snapshot is made.") from error


def _is_outdated(kept: Path, log: Path) -> bool:
    """Whether a takedown came after this snapshot, which then knows what is to be forgotten; or may have come after it,
    within one tick of the clock."""
    return not kept.exists() or (log.exists() and log.stat().st_mtime_ns >= kept.stat().st_mtime_ns)


def _drop(collection: Collection) -> None:
    (collection.path / _WAITS_FOR).unlink(missing_ok=True)
    (collection.path / _KEPT_BACK).unlink(missing_ok=True)


def _open_ones(collection: Collection) -> set[str]:
    return {path.name for path in collection.open_warcs()}


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
