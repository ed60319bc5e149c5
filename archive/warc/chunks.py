"""The chunked transfer coding (RFC 9112, section 7.1) taken off a body, piece by piece."""

import re

from archive.telling.kinds import Warned, WarningKind

_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\n]*)?\r?\n?\Z")
#: Bytes that a line with a chunk's size, extensions included, may have.
_LONGEST_LINE = 65_536
_NO_SIZE = Warned(WarningKind.TRANSFER_CODING, "a chunk has no valid size")


class Dechunker:
    """Give it a body with `feed` and it gives back what the chunks hold; `fault` says what was wrong with them.

    Lenient as browsers are: bare LF, a missing line end behind a chunk. Trailers and what follows are left out.
    """

    def __init__(self) -> None:
        self.ended = False
        self.begun = False
        self._broken: Warned | None = None
        self._line = b""
        self._left = 0
        self._behind = False

    @property
    def fault(self) -> Warned | None:
        """What is wrong with the coding, as far as it was fed."""
        if self._broken or self.ended:
            return self._broken
        return Warned(WarningKind.TRUNCATED, "the last chunk is cut short") if self.begun else _NO_SIZE

    def feed(self, piece: bytes) -> list[bytes]:
        """What is in the chunks of this piece."""
        parts: list[bytes] = []
        at = 0
        while at < len(piece) and not (self.ended or self._broken):
            if self._left:
                part = piece[at : at + self._left]
                parts.append(part)
                self._left -= len(part)
                self._behind = not self._left
                at += len(part)
            else:
                at = self._size_line(piece, at)
        return parts

    def _size_line(self, piece: bytes, at: int) -> int:
        """Read on in the line that says the next chunk's size; where to go on in the piece."""
        end = piece.find(b"\n", at) + 1 or len(piece)
        self._line += piece[at:end]
        if self._behind and self._line.strip(b"\r\n") == b"":
            # The line end behind a chunk, which belongs to none.
            if self._line.endswith(b"\n"):
                self._line, self._behind = b"", False
            return end
        if self._line.endswith(b"\n"):
            self._begin_chunk()
        elif len(self._line) > _LONGEST_LINE:
            self._broken = _NO_SIZE
        return end

    def _begin_chunk(self) -> None:
        size = _SIZE.match(self._line)
        self._line, self._behind = b"", False
        if not size:
            self._broken = _NO_SIZE
            return
        self.begun = True
        self._left = int(size[1], 16)
        self.ended = not self._left
