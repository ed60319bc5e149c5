"""SQLite files that several processes write: how they are opened, and what is said when one fails."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import copyfile, disk_usage
from tempfile import TemporaryDirectory
from time import monotonic, sleep

from archive.errors import CollectionError

#: Seconds that one process waits for what another is writing, and between two tries where SQLite does not wait itself.
_PATIENCE, _PAUSE = 30.0, 0.01
#: Bytes without which SQLite, whose pages have 4,096, can do nothing: it then speaks of an input or output error.
_ROOM = 65_536


def open_database(path: Path, schema: str = "", *, synchronous: str = "FULL") -> sqlite3.Connection:
    """A database whose statements each take effect at once, outside of explicit transactions. With `synchronous` NORMAL
    a power cut may take the last of them. Where nothing can be written, it is a copy that ends with the process. Raises
    sqlite3.Error."""
    is_read_only = not os.access(path.parent, os.W_OK)
    db = copy_of(path) if is_read_only else sqlite3.connect(path, isolation_level=None, timeout=_PATIENCE)
    try:
        if not is_read_only:
            _use_write_ahead_log(db)
        shut_in(db)
        db.execute(f"PRAGMA synchronous={synchronous}")
        db.executescript(schema)
    except sqlite3.Error:
        db.close()
        raise
    return db


def copy_of(path: Path) -> sqlite3.Connection:
    """A private copy of a database, or an empty one where there is none: SQLite wants to write beside a file even to
    read it."""
    db = sqlite3.connect("", isolation_level=None)
    if path.exists():
        with TemporaryDirectory(prefix="cleancopy-") as folder:
            for file in (path, path.with_name(path.name + "-wal")):
                if file.exists():
                    copyfile(file, Path(folder) / file.name)
            with closing(sqlite3.connect(Path(folder) / path.name)) as there:
                there.backup(db)
    return db


def shut_in(db: sqlite3.Connection) -> None:
    """Let what the file itself says, in views, triggers and defaults, call nothing that could do harm: it may be
    somebody else's. Damage is looked for with every page that is read. Raises sqlite3.Error where it has triggers or
    views: no database of ours does."""
    db.execute("PRAGMA trusted_schema=OFF")
    db.execute("PRAGMA cell_size_check=ON")
    odd = db.execute("SELECT type, name FROM sqlite_master WHERE type IN ('trigger', 'view') LIMIT 1").fetchone()
    if odd:
        raise sqlite3.DatabaseError(f"it has a {odd[0]}, {odd[1]!r}, which cleancopy never makes")


def _use_write_ahead_log(db: sqlite3.Connection) -> None:
    """SQLite does not wait for a writer here: two that did would wait for each other. It is asked again instead."""
    deadline = monotonic() + _PATIENCE
    while True:
        try:
            db.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            # The low byte is the error, what stands above it the occasion.
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() > deadline:
                raise
            sleep(_PAUSE)
        else:
            return


@contextmanager
def as_collection_error(path: Path, advice: str = "") -> Iterator[None]:
    """Raise what SQLite says of this file as CollectionError, with what to do about it."""
    try:
        yield
    except sqlite3.Error as error:
        if disk_usage(path.parent).free < _ROOM:
            raise CollectionError(f"{path} cannot be written: there is no room left on the disk.") from error
        raise CollectionError(f"{path} cannot be used: {error}{advice and f'. {advice}'}") from error
