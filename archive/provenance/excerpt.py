"""One capture as a WARC of its own: the file's warcinfo record and the capture's records, byte for byte."""

import os
from collections.abc import Iterator
from pathlib import Path

from archive.errors import CollectionError
from archive.records import WarcPlace
from archive.warc.record import bare_id
from archive.warc.scan import OpenRecord, scan


def write_excerpt(warc: Path, place: WarcPlace, output: Path) -> int:
    """Write the capture at `place` of `warc` to the new file `output`; the number of its records.

    Raises CollectionError where `output` is there already or cannot be written.
    """
    temporary = output.with_name(output.name + ".open")
    try:
        if output.exists():
            raise CollectionError(f"{output} is there already; choose another name")
        with warc.open("rb") as source, temporary.open("wb") as target:
            spans = list(_spans(warc, place))
            for offset, length in spans:
                source.seek(offset)
                target.write(source.read(length))
            target.flush()
            os.fsync(target.fileno())
        temporary.replace(output)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise CollectionError(f"{output} cannot be written: {error.strerror}") from error
    return len(spans)


def _spans(warc: Path, place: WarcPlace) -> Iterator[tuple[int, int]]:
    """Offset and length of the records that belong to the capture, in bytes."""
    with warc.open("rb") as file:
        first = next(scan(file, warc.name, 0))
        first.finish()
        if not first.alone:
            raise CollectionError(f"{warc}: the file is one gzip member; no capture can be taken out of it by bytes")
        if first.type == "warcinfo":
            yield first.offset, first.length
    with warc.open("rb") as file:
        for record in scan(file, warc.name, place.offset):
            record.finish()
            if record.offset != place.offset and not _belongs(record, place):
                return
            yield record.offset, record.length


def _belongs(record: OpenRecord, place: WarcPlace) -> bool:
    return bare_id(record.field("WARC-Concurrent-To")) == (place.record_id or "")
