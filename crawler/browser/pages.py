"""The pages of a crawl that a browser is to load, between Scrapy's downloader and the spider."""

import asyncio
import logging
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from archive.errors import CleancopyError, CollectionError
from archive.exchange import Origin, Purpose
from archive.sites.logins import without_login
from crawler.browser.chromium import Browsers
from crawler.browser.memory import Memory
from crawler.browser.rendering import rendered
from crawler.browser.traffic import Asked
from crawler.frontier.entry import Entry
from crawler.requisites import LARGEST
from crawler.run.crawl_run import CrawlRun, KeptExchange
from crawler.spiders.scheduler import permitted

logger = logging.getLogger(__name__)

#: Seconds for one request of a page, and for one whose answer may never end.
_PATIENCE, _STREAM = 30.0, 2.0
#: Scrapy sets these as for all requests; those about the browser would tell of another one than asks.
_OURS = ("user-agent", "accept-encoding", "accept-language", "host", "content-length")


class BrowserPages:
    """A downloader middleware. What the spider is given of a page that is for a browser is what that made of it."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._run = CrawlRun.of(crawler)
        self._browsers: Browsers | None = None
        self._memory = Memory()
        self._stopping: asyncio.Task[Any] | None = None
        crawler.signals.connect(self.close, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Built by Scrapy."""
        return cls(crawler)

    async def close(self) -> None:
        """The crawl is over."""
        if self._browsers:
            await self._browsers.close()

    async def process_response(self, request: Request, response: Response) -> Response:
        """Load the page where that is to be done. Raises BrowserFailedError, and CollectionError, which ends the
        crawl."""
        kept = request.meta.get("kept")
        if isinstance(kept, KeptExchange) and kept.capture.origin.is_for_browser:
            # Whatever happens now: the answer alone is not what was asked for.
            del request.meta["kept"]
            request.meta["kept"] = await self._load(request, kept)
        return response

    async def process_exception(self, request: Request, exception: Exception) -> Response | None:
        """What Scrapy cannot read, and the archive holds as a whole, is loaded all the same."""
        kept = request.meta.get("kept")
        if isinstance(exception, CleancopyError) or not isinstance(kept, KeptExchange):
            return None
        if not kept.capture.origin.is_for_browser:
            return None
        return Response(request.url, request=request)

    async def _load(self, request: Request, kept: KeptExchange) -> KeptExchange:
        self._browsers = self._browsers or Browsers()
        entry: Entry = request.meta["entry"]
        user_agent = request.headers.get("User-Agent", b"") or b""

        async def ask(asked: Asked) -> KeptExchange | None:
            known = self._memory.find(asked, entry.site)
            if known is None and (answer := await self._ask(asked, kept.capture.url, entry)):
                self._memory.keep(asked, entry.site, answer)
                return answer
            return known

        try:
            async with self._browsers.one() as chromium:
                rules = self._run.plan.site(entry.site).browser
                page = await rendered(chromium, kept, ask, rules, user_agent.decode("latin-1"))
            return self._run.write_rendered(page, entry.site)
        except CollectionError as error:
            self._stop(error)
            raise

    async def _ask(self, asked: Asked, page: str, entry: Entry) -> KeptExchange | None:
        """Ask for something that a page wants. Raises CollectionError."""
        assert self._crawler.engine is not None  # noqa: S101 - it downloads
        self._run.account.counts["browser_requests"] += 1
        meta: dict[str, Any] = {}
        try:
            request = self._request(asked, page, entry)
            meta = request.meta
            await self._crawler.engine.download_async(request)
        except CollectionError:
            raise
        except Exception as error:  # noqa: BLE001 - the boundary: a request that fails costs the page that request
            logger.debug("%s, which %s asks for, did not come: %s", asked.url, page, error)
        return meta.get("kept")

    def _request(self, asked: Asked, page: str, entry: Entry) -> Request:
        origin, url = Origin(Purpose.REQUISITE, "browser", page), without_login(asked.url)
        request = Request(
            url,
            method=asked.method,
            headers={name: value for name, value in asked.headers.items() if not _is_ours(name)},
            body=asked.body,
            dont_filter=True,
            meta={
                "entry": Entry(url, url, origin, entry.site),
                "site": entry.site,
                "origin": origin,
                "download_maxsize": LARGEST,
                "download_timeout": _STREAM if asked.is_stream else _PATIENCE,
                "dont_redirect": True,
                "dont_retry": True,
                "handle_httpstatus_all": True,
            },
        )
        cookies = request.headers.get("Cookie")
        permitted(request, entry.site, self._run)
        if cookies and (own := request.headers.get("Cookie")) and own != cookies:
            # The site's own, as of a login, which the browser is not told of.
            request.headers["Cookie"] = own + b"; " + cookies
        if self._run.leads.keeps_cookies(entry.site):
            self._run.cookies.give(entry.site, request)
        return request

    def _stop(self, error: CollectionError) -> None:
        self._run.fault = self._run.fault or str(error)
        engine = self._crawler.engine
        if self._stopping is None and engine is not None:
            self._stopping = asyncio.ensure_future(engine.close_spider_async(reason=str(error)))


def _is_ours(name: str) -> bool:
    return name.lower() in _OURS or name.lower().startswith("sec-ch-")
