"""A frontier that knows some addresses only as taken down."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from archive.collection.failure import FailureKind
from archive.collection.folder import Collection
from archive.collection.pending_takedown import Stage
from archive.collection.sqlite_file import as_collection_error, shut_in
from archive.errors import CollectionError
from archive.exchange import Origin, Purpose
from crawler.frontier.tables import open_tables

_FORGET = (
    f"UPDATE frontier SET state = 'failed', kind = '{FailureKind.TAKEN_DOWN}', detail = NULL, origin = ?, "  # noqa: S608
    "target = NULL, status = NULL, etag = NULL, last_modified = NULL WHERE id = ?"
)


def forget(collection: Collection, stage: Stage, covers: Callable[[str], bool]) -> None:
    """Make a new `state.sqlite` without what lists said of these addresses, which are not to be fetched. Only under
    the collection's lock. Raises CollectionError for a frontier that cannot be used."""
    if not collection.state.exists():
        return
    found = _found(collection.state, covers)
    # One of an earlier version has no kinds.
    open_tables(collection.state).close()
    target = stage.place(collection.state)
    with closing(sqlite3.connect(collection.state)) as db:
        db.execute("VACUUM INTO ?", (str(target),))
    with closing(sqlite3.connect(target, isolation_level=None)) as db:
        db.execute("BEGIN")
        db.executemany(_FORGET, ((_bare(purpose), number) for number, purpose in found))
        db.execute("COMMIT")
        db.execute("VACUUM")
    for suffix in ("-wal", "-shm"):
        stage.remove(collection.state.with_name(collection.state.name + suffix))


def _found(state: Path, covers: Callable[[str], bool]) -> list[tuple[int, str]]:
    advice = "Nothing was taken down. Move it away to begin a new frontier."
    with as_collection_error(state, advice), closing(sqlite3.connect(state)) as db:
        shut_in(db)
        # What earlier runs left in the log of writes belongs to the old file.
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        rows = db.execute("SELECT id, url, origin FROM frontier")
        return [(number, _purpose(state, origin)) for number, url, origin in rows if covers(url)]


def _purpose(state: Path, origin: str) -> str:
    try:
        return Purpose(json.loads(origin)["purpose"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CollectionError(f"{state} cannot be used: {origin[:200]!r} does not say what a URL is for") from error


def _bare(purpose: str) -> str:
    return json.dumps(Origin(purpose=Purpose(purpose))._asdict())
