"""What a collection has captured before, so that the same payload is stored once (WARC 1.1, section 6.7).

Kept apart from the frontier's `state.sqlite`: that file is in one long transaction while a crawl runs, and this one
can be made anew from the WARC files at any time.
"""

import sqlite3
from collections.abc import Mapping
from pathlib import Path

from archive.collection.sqlite_file import shut_in
from archive.errors import CollectionError
from archive.sites.file_stamp import Stamp
from archive.warc.sighting import Original, Revisit, Sighting

_PROFILE = "http://netpreserve.org/warc/1.1/revisit/"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS originals (
    digest TEXT, form TEXT, record_id TEXT, url TEXT, date TEXT, PRIMARY KEY (digest, form)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS latest (
    asked TEXT PRIMARY KEY, digest TEXT, record_id TEXT, url TEXT, date TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS taken_in (name TEXT PRIMARY KEY, stamp TEXT) WITHOUT ROWID;
DROP TABLE IF EXISTS files;
"""


class SeenPayloads:
    """The originals of a collection. What was noted since the last `keep` is held in memory: only then is it known
    to be on disk, and nothing may ever refer to a response that was lost."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._noted: dict[tuple[str, str], Original] = {}
        self._latest: dict[str, Original] = {}
        try:
            self._db = self._open()
        except sqlite3.DatabaseError:
            # Nothing is lost with it; what it held is read from the WARC files again.
            path.unlink(missing_ok=True)
            self._db = self._open()
        self._is_empty = self._db.execute("SELECT 1 FROM originals LIMIT 1").fetchone() is None

    def _open(self) -> sqlite3.Connection:
        try:
            db = sqlite3.connect(self._path)
            shut_in(db)
            db.executescript(_SCHEMA)
        except sqlite3.OperationalError as error:
            raise CollectionError(f"{self._path} cannot be used: {error}") from error
        return db

    def revisit(self, sighting: Sighting) -> Revisit | None:
        """What this response repeats, if it repeats something."""
        if sighting.status == 304 and sighting.whole:
            original = self._latest_of(sighting.original.url)
            return Revisit(original, _PROFILE + "server-not-modified") if original else None
        if not sighting.is_worth_referring:
            return None
        original = self._first(sighting.original.digest, sighting.form)
        return Revisit(original, _PROFILE + "identical-payload-digest") if original else None

    def _first(self, digest: str, form: str) -> Original | None:
        if self._is_empty:
            return self._noted.get((digest, form))
        if not self._db.in_transaction:
            # Outside of one, every look takes and gives back the file's locks, which takes longer than the look.
            self._db.execute("BEGIN")
        row = self._db.execute(
            "SELECT digest, record_id, url, date FROM originals WHERE digest = ? AND form = ?", (digest, form)
        ).fetchone()
        return Original(*row) if row else self._noted.get((digest, form))

    def _latest_of(self, url: str) -> Original | None:
        row = self._db.execute("SELECT digest, record_id, url, date FROM latest WHERE asked = ?", (url,)).fetchone()
        return self._latest.get(url) or (Original(*row) if row else None)

    def note(self, sighting: Sighting, revisit: Revisit | None) -> None:
        """A response has been written: in full, or as a revisit."""
        original = revisit.original if revisit else sighting.original
        if sighting.is_good or revisit:
            self._latest[sighting.original.url] = original
        if sighting.is_worth_referring and not revisit:
            self._noted.setdefault((original.digest, sighting.form), original)

    def keep(self) -> None:
        """What was noted is on disk now."""
        with self._db:
            self._db.executemany(
                "INSERT OR IGNORE INTO originals VALUES (?, ?, ?, ?, ?)",
                ((one.digest, form, one.record_id, one.url, one.date) for (_, form), one in self._noted.items()),
            )
            self._db.executemany(
                "INSERT OR REPLACE INTO latest VALUES (?, ?, ?, ?, ?)",
                ((asked, one.digest, one.record_id, one.url, one.date) for asked, one in self._latest.items()),
            )
        self._is_empty = self._is_empty and not self._noted
        self._noted.clear()
        self._latest.clear()

    def account(self, files: Mapping[str, Stamp]) -> None:
        """These WARC files are in the index and noted here, as of these stamps."""
        with self._db:
            self._db.executemany("INSERT OR REPLACE INTO taken_in VALUES (?, ?)", files.items())

    def files(self) -> dict[str, Stamp]:
        """The WARC files that are accounted for."""
        return dict(self._db.execute("SELECT name, stamp FROM taken_in"))

    def clear(self) -> None:
        """Forget everything."""
        with self._db:
            for table in ("originals", "latest", "taken_in"):
                self._db.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
        self._noted.clear()
        self._latest.clear()

    def close(self) -> None:
        """Close the file; what was noted and not kept is forgotten."""
        self._db.close()
