"""The search index of a collection: indexes/search.sqlite, which can be deleted and is then made anew.

It follows the record files: `catch_up` takes in those that are new or were replaced, as their stamps tell.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from archive.collection.folder import Collection
from archive.collection.sqlite_file import copy_of, shut_in
from archive.errors import CollectionError
from archive.records import Record, fault_of
from archive.research.article_row import COLUMNS, row_of
from archive.research.search_terms import fts_query, spaced, unspaced
from archive.sites.file_stamp import Stamp, stamp_of

_TOKENS = "tokenize = 'unicode61 remove_diacritics 2'"
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS files (name TEXT PRIMARY KEY, stamp TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS articles (number INTEGER PRIMARY KEY, file TEXT, {", ".join(COLUMNS)});
CREATE INDEX IF NOT EXISTS articles_file ON articles (file);
CREATE INDEX IF NOT EXISTS articles_id ON articles (id);
CREATE INDEX IF NOT EXISTS articles_key ON articles (key);
CREATE INDEX IF NOT EXISTS articles_same ON articles (same);
CREATE INDEX IF NOT EXISTS articles_trouble ON articles (trouble, site, crawled) WHERE trouble IS NOT NULL;
CREATE INDEX IF NOT EXISTS articles_newest_trouble ON articles (crawled) WHERE trouble IS NOT NULL;
CREATE INDEX IF NOT EXISTS articles_ruled ON articles (site, ruled, crawled) WHERE trouble IS NULL;
CREATE VIRTUAL TABLE IF NOT EXISTS texts USING fts5 (title, text, {_TOKENS}, prefix = '2');
INSERT INTO texts (texts, rank) VALUES ('rank', 'bm25(4.0, 1.0)');
PRAGMA user_version = 4;
"""  # noqa: S608
_VERSION = 4
#: Bytes of the index that are mapped into memory, where the kernel has room.
_MAPPED = 2_000_000_000
#: Words of a snippet, which FTS5 limits to 64, and characters of a text's beginning.
_SNIPPET, _BEGINNING = 30, 220
#: Articles that are ranked for one query. BM25 costs a microsecond for each, and words that so many articles hold tell
#: little about any of them.
MOST_RANKED = 20_000
_MARKS = ("\x02", "\x03")


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """Which articles are looked at. Days are those of publication as the source states them; a language stands for
    its regional forms too."""

    sites: tuple[str, ...] = ()
    language: str | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One article found. The words found stand in `snippet` between the characters U+0002 and U+0003."""

    id: str
    url: str
    site: str
    day: str | None
    title: str
    snippet: str


class SearchIndex:
    """The index of one collection. Raises CollectionError where it cannot be used."""

    def __init__(self, collection: Collection) -> None:
        collection.require()
        self._records = collection.records
        self._path = search_path(collection)
        with _told(self._path):
            self._path.parent.mkdir(exist_ok=True)
            self._db = _opened(self._path)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def catch_up(self, progress: Callable[[int], None] = lambda _: None) -> None:
        """Take in what is new, file by file: one that is cut short is taken in again. `progress` is told records."""
        known = dict(self._db.execute("SELECT name, stamp FROM files"))
        for path in sorted(self._records.glob("*.jsonl")):
            stamp = stamp_of(path.stat())
            if known.pop(path.name, None) != stamp:
                self._replace(path, stamp, progress)
        for name in known:
            with _told(self._path), self._db:
                self._remove("file = ?", name)
                self._db.execute("DELETE FROM files WHERE name = ?", (name,))

    def _replace(self, path: Path, stamp: Stamp, progress: Callable[[int], None]) -> None:
        with _told(self._path), self._db, path.open("rb") as lines:
            self._remove("file = ?", path.name)
            at = 0
            for number, line in enumerate(lines, 1):
                if line.strip():
                    self._add(path.name, at, _parsed(path, number, line))
                    progress(1)
                at += len(line)
            self._db.execute("REPLACE INTO files VALUES (?, ?)", (path.name, stamp))

    def _add(self, name: str, at: int, record: Record) -> None:
        marks = ", ".join("?" * (len(COLUMNS) + 1))
        inserted = f"INSERT INTO articles (file, {', '.join(COLUMNS)}) VALUES ({marks})"  # noqa: S608
        number = self._db.execute(inserted, (name, *row_of(record, at))).lastrowid
        indexed = (number, spaced(record.title or ""), spaced(record.text))
        self._db.execute("INSERT INTO texts (rowid, title, text) VALUES (?, ?, ?)", indexed)

    def _remove(self, condition: str, *values: str) -> None:
        self._db.execute(f"DELETE FROM texts WHERE rowid IN (SELECT number FROM articles WHERE {condition})", values)  # noqa: S608
        self._db.execute(f"DELETE FROM articles WHERE {condition}", values)  # noqa: S608

    def search(self, query: str, filters: SearchFilters = SearchFilters(), limit: int = 10) -> list[SearchHit]:
        """The best articles for a query, best first: by BM25, words of the headline counting four times. Where more
        than 20,000 articles match, those that were taken in last are ranked."""
        match = fts_query(query)
        conditions, values = _conditions(filters)
        joined = " AND ".join(["texts MATCH ?", *conditions])
        found = f"FROM texts {'JOIN articles ON number = texts.rowid' if conditions else ''} WHERE {joined}"
        oldest = self._db.execute(
            f"SELECT texts.rowid {found} ORDER BY texts.rowid DESC LIMIT 1 OFFSET ?",
            (match, *values, MOST_RANKED),
        ).fetchone()
        best = self._db.execute(
            f"SELECT texts.rowid {found} AND texts.rowid > ? ORDER BY rank LIMIT ?",
            (match, *values, oldest[0] if oldest else 0, limit),
        )
        return self.hits([number for (number,) in best.fetchall()], query)

    def matches(self, query: str) -> npt.NDArray[np.int64]:
        """The numbers of all articles that a query finds, in their order. Raises ConfigurationError as `fts_query`."""
        # As one text: a hundred thousand rows take twice as long.
        joined = "SELECT group_concat(rowid) FROM texts WHERE texts MATCH ?"
        (found,) = self._db.execute(joined, (fts_query(query),)).fetchone()
        return np.fromstring(found or "", np.int64, sep=",")

    def ranks(self, query: str, numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """How well these articles, all found by the query, fit it: less is better."""
        found = self._db.execute("SELECT rowid, rank FROM texts WHERE texts MATCH ?", (fts_query(query),)).fetchall()
        table = np.array(found, np.float64).reshape(-1, 2)
        ranks: npt.NDArray[np.float64] = table[np.searchsorted(table[:, 0], numbers), 1]
        return ranks

    def version(self) -> tuple[int, int]:
        """Another one after each change, whoever made it."""
        return self._db.total_changes, int(self._db.execute("PRAGMA data_version").fetchone()[0])

    def rows(self, columns: str, condition: str = "1", *values: object) -> sqlite3.Cursor:
        """What the table of articles says, by a condition of ours."""
        return self._db.execute(f"SELECT {columns} FROM articles WHERE {condition}", values)  # noqa: S608

    def hits(self, numbers: Sequence[int], query: str = "") -> list[SearchHit]:
        """Some articles, with the words found, or with the beginning of their texts."""
        return [self._shown(number, snippet) for number, snippet in self._snippets(numbers, query)]

    def _snippets(self, numbers: Sequence[int], query: str) -> Iterator[tuple[int, str]]:
        """Made in a table of these alone: FTS5 goes through all that match for each article that it is asked of."""
        some = "SELECT rowid, title, text FROM texts WHERE rowid = ?"
        rows = [self._db.execute(some, (number,)).fetchone() for number in numbers]
        if not query:
            yield from ((number, text[:_BEGINNING]) for number, _, text in rows)
            return
        snippet = f"SELECT snippet(few, 1, ?, ?, '…', {_SNIPPET}) FROM few WHERE few MATCH ? AND rowid = ?"  # noqa: S608
        with closing(sqlite3.connect("")) as db:
            db.execute(f"CREATE VIRTUAL TABLE few USING fts5 (title, text, {_TOKENS})")
            db.executemany("INSERT INTO few (rowid, title, text) VALUES (?, ?, ?)", rows)
            for number in numbers:
                (found,) = db.execute(snippet, (*_MARKS, fts_query(query), number)).fetchone()
                yield number, found

    def _shown(self, number: int, snippet: str) -> SearchHit:
        row = self._db.execute("SELECT id, url, site, day, title FROM articles WHERE number = ?", (number,)).fetchone()
        return SearchHit(
            row[0] or "", row[1] or "", row[2] or "", row[3], row[4] or "", unspaced(" ".join(snippet.split()))
        )

    def __len__(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM articles").fetchone()[0])


def search_path(collection: Collection) -> Path:
    """Where a collection's search index lies."""
    return collection.indexes / "search.sqlite"


@contextmanager
def open_index(collection: Collection) -> Iterator[SearchIndex]:
    """The index, closed at the end."""
    with closing(SearchIndex(collection)) as index:
        yield index


def _opened(path: Path) -> sqlite3.Connection:
    is_read_only = not os.access(path.parent, os.W_OK)
    db = copy_of(path) if is_read_only else sqlite3.connect(path, timeout=60)
    try:
        shut_in(db)
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, _VERSION):
            db.close()
            if not is_read_only:
                path.unlink()
            db = sqlite3.connect("" if is_read_only else path, timeout=60)
        if version != _VERSION:
            db.executescript(_SCHEMA)
        db.execute(f"PRAGMA mmap_size = {_MAPPED}")
    except sqlite3.Error:
        db.close()
        raise
    return db


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise CollectionError(f"{path} cannot be used: {error}. It can be deleted; it is made anew then.") from error


def _conditions(filters: SearchFilters) -> tuple[Sequence[str], Sequence[str]]:
    found: list[tuple[str, Sequence[str]]] = []
    if filters.sites:
        found.append((f"site IN ({', '.join('?' * len(filters.sites))})", filters.sites))
    if filters.language:
        tag = filters.language.lower()
        found.append(("(language = ? OR substr(language, 1, ?) = ?)", (tag, str(len(tag) + 1), f"{tag}-")))
    if filters.since:
        found.append(("day >= ?", (filters.since.isoformat(),)))
    if filters.until:
        found.append(("day <= ?", (filters.until.isoformat(),)))
    return [condition for condition, _ in found], [value for _, values in found for value in values]


def _parsed(path: Path, number: int, line: bytes) -> Record:
    try:
        return Record.from_line(line)
    except ValueError as error:
        raise CollectionError(f"{path}:{number}: not a record line: {fault_of(error)}") from error
