"""WARC files compressed with Zstandard: a frame for each record, and often a dictionary for all in front of them.

As IIPC proposes it (warc-zstd 1.0): the dictionary lies in a skippable frame of its own and may be compressed itself.
"""

import re
import struct
import sys
from io import BufferedReader
from typing import Any

from archive.errors import WarcError
from archive.warc.sections import PIECE, Members

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAGIC = b"\x28\xb5\x2f\xfd"
DICTIONARY = b"\x5d\x2a\x4d\x18"
_RAW_DICTIONARY = b"\x37\xa4\x30\xec"
#: Bytes that a dictionary may have; those in use have a few hundred thousand.
_MAX_DICTIONARY = 16_000_000
#: Memory that a frame may ask for, as a power of two in bytes: 128 MB is what the zstd program itself allows.
_OPTIONS: dict[int, int] = {zstd.DecompressionParameter.window_log_max: 27}
_SKIPPABLE = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18", re.S)
_HEAD = struct.Struct("<4sI")


def is_zstd(start: bytes) -> bool:
    """Whether a file, or a part of one, that starts so is a zstd frame, of bytes or of what is passed over."""
    return start.startswith(MAGIC) or bool(_SKIPPABLE.match(start))


class ZstdSections(Members):
    """A zstd file as its frames; skippable ones between them are passed over."""

    magic = MAGIC
    kind = "zstd frame"
    faults = (zstd.ZstdError, ValueError, MemoryError)

    def __init__(self, file: BufferedReader, name: str, offset: int = 0) -> None:
        super().__init__(file, name)
        self._dictionary: Any = None
        if offset:
            # Wherever reading begins, the dictionary stands at the start.
            file.seek(0)
            self._skip_frames()
            self._move(offset)

    def begin(self) -> bool:
        """Go to the next frame that holds bytes; False at the end of the file."""
        self._skip_frames()
        return super().begin()

    def _skip_frames(self) -> None:
        self._fill(_HEAD.size)
        while _SKIPPABLE.match(self._chunk) and len(self._chunk) >= _HEAD.size:
            magic, size = _HEAD.unpack_from(self._chunk)
            if self.end == 0 and magic == DICTIONARY and size <= _MAX_DICTIONARY:
                self._fill(_HEAD.size + size)
                self._dictionary = self._read_dictionary(self._chunk[_HEAD.size : _HEAD.size + size])
            self._pass_over(_HEAD.size + size)
            self._fill(_HEAD.size)

    def _pass_over(self, size: int) -> None:
        while size and self._fill(1):
            passed = self._chunk[:size]
            self._chunk = self._chunk[len(passed) :]
            self.end += len(passed)
            size -= len(passed)

    def _read_dictionary(self, content: bytes) -> Any:
        try:
            if content.startswith(MAGIC):
                content = zstd.ZstdDecompressor(options=_OPTIONS).decompress(content, _MAX_DICTIONARY)
            if not content.startswith(_RAW_DICTIONARY):
                raise WarcError(f"{self._name}: what stands at byte 0 is no zstd dictionary")
            found = zstd.ZstdDict(content)
            zstd.ZstdDecompressor(zstd_dict=found)  # looks at what is in it
        except self.faults as error:
            raise WarcError(f"{self._name}: the zstd dictionary at byte 0 is broken: {error}") from error
        return found

    def _new_machine(self) -> Any:
        return zstd.ZstdDecompressor(zstd_dict=self._dictionary, options=_OPTIONS)

    def _inflate(self) -> bytes:
        machine = self._machine
        given = b""
        if machine.needs_input:
            # Else it holds enough; more would pile up in it.
            given, self._chunk = self._chunk, b""
        piece = bytes(machine.decompress(given, PIECE))
        if machine.eof:
            self._chunk = machine.unused_data + self._chunk
        self.end += len(given) - (len(machine.unused_data) if machine.eof else 0)
        return piece

    def _opens_record(self, probe: bytes) -> bool:
        # Nothing of a block comes out before all of it is there; its header is what can be looked at.
        try:
            zstd.get_frame_info(probe)
        except zstd.ZstdError:
            return False
        return True
