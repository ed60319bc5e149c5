"""The pages in a WARC that any tool wrote: wget, Heritrix, browsertrix, Common Crawl's, or cleancopy itself.

One record is in memory at a time, and of what is no page only its head. Where a file is broken, reading goes on
behind the broken gzip member, as far as the file can be sought.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from io import BufferedReader

from archive.errors import WarcError
from archive.exchange import Capture, Origin, Place
from archive.extraction.reading import MAX_BYTES
from archive.warc.any_record import AnyRecord, take_head
from archive.warc.fault import Fault
from archive.warc.fields import origin_of, parse_fields
from archive.warc.members import sections
from archive.warc.message import Message, parse_message
from archive.warc.reader import capture_of
from archive.warc.record import MAX_BLOCK, WarcRecord, is_arc, read_records
from archive.warc.scan import bare_id, scan_sections

#: Other tools do not say how and for what a URL was found.
UNKNOWN = Origin(found_in="")
_HTML = ("text/html", "application/xhtml+xml", "")
#: Bytes that are read of a metadata record.
_MAX_NOTE = 65_536


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
        self._held: Capture | None = None
        self._beside = beside
        self._request: tuple[str, Place] = ("", Place("", 0, 0))

    def __iter__(self) -> Iterator[Capture]:
        try:
            yield from (page for page in self._pages() if page)
        except (WarcError, OSError) as error:
            self._fault(error, self.read)
        if self._held:
            yield self._held

    def _pages(self) -> Iterator[Capture | None]:
        if is_arc(self._file):
            for record in read_records(self._file, self.name):
                yield self._take(record)
                self.read = record.offset + record.length
            return
        source = sections(self._file, self.name)
        more = True
        while more:
            try:
                for opened in scan_sections(source, self.name):
                    yield self._take(opened)
                    self.read = source.end
                more = False
            except WarcError as error:
                self._fault(error, source.start)
                more = self._file.seekable() and source.skip_broken()

    def _fault(self, error: Exception, offset: int) -> None:
        self.faults.append(Fault(self.name, str(error).removeprefix(f"{self.name}: "), offset))

    def _take(self, record: AnyRecord) -> Capture | None:
        """Take in the next record; a page that is complete now. What is noted of a page stands right behind it."""
        if self._held and bare_id(record.field("WARC-Concurrent-To")) == self._held.record_id:
            if record.type == "metadata":
                self._held = replace(self._held, origin=_origin(record))
            self._belongs(self._held, record)
            return None
        complete, self._held = self._held, None
        self._held = self._page(record)
        if self._held and bare_id(record.field("WARC-Concurrent-To")) == self._request[0] != "":
            self._note(self._held, self._request[1])
        if self._beside is not None and record.type == "request":
            # Some tools write it in front of its response.
            self._request = record.id, self._place(record)
        return complete

    def _belongs(self, page: Capture, record: AnyRecord) -> None:
        if self._beside is not None:
            self._note(page, self._place(record))

    def _note(self, page: Capture, place: Place) -> None:
        if self._beside is not None:
            self._beside.setdefault(page.record_id or "", []).append(place)

    def _place(self, record: AnyRecord) -> Place:
        record.finish()
        return Place(self.name, record.offset, record.length)

    def _page(self, record: AnyRecord) -> Capture | None:
        match record.type:
            case "response":
                return self._response(record)
            case "resource":
                return self._resource(record)
            case "revisit":
                self.left_out["a revisit, whose page is an earlier capture"] += 1
            case "conversion" | "continuation":
                self.left_out[f"a {record.type} record"] += 1
        return None

    def _response(self, record: AnyRecord) -> Capture | None:
        head, pieces = take_head(record.pieces())
        if reason := _refusal(record.url, parse_message(head if record.is_http else b"")):
            self.left_out[reason] += 1
            return None
        return capture_of(_whole(record, _first(pieces, head)), UNKNOWN, self.name, max_body=self._max_body)

    def _resource(self, record: AnyRecord) -> Capture | None:
        """A page that was kept without its HTTP head: its Content-Type is the record's."""
        kind = record.field("Content-Type") or ""
        if reason := _refusal(record.url, Message(200, (("Content-Type", kind),), 0)):
            self.left_out[reason] += 1
            return None
        whole = _whole(record, _first(record.pieces(), b""))
        found = capture_of(whole, UNKNOWN, self.name, max_body=self._max_body)
        return replace(
            found, body=whole.block[: self._max_body], headers=(("Content-Type", kind),), status=0, warnings=()
        )


def _refusal(url: str, message: Message) -> str | None:
    """Why a response is no page, from its URL and its head."""
    if not url.startswith(("http://", "https://")):
        return "not of the web"
    if message.status is None:
        return "no HTTP"
    if not 200 <= message.status < 300:
        return f"status {message.status}"
    kind = (message.first("content-type") or "").partition(";")[0].strip().lower()
    return None if kind in _HTML else "not HTML"


def _origin(record: AnyRecord) -> Origin:
    fields = parse_fields(_first(record.pieces(), b"", _MAX_NOTE))
    return origin_of(fields) if "purpose" in fields else UNKNOWN


def _first(pieces: Iterator[bytes], head: bytes, most: int = MAX_BLOCK) -> bytes:
    parts, size = [head], len(head)
    for piece in pieces:
        parts.append(piece[: most - size])
        size += len(piece)
        if size >= most:
            break
    return b"".join(parts)


def _whole(record: AnyRecord, block: bytes) -> WarcRecord:
    """The record once it has been read to its end, which tells its length."""
    record.finish()
    return WarcRecord(record.fields, block, record.offset, record.length, record.size, record.alone)
