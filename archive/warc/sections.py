"""A WARC file as sections, inflated piece by piece: where each lies, and whether it is whole.

A section is a gzip member or a zstd frame (`archive.warc.frames`); a plain file is one as a whole. warcio and FastWARC
read sound files; neither tells where damage begins, goes on behind it, or keeps memory flat whatever a member inflates
to.
"""

import re
from io import SEEK_END, BufferedReader
from typing import Any
from zipfile import ZipExtFile

from isal import isal_zlib

from archive.errors import CutShortError, WarcError

#: Bytes read from the file, and given out inflated, at a time: memory stays flat whatever a member inflates to.
_CHUNK = 65_536
PIECE = 262_144
#: Bytes of a seeming member that tell whether it is one, and the most that a header of one takes (RFC 1952).
_PROBE = 4096
_HEADER = 10
_SMALLEST = 18
#: Bytes that are looked at to see whether a block ends where it should.
_GLANCE = 256
#: How a record begins: a version and the name of a field. Nothing else marks one in a plain file.
RECORD_START = re.compile(rb"WARC/\d\.\d{1,2}\r?\n[A-Za-z][A-Za-z-]{0,40}:")
#: Bytes that such a beginning may have.
LONGEST_START = 64


class Members:
    """A compressed file as its members, one section each.

    `begin` goes to the next section, `read` gives its inflated bytes. `start` and `end` are the bytes of the file
    between which the section lies, `end` once it has been read to its end; `inflated` counts what was given out of all
    sections, and `broken` says why the section cannot be read on. Zeros behind the last member, as tapes and file
    systems leave them, are its end.
    """

    magic: bytes
    kind: str
    #: What the decoder raises at broken bytes.
    faults: tuple[type[Exception], ...]

    def __init__(self, file: BufferedReader, name: str, offset: int = 0) -> None:
        self._file = file
        self._name = name
        self._chunk = b""
        self.start = self.end = offset
        self.header = b""
        self.inflated = 0
        self.broken: WarcError | None = None
        self._machine: Any = None

    def _new_machine(self) -> Any:
        raise NotImplementedError

    def _inflate(self) -> bytes:
        raise NotImplementedError

    def _opens_record(self, probe: bytes) -> bool:
        raise NotImplementedError

    def begin(self) -> bool:
        """Go to the next member; False at the end of the file."""
        self.start = self.end
        self._fill(_SMALLEST)
        if self.start and self._chunk.startswith(b"\0"):
            self._skip_padding()
        self.header = self._chunk[:_HEADER]
        if not self.header.startswith(self.magic[: len(self.header)]):
            wanted = self.kind if self.start else "WARC record"
            raise WarcError(f"{self._name}: what stands at byte {self.start} is no {wanted}")
        self._machine, self.broken = self._new_machine(), None
        return bool(self._chunk)

    def _fill(self, size: int) -> bool:
        """Hold at least so many bytes, where the file has them; whether there are any."""
        while len(self._chunk) < size and (more := self._file.read(_CHUNK)):
            self._chunk += more
        return bool(self._chunk)

    def _skip_padding(self) -> None:
        while self._chunk and not self._chunk.strip(b"\0"):
            self._chunk = self._file.read(_CHUNK)

    def read(self) -> bytes:
        """More of the member; empty at its end. Raises WarcError where it is cut short or its checksum is wrong."""
        while not self._machine.eof:
            self._fill(1)
            ended = not self._chunk
            # At the end of the file the machine may still hold bytes that the last piece had no room for.
            try:
                piece = self._inflate()
            except self.faults as error:
                self.broken = WarcError(f"{self._name}: the {self.kind} at byte {self.start} is broken: {error}")
                raise self.broken from error
            self.inflated += len(piece)
            if piece:
                return piece
            if ended and not self._machine.eof:
                self.broken = CutShortError(f"{self._name}: the {self.kind} at byte {self.start} is cut short")
                raise self.broken
        return b""

    def skip_broken(self) -> bool:
        """Go behind a member that cannot be read, to where the next one seems to begin; False if there is none, or
        where the file cannot be sought."""
        if not self._file.seekable():
            return False
        at = self.start + 1
        self._file.seek(at)
        window = b""
        while chunk := self._file.read(_CHUNK):
            window += chunk
            found = window.find(self.magic)
            while found >= 0:
                if self._is_record(at + found):
                    self._move(at + found)
                    return True
                found = window.find(self.magic, found + 1)
            at += len(window) - len(self.magic) + 1
            window = window[-len(self.magic) + 1 :]
            self._file.seek(at + len(window))
        return False

    def _is_record(self, offset: int) -> bool:
        self._file.seek(offset)
        return self._opens_record(self._file.read(_PROBE))

    def _move(self, offset: int) -> None:
        self._file.seek(offset)
        self._chunk = b""
        self.start = self.end = offset


class GzipSections(Members):
    """A gzip file as its members."""

    magic = b"\x1f\x8b\x08"
    kind = "gzip member"
    faults: tuple[type[Exception], ...] = (isal_zlib.error, ValueError)  # type: ignore[assignment]

    def _new_machine(self) -> Any:
        return isal_zlib.decompressobj(wbits=31)

    def _inflate(self) -> bytes:
        machine, given = self._machine, len(self._chunk)
        piece = bytes(machine.decompress(self._chunk, PIECE))
        self._chunk = machine.unused_data if machine.eof else machine.unconsumed_tail
        self.end += given - len(self._chunk)
        return piece

    def _opens_record(self, probe: bytes) -> bool:
        try:
            return bool(self._new_machine().decompress(probe, 5) == b"WARC/")
        except self.faults:
            return False


class PlainSection:
    """A file that is not compressed: one section. Byte counts as in Members.

    `sought` says that it can be looked at elsewhere than where it is read, `size` is then its bytes.
    """

    header = b""
    broken = None

    def __init__(self, file: BufferedReader, offset: int = 0) -> None:
        self._file = file
        self._begun = False
        # What is deflated in a ZIP would be inflated from its start again and again.
        self.sought = file.seekable() and not isinstance(file.raw, ZipExtFile)
        self.size = file.seek(0, SEEK_END) if self.sought else 0
        self.start = self.end = offset
        if self.sought:
            file.seek(offset)

    @property
    def inflated(self) -> int:
        """The bytes of the file up to where it has been read."""
        return self.end

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
