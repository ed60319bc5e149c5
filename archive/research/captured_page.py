"""The captured page behind a record, read again from its WARC, and where a passage stands in a record."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from lxml import etree

from archive.article_text import places_in_text
from archive.block_reading import read_block
from archive.capture_fields import WarcPlace
from archive.collection.folder import Collection
from archive.errors import CollectionError, WarcError
from archive.exchange import Capture
from archive.extraction.charset import decode
from archive.extraction.page_reading import page_tree
from archive.extraction.rules import RuleKind, kind_of
from archive.pipeline.captures import answer_of
from archive.pipeline.judgement import judge
from archive.records import Block, Record, fault_of
from archive.research.xpath import carries_at, stands_anywhere, stands_at, states_at
from archive.warc.digest import sha1_digest
from archive.warc.message import entity, parse_message
from archive.warc.record import Recorded, WarcRecord, read_warc

#: Records whose block is the page itself.
_WITHOUT_HTTP = ("resource", "conversion")


@dataclass(frozen=True, slots=True)
class CapturedPage:
    """Where a record comes from. `faults` says what does not agree between record and WARC. Of a story in several
    pages, `pages` are all of them by number, as blocks name them."""

    record: Record
    warc: Path
    place: WarcPlace
    capture: Capture
    tree: etree._Element | None
    faults: tuple[str, ...]
    pages: Mapping[int | None, "CapturedPage"] = field(default_factory=dict)

    def page_of(self, block: Block) -> "CapturedPage":
        """The page that a block stands on."""
        return self.pages.get(block.page, self)

    def has(self, block: Block) -> bool:
        """Whether the captured page has this block's text at its XPath; a plain text, or a block so deep in its page
        that its XPath was left out, anywhere."""
        return self.page_of(block)._has(block)

    def _has(self, block: Block) -> bool:
        if block.xpath is None and self.capture.mime == "text/plain":
            return _folded(block.text) in _folded(decode(self.capture.body, self.capture.header("Content-Type"))[0])
        if self.tree is None:
            return False
        if block.xpath is None:
            return stands_anywhere(self.tree, block.text)
        if kind_of(block.rule) is RuleKind.JSON_LD:
            return states_at(self.tree, block.xpath, block.text)
        if kind_of(block.rule) is RuleKind.SCRIPT:
            return carries_at(self.tree, block.xpath, block.text)
        return stands_at(self.tree, block.xpath, block.text)


def find_record(collection: Collection, record_id: str) -> Record:
    """The record with this id. Raises CollectionError if there is none."""
    collection.require()
    key = f'"id":"{record_id}"'.encode()
    for path in sorted(collection.records.glob("*.jsonl")):
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                # The id is the second key of a line: only one line in the collection is parsed.
                if key in line[:200]:
                    return _parsed(path, number, line)
    raise CollectionError(f"{collection.path}: there is no record {record_id!r}")


def _parsed(path: Path, number: int, line: bytes) -> Record:
    try:
        return Record.from_line(line)
    except ValueError as error:
        raise CollectionError(f"{path}:{number}: not a record line: {fault_of(error)}") from error


def source_of(collection: Collection, record: Record) -> CapturedPage:
    """Read a record's capture again. Raises CollectionError where its WARC is not there or holds another capture
    at that place, and WarcError where it cannot be read."""
    place = record.warc
    if place is None:
        raise CollectionError(f"record {record.id} was not made from a captured page: it names no WARC")
    # Of several captures of a page, the first one listed is the one that the record was made of.
    pages = {
        page.page: _read(collection, record, WarcPlace(**page.model_dump(exclude=_OF_PAGES)), page.url)
        for page in reversed(place.pages)
    }
    own = next((page for page in pages.values() if page.place.record_id == place.record_id), None)
    found = own or _read(collection, record, place, record.url)
    faults = tuple(fault for page in (pages.values() if pages else (found,)) for fault in page.faults)
    return replace(found, faults=faults, pages=pages)


_OF_PAGES = {"page", "url", "date_crawled"}


def _read(collection: Collection, record: Record, place: WarcPlace, url: str | None) -> CapturedPage:
    path = collection.warc_path(place.filename)
    response = _response(path, place)
    capture = judge(answer_of(Recorded(response, ()), place.filename))
    return CapturedPage(
        record,
        path,
        place,
        capture,
        page_tree(capture.body, capture.header("Content-Type")),
        tuple(_faults(url, place, response)),
    )


def _response(path: Path, place: WarcPlace) -> WarcRecord:
    try:
        found = next(read_warc(path, place.offset), None)
    except FileNotFoundError as error:
        raise CollectionError(f"{path.parent / place.filename} is missing, which the record comes from") from error
    if found is None or found.offset != place.offset or not (found.is_http or found.type in _WITHOUT_HTTP):
        raise WarcError(f"{path}: there is no response at byte {place.offset}")
    return found


def _faults(url: str | None, place: WarcPlace, response: WarcRecord) -> list[str]:
    faults = []
    if response.id != place.record_id:
        faults.append(f"the WARC has record {response.id} there, the record names {place.record_id}")
    is_http = response.type not in _WITHOUT_HTTP
    payload = entity(response.block, parse_message(response.block))[0] if is_http else response.block
    digest = sha1_digest(payload)
    if digest != place.payload_digest:
        faults.append(f"the payload's digest is {digest}, the record names {place.payload_digest}")
    if response.url != (url or ""):
        faults.append(f"the capture is of {response.url}, the record of {url}")
    return faults


def _folded(text: str) -> str:
    return " ".join(text.split())


def find_passage(record: Record, passage: str) -> tuple[int, ...]:
    """The numbers (from 0) of the blocks that hold a passage; none if it is nowhere. White space does not count.

    A passage may run over several blocks: first the text is searched, as if nothing stood between its blocks, then
    everything that the page shows.
    """
    numbered = list(enumerate(record.blocks))
    text = [(number, record.blocks[number]) for number in places_in_text(record.blocks)]
    return _search(text, passage, read_block) or _search(numbered, passage, lambda block: block.text)


def _search(blocks: Sequence[tuple[int, Block]], passage: str, read: Callable[[Block], str]) -> tuple[int, ...]:
    wanted = _folded(passage)
    texts = [_folded(read(block)) for _, block in blocks]
    start = " ".join(texts).find(wanted) if wanted else -1
    if start < 0:
        return ()
    end = start + len(wanted)
    found = []
    at = 0
    for (number, _), text in zip(blocks, texts, strict=True):
        if at < end and at + len(text) > start:
            found.append(number)
        at += len(text) + 1
    return tuple(found)
