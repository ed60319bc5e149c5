"""Record lines compared with the captures that they are made of."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from archive.exchange import Capture, Origin, Place
from archive.pipeline.record_lines import is_article
from archive.records import Record, fault_of
from archive.warc.check import Checked
from archive.warc.fault import Fault
from archive.warc.fields import origin_of, parse_fields
from archive.warc.message import Message
from archive.warc.scan import bare_id


class Articles:
    """Tells, from the records of a WARC in order, which responses a record line is made of."""

    def __init__(self, filename: str) -> None:
        self._filename = filename
        self._held: Capture | None = None

    def add(self, record: Checked) -> Capture | None:
        """Take in the next record; an article that is complete now."""
        if self._held and bare_id(record.field("WARC-Concurrent-To")) == self._held.record_id:
            if record.type != "metadata":
                return None
            held, self._held = self._held, None
            return _if_article(replace(held, origin=origin_of(parse_fields(record.note))))
        before, self._held = self._held, self._capture(record)
        return _if_article(before)

    def last(self) -> Capture | None:
        """The last article of the file, where no metadata record followed it."""
        held, self._held = self._held, None
        return _if_article(held)

    def _capture(self, record: Checked) -> Capture | None:
        if record.type == "resource":
            message = Message(0, (("Content-Type", record.field("Content-Type") or ""),), 0)
        elif record.type == "response" and record.message:
            message = record.message
        else:
            return None
        return Capture(
            url=record.url,
            body=b"",
            status=message.status or 0,
            headers=message.headers,
            record_id=record.id,
            payload_digest=record.field("WARC-Payload-Digest"),
            place=Place(self._filename, record.offset, record.length),
            origin=Origin(),
        )


def _if_article(capture: Capture | None) -> Capture | None:
    return capture if capture and is_article(capture) else None


class RecordsCheck:
    """The record lines of one WARC, read beside it. Both are in the same order."""

    def __init__(self, path: Path) -> None:
        self.lines = 0
        self.faults: list[Fault] = []
        self._name = path.name
        self._missing = 0
        self._file: BinaryIO | None = path.open("rb") if path.exists() else None
        self._next = self._read()

    def _read(self) -> Record | None:
        while self._file and (line := self._file.readline()):
            self.lines += 1
            try:
                return Record.from_line(line)
            except ValueError as error:
                self._fault(f"this is no record: {fault_of(error)}", self.lines)
        return None

    def _fault(self, what: str, line: int | None = None) -> None:
        self.faults.append(Fault(self._name, what, line=line))

    def expect(self, capture: Capture) -> None:
        """The next article of the WARC."""
        place = capture.place
        assert place is not None  # noqa: S101 - they come from a WARC
        while self._next and _offset(self._next) < place.offset:
            self._orphan()
        if not self._next or _offset(self._next) != place.offset:
            self._lacks(place)
            return
        self._compare(self._next, capture)
        self._next = self._read()

    def _lacks(self, place: Place) -> None:
        self._missing += 1
        if self._file:
            self._fault(f"the article at byte {place.offset} of {place.filename} has no record")

    def _orphan(self) -> None:
        record = self._next
        where = record.warc.filename if record and record.warc else "any file"
        offset = _offset(record) if record else 0
        self._fault(
            f"record {record.id if record else ''} is of no article: none is at byte {offset} of {where}", self.lines
        )
        self._next = self._read()

    def _compare(self, record: Record, capture: Capture) -> None:
        told, place = record.warc, capture.place
        pairs: Iterable[tuple[str, object, object]] = (
            ("id", record.id, capture.record_id),
            ("url", record.url, capture.url or None),
            ("warc.filename", told and told.filename, place and place.filename),
            ("warc.length", told and told.length, place and place.length),
            ("warc.record_id", told and told.record_id, capture.record_id),
            ("warc.payload_digest", told and told.payload_digest, capture.payload_digest),
        )
        for name, stated, found in pairs:
            if stated != found:
                self._fault(f"record {record.id}: {name} is {stated}, but the capture's is {found}", self.lines)

    def finish(self) -> None:
        """The WARC has no more articles."""
        while self._next:
            self._orphan()
        if self._file:
            self._file.close()
        elif self._missing:
            self._fault(
                f"the file is missing, and {self._missing} articles have no record. `cleancopy extract` makes it"
            )


def _offset(record: Record) -> int:
    return record.warc.offset if record.warc else -1
