"""A WARC file as sections, whatever its form: each gzip member or zstd frame is one, a plain file is one as a whole."""

import re
from io import SEEK_END, BufferedReader
from zipfile import ZipExtFile

from archive.errors import WarcError
from archive.warc.frames import ZstdSections, is_zstd
from archive.warc.members import GzipSections

_CHUNK = 65_536
_GLANCE = 256
#: How a record begins: a version and the name of a field. Nothing else marks one in a plain file.
RECORD_START = re.compile(rb"WARC/\d\.\d{1,2}\r?\n[A-Za-z][A-Za-z-]{0,40}:")
#: Bytes that such a beginning may have.
LONGEST_START = 64


class PlainSection:
    """A file that is not compressed: one section. Byte counts as in Members.

    `sought` says that it can be looked at elsewhere than where it is read, `size` is then its bytes.
    """

    header = b""

    def __init__(self, file: BufferedReader, offset: int = 0) -> None:
        self._file = file
        self._begun = False
        # What is deflated in a ZIP would be inflated from its start again and again.
        self.sought = file.seekable() and not isinstance(file.raw, ZipExtFile)
        self.size = file.seek(0, SEEK_END) if self.sought else 0
        self.start = self.end = offset
        if self.sought:
            file.seek(offset)

    def begin(self) -> bool:
        """Whether the section has not begun yet."""
        begun, self._begun = self._begun, True
        return not begun

    def read(self) -> bytes:
        """More of the file; empty at its end."""
        piece = self._file.read(_CHUNK)
        self.end += len(piece)
        return piece

    def skip_broken(self) -> bool:
        """Nothing lies behind the one section."""
        return False

    def look(self, at: int, size: int) -> bytes:
        """Bytes from elsewhere in the file; reading goes on where it stood."""
        self._file.seek(at)
        found = self._file.read(size)
        self._file.seek(self.end)
        return found

    def ends_record(self, at: int) -> bool:
        """Whether at a byte stands what the standard wants behind a block, or that and padding."""
        ends, behind = (found := self.look(at, 9))[:4], found[4:]
        return ends == b"\r\n\r\n" and (behind in (b"WARC/", b"") or behind.startswith(b"\0"))

    def may_end_record(self, at: int) -> bool:
        """Whether at a byte stands what tools leave behind a block: any line ends, and then the next record or the end,
        which may be filled up with zeros."""
        while found := self.look(at, _GLANCE):
            rest = found.lstrip(b"\r\n")
            at += len(found) - len(rest)
            if rest:
                return self.look(at, 5) == b"WARC/" or self._is_zeros(at)
        return at <= self.size

    def _is_zeros(self, at: int) -> bool:
        while found := self.look(at, _CHUNK):
            if found.strip(b"\0"):
                return False
            at += len(found)
        return True

    def line_ends_before(self, at: int, start: int) -> int:
        """How many bytes of line ends, four at most, stand right before a byte, and not before `start`."""
        before = self.look(max(start, at - 4), min(4, at - start))
        return len(before) - len(before.rstrip(b"\r\n"))

    def next_record(self, at: int, end: int) -> int | None:
        """Where in a range of bytes a record seems to begin first."""
        while at < end:
            window = self.look(at, _CHUNK + LONGEST_START)
            found = RECORD_START.search(window)
            if found and at + found.start() < end:
                return at + found.start()
            at += _CHUNK
        return None


Sections = GzipSections | ZstdSections | PlainSection
_NAMED = re.compile(r"\.(gz|zst)(?:\.open)?$", re.I)
_FORMS: dict[str, type[GzipSections | ZstdSections]] = {"gz": GzipSections, "zst": ZstdSections}


def sections(file: BufferedReader, name: str, offset: int = 0) -> Sections:
    """The sections of a file from an offset on at which one begins.

    Its bytes there tell the form, or its name where they are damaged. A file that cannot be sought, such as a response
    from the web, is read from where it stands.
    """
    if offset:
        try:
            file.seek(offset)
        except (OSError, ValueError) as error:  # a place that a record names may be any number
            raise WarcError(f"{name}: there is no byte {offset}") from error
    start = file.peek(8)[:8]
    if start.startswith(GzipSections.magic[:2]):
        return GzipSections(file, name, offset)
    if is_zstd(start):
        return ZstdSections(file, name, offset)
    named = None if start.startswith(b"WARC/") else _NAMED.search(name)
    return _FORMS[named[1].lower()](file, name, offset) if named else PlainSection(file, offset)
