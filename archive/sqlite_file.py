"""SQLite files that several processes write: how they are opened, and what is said when one fails."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.errors import CollectionError

#: Seconds that one process waits for what another is writing.
_PATIENCE = 30


def open_database(path: Path, schema: str = "", *, synchronous: str = "FULL") -> sqlite3.Connection:
    """A database whose statements each take effect at once, outside of explicit transactions. With `synchronous` NORMAL
    a power cut may take the last of them. Raises sqlite3.Error."""
    db = sqlite3.connect(path, isolation_level=None, timeout=_PATIENCE)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute(f"PRAGMA synchronous={synchronous}")
    db.executescript(schema)
    return db


@contextmanager
def as_collection_error(path: Path, advice: str = "") -> Iterator[None]:
    """Raise what SQLite says of this file as CollectionError, with what to do about it."""
    try:
        yield
    except sqlite3.Error as error:
        raise CollectionError(f"{path} cannot be used: {error}{advice and f'. {advice}'}") from error
