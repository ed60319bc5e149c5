"""Chromium, started without a way to the network: it gets what its pages ask for from us, or not at all."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from archive.errors import ConfigurationError
from crawler.spiders.faults import BrowserFailedError

if TYPE_CHECKING:
    from playwright.async_api import Browser, CDPSession, Page, Playwright

#: Browsers of one crawl, each with one page at a time, so that whose a request is needs no guessing. Each takes about
#: 300 MB.
MOST = 4
#: What Chromium is called on Debian and elsewhere.
_NAMES = ("chromium", "chromium-browser", "google-chrome")
#: Seconds until a browser is started, or closed.
_PATIENCE = 60.0

#: Takes the events of requests that are stopped.
Paused = Callable[[dict[str, Any]], None]


def require_browser() -> None:
    """Raises ConfigurationError where no browser can be started, with what is to be installed."""
    if find_spec("playwright") is None:
        raise ConfigurationError(
            "A browser is to load pages, and Playwright drives it: pip install 'cleancopy[browser]'"
        )
    if program() is None:
        raise ConfigurationError("A browser is to load pages, and none is installed: apt install chromium")


def program() -> str | None:
    """Where Chromium is."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


def switches(dead_end: int) -> list[str]:
    """What Chromium is told beside what Playwright tells it. Whatever it sends by itself, to WebSockets, for updates or
    around the interception, meets a proxy port where nobody listens."""
    return [
        f"--proxy-server=127.0.0.1:{dead_end}",
        "--proxy-bypass-list=<-loopback>",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
        "--disable-gpu",
        "--hide-scrollbars",
    ]


class Chromium:
    """One browser. `name` is its name and version; `paused` is given each request that a page makes."""

    def __init__(self, browser: "Browser", session: "CDPSession") -> None:
        self.name = f"Chromium/{browser.version}"
        self.session = session
        self._browser = browser
        self._paused: Paused | None = None
        session.on("Fetch.requestPaused", self._on_paused)

    @classmethod
    async def start(cls, playwright: "Playwright", dead_end: int) -> "Chromium":
        """Start one. Raises BrowserFailedError."""
        from playwright.async_api import Error  # noqa: PLC0415 - an extra

        try:
            browser = await playwright.chromium.launch(
                executable_path=program(),
                args=switches(dead_end),
                # As root it does not start with one, which is how containers run.
                chromium_sandbox=os.geteuid() != 0,
                handle_sigint=False,
                timeout=_PATIENCE * 1000,
            )
            # A session of the browser itself: those of pages do not see what service workers ask for.
            session = await browser.new_browser_cdp_session()
            started = cls(browser, session)
            await session.send("Fetch.enable", {"patterns": [{"urlPattern": "*", "requestStage": "Request"}]})
        except Error as error:
            raise BrowserFailedError(f"Chromium does not start: {first_line(error)}") from error
        return started

    def _on_paused(self, event: dict[str, Any]) -> None:
        if self._paused:
            self._paused(event)

    @asynccontextmanager
    async def page(self, user_agent: str, paused: Paused) -> AsyncIterator["Page"]:
        """A page of a profile of its own, which ends with it."""
        context = await self._browser.new_context(user_agent=user_agent, accept_downloads=False, timezone_id="UTC")
        self._paused = paused
        try:
            page = await context.new_page()
            context.on("page", lambda popup: popup.close())
            yield page
        finally:
            self._paused = None
            await asyncio.wait_for(context.close(), _PATIENCE)

    async def close(self) -> None:
        """End it, whatever state it is in."""
        from playwright.async_api import Error  # noqa: PLC0415 - an extra

        with suppress(Error, TimeoutError):
            await asyncio.wait_for(self._browser.close(), _PATIENCE)


class Browsers:
    """The browsers of one crawl: started when they are needed, and used again."""

    def __init__(self, most: int = MOST) -> None:
        self._free: list[Chromium] = []
        self._room = asyncio.Semaphore(most)
        self._starting = asyncio.Lock()
        self._playwright: Playwright | None = None
        self._dead_end = socket.socket()
        # Bound, so that nobody else gets the port, and never listened on.
        self._dead_end.bind(("127.0.0.1", 0))

    @asynccontextmanager
    async def one(self) -> AsyncIterator[Chromium]:
        """A browser for one page. One in whose hands a page failed is not used again. Raises BrowserFailedError."""
        async with self._room:
            browser = self._free.pop() if self._free else await self._start()
            try:
                yield browser
            except BaseException:
                await browser.close()
                raise
            self._free.append(browser)

    async def _start(self) -> Chromium:
        async with self._starting:
            if self._playwright is None:
                try:
                    require_browser()
                except ConfigurationError as error:
                    raise BrowserFailedError(str(error)) from error
                from playwright.async_api import async_playwright  # noqa: PLC0415 - an extra

                self._playwright = await async_playwright().start()
        return await Chromium.start(self._playwright, self._dead_end.getsockname()[1])

    async def close(self) -> None:
        """End all that are free; the others end with Playwright."""
        for browser in self._free:
            await browser.close()
        self._free.clear()
        if self._playwright:
            await self._playwright.stop()
        self._dead_end.close()


def first_line(error: Exception) -> str:
    """What Playwright says of a failure, without the log behind it."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)[:300]
