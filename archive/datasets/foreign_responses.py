"""The pages in a WARC that any tool wrote: wget, Heritrix, browsertrix, Common Crawl's, or cleancopy itself.

One record is in memory at a time, and of what is no page only its head. Where a file is broken, reading goes on
behind the damage, as far as the file can be sought. A page that is cut short is taken as far as it goes; one in a
broken gzip member is not, for nothing tells which of its bytes are right.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from io import BufferedReader

from archive.errors import CutShortError, WarcError
from archive.exchange import Capture, Origin, Place
from archive.extraction.reading import MAX_BYTES
from archive.warc.any_record import AnyRecord, take_head
from archive.warc.digest import BlockDigest
from archive.warc.fault import Fault
from archive.warc.fields import origin_of, parse_fields
from archive.warc.headers import header_faults
from archive.warc.message import Message, parse_message
from archive.warc.reader import capture_of
from archive.warc.record import MAX_BLOCK, WarcRecord, is_arc, read_records
from archive.warc.salvage import Salvage
from archive.warc.scan import OpenRecord, bare_id

#: Other tools do not say how and for what a URL was found.
UNKNOWN = Origin(found_in="")
#: Some proxies join two headers with a comma.
_KIND_END = re.compile("[;,]")
_HTML = ("text/html", "application/xhtml+xml", "")
#: Bytes that are read of a metadata record.
_MAX_NOTE = 65_536
_LEFT_OUT = {
    "revisit": "a revisit, whose page is an earlier capture",
    "conversion": "a conversion record",
    "continuation": "a continuation record",
}
_BESIDE = ("warcinfo", "request", "metadata")


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
        self._held: Capture | None = None
        self._beside = beside
        self._request: tuple[str, Place] = ("", Place("", 0, 0))

    def __iter__(self) -> Iterator[Capture]:
        try:
            for record in self._records():
                yield from self._take(record)
        except (WarcError, OSError) as error:
            self.faults.append(Fault(self.name, str(error).removeprefix(f"{self.name}: "), self.read))
        if self._held:
            yield self._held

    def _records(self) -> Iterator[AnyRecord]:
        if is_arc(self._file):
            for record in read_records(self._file, self.name):
                yield record
                self.read = record.offset + record.length
            return
        source = Salvage(self._file, self.name, self.faults.append)
        for opened in source:
            yield opened
            opened.finish()
            self.read = source.read

    def _take(self, record: AnyRecord) -> Iterator[Capture]:
        """Take in the next record; gives a page that is complete now. What is noted of one stands right behind it."""
        if self._held and bare_id(record.field("WARC-Concurrent-To")) == self._held.record_id:
            if record.type == "metadata":
                self._held = replace(self._held, origin=_origin(record))
            self.doubts["a damaged header"] += any(header_faults(record.fields))
            self._belongs(self._held, record)
            return
        if complete := self._held:
            # Before anything is read that may fail.
            self._held = None
            yield complete
        self._held = self._page(record)
        if self._held and bare_id(record.field("WARC-Concurrent-To")) == self._request[0] != "":
            self._note(self._held, self._request[1])
        if self._beside is not None and record.type == "request":
            # Some tools write it in front of its response.
            self._request = record.id, self._place(record)

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
        block = BlockDigest(record.field("WARC-Block-Digest"))
        pieces = block.through(record.pieces())
        held = self._block(record, pieces)
        for _ in pieces:
            pass
        record.finish()
        fault = record.fault if isinstance(record, OpenRecord) else None
        warnings = tuple(self._doubts(record, block, fault))
        if held is None or (fault and not isinstance(fault, CutShortError)):
            return None
        size = len(held) if fault else record.size
        whole = WarcRecord(record.fields, held, record.offset, record.length, size, record.alone)
        found = capture_of(whole, UNKNOWN, self.name, max_body=self._max_body)
        return replace(found, warnings=(*warnings, *found.warnings))

    def _block(self, record: AnyRecord, pieces: Iterator[bytes]) -> bytes | None:
        """The block of a page; None for what is none."""
        head = b""
        if record.type == "response":
            head, pieces = take_head(pieces)
            reason = _refusal(record.url, parse_message(head if record.is_http else b""))
        elif record.type == "resource":
            # Kept without its HTTP head: its Content-Type is the record's.
            kind = record.field("Content-Type") or ""
            reason = _refusal(record.url, Message(200, (("Content-Type", kind),), 0))
        else:
            reason = _LEFT_OUT.get(record.type, "" if record.type in _BESIDE else "a record of an unknown type")
        if reason:
            self.left_out[reason] += 1
        return _first(pieces, head) if reason is None else None

    def _doubts(self, record: AnyRecord, block: BlockDigest, fault: WarcError | None) -> Iterator[str]:
        """What tells of damage that the reader cannot see."""
        if fault:
            yield f"capture: cut short: {str(fault).removeprefix(f'{self.name}: ')}"
        elif block.wrong:
            self.doubts["a wrong block digest"] += 1
            yield "capture: the block digest is wrong"
        if odd := next(header_faults(record.fields), None):
            self.doubts["a damaged header"] += 1
            yield f"capture: damaged header: {odd}"


def _refusal(url: str, message: Message) -> str | None:
    """Why a response is no page, from its URL and its head."""
    if not url.lower().startswith(("http://", "https://")):
        return "not of the web"
    if message.status is None:
        return "no HTTP"
    if message.status and not 200 <= message.status < 300:
        return f"status {message.status}"
    kind = _KIND_END.split(message.first("content-type") or "", maxsplit=1)[0].strip().lower()
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
