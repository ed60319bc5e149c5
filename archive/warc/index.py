"""The CDXJ index: which capture of which URL lies where, as cdxj-indexer writes it and pywb reads it.

A line is the URL's SURT key, the date to the second and a JSON object; lines are sorted by their bytes.
"""

import json
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from heapq import merge
from itertools import islice
from json.encoder import encode_basestring_ascii as _quoted
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from archive.errors import WarcError
from archive.warc.message import HttpMessage
from archive.warc.record import AnyRecord
from archive.whole_file import whole_file

_INDEXED = ("response", "revisit")
_NOT_DIGITS = re.compile(r"\D")
#: To the second, as nearly all are.
_PLAIN_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.Z]")
_MIME_END = re.compile(r"[;\s]")
#: URLs whose key is the host turned around and the path in lower case. The library takes twenty times as long for
#: them, which is a noticeable part of a capture.
_PLAIN_URL = re.compile(
    r"https?://(?:www[0-9]*\.)?(?P<host>(?!www[0-9]*\.)[a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*)+)"
    r"(?P<port>:(?:[1-9][0-9]{3}|[1-5][0-9]{4}))?(?P<path>(?:/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*)/?"
)
#: Lines sorted in memory at a time, about 6 MB, and the most files that sorted ones wait in.
_RUN, _MOST_PARKED = 20_000, 200
#: Begins the address of a picture of a page, as other tools name it.
VIEW = "urn:view:"
REVISIT_MIME = "warc/revisit"


class IndexEntry(NamedTuple):
    """One line of the index. `date` is a WARC-Date, `offset` and `length` are those of the gzip member in bytes."""

    url: str
    date: str
    mime: str | None
    status: str | None
    digest: str | None
    offset: int
    length: int
    filename: str

    def line(self) -> bytes:
        """The line, in UTF-8, with its end."""
        fields = [
            ("url", self.url),
            ("mime", self.mime),
            ("status", self.status),
            ("digest", self.digest),
            ("length", str(self.length)),
            ("offset", str(self.offset)),
            ("filename", self.filename),
        ]
        told = ", ".join([f'"{name}": {_quoted(value)}' for name, value in fields if value is not None])
        return f"{url_key(self.url)} {timestamp(self.date)} {{{told}}}\n".encode("utf-8", "replace")


def fields_of(line: bytes) -> dict[str, Any]:
    """What a line of an index says of its capture. Raises WarcError for a line that is none."""
    try:
        fields = json.loads(line.split(b" ", 2)[2])
    except (ValueError, IndexError, RecursionError):
        fields = None
    if not isinstance(fields, dict) or not isinstance(fields.get("filename"), str):
        raise WarcError(f"the index has a line that is none: {line[:100]!r}. `cleancopy index` makes it anew.")
    return fields


def url_key(url: str) -> str:
    """The key that a URL is found by: host turned around, what makes no difference left out."""
    if plain := _PLAIN_URL.fullmatch(url):
        host = ",".join(reversed(plain["host"].split(".")))
        return f"{host}{plain['port'] or ''}){plain['path'].lower() or '/'}"
    from surt import surt  # noqa: PLC0415 - it loads an HTTP client, which takes a sixth of a second

    try:
        return str(surt(url))
    except (ValueError, TypeError, IndexError, UnicodeError):
        return url


def timestamp(date: str) -> str:
    """A WARC-Date as the 14 digits of an index."""
    if _PLAIN_DATE.match(date):
        return date[:4] + date[5:7] + date[8:10] + date[11:13] + date[14:16] + date[17:19]
    return _NOT_DIGITS.sub("", date)[:14].ljust(14, "0")


def is_indexed(record: AnyRecord) -> bool:
    """Whether an index names this record: what replay can show. What is noted of a page, in whatever form, would be
    shown in its place, and so would what a browser made of it; pictures of pages are nothing that a page asks for."""
    kind = record.type
    if kind == "resource":
        if record.url.startswith(VIEW):
            return False
        return (bare_mime(record.field("Content-Type")) or "").lower() != "application/warc-fields"
    return kind in _INDEXED


def bare_mime(content_type: str | None) -> str | None:
    """A Content-Type without its parameters."""
    return _MIME_END.split(content_type, maxsplit=1)[0] if content_type else content_type


def status_of(message: HttpMessage) -> str | None:
    """The status as an index writes it."""
    return None if message.status is None else str(message.status)


def sort_lines(lines: Iterable[bytes], folder: Path) -> Iterator[bytes]:
    """Lines in order, each once. Those that memory does not hold wait in `folder`."""
    source = iter(lines)
    parked: list[BinaryIO] = []
    try:
        while len(run := sorted(islice(source, _RUN))) == _RUN:
            if len(parked) == _MOST_PARKED:
                parked = [_gathered(parked, folder)]
            parked.append(_parked(run, folder))
        yield from _once(merge(*parked, run))
    finally:
        for file in parked:
            file.close()


def _gathered(parked: list[BinaryIO], folder: Path) -> BinaryIO:
    try:
        return _parked(merge(*parked), folder)
    finally:
        for file in parked:
            file.close()


def _parked(run: Iterable[bytes], folder: Path) -> BinaryIO:
    file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by the caller
    file.writelines(run)
    file.seek(0)
    return file


def _once(lines: Iterable[bytes]) -> Iterator[bytes]:
    last = b""
    for line in lines:
        if line != last:
            yield line
        last = line


def merge_into(path: Path, lines: Iterable[bytes]) -> None:
    """Add lines to a sorted file, which is replaced once the new one is complete."""
    with ExitStack() as stack:
        old: Iterable[bytes] = ()
        with suppress(FileNotFoundError):
            old = stack.enter_context(path.open("rb"))
        write_sorted(path, merge(old, sort_lines(lines, path.parent)))


def write_sorted(path: Path, lines: Iterable[bytes]) -> None:
    """Write sorted lines, each once, under a temporary name first."""
    with whole_file(path) as file:
        file.writelines(_once(lines))
