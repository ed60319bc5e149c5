"""One crawl that fetches the same pages by turns with bare Scrapy and with each archiver, to compare their speed.

    python -m benchmarks.capture_spider PORT PAGES ROUNDS FOLDER MODE...

The modes take turns within one process, in blocks that last a fraction of a second: what else the machine does meets
all of them alike. Prints a JSON line for each block.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scrapy import Request, Spider, signals
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.http import Response
from scrapy.resolver import dnscache

from archive.collection.catalogue import Catalogue
from archive.exchange import Exchange
from archive.warc.writer import WarcWriter, Written
from crawler.capture import CaptureHandler

BARE, CAPTURE, PEER, PEER_DEFAULT = "bare Scrapy", "capture", "scrapy-webarchive", "scrapy-webarchive, defaults"
PEERS = (PEER, PEER_DEFAULT)
#: As the add-on has it, and Scrapy's own default, which nothing in the peer's documentation changes.
_ITEMS, _DEFAULT_ITEMS = 4, 100
#: Seconds for a block of pages.
_PATIENCE = 120
HOST = "news.example.test"
CODINGS = ("gzip", "identity")
_PEER_EXTENSION = "scrapy_webarchive.extensions.WaczExporter"


@dataclass(frozen=True, slots=True)
class Block:
    """What one mode took for `pages` pages: `seconds` of the clock, `cpu` seconds of the reactor's thread."""

    round: int
    coding: str
    mode: str
    pages: int
    seconds: float
    cpu: float


class WarcSink:
    """The archive as a crawl keeps it: made durable each second, off the reactor."""

    def __init__(self, folder: Path) -> None:
        self.fault: str | None = None
        catalogue = Catalogue(folder / "index.cdxj", folder / "digests")
        self.writer = WarcWriter(folder, info={"software": "a benchmark"}, catalogue=catalogue)

    def __deepcopy__(self, memo: object) -> "WarcSink":
        return self

    def write(self, exchange: Exchange, *, failure: str | None = None, site: str = "") -> Written:  # noqa: ARG002 - as CaptureHandler calls it
        return self.writer.write(exchange, failure=failure)

    async def keep_durable(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            await asyncio.to_thread(self.writer.sync)


class Switch:
    """The download handler: Scrapy's own, or the one that captures, as the request's meta says."""

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        self._handlers = {BARE: HTTP11DownloadHandler(crawler), CAPTURE: CaptureHandler(crawler)}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Switch":
        return cls(crawler)

    async def download_request(self, request: Request) -> Response:
        return await self._handlers[request.meta["handler"]].download_request(request)

    async def close(self) -> None:
        for handler in self._handlers.values():
            await handler.close()


class Pages(Spider):
    """Asks for all pages, once for each round, coding and mode, and does nothing with them."""

    name = "pages"
    port: int
    pages: int
    rounds: int
    modes: list[str]
    sink: WarcSink

    async def start(self) -> AsyncIterator[Request]:
        durable = asyncio.ensure_future(self.sink.keep_durable())
        for number in range(-1, self.rounds):  # the first warms up
            for coding in CODINGS:
                for mode in self.modes[number % len(self.modes) :] + self.modes[: number % len(self.modes)]:
                    self._switch(mode)
                    began, used = time.perf_counter(), time.thread_time()
                    self.waiting, self.done = self.pages, asyncio.Event()
                    for page in range(self.pages):
                        yield self._request(mode, coding, (number + 1) * self.pages + page)
                    await asyncio.wait_for(self.done.wait(), _PATIENCE)
                    self._report(number, coding, mode, time.perf_counter() - began, time.thread_time() - used)
        durable.cancel()

    def _request(self, mode: str, coding: str, page: int) -> Request:
        url = f"http://{HOST}:{self.port}/{coding}/{page}.html"
        meta = {"handler": CAPTURE if mode == CAPTURE else BARE}
        return Request(url, headers={"Accept-Encoding": coding}, meta=meta, dont_filter=True)

    def parse(self, response: Response, **_: Any) -> None:
        if response.status != 200 or len(response.body) < 10_000:
            raise RuntimeError(f"{response.url} is not a page of the benchmark")
        self.waiting -= 1
        if not self.waiting:
            self.done.set()

    def _switch(self, mode: str) -> None:
        self.crawler.engine.scraper.concurrent_items = _DEFAULT_ITEMS if mode == PEER_DEFAULT else _ITEMS
        for exporter in self._peers():
            # It listens from its start on; connecting again changes nothing.
            self.crawler.signals.connect(exporter.response_downloaded, signal=signals.response_downloaded)
            if mode not in PEERS:
                self.crawler.signals.disconnect(exporter.response_downloaded, signal=signals.response_downloaded)

    def _peers(self) -> list[Any]:
        assert self.crawler.extensions is not None
        return [found for found in self.crawler.extensions.middlewares if type(found).__name__ == "WaczExporter"]

    def _report(self, number: int, coding: str, mode: str, seconds: float, cpu: float) -> None:
        if number >= 0:
            print(json.dumps(asdict(Block(number, coding, mode, self.pages, seconds, cpu))), flush=True)


def settings(modes: list[str], sink: WarcSink) -> dict[str, Any]:
    """The same for all modes: what the add-on sets, but for politeness."""
    handler = "benchmarks.capture_spider.Switch"
    return {
        "DOWNLOAD_HANDLERS": {"http": handler, "https": handler},
        "CAPTURE_SINK": sink,
        "ALLOW_PRIVATE_ADDRESSES": True,
        "EXTENSIONS": {_PEER_EXTENSION: 543} if set(PEERS) & set(modes) else {},
        "SW_EXPORT_URI": "export/",
        "CONCURRENT_REQUESTS": 32,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 32,
        "CONCURRENT_ITEMS": _ITEMS,
        "DOWNLOAD_DELAY": 0,
        "DOWNLOAD_MAXSIZE": 64_000_000,
        "ROBOTSTXT_OBEY": False,
        "COOKIES_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "LOGSTATS_INTERVAL": 0,
        "LOG_LEVEL": "ERROR",
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
    }


def main() -> None:
    """Crawl."""
    port, pages, rounds, folder, *modes = sys.argv[1:]
    dnscache.limit, dnscache[HOST] = 100, "127.0.0.1"
    os.chdir(folder)
    sink = WarcSink(Path(folder))
    process = AsyncCrawlerProcess(settings(modes, sink))
    process.crawl(Pages, port=int(port), pages=int(pages), rounds=int(rounds), modes=modes, sink=sink)
    process.start()
    sink.writer.close()


if __name__ == "__main__":
    main()
