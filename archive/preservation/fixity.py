"""What a collection knows of the digests of its files and of their copies, and when each was last read: fixity.sqlite.

The same digests stand in manifest-sha256.txt, from which this is made anew if it is gone.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from archive.collection.folder import Collection
from archive.collection.sqlite_file import as_collection_error, open_database
from archive.preservation.file_digests import MANIFEST, manifest_lines, read_manifest
from archive.sites.file_stamp import Stamp

#: The place of the collection's own files; copies have theirs, such as `s3://bucket/courier`.
HERE = ""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS files (
    place TEXT, name TEXT, sha256 TEXT NOT NULL, size INTEGER NOT NULL, changed INTEGER NOT NULL, taken REAL NOT NULL,
    read REAL NOT NULL, fault TEXT, PRIMARY KEY (place, name)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS files_read ON files (read, place, name);
CREATE INDEX IF NOT EXISTS files_faults ON files (fault) WHERE fault IS NOT NULL;
CREATE TABLE IF NOT EXISTS stamps (name TEXT PRIMARY KEY, stamp TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS places (place TEXT PRIMARY KEY, tried REAL, copied REAL, fault TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS shares (number INTEGER PRIMARY KEY CHECK (number = 1), at REAL);
"""


@dataclass(frozen=True, slots=True)
class KnownDigest:
    """One file in one place. `changed` is its time of change (ns since the epoch; 0 in copies), `taken` when its
    digest was taken and `read` when its bytes last proved to have it (seconds since the epoch)."""

    place: str
    name: str
    sha256: str
    size: int
    changed: int
    taken: float
    read: float
    fault: str | None = None


class Fixity:
    """The database. What is put is kept at once."""

    def __init__(self, collection: Collection) -> None:
        with as_collection_error(collection.fixity, f"Move it away: it is made anew from {MANIFEST}."):
            # What a power cut may take from here is found again by reading; it need not be synced file by file.
            self._db = open_database(collection.fixity, _SCHEMA, synchronous="NORMAL")
        self._from_manifest(collection.path / MANIFEST)

    def _from_manifest(self, manifest: Path) -> None:
        if not manifest.exists() or self._db.execute("SELECT 1 FROM files LIMIT 1").fetchone():
            return
        taken = manifest.stat().st_mtime
        with self._db:
            self._db.execute("BEGIN")
            for name, digest in read_manifest(manifest).items():
                self.put(KnownDigest(HERE, name, digest, size=-1, changed=0, taken=taken, read=0))

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def get(self, place: str, name: str) -> KnownDigest | None:
        """What is known of one file."""
        row = self._db.execute("SELECT * FROM files WHERE place = ? AND name = ?", (place, name)).fetchone()
        return KnownDigest(*row) if row else None

    def put(self, known: KnownDigest) -> None:
        """Keep what is known of one file."""
        self._db.execute(
            "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (known.place, known.name, known.sha256, known.size, known.changed, known.taken, known.read, known.fault),
        )

    def stamp(self, name: str, stamp: Stamp) -> None:
        """The collection's own file was read as of this stamp."""
        self._db.execute("INSERT OR REPLACE INTO stamps VALUES (?, ?)", (name, stamp))

    def stamped(self, name: str) -> Stamp | None:
        """The stamp that the collection's own file had when stock was last taken of it."""
        row = self._db.execute("SELECT stamp FROM stamps WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def forget(self, place: str, name: str) -> None:
        """A file is gone on purpose."""
        self._db.execute("DELETE FROM files WHERE place = ? AND name = ?", (place, name))

    def all(self, place: str) -> Iterator[KnownDigest]:
        """All files of one place by name; the database may be written meanwhile."""
        name = ""
        while rows := self._db.execute(
            "SELECT * FROM files WHERE place = ? AND name > ? ORDER BY name LIMIT 1000", (place, name)
        ).fetchall():
            yield from (KnownDigest(*row) for row in rows)
            name = rows[-1][1]

    def longest_unread(self, places: Iterable[str], before: float) -> Iterator[KnownDigest]:
        """All files of these places, those first that were not read for the longest time, and none that was read since
        `before` (seconds since the epoch). What is put meanwhile does not come again."""
        among, last = json.dumps(list(places)), (-1.0, "", "")
        while rows := self._db.execute(
            "SELECT * FROM files WHERE read < ? AND (read, place, name) > (?, ?, ?) "
            "AND place IN (SELECT value FROM json_each(?)) ORDER BY read, place, name LIMIT 1000",
            (before, *last, among),
        ).fetchall():
            found = [KnownDigest(*row) for row in rows]
            yield from found
            last = (found[-1].read, found[-1].place, found[-1].name)

    def take_down(self, sizes: Iterable[tuple[str, int]]) -> None:
        """Take down which files a place has now, and their sizes (bytes), for `listed`."""
        self._db.executescript(
            "DROP TABLE IF EXISTS temp.listing; "
            "CREATE TEMP TABLE listing (name TEXT PRIMARY KEY, size INTEGER) WITHOUT ROWID;"
        )
        with self._db:
            self._db.execute("BEGIN")
            self._db.executemany("INSERT OR REPLACE INTO listing VALUES (?, ?)", sizes)

    def listed(self, name: str) -> int | None:
        """The size that a file had in the place listed last; None if it was not there."""
        row = self._db.execute("SELECT size FROM listing WHERE name = ?", (name,)).fetchone()
        return None if row is None else int(row[0])

    def total(self, places: Iterable[str]) -> int:
        """The bytes of all files of these places."""
        row = self._db.execute(
            "SELECT SUM(MAX(size, 0)) FROM files WHERE place IN (SELECT value FROM json_each(?))",
            (json.dumps(list(places)),),
        ).fetchone()
        return int(row[0] or 0)

    def faults(self) -> list[KnownDigest]:
        """All files that did not have their digest when they were last read."""
        rows = self._db.execute("SELECT * FROM files WHERE fault IS NOT NULL ORDER BY place, name")
        return [KnownDigest(*row) for row in rows]

    def copied(self, place: str, at: float, fault: str | None) -> None:
        """A copy was made, or could not be."""
        self._db.execute("INSERT OR IGNORE INTO places (place) VALUES (?)", (place,))
        self._db.execute("UPDATE places SET tried = ?, fault = ? WHERE place = ?", (at, fault, place))
        if fault is None:
            self._db.execute("UPDATE places SET copied = ? WHERE place = ?", (at, place))

    def copy_faults(self) -> dict[str, str]:
        """Why copies could not be made the last time."""
        return dict(self._db.execute("SELECT place, fault FROM places WHERE fault IS NOT NULL ORDER BY place"))

    def places(self) -> dict[str, float | None]:
        """Each place that was ever copied to, and when it was last complete."""
        return dict(self._db.execute("SELECT place, copied FROM places ORDER BY place"))

    def last_copied(self, place: str) -> float | None:
        """When a copy was last complete."""
        row = self._db.execute("SELECT copied FROM places WHERE place = ?", (place,)).fetchone()
        return None if row is None or row[0] is None else float(row[0])

    def longest_ago(self, place: str) -> float | None:
        """When that file of a place was read which was not read for the longest time; None where it has none."""
        row = self._db.execute("SELECT MIN(read) FROM files WHERE place = ?", (place,)).fetchone()
        return None if row[0] is None else float(row[0])

    def last_share(self) -> float | None:
        """When a share of the files was last read."""
        row = self._db.execute("SELECT at FROM shares").fetchone()
        return None if row is None else float(row[0])

    def share_read(self, at: float) -> None:
        """A share of the files was read."""
        self._db.execute("INSERT OR REPLACE INTO shares VALUES (1, ?)", (at,))

    def manifest(self, place: str) -> Iterator[bytes]:
        """The manifest of one place."""
        return manifest_lines((known.name, known.sha256) for known in self.all(place))


@contextmanager
def open_fixity(collection: Collection) -> Iterator[Fixity]:
    """The database of a collection. Raises CollectionError if it cannot be used."""
    with as_collection_error(collection.fixity), closing(Fixity(collection)) as fixity:
        yield fixity
