"""One spider drives every site: lists lead to articles, and every answer says what becomes of its entry."""

import time
from collections.abc import AsyncIterator, Iterable
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response, TextResponse
from twisted.python.failure import Failure

from archive.exchange import Origin, Purpose
from crawler import discover
from crawler.frontier import Entry
from crawler.plan import LISTS_FIRST
from crawler.robots import RobotsNotes
from crawler.run import CrawlRun

_REDIRECTS = (301, 302, 303, 307, 308)
_AGAIN = (408, 429, 500, 502, 503, 504, 520, 521, 522, 524)
_MOST_HOPS = 10
#: Seconds before the second try and before each further one, unless the server says how long (Retry-After).
_WAITS = (5.0, 30.0)
_HTML = ("text/html", "application/xhtml+xml", "")


class NewsSpider(Spider):
    """Reads what the frontier leases to it. Everything that it learns goes to the run."""

    name = "news"

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> "NewsSpider":
        """Built by Scrapy."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.run = CrawlRun.of(crawler)
        return spider

    run: CrawlRun

    async def start(self) -> AsyncIterator[Any]:
        """Nothing: the frontier holds the first URLs."""
        nothing: tuple[Any, ...] = ()
        for request in nothing:
            yield request

    def handle(self, response: Response) -> Iterable[Any]:
        """An answer of any status."""
        entry: Entry = response.meta["entry"]
        self.run.ended(entry)
        if response.status in _REDIRECTS and "Location" in response.headers:
            self._redirect(entry, response)
        elif response.status in _AGAIN:
            self._try_again(entry, f"HTTP {response.status}", response)
        elif response.status >= 400:
            self._give_up(entry, f"HTTP {response.status}", response.status)
        else:
            if response.status < 300:
                self._read(entry, response)
            self._done(entry, response)
        return ()

    def fail(self, failure: Failure) -> None:
        """No answer."""
        entry: Entry = failure.request.meta["entry"]  # type: ignore[attr-defined]
        self.run.ended(entry)
        reason = reason_of(failure)
        if isinstance(failure.value, IgnoreRequest) or getattr(failure.value, "final", False):
            self._give_up(entry, reason, None)
        else:
            self._try_again(entry, reason, None)

    def _redirect(self, entry: Entry, response: Response) -> None:
        target = urljoin(response.url, (_text(response.headers["Location"]) or "").strip()).partition("#")[0]
        if entry.hops >= _MOST_HOPS:
            self._give_up(entry, f"redirected more than {_MOST_HOPS} times, last to {target[:200]}", response.status)
        elif not discover.is_web(target):
            self._give_up(entry, f"redirected to {target[:200]}, which is not http or https", response.status)
        else:
            self.run.follow(entry, target)
            self._done(entry, response)

    def _try_again(self, entry: Entry, reason: str, response: Response | None) -> None:
        status = response.status if response is not None else None
        tries = self.run.plan.options.tries
        if entry.attempts + 1 >= tries:
            self._give_up(entry, f"{reason} ({tries} tries)" if tries > 1 else reason, status)
            return
        wait = (response is not None and retry_after(response)) or _WAITS[min(entry.attempts, len(_WAITS) - 1)]
        self.run.frontier.again(entry, reason, due=time.time() + wait)

    def _give_up(self, entry: Entry, reason: str, status: int | None) -> None:
        self.run.counts["failed"] += 1
        self.run.frontier.failed(entry, reason, status=status, now=time.time())

    def _done(self, entry: Entry, response: Response) -> None:
        self.run.frontier.done(
            entry,
            status=response.status,
            etag=_text(response.headers.get("ETag")),
            last_modified=_text(response.headers.get("Last-Modified")),
            now=time.time(),
        )

    def _read(self, entry: Entry, response: Response) -> None:
        match entry.origin.purpose:
            case Purpose.ARTICLE:
                self._article(response)
            case Purpose.FEED:
                self._feed(entry, response)
            case Purpose.SITEMAP:
                self._sitemap(entry, response)
            case Purpose.SECTION:
                self._section(entry, response)

    def _article(self, response: Response) -> None:
        kind = (_text(response.headers.get("Content-Type")) or "").partition(";")[0].strip().lower()
        if kind in _HTML:
            self.run.captured(response.meta["written"])
        else:
            self.run.counts["not_html"] += 1

    def _feed(self, entry: Entry, response: Response) -> None:
        self.run.counts["feeds"] += 1
        self._take(entry, discover.links_of_feed(response.body, response.url))

    def _sitemap(self, entry: Entry, response: Response) -> None:
        self.run.counts["sitemaps"] += 1
        sitemap = discover.links_of_sitemap(response.body, response.url)
        self._take(entry, sitemap.pages)
        self._lists(entry, sitemap.sitemaps, Purpose.SITEMAP, "sitemap", response.url)

    def _section(self, entry: Entry, response: Response) -> None:
        self.run.counts["sections"] += 1
        if not isinstance(response, TextResponse):
            return
        site = self.run.plan.site(entry.site)
        configured = site.discover
        if not (configured.feeds or configured.sitemaps or configured.sections):
            feeds = discover.alternates(response.text, response.url)
            robots = self.crawler.get_downloader_middleware(RobotsNotes)
            sitemaps = robots.sitemaps(response.url) if robots else []
            self._lists(entry, feeds, Purpose.FEED, "link", response.url)
            self._lists(entry, sitemaps, Purpose.SITEMAP, "robots", response.url)
            if feeds or sitemaps:
                return
        self._take(entry, discover.links_of_page(response.text, response.url, site), from_page=True)

    def _lists(self, entry: Entry, urls: Iterable[str], purpose: Purpose, found_in: str, via: str) -> None:
        for url in urls:
            origin = Origin(purpose, found_in, via)
            self.run.frontier.renew(Entry(discover.normalise(url), url, origin, entry.site, priority=LISTS_FIRST))

    def _take(self, entry: Entry, found: Iterable[discover.Found], *, from_page: bool = False) -> None:
        site = self.run.plan.site(entry.site)
        for link in found:
            if discover.is_web(link.url) and (from_page or discover.wanted(link.url, site)):
                self.run.add(link, entry.site)


def _text(value: bytes | None) -> str | None:
    return value.decode("latin-1") if value else None


def retry_after(response: Response) -> float | None:
    """Seconds that the server asks to wait (RFC 9110, section 10.2.3): a number or a date."""
    said = _text(response.headers.get("Retry-After"))
    if not said:
        return None
    if said.strip().isdigit():
        return float(said)
    try:
        return max(0.0, parsedate_to_datetime(said).timestamp() - time.time())
    except ValueError:
        return None


def reason_of(failure: Failure) -> str:
    """Why nothing came back, in words."""
    name = failure.type.__name__ if failure.type else "unknown"
    text = " ".join(failure.getErrorMessage().split())
    plain = {
        "DNSLookupError": "the host name is not known",
        "CannotResolveHostError": "the host name is not known",
        "ConnectionRefusedError": "the server refused the connection",
        "DownloadConnectionRefusedError": "the server refused the connection",
        "TimeoutError": "the server did not answer in time",
        "TCPTimedOutError": "the server did not answer in time",
        "DownloadTimeoutError": "the server did not answer in time",
        "ConnectionLost": "the server closed the connection",
        "ResponseNeverReceived": "the server closed the connection",
        "ResponseDataLossError": "the server sent less than it promised",
        "DownloadCancelledError": "the page is larger than the limit",
    }
    if name == "IgnoreRequest":
        return "robots.txt forbids it" if "robots" in text else text
    return plain.get(name) or f"{name}: {text[:300]}"
