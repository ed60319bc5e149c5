"""One record made anew in its place, as re-extraction makes it: after a correction, without waiting for all others."""

from archive.collection.folder import Collection
from archive.collection.records_file import replace_line
from archive.errors import CollectionError
from archive.exchange import Place
from archive.pipeline.record_lines import Task, extract_warc, new_pool, record_line
from archive.records import Record


def renew(collection: Collection, record: Record) -> Record:
    """The record as it is now made of its capture; it takes the old one's place, which is kept among what was replaced.
    Of a story in several pages all records of the WARC are made anew. Raises CollectionError where somebody else writes
    to the collection, and WarcError where the capture cannot be read."""
    if record.warc is None:
        raise CollectionError(f"record {record.id} was not made from a captured page: it names no WARC")
    with collection.lock():
        return _renewed(collection, record, Place(record.warc.filename, record.warc.offset, record.warc.length))


def _renewed(collection: Collection, record: Record, place: Place) -> Record:
    if not (record.warc and record.warc.pages):
        made = record_line(Task(collection.path, place))
        if made.content and not (made.leaf and made.leaf.earlier):
            number, line = _line_of(collection, record, place)
            if line != made.content:
                replace_line(collection.records_path(place.filename), number, made.content)
            return Record.from_line(made.content)
    with new_pool() as pool:
        extract_warc(collection, collection.warc_path(place.filename), pool)
    return Record.from_line(_line_of(collection, record, place)[1])


def _line_of(collection: Collection, record: Record, place: Place) -> tuple[int, bytes]:
    """The number (from 0) and the line of a record."""
    path = collection.records_path(place.filename)
    key = f'"id":"{record.id}"'.encode()
    if path.exists():
        with path.open("rb") as lines:
            for number, line in enumerate(lines):
                # The id is the second key of a line.
                if key in line[:200]:
                    return number, line
    raise CollectionError(f"{path} has no record {record.id}. Make the records anew: cleancopy extract COLLECTION")
