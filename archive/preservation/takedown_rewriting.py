"""A WARC file without some of its records. All others are copied byte for byte."""

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from archive.errors import CollectionError
from archive.preservation.takedown_order import Covered
from archive.preservation.takedown_survey import HeldCaptures, TakedownSurvey
from archive.preservation.tombstone import TAKEDOWN, promoted, referring
from archive.warc.index import VIEW
from archive.warc.packing import HEADER, compressed, with_header
from archive.warc.record import is_arc, read_warc
from archive.warc.scan import OpenRecord, bare_id, scan

#: Records that hold a capture, or stand for one; their places are kept, and tombstones mark where they were.
_CAPTURES = ("response", "revisit", "resource", "conversion")

#: Gives the tombstone of a removed record, as a gzip member.
Tombstone = Callable[[HeldCaptures], bytes]


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a record lies in the new file: offset and length of its gzip member in bytes."""

    offset: int
    length: int


@dataclass(slots=True)
class Cut:
    """Bytes of the old file, and what stands there in the new one. `record_id` is of the record that is changed and
    stays; empty where one goes."""

    start: int
    end: int
    content: bytes
    record_id: str = ""


@dataclass(slots=True)
class Edits:
    """What becomes of one file: cuts in order, the captures that stay, with their old places, and those that go."""

    cuts: list[Cut] = field(default_factory=list)
    staying: list[tuple[str, int, int]] = field(default_factory=list)
    removed: list[HeldCaptures] = field(default_factory=list)


class Rewriting:
    """Rewrites files as a survey says."""

    def __init__(
        self, covers: Covered, survey: TakedownSurvey, originals: Callable[[str], Path], mark: Tombstone
    ) -> None:
        """`originals` finds a WARC by its name."""
        self._covers = covers
        self._survey = survey
        self._originals = originals
        self._mark = mark

    def rewrite(self, source: Path, target: Path) -> tuple[dict[str, Moved], list[HeldCaptures]]:
        """Write the new file; where each capture that stays lies now, by id, and which ones went. Raises
        CollectionError for a file that cannot be taken apart, and WarcError for one that cannot be read."""
        edits = self._edits(source)
        with source.open("rb") as old, target.open("wb") as new:
            return _write(edits, old, new, source.stat().st_size), edits.removed

    def _edits(self, source: Path) -> Edits:
        edits = Edits()
        gone: set[str] = set()
        with source.open("rb") as file:
            if is_arc(file):
                raise CollectionError(
                    f"{source.name} is an ARC, which is not rewritten. `warcio recompress` makes a WARC."
                )
            start = bytes(file.peek(10)[:10])
            packed = _like(start) if start.startswith(b"\x1f\x8b") else None
            # Where a record ends is known when the next one begins: plain files have line ends in between.
            open_cut: Cut | None = None
            for record in scan(file, source.name):
                if open_cut:
                    open_cut.end = record.offset
                open_cut = self._cut(record, source.name, packed, gone, edits)
                if open_cut:
                    edits.cuts.append(open_cut)
            if open_cut:
                open_cut.end = source.stat().st_size
        return edits

    def _cut(self, record: OpenRecord, filename: str, packed: bytes | None, gone: set[str], edits: Edits) -> Cut | None:
        cut: Cut | None = None
        if self._goes(record, gone):
            cut = Cut(record.offset, record.offset, self._mark_of(record, filename, gone, edits))
        elif changed := self._changed(record):
            cut = Cut(record.offset, record.offset, compressed(changed), record.id)
        record.finish()
        if not record.alone:
            raise CollectionError(
                f"{filename} is one gzip member. `warcio recompress` makes it one that can be rewritten."
            )
        if cut and cut.content:
            cut.content = with_header(cut.content, packed) if packed else gzip.decompress(cut.content)
        if record.type in _CAPTURES and cut is None:
            edits.staying.append((record.id, record.offset, record.length))
        return cut

    def _goes(self, record: OpenRecord, gone: set[str]) -> bool:
        beside = bare_id(record.field("WARC-Concurrent-To"))
        derived = bare_id(record.field("WARC-Refers-To")) if record.type != "revisit" else ""
        if beside in gone or (derived in gone and not _is_tombstone(record)):
            return True
        return self._covers(record.url.removeprefix(VIEW)) and not _is_tombstone(record)

    def _mark_of(self, record: OpenRecord, filename: str, gone: set[str], edits: Edits) -> bytes:
        gone.add(record.id)
        if record.type not in _CAPTURES:
            return b""
        held = HeldCaptures(
            filename,
            record.offset,
            record.id,
            record.type,
            record.url,
            record.field("WARC-Date") or "",
            record.field("WARC-Payload-Digest"),
        )
        edits.removed.append(held)
        return self._mark(held)

    def _changed(self, record: OpenRecord) -> bytes | None:
        if record.id in self._survey.promoted:
            return promoted(record, b"".join(record.pieces()), self._block_of(self._survey.promoted[record.id]))
        if record.id in self._survey.referring:
            return referring(record, b"".join(record.pieces()), self._survey.referring[record.id])
        return None

    def _block_of(self, held: HeldCaptures) -> bytes:
        found = next(read_warc(self._originals(held.filename), held.offset))
        if found.cut:
            raise CollectionError(
                f"{held.url}: its payload is too large ({found.size} bytes) to be handed on to another address. "
                "Take those addresses down, too."
            )
        return found.block


def _is_tombstone(record: OpenRecord) -> bool:
    """Earlier takedowns stay told of."""
    if record.type != "metadata" or record.field("WARC-Concurrent-To") or record.size > 65_536:
        return False
    # What is read here is not needed again: a tombstone is copied by its place.
    return b"".join(record.pieces()).startswith(TAKEDOWN)


def _like(header: bytes) -> bytes:
    """The gzip header of new members in a file that begins with this one: ours only in our own files, where all are
    alike. In others, that of no time and Unix (RFC 1952, section 2.3.1)."""
    return HEADER if header == HEADER else HEADER[:-1] + b"\x03"


def _write(edits: Edits, old: BinaryIO, new: BinaryIO, size: int) -> dict[str, Moved]:
    places: dict[str, Moved] = {}
    staying = iter(edits.staying)
    held = next(staying, None)
    at = 0
    for cut in [*edits.cuts, Cut(size, size, b"")]:
        while held and held[1] < cut.start:
            places[held[0]] = Moved(new.tell() + held[1] - at, held[2])
            held = next(staying, None)
        for piece in _pieces(old, at, cut.start):
            new.write(piece)
        if cut.record_id:
            places[cut.record_id] = Moved(new.tell(), _length(cut.content))
        new.write(cut.content)
        at = cut.end
    return places


def _pieces(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    file.seek(start)
    while start < end and (piece := file.read(min(1_000_000, end - start))):
        start += len(piece)
        yield piece


def _length(content: bytes) -> int:
    """As an index counts: a plain record without the two line ends behind it."""
    return len(content) if content.startswith(b"\x1f\x8b") else len(content) - 4
