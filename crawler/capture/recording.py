"""What was sent and received for one request, as it happens."""

import re
import sys
import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime

from archive.exchange import Exchange, Origin, Truncation

_VERSION = re.compile(rb"HTTP/(\d(?:\.\d)?)[ \t]")
#: What stands in the place of a secret value.
MARK = b"[redacted]"


class Recording:
    """One request on one connection, and its answer as far as it came.

    `limit` is how many bytes of an answer are kept, `host` who is asked; a strict one is not sent over TLS to a server
    whose certificate does not hold, and none where `may_send` says no.
    """

    def __init__(
        self,
        limit: int = sys.maxsize,
        ip: str | None = None,
        *,
        host: str = "",
        is_strict: bool = False,
        may_send: Callable[[], bool] = lambda: True,
    ) -> None:
        self.started = datetime.now(UTC)
        self.ip = ip
        self.tls: tuple[str, str] | None = None
        """TLS version as WARC-Protocol writes it, and the cipher suite, once agreed on."""
        self.certificate: str | None = None
        """What is wrong with the server's certificate."""
        self.host, self.is_strict, self.may_send = host, is_strict, may_send
        self.over = False
        self.cut: Truncation | None = None
        self.interim = b""
        """Answers with a status of 1xx that came before the one that counts."""
        self.size = 0
        self.limit = limit
        self._began = time.monotonic()
        self._seconds: float | None = None
        self._sent: list[bytes] = []
        self._received: list[bytes] = []

    def send(self, data: bytes) -> None:
        """Bytes were given to the connection."""
        self._sent.append(data)

    def receive(self, data: bytes) -> None:
        """Bytes came in."""
        self._received.append(data)
        self.size += len(data)

    def end_interim(self, unread: bytes) -> None:
        """An interim answer is over; `unread` came behind it."""
        self._shorten(self.size - len(unread))
        self.interim += self.response
        self._received, self.size = [unread], len(unread)

    def end(self, unread: bytes) -> None:
        """The answer is over; `unread` came behind it."""
        self._shorten(self.size - len(unread))
        self.stop(None)

    def lose(self, *, cleanly: bool) -> None:
        """The connection is gone. Where that ends the message, `end` follows; it must then have been closed cleanly."""
        self.cut = Truncation.DISCONNECT
        if not cleanly:
            self.stop(Truncation.DISCONNECT)

    def stop(self, cut: Truncation | None) -> None:
        """Nothing more will come. The first call counts."""
        if not self.over:
            self.over, self.cut, self._seconds = True, cut, time.monotonic() - self._began

    def keep_at_most(self, size: int) -> bool:
        """If more came, stop and keep the first `size` bytes of it."""
        if self.size <= size:
            return False
        self.stop(Truncation.LENGTH)
        self._shorten(size)
        return True

    def _shorten(self, size: int) -> None:
        if size < self.size:
            self._received, self.size = [self.response[:size]], size

    @property
    def response(self) -> bytes:
        """The bytes received."""
        return b"".join(self._received)

    def exchange(self, url: str, origin: Origin, cut: Truncation | None) -> Exchange:
        """What the archive keeps of it. `cut` goes before what the connection noticed."""
        response = self.response
        version = _VERSION.match(response)
        protocols = (f"http/{version[1].decode()}",) if version else ()
        return Exchange(
            url=url,
            started=self.started,
            # Under TLS, what is written waits until both sides agree.
            request=b"".join(self._sent) if self.tls or not url.startswith("https:") else b"",
            response=response,
            origin=origin,
            ip=self.ip,
            truncated=cut or self.cut if response else None,
            protocols=(*protocols, self.tls[0]) if self.tls else protocols,
            cipher=self.tls[1] if self.tls else None,
            seconds=time.monotonic() - self._began if self._seconds is None else self._seconds,
            interim=self.interim,
        )


def redacted(request: bytes, hidden: Collection[str]) -> tuple[bytes, tuple[str, ...]]:
    """A request as it was sent, but for the values of headers with these names (in small letters), and the names of
    those that it had."""
    if not hidden:
        return request, ()
    head, end, body = request.partition(b"\r\n\r\n")
    lines, names = [], []
    for line in head.split(b"\r\n"):
        name, colon, _ = line.partition(b":")
        if colon and (found := name.decode("latin-1")).lower() in hidden:
            names.append(found)
            lines.append(name + b": " + MARK)
        else:
            lines.append(line)
    return b"\r\n".join(lines) + end + body, tuple(names)
