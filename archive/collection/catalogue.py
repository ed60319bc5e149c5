"""What a collection knows of its complete WARC files: the index, and the payloads seen.

Both follow from the files alone: `catch_up` reads those that are new, `rebuild` all of them.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from archive.collection.payloads import Seen
from archive.errors import CollectionError, WarcError
from archive.exchange import Place, Purpose
from archive.warc.any_record import AnyRecord, behind_head, open_records
from archive.warc.digest import sha1_digest
from archive.warc.entry import Entry
from archive.warc.fields import origin_of, parse_fields
from archive.warc.index import (
    REVISIT_MIME,
    IndexEntry,
    bare_mime,
    is_indexed,
    merge_into,
    sort_lines,
    write_sorted,
)
from archive.warc.message import Message
from archive.warc.reading import Reading
from archive.warc.scan import bare_id
from archive.warc.sighting import Original, Revisit, Sighting, method_of, sighting_of

#: Told the bytes of the WARC files that have been read since it was last told.
Progress = Callable[[int], None]
#: Responses read from files, which are on disk, that memory holds before the database does.
_KEPT_AT_A_TIME = 5_000


def _nobody(_: int) -> None:
    """Where nobody watches."""


class Catalogue:
    """The index and the payloads seen of one collection; only for one process at a time."""

    def __init__(self, index: Path, digests: Path) -> None:
        self.seen = Seen(digests)
        self._index = index
        self._noted: list[IndexEntry] = []

    def revisit(self, sighting: Sighting) -> Revisit | None:
        """What a response repeats, if anything."""
        return self.seen.revisit(sighting)

    def note(self, entry: Entry, place: Place, response: bytes) -> None:
        """An exchange has been written to the open file."""
        sighting = entry.sighting
        if sighting is None:
            return
        self.seen.note(sighting, entry.revisit)
        known = IndexEntry(
            url=sighting.original.url,
            date=sighting.original.date,
            mime=REVISIT_MIME if entry.revisit else bare_mime(entry.mime),
            status=None if sighting.status is None else str(sighting.status),
            digest=entry.payload_digest or sha1_digest(behind_head(response)),
            offset=place.offset,
            length=place.length,
            filename=place.filename,
        )
        self._noted.append(known)

    def keep(self, path: Path) -> None:
        """The file being written is complete. Raises CollectionError if the index cannot be written; the next
        `catch_up` then does it."""
        try:
            merge_into(self._index, (entry.line() for entry in self._noted))
        except OSError as error:
            raise CollectionError(f"{self._index} cannot be written: {error.strerror}") from error
        self.seen.keep()
        self.seen.account({path.name: path.stat().st_size})
        self._noted.clear()

    def catch_up(self, warcs: Iterable[Path], progress: Progress = _nobody) -> list[WarcError]:
        """Take in files that are new; all, if some have changed or gone. What could not be read is returned."""
        sizes = {path: path.stat().st_size for path in warcs}
        known = self.seen.files()
        found = {path.name: size for path, size in sizes.items()}
        if known and (not self._index.exists() or any(found.get(name) != size for name, size in known.items())):
            return self.rebuild(sizes, progress)
        return self._take_in([path for path in sizes if path.name not in known], merge_into, progress)

    def rebuild(self, warcs: Iterable[Path], progress: Progress = _nobody) -> list[WarcError]:
        """Make everything anew from these files. What could not be read is returned."""
        self.seen.clear()
        return self._take_in(list(warcs), _write_anew, progress)

    def _take_in(
        self, warcs: list[Path], write: Callable[[Path, Iterable[bytes]], None], progress: Progress
    ) -> list[WarcError]:
        faults: list[WarcError] = []
        if warcs or write is _write_anew:
            try:
                write(self._index, self._read(warcs, faults, progress))
            except OSError as error:
                raise CollectionError(f"{self._index} cannot be written: {error.strerror}") from error
            self.seen.account({path.name: path.stat().st_size for path in warcs})
        return faults

    def _read(self, warcs: list[Path], faults: list[WarcError], progress: Progress) -> Iterator[bytes]:
        for path in warcs:
            try:
                for number, entry in enumerate(catalogued(path, self.seen, progress), 1):
                    yield entry.line()
                    if number % _KEPT_AT_A_TIME == 0:
                        self.seen.keep()
            except WarcError as error:
                faults.append(error)
            self.seen.keep()

    def close(self) -> None:
        """Close what is open."""
        self.seen.close()


def _write_anew(path: Path, lines: Iterable[bytes]) -> None:
    write_sorted(path, sort_lines(lines, path.parent))


def catalogued(path: Path, seen: Seen | None = None, progress: Progress = _nobody) -> Iterator[IndexEntry]:
    """The index entries of a WARC in file order; its exchanges are noted in `seen`.

    Raises WarcError where the file cannot be read on, and for one whose records cannot be reached by an index.
    """
    with path.open("rb") as file:
        at = 0
        exchange: _Exchange | None = None
        for record in open_records(file, path.name):
            if is_indexed(record):
                if exchange and seen:
                    exchange.note_in(seen)
                reading = Reading(record)
                exchange = _Exchange.of(reading)
                if not record.alone:
                    raise WarcError(
                        f"{path.name} cannot be indexed: it is one gzip member, and its records cannot be reached "
                        "without reading the whole. `warcio recompress` mends that."
                    )
                yield reading.entry(path.name)
            elif exchange and seen and bare_id(record.field("WARC-Concurrent-To")) == exchange.original.record_id:
                exchange = exchange.with_note(record)
            progress(file.tell() - at)
            at = file.tell()
        if exchange and seen:
            exchange.note_in(seen)


@dataclass(frozen=True, slots=True)
class _Exchange:
    """A response and what the records behind it say."""

    original: Original
    message: Message
    size: int
    truncated: bool
    revisit: Revisit | None
    method: str = "GET"
    purpose: str = Purpose.ARTICLE

    @classmethod
    def of(cls, reading: Reading) -> "_Exchange | None":
        record, message = reading.record, reading.message
        if record.type not in ("response", "revisit") or not message:
            return None
        original = Original(
            record.field("WARC-Payload-Digest") or "", record.id, record.url, record.field("WARC-Date") or ""
        )
        size = record.size - message.body_start
        return cls(original, message, size, record.field("WARC-Truncated") is not None, _revisit_of(record, original))

    def with_note(self, record: AnyRecord) -> "_Exchange":
        """With what a request or metadata record says."""
        if record.type == "request":
            return replace(self, method=method_of(Reading(record).note))
        if record.type == "metadata":
            return replace(self, purpose=origin_of(parse_fields(Reading(record).note)).purpose)
        return self

    def note_in(self, seen: Seen) -> None:
        """Note the exchange as the writer did."""
        seen.note(self._sighting(), self.revisit)

    def _sighting(self) -> Sighting:
        return sighting_of(
            self.original,
            self.message,
            self.size,
            purpose=self.purpose,
            method=self.method,
            truncated=self.truncated,
        )


def _revisit_of(record: AnyRecord, seen: Original) -> Revisit | None:
    if record.type != "revisit":
        return None
    original = Original(
        seen.digest,
        bare_id(record.field("WARC-Refers-To")),
        record.field("WARC-Refers-To-Target-URI") or seen.url,
        record.field("WARC-Refers-To-Date") or seen.date,
    )
    return Revisit(original, record.field("WARC-Profile") or "")
