"""One spider drives every site: lists lead to articles, and every answer says what becomes of its entry."""

import time
from collections.abc import AsyncIterator, Iterable, Sequence
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response, TextResponse
from twisted.python.failure import Failure

from archive.errors import CollectionError
from archive.exchange import Origin, Purpose
from crawler import discover
from crawler.entry import Entry
from crawler.robots import RobotsNotes
from crawler.run import CrawlRun

_REDIRECTS = (301, 302, 303, 307, 308)
_NOT_MODIFIED = 304
_AGAIN = (408, 429, 500, 502, 503, 504, 520, 521, 522, 524)
#: "Too many requests" and "unavailable" are said to a client, not of a page: its host is left alone for a while.
_SLOW_DOWN = (429, 503)
_MOST_HOPS = 10
#: Seconds that a server's Retry-After is believed.
_LONGEST_WAIT = 86_400.0
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
        try:
            self._handle(entry, response)
        except Exception as error:
            # The boundary: whatever a page does to a parser costs that page. It is captured already.
            self._give_up(entry, f"reading it failed: {type(error).__name__}: {error}"[:500], response.status)
            self.logger.exception("reading %s failed", response.url)
        return ()

    def _handle(self, entry: Entry, response: Response) -> None:
        if response.status in _REDIRECTS and "Location" in response.headers:
            self._redirect(entry, response)
        elif response.status in _AGAIN:
            self._try_again(entry, f"HTTP {response.status}", response)
        elif 200 <= response.status < 300:
            whole = self._read(entry, response)
            self._done(entry, response, whole=whole)
        elif response.status == _NOT_MODIFIED:
            self.run.unchanged(entry, response.url)
            self._done(entry, response)
        else:
            self._give_up(entry, f"HTTP {response.status}", response.status)

    def fail(self, failure: Failure) -> None:
        """No answer."""
        entry: Entry = failure.request.meta["entry"]  # type: ignore[attr-defined]
        self.run.ended(entry)
        if isinstance(failure.value, CollectionError):
            return  # The run stops. The entry stays leased, and so the next run's.
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
        elif not self.run.follow(entry, target):
            self._give_up(entry, f"redirected in a loop, to {target[:200]}", response.status)
        else:
            self._done(entry, response)

    def _try_again(self, entry: Entry, reason: str, response: Response | None) -> None:
        status = response.status if response is not None else None
        tries = self.run.plan.options.tries
        if entry.attempts + 1 >= tries:
            self._give_up(entry, f"{reason} ({tries} tries)" if tries > 1 else reason, status)
            return
        asked = retry_after(response) if response is not None else None
        due = time.time() + (asked or _WAITS[min(entry.attempts, len(_WAITS) - 1)])
        self.run.frontier.again(entry, reason, due=due)
        if asked or status in _SLOW_DOWN:
            self.run.frontier.pause(entry.host, due)

    def _give_up(self, entry: Entry, reason: str, status: int | None) -> None:
        self.run.counts["failed"] += 1
        self.run.discovery.failed(entry, reason)
        self.run.frontier.failed(entry, reason, status=status, now=time.time())

    def _done(self, entry: Entry, response: Response, *, whole: bool = True) -> None:
        """A list that was not taken from as a whole is asked for without conditions the next time."""
        self.run.frontier.done(
            entry,
            status=response.status,
            etag=_text(response.headers.get("ETag")) if whole else "",
            last_modified=_text(response.headers.get("Last-Modified")) if whole else "",
            now=time.time(),
        )

    def _read(self, entry: Entry, response: Response) -> bool:
        """Do with an answer what it was asked for; False if links were left out that a later run may want."""
        match entry.origin.purpose:
            case Purpose.ARTICLE:
                self._article(response)
            case Purpose.FEED:
                return self._feed(entry, response)
            case Purpose.SITEMAP:
                return self._sitemap(entry, response)
            case Purpose.SECTION:
                return self._section(entry, response)
        return True

    def _article(self, response: Response) -> None:
        kind = (_text(response.headers.get("Content-Type")) or "").partition(";")[0].strip().lower()
        if kind in _HTML:
            self.run.captured(response.meta["written"])
        else:
            self.run.counts["not_html"] += 1
            self.run.note(response.url, f"captured, but it is {kind[:80]} and not HTML: no record is made of it")

    def _feed(self, entry: Entry, response: Response) -> bool:
        self.run.counts["feeds"] += 1
        return self._take(entry, discover.links_of_feed(response.body, response.url))

    def _sitemap(self, entry: Entry, response: Response) -> bool:
        self.run.counts["sitemaps"] += 1
        sitemap = discover.links_of_sitemap(response.body, response.url)
        timely = [self.run.add_sitemap(found, entry.site) for found in sitemap.sitemaps]
        return self._take(entry, sitemap.pages, lists=len(sitemap.sitemaps)) and all(timely)

    def _section(self, entry: Entry, response: Response) -> bool:
        self.run.counts["sections"] += 1
        if not isinstance(response, TextResponse):
            return True
        site = self.run.plan.site(entry.site)
        page = discover.ListPage(response.text, response.url)
        if not site.discover.names_lists() and self._searches(entry, response, page):
            return True
        section = discover.section_of(site, entry.origin, entry.url)
        if section and (following := discover.following(section, page, entry.origin, entry.url)):
            self.run.add_list(following, entry.site)
        return self._take(entry, page.links(section), listed=bool(section and section.links))

    def _searches(self, entry: Entry, response: Response, page: discover.ListPage) -> bool:
        """Queue the feeds and sitemaps that a home page and its robots.txt name; whether there are any."""
        robots = self.crawler.get_downloader_middleware(RobotsNotes)
        sitemaps = robots.sitemaps(response.url) if robots else []
        named = [
            *(discover.Found(url, Origin(Purpose.FEED, "link", response.url)) for url in page.feeds()),
            *(discover.Found(url, Origin(Purpose.SITEMAP, "robots", response.url)) for url in sitemaps),
        ]
        for found in named:
            self.run.add_list(found, entry.site)
        if named:
            self.run.discovery.read(entry, lists=len(named))
        return bool(named)

    def _take(self, entry: Entry, found: Sequence[discover.Found], *, listed: bool = True, lists: int = 0) -> bool:
        """Queue the articles among the links; whether all of them are within the dates asked for."""
        chosen = discover.choose(found, self.run.plan.site(entry.site), listed=listed)
        for url, reason in chosen.refused:
            self.run.discovery.skip(url, reason)
        before = self.run.counts["new"]
        timely = [self.run.add(link, entry.site) for link in chosen.articles]
        new = self.run.counts["new"] - before
        self.run.discovery.read(entry, links=len(found), articles=len(chosen.articles), new=new, lists=lists)
        return all(timely)


def _text(value: bytes | None) -> str | None:
    return value.decode("latin-1") if value else None


def retry_after(response: Response) -> float | None:
    """Seconds that the server asks to wait (RFC 9110, section 10.2.3): a number or a date."""
    said = _text(response.headers.get("Retry-After"))
    if not said:
        return None
    if said.strip().isdigit():
        return min(float(said), _LONGEST_WAIT)
    try:
        return min(max(0.0, parsedate_to_datetime(said).timestamp() - time.time()), _LONGEST_WAIT)
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
    }
    if "DOWNLOAD_MAXSIZE" in text:
        return "the page is larger than the limit; what came is captured, no record is made of it"
    if name == "IgnoreRequest":
        return "robots.txt forbids it" if text == "Forbidden by robots.txt" else text
    return plain.get(name) or f"{name}: {text[:300]}"
