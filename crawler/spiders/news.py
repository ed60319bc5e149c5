"""One spider drives every site: lists lead to articles, and every answer says what becomes of its entry."""

import time
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any
from urllib.parse import urljoin

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response, TextResponse
from twisted.python.failure import Failure

from archive.errors import CollectionError
from archive.exchange import Capture, Origin, Purpose
from archive.extraction.obstacles import Obstacle, obstacle_of
from archive.logins import without_login
from archive.sites import Site
from crawler import discover
from crawler.frontier.entry import INSTEAD, Entry
from crawler.run.crawl_run import CrawlRun
from crawler.spiders.faults import fault_of
from crawler.spiders.patience import retry_after
from crawler.spiders.robots import RobotsNotes

_REDIRECTS = (301, 302, 303, 307, 308)
_NOT_MODIFIED = 304
_GONE = (404, 410)
_AGAIN = (408, 429, 500, 502, 503, 504, 520, 521, 522, 524)
#: "Too many requests" and "unavailable" are said to a client, not of a page: its host is left alone for a while.
_SLOW_DOWN = (429, 503)
_MOST_HOPS = 10
#: Seconds before the second try and before each further one, unless the server says how long (Retry-After).
_WAITS = (5.0, 30.0)
_HTML = ("text/html", "application/xhtml+xml", "")
#: Headers that tell an obstacle.
_TELLING = ("Content-Type", "cf-mitigated", "x-amzn-waf-action")
#: What stands in the way for good in this run; a rate limit is kept to and asked again.
_INSTEAD = {
    Obstacle.CAPTCHA: "a test for robots",
    Obstacle.CONSENT_WALL: "a consent wall",
    Obstacle.REFUSED: "a refusal",
}


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
            # What other hosts refuse of a page's pictures says nothing of the site.
            is_requisite = entry.origin.purpose is Purpose.REQUISITE
            obstacle = None if is_requisite else _obstacle(response)
            refused = [] if is_requisite else self.run.tallies[entry.site].answered(entry, response.status, obstacle)
            self._handle(entry, response, obstacle)
            if refused:
                self.run.stop(entry.site, refused, _blocks(refused, obstacle, response.status))
        except Exception as error:
            # The boundary: whatever a page does to a parser costs that page. It is captured already.
            reason = f"reading it failed: {type(error).__name__}: {error}"[:500]
            self._give_up(entry, reason, response.status, kind="unreadable")
            self.logger.exception("reading %s failed", response.url)
        return ()

    def _handle(self, entry: Entry, response: Response, obstacle: Obstacle | None) -> None:
        if obstacle in _INSTEAD and (obstacle is not Obstacle.REFUSED or response.status < 400):
            self._hindered(entry, response, obstacle)
        elif response.status in _REDIRECTS and "Location" in response.headers:
            self._redirect(entry, response)
        elif response.status in _AGAIN:
            self._try_again(entry, f"HTTP {response.status}", response)
        elif 200 <= response.status < 300:
            whole = self._read(entry, response)
            self._done(entry, response, whole=whole)
        elif response.status == _NOT_MODIFIED:
            self.run.unchanged(entry, response.url)
            self._done(entry, response)
        elif response.status in _GONE and entry.origin.purpose is Purpose.ARTICLE:
            self._gone(entry, response.status)
        else:
            self._give_up(entry, f"HTTP {response.status}", response.status)

    def fail(self, failure: Failure) -> None:
        """No answer."""
        entry: Entry = failure.request.meta["entry"]  # type: ignore[attr-defined]
        self.run.ended(entry)
        if isinstance(failure.value, CollectionError):
            return  # The run stops. The entry stays leased, and so the next run's.
        fault = fault_of(failure)
        if isinstance(failure.value, IgnoreRequest) or getattr(failure.value, "final", False):
            self._give_up(entry, fault.sentence, None, kind=fault.kind)
        else:
            self._try_again(entry, fault.sentence, None, kind=fault.kind)

    def _hindered(self, entry: Entry, response: Response, obstacle: Obstacle) -> None:
        """Something else came than the page; it is captured. A later run asks once more."""
        if entry.origin.purpose is Purpose.ARTICLE and 200 <= response.status < 300:
            self.run.record(response.meta["written"], entry.site)
        what = f"{_INSTEAD[obstacle]} {INSTEAD} (HTTP {response.status})"
        self._give_up(entry, what, None, kind=obstacle.value)

    def _redirect(self, entry: Entry, response: Response) -> None:
        location = urljoin(response.url, (_text(response.headers["Location"]) or "").strip())
        target = without_login(location).partition("#")[0]
        if entry.hops >= _MOST_HOPS:
            self._astray(entry, f"redirected more than {_MOST_HOPS} times, last to {target[:200]}", response)
        elif not discover.is_web(target):
            self._astray(entry, f"redirected to {target[:200]}, which is not http or https", response)
        elif not self.run.follow(entry, target):
            self._astray(entry, f"redirected in a loop, to {target[:200]}", response)
        else:
            self._done(entry, response)

    def _astray(self, entry: Entry, reason: str, response: Response) -> None:
        self._give_up(entry, reason, response.status, kind="redirect")

    def _try_again(self, entry: Entry, reason: str, response: Response | None, kind: str = "") -> None:
        status = response.status if response is not None else None
        asked = retry_after(response) if response is not None else None
        due = time.time() + (asked or _WAITS[min(entry.attempts, len(_WAITS) - 1)])
        tries = self.run.plan.options.tries
        last = entry.attempts + 1 >= tries
        if last:
            self._give_up(entry, f"{reason} ({tries} tries)" if tries > 1 else reason, status, kind=kind)
        else:
            self.run.frontier.again(entry, reason, due=due)
        if asked or (status in _SLOW_DOWN and not last):
            # What the host asked for holds for its other pages and for later runs, and so after the last try as well.
            self.run.frontier.pause(entry.host, due)
            if entry.origin.purpose is not Purpose.REQUISITE:
                self.run.tallies[entry.site].waits_until = due

    def _give_up(self, entry: Entry, reason: str, status: int | None, *, kind: str = "") -> None:
        if entry.origin.purpose is Purpose.REQUISITE:
            self.run.counts["requisites_failed"] += 1
        else:
            self.run.counts["failed"] += 1
            self.run.tallies[entry.site].failed(entry, kind or f"http_{status}")
            self.run.discovery.failed(entry, reason)
            if entry.origin.purpose is Purpose.SECTION and not self.run.plan.site(entry.site).discover.names_lists():
                # A home page that cannot be read does not hide what robots.txt names.
                self._queue(self._sitemaps(entry.url), entry)
        self.run.frontier.failed(entry, reason, status=status, now=time.time())

    def _gone(self, entry: Entry, status: int) -> None:
        self.run.counts["failed"] += 1
        self.run.counts["gone"] += 1
        tally = self.run.tallies[entry.site]
        tally.counts["gone"] += 1
        if entry.captured is None:
            # That a captured article is taken away is the site's affair, and no failure of the crawl.
            tally.failed(entry, f"http_{status}")
        self.run.frontier.gone(entry, f"HTTP {status}", status=status, now=time.time())

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
                self._article(entry, response)
                self.run.need(_capture(entry, response), entry)
            case Purpose.FEED:
                return self._feed(entry, response)
            case Purpose.SITEMAP:
                return self._sitemap(entry, response)
            case Purpose.SECTION:
                return self._section(entry, response)
            case Purpose.REQUISITE:
                self.run.counts["requisites"] += 1
                self.run.need(_capture(entry, response), entry)
        return True

    def _article(self, entry: Entry, response: Response) -> None:
        kind = (_text(response.headers.get("Content-Type")) or "").partition(";")[0].strip().lower()
        if kind in _HTML:
            self.run.captured(response.meta["written"], entry)
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
        feeds = [discover.Found(url, Origin(Purpose.FEED, "link", response.url)) for url in page.feeds()]
        named = [*feeds, *self._sitemaps(response.url)]
        self._queue(named, entry)
        if named:
            self.run.read(entry, lists=len(named))
        return bool(named)

    def _sitemaps(self, url: str) -> list[discover.Found]:
        robots = self.crawler.get_downloader_middleware(RobotsNotes)
        named = robots.sitemaps(url) if robots else []
        return [discover.Found(sitemap, Origin(Purpose.SITEMAP, "robots", url)) for sitemap in named]

    def _queue(self, lists: Iterable[discover.Found], entry: Entry) -> None:
        for found in lists:
            self.run.add_list(found, entry.site)

    def _take(self, entry: Entry, found: Sequence[discover.Found], *, listed: bool = True, lists: int = 0) -> bool:
        """Queue the articles among the links; whether all of them are within the dates asked for."""
        site = self.run.plan.site(entry.site)
        chosen = discover.choose(found, site, listed=listed)
        for url, reason in chosen.refused:
            self.run.discovery.skip(url, reason)
        before = self.run.counts["new"]
        timely = [self.run.add(link, entry.site) for link in chosen.articles if self._allows(link.url, site)]
        new = self.run.counts["new"] - before
        self.run.read(entry, links=len(found), articles=len(chosen.articles), new=new, lists=lists)
        return all(timely)

    def _allows(self, url: str, site: Site) -> bool:
        """Whether robots.txt, as far as it has been read, lets an article be fetched. A crawl finds out as it asks;
        where only lists are read, this tells it."""
        robots = self.crawler.get_downloader_middleware(RobotsNotes)
        if not self.run.plan.lists_only or not site.crawl.obey_robots or robots is None or robots.allows(url):
            return True
        self.run.discovery.skip(url, "robots.txt forbids it")
        return False


def _capture(entry: Entry, response: Response) -> Capture:
    """The answer as it will be read back from the archive, as far as it matters for what it needs."""
    kind = _text(response.headers.get("Content-Type")) or ""
    return Capture(response.url, response.body, response.status, (("Content-Type", kind),), origin=entry.origin)


def _text(value: bytes | None) -> str | None:
    return value.decode("latin-1") if value else None


def _obstacle(response: Response) -> Obstacle | None:
    headers = [(name, _text(response.headers[name]) or "") for name in _TELLING if name in response.headers]
    return obstacle_of(response.status, headers, response.body, response.url)


def _blocks(refused: Sequence[Entry], obstacle: Obstacle | None, status: int) -> str:
    last = _INSTEAD[obstacle] + f" (HTTP {status})" if obstacle in _INSTEAD else f"HTTP {status}"
    return (
        f"it blocks: {len(refused)} requests in a row were refused, the last with {last}. "
        "It was left alone from then on"
    )
