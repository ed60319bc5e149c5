"""The pages of a story that were captured into an earlier file than the one at hand: a crawl was stopped between two
pages, or a file was full."""

import re

from archive.collection.folder import Collection
from archive.errors import CollectionError, WarcError
from archive.exchange import Capture, Origin, Place
from archive.extraction.story_pages import MOST_PAGES
from archive.pipeline.captures import read_capture, read_captures
from archive.pipeline.judgement import MAX_BODY

#: Bytes: more digits than any file has, and fewer than Python refuses to read.
_OFFSET = re.compile(r"[0-9]{1,18}")


def earlier_pages(collection: Collection, capture: Capture) -> list[Place]:
    """Where they lie, the first page first; none where the page before this one is in the same file. What is not there
    any more ends the list."""
    found: list[Place] = []
    own = capture.place.filename if capture.place else ""
    while not _names(capture.origin, own) and len(found) < MOST_PAGES:
        before = capture_before(collection, capture.origin, max_body=0)
        if before is None or before.place is None:
            break
        capture = before
        found.insert(0, before.place)
    return found


def _names(origin: Origin, filename: str) -> bool:
    return (origin.previous or "").partition(" ")[0] == filename


def capture_before(collection: Collection, origin: Origin, *, max_body: int = MAX_BODY) -> Capture | None:
    """The capture of the page before one with this origin; None where there was none, or it is gone."""
    filename, offset, record_id = (*(origin.previous or "").split(" "), "", "")[:3]
    if not _OFFSET.fullmatch(offset):
        return None
    return _capture(collection, Place(filename, int(offset), 0), record_id, max_body)


def _capture(collection: Collection, place: Place, record_id: str, max_body: int) -> Capture | None:
    """The capture at a place, or wherever it lies since a takedown rewrote the file; None if it is gone."""
    try:
        path = collection.warc_path(place.filename)
        try:
            found = read_capture(path, place, max_body=max_body)
            if found.record_id == record_id:
                return found
        except WarcError:
            pass
        return next((one for one in read_captures(path, max_body=max_body) if one.record_id == record_id), None)
    except (CollectionError, WarcError, OSError):
        return None
