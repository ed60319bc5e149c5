"""Record lines compared with the captures that they are made of."""

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import BinaryIO

from archive.capture_fields import PagePlace, WarcPlace
from archive.exchange import Capture, Kind, Place
from archive.records import Record, fault_of
from archive.warc.fault import Fault


class RecordsCheck:
    """The record lines of one WARC, read beside it. Both are in the same order."""

    def __init__(self, path: Path, collection: Path) -> None:
        self._collection = collection
        self.lines = 0
        self.faults: list[Fault] = []
        self._name = path.name
        self._missing = 0
        self._file: BinaryIO | None = path.open("rb") if path.exists() else None
        self._pages: dict[int, tuple[Record, PagePlace]] = {}
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

    def meet(self, capture: Capture) -> None:
        """The next capture of the WARC."""
        if _has_record(capture, self._collection):
            self._expect(capture)

    def _expect(self, capture: Capture) -> None:
        place = capture.place
        assert place is not None  # noqa: S101 - they come from a WARC
        if joined := self._pages.pop(place.offset, None):
            self._compare(*joined, capture)
            return
        while self._next and _offset(self._next) < place.offset:
            self._orphan()
        if not self._next or _offset(self._next) != place.offset:
            self._lacks(place)
            return
        record, told = self._next, self._next.warc
        assert told is not None  # noqa: S101 - its offset was compared
        here = {page.offset: page for page in told.pages if page.filename == place.filename}
        if here and place.offset not in here:
            self._fault(f"record {record.id}: its own capture is not among warc.pages", self.lines)
        if record.id != capture.record_id:
            self._fault(f"record {record.id}: id is {record.id}, but the capture's is {capture.record_id}", self.lines)
        self._compare(record, here.pop(place.offset, _page_of(record, told)), capture)
        # A record stands where the first of its pages does: the others are still to come.
        self._pages |= {offset: (record, page) for offset, page in here.items()}
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

    def _compare(self, record: Record, told: PagePlace, capture: Capture) -> None:
        place = capture.place
        pairs: Iterable[tuple[str, object, object]] = (
            ("url", told.url, capture.url or None),
            ("warc.filename", told.filename, place and place.filename),
            ("warc.length", told.length, place and place.length),
            ("warc.record_id", told.record_id, capture.record_id),
            ("warc.payload_digest", told.payload_digest, capture.payload_digest),
        )
        for name, stated, found in pairs:
            if stated != found:
                self._fault(f"record {record.id}: {name} is {stated}, but the capture's is {found}", self.lines)

    def finish(self) -> None:
        """The WARC has no more articles."""
        while self._next:
            self._orphan()
        for record, page in self._pages.values():
            self._fault(f"record {record.id} names a page at byte {page.offset} of {page.filename}: none is there")
        if self._file:
            self._file.close()
        elif self._missing:
            self._fault(
                f"the file is missing, and {self._missing} articles have no record. `cleancopy extract` makes it"
            )


def differences(path: Path, made: Iterable[bytes]) -> Iterator[Fault]:
    """The record lines of a file that are not what extraction gives now, and why they are not."""
    if not path.exists():
        return
    with path.open("rb") as lines:
        for number, (stated, found) in enumerate(zip_longest(lines, made), 1):
            if stated != found:
                yield Fault(
                    path.name, f"the record is not what extraction gives now: {_cause(stated, found)}", line=number
                )


def _cause(stated: bytes | None, found: bytes | None) -> str:
    if not stated or not found:
        return "there is none now" if stated else "there is none here"
    try:
        old, new = Record.from_line(stated).extraction, Record.from_line(found).extraction
    except ValueError:
        return "the line is no record"
    causes = {
        "the configuration of its site has changed": (old.config, old.config_digest) != (new.config, new.config_digest),
        f"it was made by version {old.version}, and this is {new.version}": old.version != new.version,
        "it was made with another model": old.model != new.model,
        "the memory of its site is another": old.memory != new.memory,
    }
    return "; ".join(sentence for sentence, holds in causes.items() if holds) or (
        "nothing that it was made with has changed, so that the line, or the program, was changed by hand"
    )


def _page_of(record: Record, told: WarcPlace) -> PagePlace:
    """The one page of a story that has no others."""
    place = told.model_dump(exclude={"pages"})
    return PagePlace(url=record.url, **place)


def _offset(record: Record) -> int:
    return record.warc.offset if record.warc else -1


def _has_record(capture: Capture, collection: Path | None) -> bool:
    """Whether a record is made of a capture; other tools' pages are looked at for that."""
    if capture.kind is not Kind.PAGE:
        return capture.has_record
    # Extraction takes most of a second to load, and what a crawl captured needs none of it.
    from archive.pipeline.article_choice import decided  # noqa: PLC0415
    from archive.pipeline.record_lines import site_in  # noqa: PLC0415

    return decided(capture, site_in(collection, capture.url))[0].has_record
