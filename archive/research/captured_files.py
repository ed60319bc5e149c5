"""What a page loads, found in the index of its collection: the capture that was made nearest to the page's own."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader

from archive.collection.folder import Collection
from archive.errors import CollectionError, WarcError
from archive.exchange import Capture, Place
from archive.pipeline.captures import read_capture
from archive.warc.index import REVISIT_MIME, fields_of, url_key

#: Captures of one URL that are looked at.
_MOST = 10_000
#: What a line of an index has at least, in bytes: within so many, looking line by line is faster.
_NEAR = 4_096


@dataclass(frozen=True, slots=True)
class IndexLine:
    """A capture in the index: its 14 digits (UTC), and what the line says of it."""

    timestamp: str
    fields: dict[str, str]


def lines_of(collection: Collection, url: str) -> Iterator[IndexLine]:
    """The lines of a URL, earliest first: looked for by halves, as the file is sorted. Raises WarcError for a line
    that is none."""
    if not collection.index.exists():
        return
    wanted = f"{url_key(url)} ".encode()
    with collection.index.open("rb") as lines:
        _seek(lines, wanted)
        for count, line in enumerate(lines):
            if line > wanted and not line.startswith(wanted):
                return
            if line.startswith(wanted) and count < _MOST:
                yield IndexLine(line.split(b" ", 2)[1].decode("ascii", "replace"), fields_of(line))


def _seek(lines: BufferedReader, wanted: bytes) -> None:
    """Go to the beginning of a line at, or a little before, the first that is not less."""
    low, high = 0, lines.seek(0, 2)
    while high - low > _NEAR:
        middle = (low + high) // 2
        lines.seek(middle)
        lines.readline()
        if (line := lines.readline()) and line < wanted:
            low = middle
        else:
            high = middle
    lines.seek(low)
    if low:
        lines.readline()


def captured_file(collection: Collection, url: str, timestamp: str) -> Capture | None:
    """What a URL answered nearest to that time (14 digits); None where it was not captured, or cannot be read."""
    try:
        held = [line for line in lines_of(collection, url) if _is_file(line)]
        if not held:
            return None
        best = min(held, key=lambda line: abs(int(line.timestamp) - int(timestamp)))
        fields = best.fields
        place = Place(fields["filename"], int(fields["offset"]), int(fields["length"]))
        return read_capture(collection.warc_path(place.filename), place)
    except (CollectionError, WarcError, OSError, ValueError, KeyError):
        return None


def _is_file(line: IndexLine) -> bool:
    return line.fields.get("status") == "200" and line.fields.get("mime") != REVISIT_MIME
