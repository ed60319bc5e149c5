"""Which records there are and which are referred to, over any number of files; held on disk."""

import sqlite3
from collections.abc import Iterator
from typing import Any

from archive.warc.check import Checked
from archive.warc.fault import Fault
from archive.warc.index import timestamp
from archive.warc.scan import bare_id

_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -16000;
CREATE TABLE found (id TEXT, place TEXT, digest TEXT, file TEXT, offset INTEGER);
CREATE TABLE beside (id TEXT, file TEXT, offset INTEGER, record TEXT);
CREATE TABLE revisits (id TEXT, place TEXT, digest TEXT, file TEXT, offset INTEGER, record TEXT);
"""
_TWICE = """
SELECT file, offset, id FROM found
WHERE rowid NOT IN (SELECT MIN(rowid) FROM found GROUP BY id) AND id != '' ORDER BY rowid
"""
_ALONE = """
SELECT beside.file, beside.offset, record, beside.id FROM beside LEFT JOIN found USING (id)
WHERE found.id IS NULL ORDER BY beside.rowid
"""
_UNRESOLVED = """
SELECT revisits.file, revisits.offset, record, revisits.place FROM revisits
LEFT JOIN found AS by_id ON by_id.id = revisits.id
LEFT JOIN found AS by_place ON by_place.place = revisits.place
WHERE by_id.id IS NULL AND by_place.place IS NULL GROUP BY revisits.rowid ORDER BY revisits.rowid
"""
_OTHER_PAYLOAD = """
SELECT revisits.file, revisits.offset, record, found.id FROM revisits JOIN found ON found.id = revisits.id
WHERE found.digest != revisits.digest AND found.digest != '' AND revisits.digest != '' ORDER BY revisits.rowid
"""
#: Rows handed to the database at a time.
_BATCH = 2000
_ORIGINALS = ("response", "resource", "conversion")


class References:
    """Take records in with `add`; the other methods then say what does not fit together."""

    def __init__(self) -> None:
        # A database without name is a temporary file that goes with the connection.
        self._db = sqlite3.connect("")
        self._db.executescript(_SCHEMA)
        self._rows: dict[str, list[tuple[Any, ...]]] = {"found": [], "beside": [], "revisits": []}

    def add(self, record: Checked, file: str) -> None:
        """Take in a record of a file."""
        is_original = record.type in _ORIGINALS
        place = _place(record.url, record.field("WARC-Date")) if is_original else ""
        digest = (record.field("WARC-Payload-Digest") or "") if is_original else ""
        self._row("found", record.id, place, digest, file, record.offset)
        if beside := bare_id(record.field("WARC-Concurrent-To")):
            self._row("beside", beside, file, record.offset, record.id)
        if record.type == "revisit":
            self._add_revisit(record, file)

    def _add_revisit(self, record: Checked, file: str) -> None:
        target = bare_id(record.field("WARC-Refers-To"))
        url = (record.field("WARC-Refers-To-Target-URI") or "").strip("<>")
        place = _place(url, record.field("WARC-Refers-To-Date"))
        # Old tools only say that the payload was seen before.
        if target or url:
            digest = record.field("WARC-Payload-Digest") or ""
            self._row("revisits", target, place, digest, file, record.offset, record.id)

    def _row(self, table: str, *values: Any) -> None:
        rows = self._rows[table]
        rows.append(values)
        if len(rows) >= _BATCH:
            self._flush(table)

    def _flush(self, table: str) -> None:
        rows = self._rows[table]
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            self._db.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608 - our own names
            rows.clear()

    def _query(self, query: str) -> Iterator[tuple[Any, ...]]:
        for table in self._rows:
            self._flush(table)
        yield from self._db.execute(query)

    def faults(self) -> Iterator[Fault]:
        """Ids that two records have, requests and notes whose response is not there, revisits of another payload."""
        for file, offset, record in self._query(_TWICE):
            yield Fault(file, "the record has the id of an earlier one", offset, record)
        for file, offset, record, wanted in self._query(_ALONE):
            yield Fault(file, f"the record that it stands beside is not there: {wanted}", offset, record)
        for file, offset, record, target in self._query(_OTHER_PAYLOAD):
            yield Fault(
                file, f"the revisit has another payload digest than what it refers to: {target}", offset, record
            )

    def unresolved(self) -> Iterator[Fault]:
        """Revisits whose original is in none of the files."""
        for file, offset, record, place in self._query(_UNRESOLVED):
            yield Fault(file, f"the revisit refers to a record that is not there: {place}", offset, record)

    def close(self) -> None:
        """Throw everything away."""
        self._db.close()


def _place(url: str, date: str | None) -> str:
    return f"{url} {timestamp(date or '')}"
