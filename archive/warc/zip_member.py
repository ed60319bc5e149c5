"""A file that lies in a ZIP without compression, read in place."""

import io
import struct
from typing import BinaryIO
from zipfile import BadZipFile, ZipInfo

_LOCAL_HEADER = struct.Struct("<4s22xHH")


class StoredFile(io.RawIOBase):
    """The bytes of one stored file of a ZIP. Unlike zipfile it checks no checksum: where one is wrong, the rest is
    to be read and told apart all the same."""

    def __init__(self, package: BinaryIO, info: ZipInfo) -> None:
        package.seek(info.header_offset)
        header = package.read(_LOCAL_HEADER.size)
        if len(header) < _LOCAL_HEADER.size or not header.startswith(b"PK\x03\x04"):
            raise BadZipFile(f"{info.filename} has no header")
        _, name, extra = _LOCAL_HEADER.unpack(header)
        self._package = package
        self._start = info.header_offset + _LOCAL_HEADER.size + name + extra
        self._size = info.file_size
        self._at = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Read what fits."""
        self._package.seek(self._start + self._at)
        found = self._package.read(min(len(buffer), max(0, self._size - self._at)))
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a byte of the file."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at
