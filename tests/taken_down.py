"""Takedowns, and what a collection holds before and after them."""

import gzip
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from uuid import UUID

from archive.collection.folder import Collection
from archive.preservation.takedown import Execution
from archive.preservation.takedown_log import Takedown
from archive.preservation.takedown_order import Covered, Order
from archive.preservation.takedown_survey import survey
from archive.preservation.verify import verify
from archive.records import Record, read_records
from archive.warc.record import WarcRecord, read_warc
from tests.exchanges import HOST

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
REASON = "court order 12"


def take_down(collection: Collection, *urls: str, sites: tuple[str, ...] = (), at: datetime = NOW) -> Takedown:
    order = Order(urls=tuple(HOST + url for url in urls), sites=sites, reason=REASON)
    covers = Covered([order], collection.sites)
    ids = count(at.day * 10_000)
    with collection.lock():
        found = survey(collection, covers)
        return Execution(collection, order, covers, found, at, lambda: str(UUID(int=next(ids)))).carry_out()


def faults(collection: Collection) -> list[str]:
    told: list[str] = []
    verify(collection.path, lambda fault: told.append(str(fault)))
    return told


def tree(collection: Collection) -> dict[str, bytes]:
    """All files; databases by what they hold."""
    return {
        path.relative_to(collection.path).as_posix(): content_of(path)
        for path in sorted(collection.path.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def content_of(path: Path) -> bytes:
    if path.suffix != ".sqlite":
        return path.read_bytes()
    db = sqlite3.connect(path)
    try:
        return "\n".join(db.iterdump()).encode()
    finally:
        db.close()


def everything(collection: Collection) -> Iterator[bytes]:
    """The bytes of all files, inflated too."""
    for path in collection.path.rglob("*"):
        if path.is_file():
            yield path.read_bytes()
            if path.suffix == ".gz":
                yield gzip.decompress(path.read_bytes())
    for warc in collection.warcs():
        for record in read_warc(warc):
            if b"\x1f\x8b" in record.block:
                yield gzip.decompress(record.block[record.block.index(b"\x1f\x8b") :])


def warc_records(collection: Collection) -> dict[str, WarcRecord]:
    return {record.id: record for warc in collection.warcs() for record in read_warc(warc)}


def lines(collection: Collection) -> dict[str, Record]:
    return {str(record.url): record for path in collection.records.glob("*.jsonl") for record in read_records(path)}
