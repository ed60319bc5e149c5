"""A Scrapy spider that fetches a list of URLs and keeps nothing, with the manners of a crawl without delay.

python -m benchmarks.bare_spider URLS
"""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response

_SETTINGS = {
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "DOWNLOAD_DELAY": 0,
    "ROBOTSTXT_OBEY": True,
    "COOKIES_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "LOG_LEVEL": "ERROR",
    "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
}


class Bare(Spider):
    """Asks for each URL and looks only at its size."""

    name = "bare"
    urls: list[str]

    async def start(self) -> AsyncIterator[Request]:
        """All of them."""
        for url in self.urls:
            yield Request(url, dont_filter=True)

    def parse(self, response: Response, **_: object) -> None:
        """A page."""
        if len(response.body) < 100:
            raise RuntimeError(f"{response.url} is not a page of the benchmark")


def main() -> None:
    """Crawl."""
    process = AsyncCrawlerProcess(_SETTINGS)
    process.crawl(Bare, urls=Path(sys.argv[1]).read_text().split())
    process.start()


if __name__ == "__main__":
    main()
