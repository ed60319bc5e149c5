"""Which items a collection has imported, so that each is imported once: by what is in them, wherever they come from.

Kept in `imports.sqlite`, which can be made anew from the import's WARC files at any time: each notes the digest of
every item in it. Files that were written before such digests were noted have them taken from their records.
"""

import json
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC
from hashlib import sha256
from io import BufferedReader
from pathlib import Path

from archive.collection.folder import Collection
from archive.collection.sqlite_file import as_collection_error, open_database
from archive.datasets.import_items import Item, Response
from archive.exchange import IMPORTED
from archive.extraction.imported import Imported
from archive.sites.file_stamp import Stamp, stamp_of
from archive.warc.fields import parse_fields
from archive.warc.scan import OpenRecord, scan

#: The field of an item's note that holds its digest.
NOTED = "importedItem"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS items (digest BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS taken_in (name TEXT PRIMARY KEY, stamp TEXT) WITHOUT ROWID;
DROP TABLE IF EXISTS files;
"""
_CHUNK = 1_000_000


def digest_of(item: Item | Response) -> str:
    """What an item is, as a SHA-256: its content, what its source says of it, and its URL; without one, its place in a
    folder. The name of its file and the number of its line do not count. Of a response, its record as it stands."""
    if isinstance(item, Response):
        return _response_digest(item.member)
    captured = item.captured.astimezone(UTC).isoformat() if item.captured else ""
    told = Imported.model_validate_json(item.imported) if item.imported else Imported()
    # Title and date count as their source has them.
    beside = told.model_copy(update={"title": None, "date": None}).to_json()
    # Those that stand in for what could not be read are told apart by their place alone.
    place = item.via if told.fault else ""
    said = f"at {captured}{beside or ''}{place}"
    return _item_digest(item.content_type, item.url, item.title, item.date, said, item.content)


def _older(item: Item) -> str:
    """The digest of an item in a file without noted digests, which does not tell whether a source named the time of a
    capture: there it does not count."""
    return _item_digest(item.content_type, item.url, item.title, item.date, "older", item.content)


def _item_digest(kind: str, url: str, title: str | None, date: str | None, captured: str, content: bytes) -> str:
    said = (kind, _identity(url), (title or "").strip(), (date or "").strip(), captured)
    digest = sha256(json.dumps(said).encode())
    digest.update(content)
    return digest.hexdigest()


def _identity(url: str) -> str:
    """A URL of the web, or where a file lies in its folder."""
    if not url.startswith("file:///"):
        return url
    return "" if "#" in url else url.removeprefix("file:///").partition("/")[2]


def _response_digest(member: bytes) -> str:
    """Of what a gzip member holds, taken piece by piece: a small one may hold much."""
    digest, unpacking = sha256(b"response\n"), zlib.decompressobj(wbits=31)
    piece = unpacking.decompress(member, _CHUNK)
    while piece:
        digest.update(piece)
        piece = unpacking.decompress(unpacking.unconsumed_tail, _CHUNK)
    return digest.hexdigest()


class KnownItems:
    """The items that a collection has. Nothing that is added is kept before `keep`: after a crash, the WARC files tell
    what is in them. Only under the lock. Raises CollectionError."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._path = collection.imports
        with as_collection_error(self._path, "It can be removed: it is made anew from the WARC files"):
            self._db = open_database(self._path, _SCHEMA, synchronous="NORMAL")

    def __contains__(self, item: Item | Response) -> bool:
        return self._has(digest_of(item)) or (isinstance(item, Item) and self._has(_older(item)))

    def _has(self, digest: str) -> bool:
        query = "SELECT 1 FROM items WHERE digest = ?"
        return self._db.execute(query, (bytes.fromhex(digest),)).fetchone() is not None

    def add(self, digest: str) -> None:
        """An item is in a WARC file now."""
        self._db.execute("INSERT OR IGNORE INTO items VALUES (?)", (bytes.fromhex(digest),))

    def begin(self) -> None:
        """Take in what WARC files say that are new, and all of them if one has changed or is gone."""
        self._db.execute("BEGIN IMMEDIATE")
        now = self._files()
        before = set(self._db.execute("SELECT name, stamp FROM taken_in"))
        if not before <= now:
            self._db.execute("DELETE FROM items")
            self._db.execute("DELETE FROM taken_in")
            before = set()
        self._db.executemany("INSERT OR REPLACE INTO taken_in VALUES (?, ?)", now)
        for name, _ in sorted(now - before):
            for digest in _digests_in(self._collection.archive / name):
                self.add(digest)
        self.keep()
        self._db.execute("BEGIN IMMEDIATE")

    def keep(self) -> None:
        """What was added stands in WARC files that are complete."""
        # Files of before keep the stamps that they had when they were read.
        self._db.executemany("INSERT OR IGNORE INTO taken_in VALUES (?, ?)", self._files())
        self._db.execute("COMMIT")

    def close(self) -> None:
        """Forget what was not kept."""
        self._db.close()

    def _files(self) -> set[tuple[str, Stamp]]:
        found = self._collection.archive.glob("import-*.warc.gz")
        return {(path.name, stamp_of(path.stat())) for path in found}


@contextmanager
def known_items(collection: Collection) -> Iterator[KnownItems]:
    """The items, as of what the WARC files say; what is added is kept if all goes well."""
    with closing(KnownItems(collection)) as known, as_collection_error(collection.imports):
        known.begin()
        yield known
        known.keep()


def _digests_in(warc: Path) -> Iterator[str]:
    """What a file notes of its items; of a note without a digest, that of the record in front of it."""
    held: OpenRecord | None = None
    with warc.open("rb") as file, warc.open("rb") as again:
        for record in scan(file, warc.name):
            if record.type in ("response", "resource"):
                held = record
            elif record.type == "metadata" and record.field("WARC-Concurrent-To"):
                fields = parse_fields(b"".join(record.pieces()))
                if fields.get("foundIn") == IMPORTED and held:
                    yield fields.get(NOTED) or _held_digest(held, fields, again)
                    held = None


def _held_digest(record: OpenRecord, fields: dict[str, str], file: BufferedReader) -> str:
    file.seek(record.offset)
    if record.type == "response":
        return _response_digest(file.read(record.length))
    content = b"".join(next(scan(file, record.url, record.offset)).pieces())
    kind = record.field("Content-Type") or ""
    return _item_digest(kind, record.url, fields.get("title"), fields.get("date"), "older", content)
