"""Files that are gzipped or packed with zstd, told by how they begin and not by their names."""

import gzip
import sys
import zlib
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, cast

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_GZIP, _ZSTD = b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd"
#: Memory that a frame may ask for, as a power of two in bytes: 128 MB is what the zstd program itself allows.
_OPTIONS: dict[int, int] = {zstd.DecompressionParameter.window_log_max: 27}
#: What reading raises where a file is torn or damaged.
UNPACKING_ERRORS = (OSError, EOFError, zlib.error, zstd.ZstdError)


class Packing(StrEnum):
    """How files are packed; also what their names end in."""

    NONE = "none"
    GZIP = "gz"
    ZSTD = "zst"


def unpacked(file: BinaryIO) -> BinaryIO:
    """What a file holds, unpacked where it is packed. Reading it raises one of UNPACKING_ERRORS where it cannot be."""
    start = file.peek(len(_ZSTD)) if hasattr(file, "peek") else b""
    if start.startswith(_GZIP):
        return cast("BinaryIO", gzip.GzipFile(fileobj=file))
    return cast("BinaryIO", zstd.ZstdFile(file, options=_OPTIONS)) if start.startswith(_ZSTD) else file


def open_packed(path: Path, packing: Packing) -> BinaryIO:
    """A new file to write, which packs what is written. The same content gives the same bytes."""
    if packing is Packing.ZSTD:
        return cast("BinaryIO", zstd.ZstdFile(path, "wb"))
    if packing is Packing.NONE:
        return path.open("wb")
    return cast("BinaryIO", _GzipFile(path))


class _GzipFile(gzip.GzipFile):
    """One that names neither its time nor its file, and closes what lies below it."""

    def __init__(self, path: Path) -> None:
        self._below = path.open("wb")
        super().__init__(filename="", mode="wb", fileobj=self._below, mtime=0)

    def close(self) -> None:
        super().close()
        self._below.close()


def bare(path: Path) -> Path:
    """A path without the ending of its packing."""
    with suppress(ValueError):
        if Packing(path.suffix.lower().removeprefix(".")) is not Packing.NONE:
            return path.with_suffix("")
    return path
