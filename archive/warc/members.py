"""The gzip members of a WARC file, inflated piece by piece: where each lies, and whether it is whole."""

from io import BufferedReader

from isal import isal_zlib

from archive.errors import WarcError

#: Bytes read from the file, and given out inflated, at a time: memory stays flat whatever a member inflates to.
_CHUNK = 65_536
_PIECE = 262_144
_GZIP = 31
_MAGIC = b"\x1f\x8b\x08"
#: A gzip header without optional fields, and with its trailer the least that a member can be (RFC 1952).
_HEADER = 10
_SMALLEST = 18


class GzipSections:
    """A gzip file as its members, one section each.

    `begin` goes to the next section, `read` gives its inflated bytes. `start` and `end` are the bytes of the file
    between which the section lies, `end` once it has been read to its end.
    """

    def __init__(self, file: BufferedReader, name: str, offset: int = 0) -> None:
        self._file = file
        self._name = name
        self._chunk = b""
        self.start = self.end = offset
        self.header = b""
        self._machine = isal_zlib.decompressobj(wbits=_GZIP)

    def begin(self) -> bool:
        """Go to the next member; False at the end of the file."""
        self.start = self.end
        if len(self._chunk) < _SMALLEST:
            self._chunk += self._file.read(_CHUNK)
        self.header = self._chunk[:_HEADER]
        if self.header and not self.header.startswith(_MAGIC[: len(self.header)]):
            raise WarcError(f"{self._name}: what stands at byte {self.start} is no gzip member")
        self._machine = isal_zlib.decompressobj(wbits=_GZIP)
        return bool(self._chunk)

    def read(self) -> bytes:
        """More of the member; empty at its end. Raises WarcError where it is cut short or its checksum is wrong."""
        while not self._machine.eof:
            self._chunk = self._chunk or self._file.read(_CHUNK)
            ended = not self._chunk
            # At the end of the file the machine may still hold bytes that the last piece had no room for.
            if piece := self._inflate():
                return piece
            if ended and not self._machine.eof:
                raise WarcError(f"{self._name}: the gzip member at byte {self.start} is cut short")
        return b""

    def _inflate(self) -> bytes:
        machine, given = self._machine, len(self._chunk)
        try:
            piece = bytes(machine.decompress(self._chunk, _PIECE))
        except (isal_zlib.error, ValueError) as error:  # type: ignore[misc]
            raise WarcError(f"{self._name}: the gzip member at byte {self.start} is broken: {error}") from error
        self._chunk = machine.unused_data if machine.eof else machine.unconsumed_tail
        self.end += given - len(self._chunk)
        return piece

    def skip_broken(self) -> bool:
        """Go behind a member that cannot be read, to where the next one seems to begin; False if there is none."""
        at = self.start + 1
        self._file.seek(at)
        window = b""
        while chunk := self._file.read(_CHUNK):
            window += chunk
            found = window.find(_MAGIC)
            while found >= 0:
                if self._is_record(at + found):
                    self._move(at + found)
                    return True
                found = window.find(_MAGIC, found + 1)
            at += len(window) - len(_MAGIC) + 1
            window = window[-len(_MAGIC) + 1 :]
            self._file.seek(at + len(window))
        return False

    def _is_record(self, offset: int) -> bool:
        self._file.seek(offset)
        try:
            start = isal_zlib.decompressobj(wbits=_GZIP).decompress(self._file.read(_CHUNK), 5)
        except (isal_zlib.error, ValueError):  # type: ignore[misc]
            return False
        return bool(start == b"WARC/")

    def _move(self, offset: int) -> None:
        self._file.seek(offset)
        self._chunk = b""
        self.start = self.end = offset


class PlainSection:
    """A file that is not compressed: one section. Byte counts as in GzipSections."""

    header = b""

    def __init__(self, file: BufferedReader, offset: int = 0) -> None:
        self._file = file
        self._begun = False
        self.start = self.end = offset

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
        """Nothing tells where the next record of a plain file begins."""
        return False


Sections = GzipSections | PlainSection


def sections(file: BufferedReader, name: str, offset: int = 0) -> Sections:
    """The sections of a file, compressed or not, from an offset on at which one begins.

    A file that cannot be sought, such as a response from the web, is read from where it stands.
    """
    if offset:
        try:
            file.seek(offset)
        except (OSError, ValueError) as error:  # a place that a record names may be any number
            raise WarcError(f"{name}: there is no byte {offset}") from error
    is_gzip = file.peek(2)[:2] == _MAGIC[:2]
    return GzipSections(file, name, offset) if is_gzip else PlainSection(file, offset)
