"""Scrapy's way to the web, with everything that goes over it written to the archive."""

import asyncio
import sys
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import Any, Protocol

from scrapy import Request
from scrapy.core.downloader import Slot
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler, _BindAddressAgent, _ScrapyAgent
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError
from scrapy.http import Headers, Response
from scrapy.utils._download_handlers import normalize_bind_address, wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.interfaces import IProtocolFactory
from twisted.internet.task import deferLater
from twisted.web.client import URI, Agent
from twisted.web.client import Response as TwistedResponse

from archive.collection.failure import FailureKind
from archive.errors import CleancopyError, CollectionError
from archive.exchange import Exchange, Origin, Truncation
from crawler.capture.addresses import PublicReactor, RequestRefusedError
from crawler.capture.connection import RecordedConnections, RecordingFactory
from crawler.capture.recording import Recording, redacted
from crawler.capture.turns import Turns

_STALE = "the server had closed the idle connection; the request was sent again on a new one"


class Sink(Protocol):
    """Takes every exchange. `fault` says why the crawl had to stop."""

    fault: str | None

    def write(self, exchange: Exchange, *, failure: str | None = None, site: str = "") -> object:
        """Keep an exchange, of a request for this site; what became of it. Raises CollectionError."""


class CaptureHandler(HTTP11DownloadHandler):
    """The download handler for http and https.

    Every request becomes an exchange in the sink `CAPTURE_SINK` before Scrapy sees what came of it: redirects,
    errors, robots.txt, tries that Twisted repeats by itself, and requests that got no answer at all. The answer's
    `meta["kept"]` is what the sink says of it. The request's `meta` may hold `origin`, `site`, `allow_private`,
    `strict_tls` (whether a server whose certificate does not hold is not asked), and as `hidden` the names, in small
    letters, of headers whose values are not kept. What it holds as `before_sending` is called right before the request
    goes out, and raises what keeps it from that.

    The delay of Scrapy's slot is kept between an answer, or whatever came instead, and the next request to its host.
    `CAPTURE_TURNS` are the turns of all crawlers of the process. Scrapy counts from when it was a request's turn: how
    long that took to leave and to travel would then be missing from the gap that the server sees.

    The block of an answer holds the bytes of the final response alone, from its status line to the end that HTTP
    gives it. Interim answers (1xx) are cut off its front, bytes behind its end off its back.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = RecordingFactory
        self._sink: Sink = crawler.settings["CAPTURE_SINK"]
        self._turns: Turns = crawler.settings.get("CAPTURE_TURNS") or Turns()
        self._allow_private = crawler.settings.getbool("ALLOW_PRIVATE_ADDRESSES")
        self._stopping: asyncio.Task[Any] | None = None

    async def download_request(self, request: Request) -> Response:
        """Fetch and keep. Raises CollectionError, which ends the crawl, if it cannot be kept."""
        host = urlparse_cached(request).netloc.lower()
        return await self._turns.take(host, lambda: self._gap(request), lambda: self._ask(request))

    async def _ask(self, request: Request) -> Response:
        _before_sending(request)
        attempts: list[Recording] = []
        cause: BaseException | None = None
        try:
            return await self._fetch(request, attempts)
        except BaseException as error:
            cause = error
            raise
        finally:
            if slot := self._slot(request):
                slot.lastseen = monotonic()
            self._keep(request, attempts, cause)

    async def _fetch(self, request: Request, attempts: list[Recording]) -> Response:
        request.meta.setdefault("allow_private", self._allow_private)
        if request.meta.get("proxy"):
            said = "a capture is not made through a proxy, which may change what it passes on"
            raise RequestRefusedError(said, FailureKind.PROXY)
        try:
            with wrap_twisted_exceptions():
                return await maybe_deferred_to_future(self._agent(request, attempts).download_request(request))
        finally:
            if attempts and attempts[-1].is_strict and attempts[-1].certificate:
                said = f"the server's certificate does not hold ({attempts[-1].certificate})"
                raise RequestRefusedError(said, FailureKind.CERTIFICATE)
            if attempts and attempts[-1].cut is Truncation.LENGTH:
                raise DownloadCancelledError(f"The answer from {request.url} is larger than the limit.")

    def _agent(self, request: Request, attempts: list[Recording]) -> "_RecordingAgent":
        limit = request.meta.get("download_maxsize", self._default_maxsize) or sys.maxsize
        host, is_strict = urlparse_cached(request).hostname or "", bool(request.meta.get("strict_tls"))

        def begin(ip: str | None) -> Recording:
            _before_sending(request)
            # Until TLS is agreed on, what is written waits.
            may_send = partial(_may_send, request)
            attempts.append(Recording(limit, ip, host=host, is_strict=is_strict, may_send=may_send))
            return attempts[-1]

        # A connection that was allowed to a private address is for such requests alone, and so is a strict one.
        connections = RecordedConnections(self._pool, begin, (bool(request.meta["allow_private"]), is_strict))
        agent = _RecordingAgent(
            contextFactory=self._contextFactory,
            bindAddress=self._bind_address,
            pool=connections,  # type: ignore[arg-type]
            maxsize=self._default_maxsize,
            warnsize=self._default_warnsize,
            fail_on_dataloss=self._fail_on_dataloss,
            crawler=self._crawler,
            tls_verbose_logging=self._tls_verbose_logging,
        )
        # A server may have read what it did not answer before it closed an idle connection.
        agent.pause = lambda: self._gap(request) if attempts else 0.0
        return agent

    def _slot(self, request: Request) -> Slot | None:
        slots: dict[str, Slot] = self._crawler.engine.downloader.slots
        return slots.get(request.meta.get("download_slot", ""))

    def _gap(self, request: Request) -> float:
        slot = self._slot(request)
        return slot.delay if slot else 0.0

    def _keep(self, request: Request, attempts: list[Recording], cause: BaseException | None) -> None:
        attempts = attempts or [Recording()]
        try:
            for stale in attempts[:-1]:
                self._sink.write(_exchange(request, stale, None), failure=_STALE)
            last, site = _exchange(request, attempts[-1], cause), request.meta.get("site", "")
            request.meta["kept"] = self._sink.write(last, failure=_failure(cause), site=site)
        except CollectionError as error:
            self._stop(error)
            raise

    def _stop(self, error: CollectionError) -> None:
        self._sink.fault = self._sink.fault or str(error)
        if self._stopping is None:
            self._stopping = asyncio.ensure_future(self._crawler.engine.close_spider_async(reason=str(error)))


def _before_sending(request: Request) -> None:
    if check := request.meta.get("before_sending"):
        check()


def _may_send(request: Request) -> bool:
    try:
        _before_sending(request)
    except CleancopyError:
        return False
    return True


class _RecordingAgent(_ScrapyAgent):
    """Scrapy's agent for one request, kept from private addresses and from proxies. `pause` says for how many seconds
    a new connection is waited with."""

    pause: Callable[[], float]

    def _get_agent(self, request: Request, timeout: float) -> Agent:
        from twisted.internet import reactor  # noqa: PLC0415 - importing it installs one

        agent = _Agent(
            reactor=reactor if request.meta["allow_private"] else PublicReactor(reactor),  # type: ignore[arg-type]
            contextFactory=self._contextFactory,
            connectTimeout=timeout,
            bindAddress=normalize_bind_address(request.meta.get("bindaddress") or self._bindAddress),
            pool=self._pool,
        )
        agent.pause = self.pause
        return agent

    @staticmethod
    def _headers_from_twisted_response(response: TwistedResponse) -> Headers:
        """Made once; Scrapy makes them for its signal and again for its response."""
        made: Headers | None = getattr(response, "_scrapy_headers", None)
        if made is None:
            made = response._scrapy_headers = _ScrapyAgent._headers_from_twisted_response(response)  # type: ignore[attr-defined]
        return made


class _Agent(_BindAddressAgent):
    """Twisted's agent. It resolves names and prepares TLS for new connections alone, not for every request."""

    pause: Callable[[], float]

    def _getEndpoint(self, uri: URI) -> "_Endpoint":  # noqa: N802 - Twisted's name
        return _Endpoint(partial(self._endpointFactory.endpointForURI, uri), self.pause)


class _Endpoint:
    """Where to connect to, made when that is to be done."""

    def __init__(self, make: Callable[[], Any], pause: Callable[[], float]) -> None:
        self._make = make
        self._pause = pause

    def connect(self, factory: IProtocolFactory) -> Any:
        from twisted.internet import reactor  # noqa: PLC0415 - importing it installs one

        if seconds := self._pause():
            return deferLater(reactor, seconds, self._make().connect, factory)
        return self._make().connect(factory)


def _exchange(request: Request, attempt: Recording, cause: BaseException | None) -> Exchange:
    url = request.url.partition("#")[0]
    origin = request.meta.get("origin") or Origin()
    if origin.certificate != attempt.certificate:
        origin = origin._replace(certificate=attempt.certificate)
    exchange = attempt.exchange(url, origin, _cut(cause))
    sent, names = redacted(exchange.request, request.meta.get("hidden", ()))
    return exchange._replace(request=sent, redacted=names) if names else exchange


def _cut(cause: BaseException | None) -> Truncation | None:
    """Why a body was cut, where that was our doing."""
    match cause:
        case DownloadTimeoutError():
            return Truncation.TIME
        case DownloadCancelledError():
            return Truncation.LENGTH
        case _:
            return None


def _failure(cause: BaseException | None) -> str | None:
    return None if cause is None else f"{type(cause).__name__}: {' '.join(str(cause).split())[:500]}"
