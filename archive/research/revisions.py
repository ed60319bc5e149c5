"""All captures of one URL: those with a record, and those that found the page unchanged."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from archive.collection.folder import Collection
from archive.errors import CollectionError
from archive.records import Record, fault_of
from archive.warc.index import REVISIT_MIME, fields_of, url_key

#: The URL stands near the beginning of a record's line.
_HEAD = 16_384
_URL = re.compile(rb'"url":("(?:[^"\\]|\\.)*")')


@dataclass(frozen=True, slots=True)
class RevisionSeen:
    """One capture: when (UTC), and its record; None where it was the same payload as before."""

    at: datetime
    record: Record | None


def captures_of(collection: Collection, url: str) -> list[RevisionSeen]:
    """The captures of a URL, earliest first. URLs are compared as an index does: scheme, `www.`, upper case in host
    names and a final slash make no difference. Raises CollectionError if there is none."""
    collection.require()
    key = url_key(url)
    seen = [*_with_record(collection, key), *_unchanged(collection, key)]
    if not any(capture.record for capture in seen):
        raise CollectionError(f"{collection.path}: there is no record of {url}")
    return sorted(seen, key=lambda capture: capture.at)


def _with_record(collection: Collection, key: str) -> Iterator[RevisionSeen]:
    for path in sorted(collection.records.glob("*.jsonl")):
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                found = _URL.search(line, 0, _HEAD)
                try:
                    if found is None or url_key(json.loads(found[1])) != key:
                        continue
                    record = Record.from_line(line)
                    seen = RevisionSeen(_moment(record), record)
                except ValueError as error:
                    raise CollectionError(f"{path}:{number}: not a record line: {fault_of(error)}") from error
                yield seen


def _moment(record: Record) -> datetime:
    crawled = record.date_crawled
    moment = datetime.fromisoformat(crawled) if crawled else datetime.fromtimestamp(0, UTC)
    if moment.tzinfo is None:
        raise ValueError(f"date_crawled: {crawled!r} has no offset")
    return moment


def _stamped(line: bytes) -> datetime:
    try:
        return datetime.strptime(line.split(b" ", 2)[1].decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise CollectionError(f"the index has a line without a date: {line[:100]!r}") from error


def _unchanged(collection: Collection, key: str) -> Iterator[RevisionSeen]:
    """What the index knows of captures that have no payload of their own (revisit records)."""
    if not collection.index.exists():
        return
    wanted = f"{key} ".encode()
    with collection.index.open("rb") as lines:
        for line in lines:
            if line.startswith(wanted):
                if fields_of(line).get("mime") == REVISIT_MIME:
                    yield RevisionSeen(_stamped(line), None)
            elif line > wanted:
                return
