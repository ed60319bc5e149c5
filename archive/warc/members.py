"""The members of a compressed WARC file, inflated piece by piece: where each lies, and whether it is whole.

A member is a gzip member or a zstd frame. warcio and FastWARC read sound files; neither tells where damage begins,
goes on behind it, or keeps memory flat whatever a member inflates to.
"""

from io import BufferedReader
from typing import Any

from isal import isal_zlib

from archive.errors import CutShortError, WarcError

#: Bytes read from the file, and given out inflated, at a time: memory stays flat whatever a member inflates to.
_CHUNK = 65_536
PIECE = 262_144
#: Bytes of a seeming member that tell whether it is one, and the most that a header of one takes (RFC 1952).
_PROBE = 4096
_HEADER = 10
_SMALLEST = 18


class Members:
    """A compressed file as its members, one section each.

    `begin` goes to the next section, `read` gives its inflated bytes. `start` and `end` are the bytes of the file
    between which the section lies, `end` once it has been read to its end. Zeros behind the last member, as tapes and
    file systems leave them, are its end.
    """

    magic: bytes
    kind: str

    def __init__(self, file: BufferedReader, name: str, offset: int = 0) -> None:
        self._file = file
        self._name = name
        self._chunk = b""
        self.start = self.end = offset
        self.header = b""
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
        self._machine = self._new_machine()
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
            if piece := self._inflate():
                return piece
            if ended and not self._machine.eof:
                raise CutShortError(f"{self._name}: the {self.kind} at byte {self.start} is cut short")
        return b""

    def _broken(self, error: Exception) -> WarcError:
        return WarcError(f"{self._name}: the {self.kind} at byte {self.start} is broken: {error}")

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

    def _new_machine(self) -> Any:
        return isal_zlib.decompressobj(wbits=31)

    def _inflate(self) -> bytes:
        machine, given = self._machine, len(self._chunk)
        try:
            piece = bytes(machine.decompress(self._chunk, PIECE))
        except (isal_zlib.error, ValueError) as error:  # type: ignore[misc]
            raise self._broken(error) from error
        self._chunk = machine.unused_data if machine.eof else machine.unconsumed_tail
        self.end += given - len(self._chunk)
        return piece

    def _opens_record(self, probe: bytes) -> bool:
        try:
            return bool(self._new_machine().decompress(probe, 5) == b"WARC/")
        except (isal_zlib.error, ValueError):  # type: ignore[misc]
            return False
