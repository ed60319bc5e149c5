"""The pages in a WARC that any tool wrote: wget, Heritrix, browsertrix, Common Crawl's, or cleancopy itself.

One record is in memory at a time, and of what is no page only its beginning. Where a file is broken, reading goes on
behind the damage, as far as the file can be sought. A page that is cut short is taken as far as it goes; one in a
broken gzip member is not, for nothing tells which of its bytes are right.
"""

from collections import Counter
from collections.abc import Iterator
from io import BufferedReader

from archive.collection.failure import WALLS
from archive.errors import CutShortError, WarcError
from archive.exchange import Capture, Kind, Place
from archive.extraction.page_reading import MAX_BYTES
from archive.pipeline.captures import answer_of
from archive.pipeline.judgement import JUDGED, judge
from archive.telling.kinds import Warned, WarningKind
from archive.warc.check import header_faults
from archive.warc.digest import BlockDigest
from archive.warc.fault import Fault
from archive.warc.record import MAIN, MAX_BLOCK, AnyRecord, Recorded, WarcRecord, exchanges, is_arc, read_records
from archive.warc.salvage import Salvage
from archive.warc.scan import OpenRecord

#: Bytes that are read of a request or metadata record.
_MAX_NOTE = 65_536
_BESIDE = ("warcinfo", "request", "metadata")
_REASONS: dict[str, str] = {
    Kind.REVISIT: "a revisit, whose page is an earlier capture",
    Kind.NO_HTTP: "no HTTP",
    Kind.NO_ANSWER: "no HTTP",
    Kind.EMPTY: "empty",
    Kind.UNDECODABLE: "cannot be decoded",
    **WALLS,
}


class ForeignWarc:
    """Iterating gives the HTML pages of one WARC (or ARC) in order, whatever they are about.

    `origin.found_in` of a page is empty unless cleancopy wrote the file: then its notes are read. `left_out` counts
    the other responses by why they are no pages, `doubts` the records that seem damaged by what tells of it, `faults`
    holds what could not be read, and `read` is how many bytes of the file have been read.
    """

    def __init__(
        self,
        file: BufferedReader,
        name: str,
        *,
        max_body: int = MAX_BYTES + 1,
        beside: dict[str, list[Place]] | None = None,
    ) -> None:
        """`name` is that of the file, without its folder. Bodies are cut at `max_body` bytes, and the page's warnings
        say so. `beside` is given the places of the records that belong to each page, by the page's record id, before
        the page is given out: its request and what was noted of it."""
        self.name = name
        self.faults: list[Fault] = []
        self.left_out: Counter[str] = Counter()
        self.doubts: Counter[str] = Counter()
        self.read = 0
        self._file = file
        self._max_body = max_body
        self._beside = beside

    def __iter__(self) -> Iterator[Capture]:
        try:
            yield from filter(None, map(self._judge, exchanges(self._records())))
        except (WarcError, OSError) as error:
            self.faults.append(Fault(self.name, str(error).removeprefix(f"{self.name}: "), self.read))

    def _records(self) -> Iterator[WarcRecord]:
        if is_arc(self._file):
            for record in read_records(self._file, self.name):
                self.read = record.offset + record.length
                yield record
            return
        source = Salvage(self._file, self.name, self.faults.append)
        for opened in source:
            found = self._held(opened)
            self.read = source.read
            if found:
                yield found

    def _held(self, record: OpenRecord) -> WarcRecord | None:
        """A record in memory: of what is no page no more than it takes to see that, of notes their beginning. None for
        one whose bytes cannot be trusted."""
        digest = BlockDigest(record.field("WARC-Block-Digest"))
        pieces = digest.through(record.pieces())
        block = _first(pieces, b"", JUDGED if record.type in MAIN else _MAX_NOTE)
        if len(block) >= JUDGED and _may_be_page(record, block):
            block = _first(pieces, block)
        for _ in pieces:
            pass
        record.finish()
        if record.type not in (*MAIN, *_BESIDE):
            self.left_out["a record of an unknown type"] += 1
        doubts = tuple(self._doubts(record, digest))
        if record.fault and not isinstance(record.fault, CutShortError):
            return None
        cut, size = record.fault is not None, len(block) if record.fault else record.size
        return WarcRecord(record.fields, block, record.offset, record.length, size, record.alone, doubts, cut)

    def _doubts(self, record: OpenRecord, digest: BlockDigest) -> Iterator[Warned]:
        """What tells of damage that the reader cannot see."""
        if record.fault:
            said = str(record.fault).removeprefix(f"{self.name}: ")
            yield Warned(WarningKind.RECORD_CUT, f"capture: cut short: {said}")
        elif digest.wrong:
            self.doubts["a wrong block digest"] += 1
            yield Warned(WarningKind.DAMAGED, "capture: the block digest is wrong")
        if odd := next(header_faults(record.fields), None):
            self.doubts["a damaged header"] += 1
            yield Warned(WarningKind.DAMAGED, f"capture: damaged header: {odd}")

    def _judge(self, found: Recorded[WarcRecord]) -> Capture | None:
        if found.main is None:
            return None
        capture = judge(answer_of(found, self.name), max_body=self._max_body)
        if not capture.may_have_record:
            self.left_out[_reason(capture, found.main.type)] += 1
            return None
        if self._beside is not None:
            places = [Place(self.name, item.offset, item.length) for item in found.beside]
            self._beside[capture.record_id or ""] = places
        return capture


def _may_be_page(record: AnyRecord, block: bytes) -> bool:
    start = WarcRecord(record.fields, block, record.offset, 0, record.size)
    return judge(answer_of(Recorded(start, ()), ""), max_body=0).may_have_record


def _first(pieces: Iterator[bytes], head: bytes, most: int = MAX_BLOCK) -> bytes:
    parts, size = [head], len(head)
    while size < most and (piece := next(pieces, b"")):
        parts.append(piece)
        size += len(piece)
    return b"".join(parts)


def _reason(capture: Capture, record_type: str) -> str:
    """Why a capture is no page, in words."""
    if record_type in ("conversion", "continuation"):
        return f"a {record_type} record"
    if capture.status and not 200 <= capture.status < 300 and capture.kind is not Kind.REVISIT:
        return f"status {capture.status}"
    if capture.kind is Kind.NO_HTTP and not capture.url.lower().startswith(("http://", "https://")):
        return "not of the web"
    if capture.kind in (Kind.LIST, Kind.ROBOTS, Kind.REQUISITE, Kind.DOCUMENT):
        return f"fetched as a {capture.origin.purpose}"
    return _REASONS.get(capture.kind, "not HTML")
