"""The tables of a collection's `state.sqlite`, and how those of earlier versions are brought up to date."""

import re
import sqlite3
from pathlib import Path

from archive.collection.failure import Failed, FailureKind
from archive.collection.sqlite_file import as_collection_error, open_database
from archive.errors import CollectionError

_TRIES = re.compile(r" \(\d+ tries\)$")
#: Each sentence that was written for a failure; a group named `detail` or `status` is kept.
_SENTENCES = {
    r"the host name is not known": FailureKind.DNS,
    r"the server (?P<detail>refused|closed) the connection": FailureKind.CONNECTION,
    r"the server did not answer in time": FailureKind.TIMEOUT,
    r"the server sent less than it promised": FailureKind.CUT,
    r"the page is larger than the limit.*": FailureKind.TOO_LARGE,
    r"robots\.txt forbids it": FailureKind.ROBOTS,
    r"robots\.txt cannot be read \((?P<detail>.*?)\).*": FailureKind.ROBOTS_UNREADABLE,
    r"(?P<detail>RequestRefusedError: a capture is not made through a proxy.*)": FailureKind.PROXY,
    r"(?P<detail>RequestRefusedError: .*)": FailureKind.PRIVATE_ADDRESS,
    r"redirected to (?P<detail>.*), which is not http or https": FailureKind.REDIRECT,
    r"redirected in a loop, to (?P<detail>.*)": FailureKind.REDIRECT_LOOP,
    r"redirected more than \d+ times, last to (?P<detail>.*)": FailureKind.REDIRECT_LIMIT,
    r"a test for robots came instead of the page \(HTTP (?P<status>\d+)\)": FailureKind.CAPTCHA,
    r"a consent wall came instead of the page \(HTTP (?P<status>\d+)\)": FailureKind.CONSENT_WALL,
    r"a refusal came instead of the page \(HTTP (?P<status>\d+)\)": FailureKind.REFUSED,
    r"reading it failed: (?P<detail>.*)": FailureKind.UNREADABLE,
    r"taken down": FailureKind.TAKEN_DOWN,
}
_PATTERNS = [(re.compile(rf"\A{pattern}\Z", re.DOTALL), kind) for pattern, kind in _SENTENCES.items()]
_STATUS = re.compile(r"HTTP (\d+)")
#: Kept in the file as SQLite's user_version. 0: before revisits and URLs that are gone; 1: before kinds of failures;
#: 2: before runs that failed were counted, and before stories had further pages.
VERSION = 3
_FRONTIER = """
CREATE TABLE IF NOT EXISTS frontier (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    host TEXT NOT NULL,
    purpose TEXT NOT NULL,
    origin TEXT NOT NULL,
    site TEXT NOT NULL,
    hops INTEGER NOT NULL DEFAULT 0,
    target TEXT,
    priority INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'leased', 'held', 'done', 'failed', 'gone')),
    attempts INTEGER NOT NULL DEFAULT 0,
    due REAL NOT NULL DEFAULT 0,
    kind TEXT,
    status INTEGER,
    detail TEXT,
    etag TEXT,
    last_modified TEXT,
    changed REAL NOT NULL DEFAULT 0,
    captured REAL,
    gone INTEGER NOT NULL DEFAULT 0,
    runs INTEGER NOT NULL DEFAULT 0
)"""
#: The condition on a row that it is a list. An index serves queries that hold it word for word.
IS_LIST = "purpose NOT IN ('article', 'requisite', 'page')"
#: Where lists are looked for: there may be few of them among a million articles, or none left.
LISTS = "frontier INDEXED BY frontier_lists"
_OTHERS = (
    "CREATE INDEX IF NOT EXISTS frontier_next ON frontier (host, state, priority DESC, id)",
    "CREATE INDEX IF NOT EXISTS frontier_of_site ON frontier (site, state, changed)",
    "CREATE INDEX IF NOT EXISTS frontier_queued ON frontier (due) WHERE state = 'queued'",
    f"CREATE INDEX IF NOT EXISTS frontier_lists ON frontier (site, host, state, priority DESC, id) WHERE {IS_LIST}",
    "CREATE TABLE IF NOT EXISTS resting (host TEXT PRIMARY KEY, until REAL NOT NULL)",
    "CREATE TABLE IF NOT EXISTS accounted (warc TEXT PRIMARY KEY)",
    "CREATE TABLE IF NOT EXISTS lists_read_with (site TEXT PRIMARY KEY, digest TEXT NOT NULL)",
)
#: What the earlier table told of articles that are captured: when, and no more than once.
_FIRST_CAPTURES = (
    "UPDATE frontier SET captured = changed WHERE purpose = 'article' AND state = 'done' AND status BETWEEN 200 AND 299"
)


def meant(reason: str, status: int | None) -> Failed:
    """What the sentence of an earlier version says."""
    said = _TRIES.sub("", reason)
    for pattern, kind in _PATTERNS:
        if match := pattern.match(said):
            found = match.groupdict()
            return Failed(kind, int(found["status"]) if "status" in found else status, found.get("detail"))
    if match := _STATUS.fullmatch(said):
        return Failed.of_status(int(match[1]))
    return Failed(FailureKind.OTHER, status, said)


def keep_kinds(db: sqlite3.Connection) -> None:
    """Give each row of the table `frontier` the kind of the reason that it has in `frontier_before`."""
    reasons = db.execute("SELECT id, reason, status FROM frontier_before WHERE reason IS NOT NULL")
    found = ((number, meant(reason, status)) for number, reason, status in reasons)
    db.executemany(
        "UPDATE frontier SET kind = ?, status = ?, detail = ? WHERE id = ?",
        ((failed.kind.value, failed.status, failed.detail, number) for number, failed in found),
    )


def open_tables(path: Path) -> sqlite3.Connection:
    """The database, with all tables as this version has them, in a transaction.

    Raises CollectionError for what is no frontier, or one of a later version.
    """
    with as_collection_error(path, "Move it away to begin a new frontier."):
        db = open_database(path)
        db.execute("BEGIN IMMEDIATE")
        found = int(db.execute("PRAGMA user_version").fetchone()[0])
        if found <= VERSION:
            _bring_up_to_date(db, found)
            db.execute("COMMIT")
            db.execute("BEGIN")
    if found > VERSION:
        db.close()
        raise CollectionError(f"{path} was written by a later version of cleancopy (tables {found}, not {VERSION}).")
    return db


def _bring_up_to_date(db: sqlite3.Connection, found: int) -> None:
    old = [name for _, name, *_ in db.execute("PRAGMA table_info(frontier)")] if found < VERSION else []
    if old:
        # A CHECK cannot be altered, so that the table is made anew. Its indexes would keep their names.
        for index in ("frontier_next", "frontier_of_site", "frontier_queued", "frontier_lists"):
            db.execute(f"DROP INDEX IF EXISTS {index}")
        db.execute("ALTER TABLE frontier RENAME TO frontier_before")
    for statement in (_FRONTIER, *_OTHERS):
        db.execute(statement)
    if old:
        names = ", ".join(name for name in old if name != "reason")
        db.execute(f"INSERT INTO frontier ({names}) SELECT {names} FROM frontier_before")  # noqa: S608
        if not found:
            db.execute(_FIRST_CAPTURES)
        if "reason" in old:
            keep_kinds(db)
        # Pages that are refused were asked for once in a run.
        db.execute(f"UPDATE frontier SET runs = attempts WHERE state = 'failed' AND kind = '{FailureKind.REFUSED}'")  # noqa: S608
        db.execute("DROP TABLE frontier_before")
    db.execute(f"PRAGMA user_version = {VERSION}")
