"""The WARC being written: one write for each exchange, rotated by size and age, whole after any crash."""

import errno
import os
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import NamedTuple, Protocol

from archive.errors import CollectionError
from archive.exchange import Exchange, Place, RenderedPage
from archive.warc.digest import sha1_digest
from archive.warc.exchange_records import ExchangeRecords, entry_of, prepare, warcinfo
from archive.warc.message import HttpMessage
from archive.warc.rendering_records import document_bytes, rendering_records
from archive.warc.sighting import Revisit, Sighting
from archive.whole_file import finish, open_path


class Written(NamedTuple):
    """Where an exchange went: the place of its first record (the response, if one came), that record's id
    (a bare UUID) and the payload digest (empty without a response). `revisit` says that the record refers to an
    earlier one with the same payload, and that no record line is to be made of it; `message` is the response."""

    place: Place
    record_id: str
    payload_digest: str
    revisit: bool = False
    message: HttpMessage | None = None


def _now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    """A random UUID (RFC 9562, section 5.4). The library's takes twice as long, and every capture needs three."""
    digits = os.urandom(16).hex()
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


class PayloadLedger(Protocol):
    """What remembers the payloads that were written: `archive.collection.catalogue` does."""

    def revisit(self, sighting: Sighting) -> Revisit | None:
        """What a response repeats, if anything."""

    def note(self, entry: ExchangeRecords, place: Place, response: bytes) -> None:
        """An exchange has been written to the open file."""

    def keep(self, path: Path) -> None:
        """The file being written is complete. Raises CollectionError."""


class WarcWriter:
    """Writes exchanges to `folder/PREFIX-TIMESTAMP-SERIAL.warc.gz`, which ends in `.open` until it is complete.

    `info` goes into each file's warcinfo record. A file is closed when it holds `max_bytes` or is `max_age`
    seconds old, at the next write; `on_close` is told its final path. Nothing is written before the first
    exchange. With a `catalogue` payloads that it has seen become revisit records, and it is kept up with the files.
    Not thread-safe, but for `sync`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        info: Mapping[str, str],
        prefix: str = "cleancopy",
        max_bytes: int = 1_000_000_000,
        max_age: float = 86_400,
        clock: Callable[[], datetime] = _now,
        new_id: Callable[[], str] = _new_id,
        on_close: Callable[[Path], None] | None = None,
        catalogue: PayloadLedger | None = None,
    ) -> None:
        prepare()
        self._folder = folder
        self._info = info
        self._prefix = prefix
        self._max_bytes = max_bytes
        self._max_age = max_age
        self._clock = clock
        self._new_id = new_id
        self._on_close = on_close
        self._catalogue = catalogue
        self._serial = 0
        self._fd: int | None = None
        self._closing = Lock()
        self._path = Path()
        self._size = 0
        self._opened = clock()
        self._info_id = ""

    def write(self, exchange: Exchange, *, failure: str | None = None) -> Written:
        """Append one exchange. Raises CollectionError if it cannot be written; the file then ends as before."""
        self._rotate()
        fd = self._ready()
        if self._catalogue:
            entry = entry_of(exchange, self._new_id, self._info_id, failure, self._catalogue.revisit)
        else:
            entry = entry_of(exchange, self._new_id, self._info_id, failure)
        place = Place(self._path.name, self._size, len(entry.members[0]))
        self._append(fd, b"".join(entry.members))
        if self._catalogue:
            self._catalogue.note(entry, place, exchange.response)
        return Written(place, entry.record_id, entry.payload_digest, entry.revisit is not None, entry.message)

    def write_rendered(self, page: RenderedPage) -> Written:
        """Append what a browser made of a page, as one unit; where the document lies. No index names any of it. Raises
        CollectionError as `write`."""
        self._rotate()
        fd = self._ready()
        record_id = self._new_id()
        *before, document, note = rendering_records(page, record_id, self._new_id, self._info_id)
        place = Place(self._path.name, self._size + sum(map(len, before)), len(document))
        self._append(fd, b"".join((*before, document, note)))
        return Written(place, record_id, sha1_digest(document_bytes(page)))

    def add(self, records: Callable[[str], Iterable[bytes]]) -> Place:
        """Append records that are no exchange, as one unit; where the first lies. They are gzip members, made for the
        id of the file's warcinfo record, and end with a metadata record. Not for a writer with a catalogue."""
        self._rotate()
        fd = self._ready()
        members = list(records(self._info_id))
        place = Place(self._path.name, self._size, len(members[0]))
        self._append(fd, b"".join(members))
        return place

    def sync(self) -> None:
        """Make what has been written durable (fdatasync); may be called from another thread."""
        # A copy, so that the file may be closed by a rotation meanwhile; closing makes it durable, too.
        with self._closing:
            if self._fd is None:
                return
            fd = os.dup(self._fd)
        try:
            os.fdatasync(fd)
        finally:
            os.close(fd)

    def close(self) -> None:
        """Complete the open file: durable, under its final name."""
        if self._fd is None:
            return
        os.fsync(self._fd)
        with self._closing:
            os.close(self._fd)
            self._fd = None
        finish(self._path)
        if self._catalogue:
            self._catalogue.keep(self._path)
        if self._on_close:
            self._on_close(self._path)

    def _rotate(self) -> None:
        old = (self._clock() - self._opened).total_seconds() > self._max_age
        if self._fd is not None and (old or self._size >= self._max_bytes):
            self.close()

    def _ready(self) -> int:
        if self._fd is None:
            self._opened = self._clock()
            self._fd = self._create()
            self._size = 0
            self._info_id = self._new_id()
            self._append(self._fd, warcinfo(self._info_id, self._path.name, self._opened, self._info))
        return self._fd

    def _create(self) -> int:
        stamp = self._opened.strftime("%Y%m%d%H%M%S") + f"{self._opened.microsecond // 1000:03}"
        while True:
            self._serial += 1
            self._path = self._folder / f"{self._prefix}-{stamp}-{self._serial:05}.warc.gz"
            if self._path.exists():
                continue
            try:
                return os.open(open_path(self._path), os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o644)
            except FileExistsError:
                continue
            except OSError as error:
                raise CollectionError(f"{self._path} cannot be created: {error.strerror}") from error

    def _append(self, fd: int, content: bytes) -> None:
        try:
            _write_all(fd, content)
        except OSError as error:
            os.ftruncate(fd, self._size)
            raise CollectionError(
                f"{self._path.parent}: {error.strerror}; the archive is whole up to the last capture. "
                "Free some space and start the same command again."
            ) from error
        self._size += len(content)


def _write_all(fd: int, content: bytes) -> None:
    # A short write on a file means a full disk: the next byte would fail.
    if os.write(fd, content) != len(content):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
