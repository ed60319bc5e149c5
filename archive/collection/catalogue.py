"""What a collection knows of its complete WARC files: the index, and the payloads seen.

Both follow from the files alone: `catch_up` reads those that are new, `rebuild` all of them. A complete WARC never
changes; where one did all the same, its stamp tells, and all are read.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from archive.collection.payloads import SeenPayloads
from archive.errors import CollectionError, WarcError
from archive.exchange import Place, Purpose
from archive.sites.file_stamp import stamp_of
from archive.warc.digest import sha1_digest
from archive.warc.exchange_records import ExchangeRecords
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
from archive.warc.message import behind_head, method_of
from archive.warc.record import Recorded, exchanges, open_records
from archive.warc.record_reading import Reading
from archive.warc.scan import Fielded, Fields, bare_id
from archive.warc.sighting import Original, Revisit, Sighting, sighting_of

#: Told the bytes of the WARC files that have been read since it was last told.
Progress = Callable[[int], None]
#: Responses read from files, which are on disk, that memory holds before the database does.
_KEPT_AT_A_TIME = 5_000


def _nobody(_: int) -> None:
    """Where nobody watches."""


class Catalogue:
    """The index and the payloads seen of one collection; only for one process at a time."""

    def __init__(self, index: Path, digests: Path, seen: SeenPayloads | None = None) -> None:
        self.seen = seen or SeenPayloads(digests)
        self._index = index
        self._noted: list[IndexEntry] = []

    def revisit(self, sighting: Sighting) -> Revisit | None:
        """What a response repeats, if anything."""
        return self.seen.revisit(sighting)

    def note(self, entry: ExchangeRecords, place: Place, response: bytes) -> None:
        """An exchange has been written to the open file."""
        sighting, message = entry.sighting, entry.message
        if sighting is None or message is None:
            return
        self.seen.note(sighting, entry.revisit)
        known = IndexEntry(
            url=sighting.original.url,
            date=sighting.original.date,
            mime=REVISIT_MIME if entry.revisit else bare_mime(message.first("content-type")),
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
        self.seen.account({path.name: stamp_of(path.stat())})
        self._noted.clear()

    def catch_up(self, warcs: Iterable[Path], progress: Progress = _nobody) -> list[WarcError]:
        """Take in files that are new; all, if some have changed or gone. What could not be read is returned."""
        paths = list(warcs)
        known = self.seen.files()
        found = {path.name: stamp_of(path.stat()) for path in paths if path.name in known}
        if known != found or bool(known) != self._index.exists():
            return self.rebuild(paths, progress)
        return self._take_in([path for path in paths if path.name not in known], merge_into, progress)

    def rebuild(self, warcs: Iterable[Path], progress: Progress = _nobody) -> list[WarcError]:
        """Make everything anew from these files. What could not be read is returned."""
        self.seen.clear()
        return self._take_in(list(warcs), _write_anew, progress)

    def _take_in(
        self, warcs: list[Path], write: Callable[[Path, Iterable[bytes]], None], progress: Progress
    ) -> list[WarcError]:
        faults: list[WarcError] = []
        if warcs or write is _write_anew:
            stamps = {path.name: stamp_of(path.stat()) for path in warcs}
            try:
                write(self._index, self._read(warcs, faults, progress))
            except OSError as error:
                raise CollectionError(f"{self._index} cannot be written: {error.strerror}") from error
            self.seen.account(stamps)
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

    def noted(self) -> int:
        """How many payloads have been noted that only this process knows; to be asked before the archive is made
        durable."""
        return 0

    def durable(self, noted: int) -> None:
        """The first so many of them are on disk: others may refer to them."""

    def close(self) -> None:
        """Close what is open."""
        self.seen.close()


def _write_anew(path: Path, lines: Iterable[bytes]) -> None:
    write_sorted(path, sort_lines(lines, path.parent))


@dataclass(frozen=True, slots=True)
class _Read(Fielded):
    """A record that has been read to its end."""

    fields: Fields
    reading: Reading


def catalogued(path: Path, seen: SeenPayloads | None = None, progress: Progress = _nobody) -> Iterator[IndexEntry]:
    """The index entries of a WARC, exchange by exchange, which are noted in `seen`.

    Raises WarcError where the file cannot be read on, and for one whose records cannot be reached by an index.
    """
    with path.open("rb") as file:
        for found in exchanges(_all(file, path.name, progress)):
            if seen and found.main is not None:
                _note(found, found.main, seen)
            for item in filter(None, (found.main, *found.beside)):
                if is_indexed(item.reading.record):
                    yield item.reading.entry(path.name)


def _all(file: BufferedReader, name: str, progress: Progress) -> Iterator[_Read]:
    at = 0
    for record in open_records(file, name):
        reading = Reading(record)
        if not record.alone and is_indexed(record):
            raise WarcError(
                f"{name} cannot be indexed: it is one gzip member, and its records cannot be reached without reading "
                "the whole. `warcio recompress` mends that."
            )
        yield _Read(record.fields, reading)
        progress(file.tell() - at)
        at = file.tell()


def _note(found: Recorded[_Read], main: _Read, seen: SeenPayloads) -> None:
    """Note an exchange as the writer did."""
    message = main.reading.message
    if main.type not in ("response", "revisit") or not message:
        return
    original = Original(main.field("WARC-Payload-Digest") or "", main.id, main.url, main.field("WARC-Date") or "")
    request, noted = found.of_type("request"), found.of_type("metadata")
    sighting = sighting_of(
        original,
        message,
        main.reading.record.size - message.body_start,
        purpose=origin_of(parse_fields(noted.reading.note)).purpose if noted else Purpose.ARTICLE,
        method=method_of(request.reading.note if request else b""),
        truncated=main.field("WARC-Truncated") is not None,
    )
    seen.note(sighting, _revisit_of(main, original))


def _revisit_of(record: _Read, seen: Original) -> Revisit | None:
    if record.type != "revisit":
        return None
    original = Original(
        seen.digest,
        bare_id(record.field("WARC-Refers-To")),
        record.field("WARC-Refers-To-Target-URI") or seen.url,
        record.field("WARC-Refers-To-Date") or seen.date,
    )
    return Revisit(original, record.field("WARC-Profile") or "")
