"""One large file from the web, read as it comes in: no capture is made of it, and none of it is kept.

Scrapy holds an answer in memory as a whole, so that urllib3 fetches here. Every connection, also those that redirects
lead to, is kept from private addresses.
"""

import io
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from urllib3 import BaseHTTPResponse, HTTPConnectionPool, HTTPSConnectionPool, PoolManager, Retry, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, MaxRetryError

from archive.errors import WarcError
from archive.pipeline.web import Streamed
from crawler.addon import user_agent
from crawler.capture.addresses import RequestRefusedError, check_public
from crawler.discover.reach import Place, place_of

#: Redirects that are followed, and times that a connection is tried.
_REDIRECTS, _TRIES = 5, 3
#: Seconds for connecting, and for waiting for more.
_PATIENCE = Timeout(connect=30, read=60)
#: Bytes asked for at a time.
_BUFFER = 262_144


class _Public(HTTPConnection):
    """Connects to public addresses alone, but for one place. The address that is checked is the one that is connected
    to."""

    named: Place | None = None

    def _new_conn(self) -> socket.socket:
        if self.named == (self._dns_host.lower().removesuffix("."), self.port):
            return super()._new_conn()
        found = socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM)
        address = str(found[0][4][0])
        check_public(address)
        return socket.create_connection((address, self.port), self.timeout)


class _PublicTls(_Public, HTTPSConnection):
    """The same over TLS."""


def _pools(named: Place | None) -> dict[str, Any]:
    """Pools that connect to private addresses at the named place alone, and not where it redirects."""
    plain, secure = (type(kind.__name__, (kind,), {"named": named}) for kind in (_Public, _PublicTls))
    return {
        "http": type("_Pool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("_TlsPool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
    }


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
        pool.pool_classes_by_scheme = _pools(place_of(url) if allow_private else None)
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
