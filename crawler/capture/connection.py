"""Connections that keep what goes over them.

Made of the private parts of Twisted's HTTP/1.1 client and of Scrapy's lenient one, which are pinned: a change in them
shows in the test that compares the archive with what a server of our own sent.
"""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from scrapy.core.downloader.handlers.http11 import (
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IAddress, IHandshakeListener
from twisted.internet.tcp import Connection
from twisted.python.failure import Failure
from twisted.web._newclient import BODY, DONE, HTTP11ClientProtocol, Request, TransportProxyProducer
from twisted.web.client import HTTPConnectionPool
from twisted.web.http_headers import InvalidHeaderName
from twisted.web.iweb import IResponse
from zope.interface import implementer

from archive.exchange import Truncation
from crawler.capture.certificates import certificate_fault
from crawler.capture.recording import Recording

logger = logging.getLogger(__name__)

#: Bytes of the status line and headers, interim answers included: what Chromium takes.
LARGEST_HEAD = 262_144

#: Begins a recording, given the address of the peer.
Begin = Callable[[str | None], Recording]


class RecordedRequest(Request):
    """A Twisted request that begins a recording each time it is sent.

    Twisted sends one again, on a new connection, if an idle one turns out to be closed.
    """

    begin: Begin
    attempt: Recording

    def writeTo(self, transport: Any) -> Deferred[None]:  # noqa: N802 - Twisted's name
        """Send it."""
        self.attempt = self.begin(getattr(transport.getPeer(), "host", None))
        written: Deferred[None] = super().writeTo(_Tee(transport, self.attempt))  # type: ignore[no-untyped-call]
        return written


class _Tee:
    """A transport whose writes are kept."""

    def __init__(self, transport: Any, attempt: Recording) -> None:
        self._transport = transport
        self._attempt = attempt

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        self._attempt.send(data)
        self._transport.write(data[_sent_at_once(self._transport, data) :])

    def writeSequence(self, data: Iterable[bytes]) -> None:  # noqa: N802 - Twisted's name
        self.write(b"".join(data))


def _sent_at_once(transport: Any, data: bytes) -> int:
    """Give a bare TCP connection on which nothing waits what the system takes of these bytes; how many those were.

    Twisted would tell the selector of them twice, and write them in the next turn of its loop.
    """
    if not isinstance(transport, Connection) or transport.TLS or not transport.connected:
        return 0
    if transport._tempDataBuffer or transport.dataBuffer or transport.disconnecting:
        return 0
    sent = transport.writeSomeData(data)
    # Of a lost connection Twisted is to learn by itself.
    return sent if isinstance(sent, int) else 0


class _HeldPause(TransportProxyProducer):
    """The transport as the parser sees it. It is paused only when all that came in is read: between a head and its body
    Twisted pauses and resumes every connection, and would tell the selector of both."""

    is_to_pause = False

    def pauseProducing(self) -> None:  # noqa: N802 - Twisted's name
        self.is_to_pause = True

    def resumeProducing(self) -> None:  # noqa: N802 - Twisted's name
        if not self.is_to_pause:
            super().resumeProducing()  # type: ignore[no-untyped-call]
        self.is_to_pause = False

    def settle(self) -> None:
        """All is read."""
        if self.is_to_pause:
            super().pauseProducing()  # type: ignore[no-untyped-call]
        self.is_to_pause = False


class _Parser(_LenientHTTPClientParser):
    """Tells where an interim answer ends, and reads over headers that Twisted refuses, as browsers do."""

    #: Of one header line; Twisted's 16 KB are too few for some sites' security policies.
    MAX_LENGTH = LARGEST_HEAD
    attempt: Recording

    def headerReceived(self, name: bytes, value: bytes) -> None:  # noqa: N802 - Twisted's name
        if name.strip().lower() == b"content-length" and not value.strip().isdigit():
            # As browsers do (Fetch, "extract a length"): such a length says nothing.
            logger.debug("Skipping a Content-Length of %r.", value)
            return
        try:
            super().headerReceived(name.rstrip(b" \t"), value)  # type: ignore[no-untyped-call]
        except InvalidHeaderName:
            logger.debug("Skipping a response header named %r.", name)

    def allHeadersReceived(self) -> None:  # noqa: N802 - Twisted's name
        interim = 100 <= self.response.code < 200
        super().allHeadersReceived()  # type: ignore[no-untyped-call]
        if interim:
            self.attempt.end_interim(self._buffer)


@implementer(IHandshakeListener)
class RecordingProtocol(_LenientHTTP11ClientProtocol):
    """One connection. `_attempt` is the exchange under way on it."""

    _attempt: Recording | None = None
    _tls: tuple[str, str] | None = None
    _certificate: str | None = None

    def handshakeCompleted(self) -> None:  # noqa: N802 - Twisted's name
        """TLS is agreed on. What was written before goes out now."""
        handle = self.transport.getHandle()  # type: ignore[union-attr]
        self._tls = (_tls_version(handle.get_protocol_version_name()), handle.get_cipher_name())
        if self._attempt:
            self._certificate = certificate_fault(handle, self._attempt.host)
            self._attempt.tls, self._attempt.certificate = self._tls, self._certificate
            if (self._certificate and self._attempt.is_strict) or not self._attempt.may_send():
                self.transport.abortConnection()  # type: ignore[union-attr]

    def request(self, request: Request) -> Deferred[IResponse]:
        """Send a request and record what becomes of it."""
        # Not Scrapy's, which sets a parser of its own and notes the server's certificate and address in each answer.
        answer: Deferred[IResponse] = HTTP11ClientProtocol.request(self, request)
        if isinstance(request, RecordedRequest) and self._parser:
            self._attempt = request.attempt
            self._attempt.tls, self._attempt.certificate = self._tls, self._certificate
            self._parser.__class__ = _Parser
            self._parser.attempt = request.attempt  # type: ignore[attr-defined]
            self._transportProxy.__class__ = _HeldPause
        return answer

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        """Keep, then let Twisted read."""
        if self._attempt:
            self._attempt.receive(data)
        super().dataReceived(data)  # type: ignore[no-untyped-call]
        if isinstance(self._transportProxy, _HeldPause):
            self._transportProxy.settle()
        if self._attempt and self._attempt.keep_at_most(self._limit(self._attempt)):
            self._attempt = None
            self.transport.abortConnection()  # type: ignore[union-attr]

    def _limit(self, attempt: Recording) -> int:
        if self._parser is None or self._parser.state in (BODY, DONE):
            return attempt.limit
        return min(attempt.limit, LARGEST_HEAD - len(attempt.interim))

    def _finishResponse(self, rest: bytes) -> None:  # noqa: N802 - Twisted's name
        attempt, self._attempt = self._attempt, None
        if attempt:
            attempt.end(rest)
        if rest and self._currentRequest:
            # Whatever more follows could be taken for the answer to the next request.
            self._currentRequest.persistent = False
        super()._finishResponse(rest)

    def _giveUp(self, reason: Failure) -> None:  # noqa: N802 - Twisted's name
        if self._attempt:
            self._attempt.stop(Truncation.UNSPECIFIED)
        super()._giveUp(reason)  # type: ignore[no-untyped-call]

    def connectionLost(self, reason: Failure) -> None:  # type: ignore[override]  # noqa: N802 - Twisted's name
        """Note whether that was how it should end."""
        if self._attempt:
            self._attempt.lose(cleanly=isinstance(reason.value, ConnectionDone))
        super().connectionLost(reason)  # type: ignore[no-untyped-call]


def _tls_version(name: str) -> str:
    """OpenSSL's `TLSv1.3` as WARC-Protocol writes it."""
    return name.lower().replace("v", "/")


class RecordingFactory(_LenientHTTP11ClientFactory):
    """Builds the connections of the pool."""

    def buildProtocol(self, addr: IAddress | None) -> HTTP11ClientProtocol:  # noqa: ARG002, N802 - Twisted's name
        """One connection."""
        return RecordingProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class RecordedConnections:
    """Stands before the pool for one request of an agent, and has what is sent recorded.

    Connections are shared by those requests alone that have the same `mark`.
    """

    def __init__(self, pool: HTTPConnectionPool, begin: Begin, mark: object) -> None:
        self.persistent = pool.persistent
        self._pool = pool
        self._begin = begin
        self._mark = mark

    def getConnection(self, key: tuple[object, ...], endpoint: Any) -> Deferred[Any]:  # noqa: N802 - Twisted's name
        """A connection that takes one request."""
        connection: Deferred[Any] = self._pool.getConnection((*key, self._mark), endpoint)
        return connection.addCallback(_Sender, self._begin)


class _Sender:
    """A connection as the agent sees it."""

    def __init__(self, connection: Any, begin: Begin) -> None:
        self._connection = connection
        self._begin = begin

    def request(self, request: Request) -> Deferred[IResponse]:
        # The agent makes it, and leaves no choice of class.
        request.__class__ = RecordedRequest
        request.begin = self._begin  # type: ignore[attr-defined]
        answer: Deferred[IResponse] = self._connection.request(request)
        return answer
