"""Captures as a WARC of their own: the file's warcinfo record and the captures' records, byte for byte."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from archive.capture_fields import WarcPlace
from archive.errors import CollectionError
from archive.warc.scan import OpenRecord, bare_id, scan
from archive.whole_file import whole_file


def write_excerpt(captures: Sequence[tuple[Path, WarcPlace]], output: Path) -> int:
    """Write captures to the new file `output`; the number of its records.

    Raises CollectionError where `output` is there already or cannot be written.
    """
    if output.exists():
        raise CollectionError(f"{output} is there already; choose another name")
    return write_excerpts(captures, output)


def write_excerpts(captures: Sequence[tuple[Path, WarcPlace]], output: Path) -> int:
    """Write captures of several WARC files to one, which is replaced once it is complete; the number of its records.

    Each file's warcinfo record goes in once, before the captures that it tells of. Raises CollectionError where
    `output` cannot be written.
    """
    count = 0
    try:
        with whole_file(output) as target:
            for warc, places in _by_warc(captures).items():
                count += _copy(warc, places, target)
    except OSError as error:
        raise CollectionError(f"{output} cannot be written: {error.strerror}") from error
    return count


def _by_warc(captures: Sequence[tuple[Path, WarcPlace]]) -> dict[Path, list[WarcPlace]]:
    found: dict[Path, list[WarcPlace]] = {}
    for warc, place in captures:
        found.setdefault(warc, []).append(place)
    return found


def _copy(warc: Path, places: Sequence[WarcPlace], target: BinaryIO) -> int:
    spans = dict.fromkeys(span for place in places for span in _spans(warc, place))
    with warc.open("rb") as source:
        for offset, length in spans:
            source.seek(offset)
            target.write(source.read(length))
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
