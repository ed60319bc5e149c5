"""The picture that a browser made of a page, found in its WARC: no index names pictures."""

import mmap
from pathlib import Path

from archive.capture_fields import WarcPlace
from archive.collection.folder import Collection
from archive.errors import CollectionError, WarcError
from archive.records import Record
from archive.warc.index import VIEW
from archive.warc.record import WarcRecord, read_warc
from archive.warc.scan import bare_id

#: Begins every gzip member that has no odd flags, and every PNG.
_GZIP, _PNG = b"\x1f\x8b\x08", b"\x89PNG\r\n\x1a\n"
#: Bytes before the document in which its picture begins, and places in them that are tried: in a PNG, the three bytes
#: of a member's beginning stand by chance once in 16 MB.
_MOST, _TRIES = 64_000_000, 64


def screenshot(warc: Path, place: WarcPlace) -> bytes | None:
    """The picture (PNG) of the document at a place; None where there is none. It is the member right before the
    document (archive.warc.rendering_records). Raises CollectionError where the file is missing."""
    try:
        with warc.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            found = _before(warc, content, place)
    except (OSError, ValueError) as error:
        raise CollectionError(f"{warc} cannot be read, which the record comes from: {error}") from error
    is_picture = found is not None and found.type == "resource" and found.url.startswith(VIEW) and not found.cut
    is_of_it = found is not None and bare_id(found.field("WARC-Concurrent-To")) == place.record_id
    return found.block if found and is_picture and is_of_it and found.block.startswith(_PNG) else None


def screenshot_of(collection: Collection, record: Record) -> bytes | None:
    """That of the page that a record was made of. Raises as `screenshot`."""
    if record.rendering is None or record.warc is None:
        return None
    return screenshot(collection.warc_path(record.warc.filename), record.warc)


def _before(warc: Path, content: mmap.mmap, place: WarcPlace) -> WarcRecord | None:
    """The record that ends where a place begins."""
    at = place.offset
    for _ in range(_TRIES):
        at = content.rfind(_GZIP, max(place.offset - _MOST, 0), at)
        if at < 0:
            return None
        try:
            found = next(read_warc(warc, at), None)
        except WarcError:
            continue
        if found and found.offset + found.length == place.offset:
            return found
    return None
