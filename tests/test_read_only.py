"""Collections that nobody can write to, as on read-only media: what only reads works on them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from archive.collection.folder import Collection
from archive.collection.sqlite_file import open_database
from archive.errors import CollectionError
from tests.read_only import AS_ANYBODY, make_read_only
from tests.scripted import PATIENCE, Ran, ScriptedSite, environment, story


def read(folder: Path, *arguments: str) -> Ran:
    """Run a command as somebody who may not write."""
    program = [*AS_ANYBODY, sys.executable, "-m", "crawler", *arguments]
    done = subprocess.run(
        program, cwd=folder, env=environment(), capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a read-only collection `c` of one page."""
    made, site = tmp_path_factory.mktemp("read-only"), ScriptedSite()
    url = site.page("/2026/11/18/a-b-c-d.html", story("Swing bridge"))
    program = [sys.executable, "-m", "crawler", "crawl", "--urls", "-", "--collection", "c", "--allow-private"]
    subprocess.run(program, input=url, cwd=made, env=environment(), text=True, timeout=PATIENCE, check=True)
    site.close()
    make_read_only(made / "c")
    return made


@pytest.mark.parametrize(
    "arguments",
    [
        ("search", "c", "tide"),
        ("index", "c"),
        ("wacz", "c", "--output", "c.wacz", "--replace"),
        ("schedule", "status", "c"),
        ("alarms", "list", "c"),
        # A dry run.
        ("takedown", "c", "--url", "http://gull.example/", "--reason", "asked"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_what_reads_works(folder: Path, arguments: tuple[str, ...]) -> None:
    ran = read(folder, *arguments)
    assert ran.code == 0, ran.err
    assert "Traceback" not in ran.err


def test_what_writes_says_that_it_cannot(folder: Path) -> None:
    ran = read(folder, "extract", "c")
    assert ran.code == 1, ran.err
    assert "c cannot be written to: Permission denied." in ran.err.splitlines()[-1]


def test_a_database_there_is_a_copy_with_what_its_log_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = open_database(tmp_path / "a.sqlite", "CREATE TABLE t (n)")
    written.execute("INSERT INTO t VALUES (1)")
    monkeypatch.setattr(os, "access", lambda *_: False)
    copied = open_database(tmp_path / "a.sqlite", "CREATE TABLE IF NOT EXISTS t (n)")
    copied.execute("INSERT INTO t VALUES (2)")
    assert copied.execute("SELECT n FROM t").fetchall() == [(1,), (2,)]
    assert written.execute("SELECT n FROM t").fetchall() == [(1,)]
    assert open_database(tmp_path / "b.sqlite", "CREATE TABLE t (n)").execute("SELECT n FROM t").fetchall() == []
    assert not (tmp_path / "b.sqlite").exists()
    for db in (written, copied):
        db.close()


def test_the_lock_is_refused_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Collection(tmp_path).create()
    monkeypatch.setattr(os, "open", lambda *_: (_ for _ in ()).throw(OSError(30, "Read-only file system")))
    with (
        pytest.raises(CollectionError, match="cannot be written to: Read-only file system"),
        Collection(tmp_path).lock(),
    ):
        pass
