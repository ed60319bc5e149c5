"""What people give `cleancopy clean`: files and folders of pages, packed or not, and streams of lines."""

import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from archive.errors import ConfigurationError, PageError
from archive.extraction.page_reading import MAX_BYTES
from archive.packed_file import UNPACKING_ERRORS, bare, unpacked

#: The names of pages in a folder; each may end in `.gz` or `.zst` too.
SUFFIXES = (".html", ".htm", ".xhtml", ".txt")
#: How files begin that are no pages, and what to say of them.
_OTHER_KINDS = (
    (b"WARC/", "a WARC: 'cleancopy extract' makes records of it"),
    (b"%PDF-", "a PDF document, not a page or a plain text"),
    (b"PK\x03\x04", "a zip archive, an office document or a WACZ, not a page or a plain text"),
    (b"\x89PNG", "a picture, not a page or a plain text"),
    (b"\xff\xd8\xff", "a picture, not a page or a plain text"),
    (b"GIF8", "a picture, not a page or a plain text"),
)
#: Control characters that texts do not hold. Above a twentieth of its first kilobytes a file is no text.
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_LOOKED_AT, _MOST_CONTROLS = 4096, 0.05
_MARKS = (b"\xff\xfe", b"\xfe\xff")


def pages_of(sources: Iterable[str]) -> Iterator[tuple[Path, Path]]:
    """Every page named, and those in every folder named, by name; each with the path that names it from there.

    Raises ConfigurationError for a folder without pages.
    """
    for source in map(Path, sources):
        if not source.is_dir():
            yield source, Path(source.name)
            continue
        found = sorted(path for path in source.rglob("*") if path.is_file() and bare(path).suffix.lower() in SUFFIXES)
        if not found:
            raise ConfigurationError(
                f"{source} holds no pages: files that end in {', '.join(SUFFIXES)}, each perhaps with .gz or .zst"
            )
        yield from ((path, path.relative_to(source)) for path in found)


def read_page(source: str) -> bytes:
    """The bytes of a page or plain text, unpacked; `-` is standard input.

    One byte more than is read of a page at the most, so that its record says that it was cut. Raises
    ConfigurationError if there is no such file, PageError if it is empty or neither.
    """
    with opened(source) as file:
        try:
            content = file.read(MAX_BYTES + 1)
        except UNPACKING_ERRORS as error:
            raise PageError(f"{source}: cannot be read: {error}") from error
    if not content.strip():
        raise PageError(f"{source}: the file is empty")
    if other := other_kind(content):
        raise PageError(f"{source}: this is {other}")
    return content


def other_kind(content: bytes) -> str | None:
    """What a file is that is neither a page nor a plain text; None for those."""
    for start, kind in _OTHER_KINDS:
        if content.startswith(start):
            return kind
    looked_at = content[:_LOOKED_AT]
    if content.startswith(_MARKS) or len(_CONTROL.findall(looked_at)) <= _MOST_CONTROLS * len(looked_at):
        return None
    return "binary data, not a page or a plain text"


@contextmanager
def opened(source: str) -> Iterator[BinaryIO]:
    """A file, or standard input for `-`, unpacked where it is packed. Raises ConfigurationError if it cannot be."""
    if source == "-":
        yield unpacked(cast("BinaryIO", sys.stdin.buffer))
        return
    try:
        file = Path(source).open("rb")  # noqa: SIM115 - closed below, and not opened again
    except OSError as error:
        raise ConfigurationError(f"{source} cannot be read: {error.strerror}. Give a file, a URL or -.") from error
    with file:
        yield unpacked(file)
