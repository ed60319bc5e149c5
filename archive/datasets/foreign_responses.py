"""The pages in a WARC that any tool wrote: wget, Heritrix, browsertrix, Common Crawl's, or cleancopy itself.

One record is in memory at a time, and of what is no page only its head. Where a file is broken, reading goes on
behind the broken gzip member, as far as the file can be sought.
"""

from collections import Counter
from collections.abc import Iterator
from io import BufferedReader

from archive.errors import WarcError
from archive.exchange import Capture, Kind, Place
from archive.extraction.reading import MAX_BYTES
from archive.pipeline.captures import answer_of
from archive.pipeline.judgement import JUDGED, judge
from archive.warc.any_record import AnyRecord
from archive.warc.exchanges import Recorded, exchanges
from archive.warc.fault import Fault
from archive.warc.members import sections
from archive.warc.record import MAX_BLOCK, WarcRecord, is_arc, read_records
from archive.warc.scan import scan_sections

#: Bytes that are read of a request or metadata record.
_MAX_NOTE = 65_536
_REASONS = {
    Kind.REVISIT: "a revisit, whose page is an earlier capture",
    Kind.NO_HTTP: "no HTTP",
    Kind.NO_ANSWER: "no HTTP",
    Kind.EMPTY: "empty",
    Kind.UNDECODABLE: "cannot be decoded",
    Kind.CAPTCHA: "a test for robots",
    Kind.CONSENT_WALL: "a consent wall",
    Kind.REFUSED: "a refusal",
}


class ForeignWarc:
    """Iterating gives the HTML pages of one WARC (or ARC) in order, whatever they are about.

    `origin.found_in` of a page is empty unless cleancopy wrote the file: then its notes are read. `left_out` counts
    the other responses by why they are no pages, `faults` holds what could not be read, and `read` is how many bytes
    of the file have been read.
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
        self.read = 0
        self._file = file
        self._max_body = max_body
        self._beside = beside

    def __iter__(self) -> Iterator[Capture]:
        try:
            yield from filter(None, map(self._judge, exchanges(self._records())))
        except (WarcError, OSError) as error:
            self._fault(error, self.read)

    def _records(self) -> Iterator[WarcRecord]:
        if is_arc(self._file):
            for record in read_records(self._file, self.name):
                self.read = record.offset + record.length
                yield record
            return
        source = sections(self._file, self.name)
        more = True
        while more:
            try:
                for opened in scan_sections(source, self.name):
                    found = _read(opened)
                    self.read = source.end
                    yield found
                more = False
            except WarcError as error:
                self._fault(error, source.start)
                more = self._file.seekable() and source.skip_broken()

    def _fault(self, error: Exception, offset: int) -> None:
        self.faults.append(Fault(self.name, str(error).removeprefix(f"{self.name}: "), offset))

    def _judge(self, found: Recorded[WarcRecord]) -> Capture | None:
        if found.main is None:
            return None
        capture = judge(answer_of(found, self.name), max_body=self._max_body)
        if not capture.may_have_record:
            self.left_out[_reason(capture, found.main.type)] += 1
            return None
        if self._beside is not None:
            self._beside[capture.record_id or ""] = [
                Place(self.name, item.offset, item.length) for item in found.beside
            ]
        return capture


def _read(record: AnyRecord) -> WarcRecord:
    """A record in memory: of what is no page no more than it takes to see that, of notes their beginning."""
    pieces = record.pieces()
    block = _first(pieces, b"", JUDGED if record.type in ("response", "resource", "revisit") else _MAX_NOTE)
    if record.size > len(block) >= JUDGED and _may_be_page(record, block):
        block = _first(pieces, block)
    record.finish()
    return WarcRecord(record.fields, block, record.offset, record.length, record.size, record.alone)


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
    if capture.kind in (Kind.LIST, Kind.ROBOTS, Kind.REQUISITE):
        return f"fetched as a {capture.origin.purpose}"
    return _REASONS.get(capture.kind, "not HTML")
