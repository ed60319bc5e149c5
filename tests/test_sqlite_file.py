"""SQLite files that several processes open at a time."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from archive.collection import sqlite_file
from archive.collection.sqlite_file import open_database

SCHEMA = "CREATE TABLE IF NOT EXISTS things (name TEXT PRIMARY KEY)"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "things.sqlite"


@pytest.fixture
def writer(path: Path) -> Iterator[sqlite3.Connection]:
    """Another process, as far as SQLite knows, in the middle of its first writing to a new file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


def test_a_new_file_that_another_one_writes_is_waited_for(
    path: Path, writer: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "sleep", lambda _: writer.execute("COMMIT"))
    with closing(open_database(path, SCHEMA)) as db:
        db.execute("INSERT INTO things VALUES ('gull')")
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_file_that_stays_locked_is_given_up(
    path: Path, writer: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "_PATIENCE", 0.1)
    with pytest.raises(sqlite3.OperationalError, match="database is locked"):
        open_database(path, SCHEMA)


def test_what_is_no_database_is_told_at_once(path: Path) -> None:
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        open_database(path, SCHEMA)
