"""One large file from the web, read as it comes in: no capture is made of it, and none of it is kept.

Scrapy holds an answer in memory as a whole, so that urllib3 fetches here. Every connection, also those that redirects
lead to, is kept from private addresses.
"""

import io
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from urllib3 import BaseHTTPResponse, HTTPConnectionPool, HTTPSConnectionPool, PoolManager, Retry, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, MaxRetryError

from archive.errors import WarcError
from archive.pipeline.web import Streamed
from crawler.addon import user_agent
from crawler.capture.addresses import RequestRefusedError, check_public

#: Redirects that are followed, and times that a connection is tried.
_REDIRECTS, _TRIES = 5, 3
#: Seconds for connecting, and for waiting for more.
_PATIENCE = Timeout(connect=30, read=60)
#: Bytes asked for at a time.
_BUFFER = 262_144


class _Public(HTTPConnection):
    """Connects to public addresses alone. The address that is checked is the one that is connected to."""

    def _new_conn(self) -> socket.socket:
        found = socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM)
        address = str(found[0][4][0])
        check_public(address)
        return socket.create_connection((address, self.port), self.timeout)


class _PublicTls(_Public, HTTPSConnection):
    """The same over TLS."""


class _PublicPool(HTTPConnectionPool):
    ConnectionCls = _Public


class _PublicTlsPool(HTTPSConnectionPool):
    ConnectionCls = _PublicTls


class _Body(io.RawIOBase):
    """What comes in, as a file. Where the connection is lost it ends, and the next read raises OSError: whatever came
    in before is read first."""

    def __init__(self, response: BaseHTTPResponse) -> None:
        self._response = response
        self._lost: HTTPError | None = None

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Read what is there."""
        if self._lost:
            raise OSError(f"the connection ended before the file did: {self._lost}")
        try:
            piece = self._response.read1(len(buffer), decode_content=False)
        except HTTPError as error:
            self._lost = error
            return 0
        buffer[: len(piece)] = piece
        return len(piece)


@contextmanager
def stream(url: str, allow_private: bool) -> Iterator[Streamed]:
    """Open a file. Raises WarcError with the reason if it does not come."""
    with PoolManager(retries=Retry(_TRIES, redirect=_REDIRECTS), timeout=_PATIENCE) as pool:
        if not allow_private:
            pool.pool_classes_by_scheme = {"http": _PublicPool, "https": _PublicTlsPool}
        try:
            response = pool.request("GET", url, headers=_headers(), preload_content=False, decode_content=False)
        except (HTTPError, OSError, RequestRefusedError) as error:
            raise WarcError(f"{url} cannot be fetched: {_reason(error)}") from error
        if response.status != 200:
            raise WarcError(f"{url} cannot be fetched: HTTP {response.status}")
        length = response.headers.get("Content-Length", "")
        size = int(length) if length.isdigit() else None
        with io.BufferedReader(_Body(response), _BUFFER) as file:
            yield Streamed(response.geturl() or url, cast(io.BufferedReader, file), size)


def _reason(error: Exception) -> str:
    """What went wrong, without the words of the library around it."""
    cause = error.reason if isinstance(error, MaxRetryError) and error.reason else error
    return str(cause).rpartition(">: ")[2] or type(cause).__name__


def _headers() -> dict[str, str]:
    return {"User-Agent": user_agent(), "Accept-Encoding": "identity"}
