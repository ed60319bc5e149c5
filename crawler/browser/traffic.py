"""What one page in a browser asks for: each request answered with a capture, within limits."""

import asyncio
import time
from base64 import b64decode
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from archive.exchange import Unfinished
from archive.sites.browsing import Browsing
from crawler.browser.fulfilment import end_of_stream, failure, fulfilment
from crawler.discover import is_web
from crawler.run.crawl_run import KeptExchange

if TYPE_CHECKING:
    from playwright.async_api import CDPSession

#: What is sent to tell a server something, and brings the page nothing.
_REPORTS = frozenset(("Ping", "CSPViolationReport"))
#: What a page accepts of a stream of events: the browser as a whole does not name their type.
_STREAM = "text/event-stream"
#: Seconds between two looks at whether everything has come.
_TICK = 0.02


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as Chromium would send it, without what its network adds. `is_stream` says that the answer may never
    end."""

    url: str
    method: str
    headers: dict[str, str]
    body: bytes
    is_stream: bool


#: Asks for something and keeps what came; None where nothing did. Raises CollectionError alone.
Ask = Callable[[Asked], Awaitable[KeptExchange | None]]


class Traffic:
    """Of one page, which is captured already: `first`. `document` is what the page shows now, which is another one
    where a script leads there; `unfinished` says which limit was reached."""

    def __init__(self, session: "CDPSession", ask: Ask, first: KeptExchange, rules: Browsing) -> None:
        self.document = first
        self.unfinished: Unfinished | None = None
        self.error: Exception | None = None
        self._session = session
        self._ask = ask
        self._first: KeptExchange | None = first
        self._frame = ""
        self._rules = rules
        self._requests = 0
        self._bytes = 0
        self._is_over = False
        self._streams: set[str] = set()
        self._under_way: set[asyncio.Task[None]] = set()
        self._last = time.monotonic()

    def paused(self, event: dict[str, Any]) -> None:
        """A request was stopped: answer it."""
        task = asyncio.ensure_future(self._answer(event))
        self._under_way.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._last = time.monotonic()
        if not task.cancelled() and (error := task.exception()):
            self.error = self.error or (error if isinstance(error, Exception) else None)

    def end(self, limit: Unfinished | None = None) -> None:
        """Answer nothing more, because of a limit, or because the page is as it should be."""
        if not self._is_over:
            self._is_over, self.unfinished = True, limit

    async def idle(self, seconds: float) -> None:
        """Wait until nothing has been under way for so many seconds. Raises what `ask` raised."""
        while self._under_way or time.monotonic() - self._last < seconds:
            if self._is_over and not self._under_way:
                break
            await asyncio.sleep(_TICK)
        if self.error:
            raise self.error

    async def _answer(self, event: dict[str, Any]) -> None:
        from playwright.async_api import Error  # noqa: PLC0415 - an extra

        command, parameters = failure(event["requestId"])
        try:
            if self._lets_through(event):
                command, parameters = await self._captured(event)
        finally:
            with suppress(Error):  # The page is gone, or wants it no more.
                await self._session.send(command, parameters)

    def _lets_through(self, event: dict[str, Any]) -> bool:
        if self._is_over or event.get("resourceType") in _REPORTS or not is_web(event["request"]["url"]):
            return False
        self._requests += 1
        if self._requests > self._rules.requests:
            self.end(Unfinished.REQUESTS)
        elif self._bytes > self._rules.megabytes * 1_000_000:
            self.end(Unfinished.BYTES)
        return not self._is_over

    async def _captured(self, event: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        is_document = event.get("resourceType") == "Document"
        first, self._first = (self._first, None) if is_document else (None, self._first)
        if first:
            self._frame = event.get("frameId", "")
        asked = _asked(event)
        if asked.is_stream and asked.url in self._streams:
            return end_of_stream(event["requestId"])
        self._streams.update([asked.url] if asked.is_stream else [])
        kept = first or await self._ask(asked)
        capture = kept.capture if kept else None
        if kept and capture:
            self._bytes += len(capture.body)
            if is_document and event.get("frameId") == self._frame and not 300 <= capture.status < 400:
                self.document = kept
        return fulfilment(event["requestId"], capture, stream=asked.is_stream)


def _asked(event: dict[str, Any]) -> Asked:
    request = event["request"]
    parts = (b64decode(part["bytes"]) for part in request.get("postDataEntries", ()) if "bytes" in part)
    return Asked(
        request["url"].partition("#")[0],
        request["method"],
        request["headers"],
        b"".join(parts),
        request["headers"].get("Accept") == _STREAM,
    )
