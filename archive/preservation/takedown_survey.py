"""Which captures an order means, and which captures of other addresses lean on them."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archive.collection.folder import Collection
from archive.errors import CollectionError, WarcError
from archive.preservation.takedown_order import Covered
from archive.preservation.takedown_site_files import quoting
from archive.sites import site_directories
from archive.warc.digest import sha1_digest
from archive.warc.index import REVISIT_MIME, fields_of, timestamp
from archive.warc.scan import OpenRecord, bare_id, scan
from archive.warc.sighting import Original

_IDENTICAL = "identical-payload-digest"
#: In the line of a record that is made of what a browser made of a page.
_RENDERED = b'"rendering":{'
_NO_PAYLOAD = sha1_digest(b"")


@dataclass(frozen=True, slots=True)
class HeldCaptures:
    """A record that an index names, and where it lies (`offset` in bytes)."""

    filename: str
    offset: int
    record_id: str
    type: str
    url: str
    date: str
    payload_digest: str | None

    @property
    def place(self) -> str:
        """What a revisit may name it by."""
        return f"{self.url} {timestamp(self.date)}"

    @property
    def original(self) -> Original:
        """As revisits refer to it."""
        return Original(self.payload_digest or "", self.record_id, self.url, self.date)


@dataclass(slots=True)
class TakedownSurvey:
    """What a takedown will do. `promoted` maps revisits of other addresses to the removed record whose payload each
    will hold itself; `referring` maps revisits to what they are to refer to instead, None where nothing is left.
    `same_payload` are other addresses under which a removed payload was captured; `torn` are tails of torn files, and
    `saved` WARC files beside site files, that hold captures too; `quoting` counts the tests of such pages in the
    collection's site files. `elsewhere` are files of the user's that hold such pages, and are not the
    collection's. `rendered` are WARC files that hold what a browser made of such pages, which no index names."""

    removed: list[HeldCaptures] = field(default_factory=list)
    promoted: dict[str, HeldCaptures] = field(default_factory=dict)
    referring: dict[str, Original | None] = field(default_factory=dict)
    leaning: list[HeldCaptures] = field(default_factory=list)
    same_payload: set[str] = field(default_factory=set)
    torn: list[Path] = field(default_factory=list)
    saved: list[Path] = field(default_factory=list)
    quoting: dict[Path, int] = field(default_factory=dict)
    elsewhere: list[Path] = field(default_factory=list)
    rendered: set[str] = field(default_factory=set)

    @property
    def files(self) -> list[str]:
        """The WARC files that must be rewritten."""
        return sorted({held.filename for held in (*self.removed, *self.leaning)} | self.rendered)


def survey(collection: Collection, covers: Covered) -> TakedownSurvey:
    """Look through the index, which must be up to date, and at the records that it leads to."""
    found = TakedownSurvey()
    with _Heads(collection) as heads:
        meant = (line for line in _lines(collection.index) if covers(line["url"]))
        found.removed = [heads.held(line) for line in meant]
        by_id = {held.record_id: held for held in found.removed}
        by_place = {held.place: held for held in found.removed}
        digests = {held.payload_digest for held in found.removed} - {None, _NO_PAYLOAD}
        revisits: dict[str, list[tuple[HeldCaptures, OpenRecord]]] = defaultdict(list)
        for line in _lines(collection.index):
            if covers(line["url"]):
                continue
            if line.get("digest") in digests:
                found.same_payload.add(line["url"])
            if line.get("mime") == REVISIT_MIME and (line.get("digest") in digests or "digest" not in line):
                record = heads.at(line)
                original = _original(record, by_id, by_place)
                if original:
                    revisits[original.record_id].append((_held(record, line), record))
    for removed_id, leaning in revisits.items():
        _settle(found, by_id[removed_id], leaning)
    found.rendered = {path.name for path in collection.complete_warcs() if _renders(collection, path, covers)}
    found.torn = [path for path in sorted(collection.archive.glob("*.torn-*")) if _holds(path, covers)]
    found.saved = _saved(collection.sites, covers)
    found.quoting = dict(quoting(collection.sites, covers))
    found.elsewhere = list(_elsewhere(collection.sites, covers))
    return found


def _settle(found: TakedownSurvey, removed: HeldCaptures, leaning: list[tuple[HeldCaptures, OpenRecord]]) -> None:
    """The earliest capture that had the payload itself gets it; the others refer to that one."""
    leaning.sort(key=lambda pair: pair[0].date)
    heir = next((held for held, record in leaning if _had_payload(record)), None)
    for held, _ in leaning:
        found.leaning.append(held)
        if held is heir:
            found.promoted[held.record_id] = removed
        else:
            found.referring[held.record_id] = heir.original if heir else None


def _had_payload(record: OpenRecord) -> bool:
    return (record.field("WARC-Profile") or "").rstrip("/").endswith(_IDENTICAL)


def _original(
    record: OpenRecord, by_id: Mapping[str, HeldCaptures], by_place: Mapping[str, HeldCaptures]
) -> HeldCaptures | None:
    found = by_id.get(bare_id(record.field("WARC-Refers-To")))
    url = (record.field("WARC-Refers-To-Target-URI") or "").strip("<>")
    return found or by_place.get(f"{url} {timestamp(record.field('WARC-Refers-To-Date') or '')}")


def _lines(index: Path) -> Iterator[dict[str, Any]]:
    if index.exists():
        with index.open("rb") as lines:
            for line in lines:
                yield fields_of(line)


class _Heads:
    """Reads the fields of records; one file is kept open."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._name = ""
        self._file: Any = None

    def __enter__(self) -> "_Heads":
        return self

    def __exit__(self, *_: object) -> None:
        if self._file:
            self._file.close()

    def at(self, line: Mapping[str, Any]) -> OpenRecord:
        """The record that an index line names; its block is not read."""
        name = line["filename"]
        if name != self._name:
            if self._file:
                self._file.close()
            self._file, self._name = self._collection.warc_path(name).open("rb"), name
        self._file.seek(int(line["offset"]))
        record = next(scan(self._file, name, int(line["offset"])), None)
        if record is None or record.offset != int(line["offset"]):
            raise CollectionError(
                f"{name}: no record is at byte {line['offset']}. Run `cleancopy index {self._collection.path}` first."
            )
        return record

    def held(self, line: Mapping[str, Any]) -> HeldCaptures:
        """The same, as what is kept of it."""
        return _held(self.at(line), line)


def _held(record: OpenRecord, line: Mapping[str, Any]) -> HeldCaptures:
    return HeldCaptures(
        line["filename"],
        record.offset,
        record.id,
        record.type,
        record.url,
        record.field("WARC-Date") or "",
        record.field("WARC-Payload-Digest") or line.get("digest"),
    )


def _holds(path: Path, covers: Covered) -> bool:
    """Whether a file that no index names, and that may be torn, holds such an address; but tombstones."""
    with path.open("rb") as file:
        try:
            return any(covers(record.url) and record.type != "metadata" for record in scan(file, path.name))
        except WarcError:
            return False


def _renders(collection: Collection, warc: Path, covers: Covered) -> bool:
    """Whether a WARC holds what a browser made of such a page; its records tell, where they are made."""
    records = collection.records_path(warc.name)
    if not records.exists():
        return _holds(warc, covers)
    with records.open("rb") as lines:
        return any(covers(str(json.loads(line).get("url"))) for line in lines if _RENDERED in line)


def _saved(folder: Path, covers: Covered) -> list[Path]:
    return [path for path in sorted(folder.glob("*.warc.gz")) if _holds(path, covers)]


def _elsewhere(own: Path, covers: Covered) -> Iterator[Path]:
    for folder in site_directories():
        if folder.resolve() != own.resolve():
            yield from (path for path, _ in quoting(folder, covers))
            yield from _saved(folder, covers)
