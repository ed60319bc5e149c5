"""Sources into a collection: WARC files first, then their index and records."""

import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from archive.collection.folder import Collection
from archive.datasets.import_items import Bad, ImportSource, Item, Progress, Response
from archive.datasets.known_items import NOTED, KnownItems, digest_of, known_items
from archive.exchange import IMPORTED, Origin
from archive.preservation.takedown_log import taken_down
from archive.preservation.takedown_order import Covered
from archive.software import software_version
from archive.warc.digest import sha1_digest
from archive.warc.exchange_records import member, warc_date
from archive.warc.fields import fields_block, origin_fields
from archive.warc.writer import WarcWriter

#: Bytes of one WARC file.
_MAX_BYTES = 1_000_000_000


@dataclass(slots=True)
class Imported:
    """What came of one source. `known` were there already; `left_out` counts what is no fault by its reason."""

    items: int = 0
    known: int = 0
    faults: int = 0
    left_out: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Importer:
    """Writes to a collection that is locked. `told` is told of each thing that cannot be imported;
    with `keep_errors` a record that says so stands in its place."""

    collection: Collection
    told: Callable[[Bad], None]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    new_id: Callable[[], str] = lambda: str(uuid.uuid4())
    max_bytes: int = _MAX_BYTES
    keep_errors: bool = False

    def take(self, source: ImportSource, progress: Progress = lambda _: None) -> Imported:
        """Import what the collection has not yet. Raises CollectionError if it cannot be written; what was is kept."""
        covers = taken_down(self.collection.path, self.collection.sites)
        writer = self._writer(source)
        found = Imported()
        with known_items(self.collection) as known:
            try:
                for item in source.items(progress):
                    self._one(item, covers, known, writer, found)
            finally:
                writer.close()
        return found

    def _one(
        self, item: Item | Response | Bad, covers: Covered, known: KnownItems, writer: WarcWriter, found: Imported
    ) -> None:
        if isinstance(item, Bad):
            if item.note:
                found.left_out[item.reason] += 1
                return
            found.faults += 1
            self.told(item)
            if item.stand_in and self.keep_errors and item.stand_in not in known:
                self._write(item.stand_in, known, writer)
        elif covers(item.url):
            found.left_out["taken down from this collection"] += 1
        elif item in known:
            found.known += 1
        else:
            self._write(item, known, writer)
            found.items += 1

    def _write(self, item: Item | Response, known: KnownItems, writer: WarcWriter) -> None:
        digest = digest_of(item)
        writer.add(lambda info_id: self._records(item, digest, info_id))
        known.add(digest)

    def _writer(self, source: ImportSource) -> WarcWriter:
        info = {"software": f"cleancopy/{software_version()}", "importedFrom": source.name}
        return WarcWriter(
            self.collection.archive,
            info=info,
            prefix="import",
            max_bytes=self.max_bytes,
            clock=self.now,
            new_id=self.new_id,
        )

    def _records(self, item: Item | Response, digest: str, info_id: str) -> Iterator[bytes]:
        if isinstance(item, Response):
            # Of several notes the first is read.
            origin = Origin(found_in=IMPORTED, via=item.via)
            note = self._note(item.record_id, item.url, warc_date(self.now()), origin, digest)
            yield from (*item.before, item.member, note, *item.behind)
            return
        record_id, date = self.new_id(), warc_date(item.captured or self.now())
        fields = [
            ("WARC-Record-ID", f"<urn:uuid:{record_id}>"),
            ("WARC-Target-URI", item.url),
            ("WARC-Date", date),
            ("WARC-Warcinfo-ID", f"<urn:uuid:{info_id}>"),
            ("WARC-Payload-Digest", sha1_digest(item.content)),
        ]
        yield member("resource", item.content, item.content_type, fields)
        origin = Origin(found_in=IMPORTED, via=item.via, title=item.title, date=item.date, imported=item.imported)
        yield self._note(record_id, item.url, date, origin, digest)

    def _note(self, record_id: str, url: str, date: str, origin: Origin, digest: str) -> bytes:
        fields = [
            ("WARC-Record-ID", f"<urn:uuid:{self.new_id()}>"),
            ("WARC-Concurrent-To", f"<urn:uuid:{record_id}>"),
            ("WARC-Target-URI", url),
            ("WARC-Date", date),
        ]
        block = origin_fields(origin) + fields_block({NOTED: digest})
        return member("metadata", block, "application/warc-fields", fields)
