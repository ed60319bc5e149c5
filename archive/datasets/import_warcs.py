"""Articles in WARC files of other tools, to be imported: their response records are copied byte for byte."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader

from archive.datasets.foreign_responses import ForeignWarc
from archive.datasets.import_files import OneFile
from archive.datasets.import_items import Bad, Found, Progress, Response
from archive.datasets.warc_sources import OpenWarc, WarcSource
from archive.errors import PageError
from archive.exchange import Capture, Place
from archive.pipeline.article_choice import decided
from archive.pipeline.pool import ExtractionPool
from archive.sites import site_of_url
from archive.telling.kinds import WarningKind
from archive.warc.frames import ZstdSections, is_zstd
from archive.warc.packing import compressed, with_header

_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Judged:
    """A page, where it lies, and why it is no article."""

    place: Place
    record_id: str
    url: str
    alone: bool
    cut: bool
    refusal: str | None


@dataclass(frozen=True, slots=True)
class ImportedWarc(OneFile):
    """A WARC or WACZ file. With `every` all HTML pages are taken and not only articles."""

    every: bool = False
    unit: str = "bytes"

    @property
    def size(self) -> float:
        """Bytes."""
        return self.path.stat().st_size

    def items(self, progress: Progress) -> Iterator[Found]:
        """As in Source. Raises WarcError if the file cannot be opened."""
        source = WarcSource(str(self.path))
        with source.open() as reading, source.open() as copying, ExtractionPool(judge, _lost) as pool:
            for read, copied in zip(reading, copying, strict=True):
                yield from self._items(read, copied.file, progress, pool)

    def _items(self, read: OpenWarc, copied: BufferedReader, progress: Progress, pool: "_Pool") -> Iterator[Found]:
        beside: dict[str, list[Place]] = {}
        warc = ForeignWarc(read.file, read.name, beside=beside)
        within = f"{read.name}@" if self.path.suffix.lower() == ".wacz" else ""
        told = 0
        for page in pool.map((capture, self.every) for capture in warc):
            progress(warc.read - told)
            told = warc.read
            others = beside.pop(page.record_id, [])
            yield _found(f"{self.name}:{within}{page.place.offset}", page, others, copied)
        for fault in warc.faults:
            yield Bad(self.name, str(fault))
        for reason, count in warc.left_out.items():
            yield Bad(self.name, f"{count} responses: {reason}", note=True)
        for what, count in (+warc.doubts).items():
            yield Bad(self.name, f"{count} WARC records with {what}: `cleancopy verify` says which", note=True)


_Pool = ExtractionPool[tuple[Capture, bool], Judged]


def judge(task: tuple[Capture, bool]) -> Judged:
    """Whether a page is an article; run in a worker process."""
    capture, every = task
    return _judged(capture, None if every else decided(capture, site_of_url(capture.url))[1])


def _lost(task: tuple[Capture, bool], _: PageError) -> Judged:
    # Its record will say what was wrong with it.
    return _judged(task[0], None)


def _judged(capture: Capture, refusal: str | None) -> Judged:
    kinds = {warning.kind for warning in capture.warnings}
    alone, cut = WarningKind.ONE_GZIP_MEMBER not in kinds, WarningKind.RECORD_CUT in kinds
    place = capture.place or Place("", 0, 0)
    return Judged(place, capture.record_id or "", capture.url, alone, cut, refusal)


def _found(via: str, page: Judged, others: list[Place], file: BufferedReader) -> Found:
    if page.refusal:
        return Bad(via, page.refusal, note=True)
    if not page.alone:
        return Bad(via, "the file is one gzip member: `warcio recompress` makes it one that can be imported")
    if page.cut:
        return Bad(via, "the record is cut short, and half a record is not copied: `cleancopy extract` reads it")
    response = _member(file, page.place)
    if response is None:
        return Bad(via, "an ARC record is not copied: `warcio recompress` makes a WARC of it")
    before = [_member(file, place) for place in others if place.offset < page.place.offset]
    behind = [_member(file, place) for place in others if place.offset > page.place.offset]
    return Response(via, tuple(filter(None, before)), response, tuple(filter(None, behind)), page.record_id, page.url)


def _member(file: BufferedReader, place: Place) -> bytes | None:
    """The gzip member at a place, under the header that all members of our files have; of a plain file or a zstd
    frame, the record as one."""
    file.seek(place.offset)
    record = file.read(place.length)
    if record.startswith(b"WARC/"):
        return compressed(record + b"\r\n\r\n")
    if is_zstd(record):
        frame = ZstdSections(file, place.filename, place.offset)
        frame.begin()
        return compressed(b"".join(iter(frame.read, b"")))
    return with_header(record) if record.startswith(_MAGIC) else None
