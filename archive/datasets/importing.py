"""Sources into a collection: WARC files first, then their index and records."""

import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from archive.collection.folder import Collection
from archive.datasets.import_items import Bad, Item, Progress, Response, Source
from archive.exchange import IMPORTED, Origin
from archive.preservation.takedown_log import taken_down
from archive.preservation.takedown_order import Covered
from archive.software import software_version
from archive.warc.digest import sha1_digest
from archive.warc.entry import member, warc_date
from archive.warc.fields import origin_fields, parse_fields
from archive.warc.scan import scan
from archive.warc.writer import WarcWriter

#: Bytes of one WARC file.
_MAX_BYTES = 1_000_000_000


@dataclass(slots=True)
class Imported:
    """What came of one source. `known` were imported before; `left_out` counts what is no fault by its reason."""

    items: int = 0
    known: int = 0
    faults: int = 0
    left_out: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Importer:
    """Writes to a collection that is locked. `told` is told of each thing that cannot be imported."""

    collection: Collection
    told: Callable[[Bad], None]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    new_id: Callable[[], str] = lambda: str(uuid.uuid4())
    max_bytes: int = _MAX_BYTES

    def take(self, source: Source, progress: Progress = lambda _: None) -> Imported:
        """Import what was not imported yet. Raises CollectionError if it cannot be written; what was is kept."""
        done = set(self._places(source))
        covers = taken_down(self.collection.path, self.collection.sites)
        writer = self._writer(source)
        found = Imported(known=len(done))
        try:
            for item in source.items(done, progress):
                self._one(item, covers, writer, found)
        finally:
            writer.close()
        return found

    def _one(self, item: Item | Response | Bad, covers: Covered, writer: WarcWriter, found: Imported) -> None:
        if isinstance(item, Bad):
            found.faults += not item.note
            if item.note:
                found.left_out[item.reason] += 1
            else:
                self.told(item)
        elif covers(item.url):
            found.left_out["taken down from this collection"] += 1
        else:
            writer.add(lambda info_id: self._records(item, info_id))
            found.items += 1

    def _writer(self, source: Source) -> WarcWriter:
        info = {"software": f"cleancopy/{software_version()}", "importedFrom": source.name}
        return WarcWriter(
            self.collection.archive,
            info=info,
            prefix=_prefix(source),
            max_bytes=self.max_bytes,
            clock=self.now,
            new_id=self.new_id,
        )

    def _records(self, item: Item | Response, info_id: str) -> Iterator[bytes]:
        if isinstance(item, Response):
            # Of several notes the first is read.
            origin = Origin(found_in=IMPORTED, via=item.via)
            note = self._note(item.record_id, item.url, warc_date(self.now()), origin)
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
        origin = Origin(found_in=IMPORTED, via=item.via, title=item.title, date=item.date)
        yield self._note(record_id, item.url, date, origin)

    def _note(self, record_id: str, url: str, date: str, origin: Origin) -> bytes:
        fields = [
            ("WARC-Record-ID", f"<urn:uuid:{self.new_id()}>"),
            ("WARC-Concurrent-To", f"<urn:uuid:{record_id}>"),
            ("WARC-Target-URI", url),
            ("WARC-Date", date),
        ]
        return member("metadata", origin_fields(origin), "application/warc-fields", fields)

    def _places(self, source: Source) -> Iterator[str]:
        """The places of a source that are in the archive: all, or of an ordered one those in the last file."""
        warcs = sorted(self.collection.archive.glob(f"{_prefix(source)}-*.warc.gz"), reverse=True)
        for warc in warcs:
            found = list(_places_in(warc, f"{source.name}:"))
            yield from found
            if found and source.ordered:
                return


def _prefix(source: Source) -> str:
    return f"import-{source.key}"


def _places_in(warc: Path, start: str) -> Iterator[str]:
    with warc.open("rb") as file:
        for record in scan(file, warc.name):
            if record.type == "metadata" and record.field("WARC-Concurrent-To"):
                fields = parse_fields(b"".join(record.pieces()))
                if fields.get("foundIn") == IMPORTED and fields.get("via", "").startswith(start):
                    yield fields["via"].removeprefix(start)
