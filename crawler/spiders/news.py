"""One spider drives every site: lists lead to articles, and every answer says what becomes of its entry."""

import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure

from archive.collection.failure import MOST_HOPS, SILENT, WALLS, Failed, FailureKind
from archive.errors import CollectionError
from archive.exchange import Capture, Completeness, Kind, Origin, Purpose
from archive.extraction.charset import decode
from archive.pipeline.media_type import HTML, medium_of
from archive.sites import Site
from archive.sites.logins import without_login
from archive.telling.kinds import SkipKind, Skipped
from crawler import discover
from crawler.discover.web_url import web_url
from crawler.frontier.entry import Entry
from crawler.frontier.renewal import MOST_RUNS
from crawler.run.crawl_run import CrawlRun, KeptExchange
from crawler.spiders.faults import blocks, fault_of, location_of, refreshed, retry_after
from crawler.spiders.robots import RobotsNotes

#: "Too many requests" and "unavailable" are said to a client, not of a page: its host is left alone for a while.
_SLOW_DOWN = (429, 503)
#: Seconds before the second try and before each further one, unless the server says how long (Retry-After).
_WAITS = (5.0, 30.0)
#: What a page is asked for as that may send its reader on by itself.
_SENDING_ON = (Purpose.ARTICLE, Purpose.SECTION)
#: What is called HTML and is not, in words.
_MEDIA = {Kind.PDF: "a PDF document", Kind.IMAGE: "an image"}


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
        """An answer of any status. What Scrapy made of it does not matter: it is judged as the archive holds it."""
        entry: Entry = response.meta["entry"]
        if response.request and self.run.leads.keeps_cookies(entry.site):
            self.run.cookies.take(entry.site, response, response.request)
        self._take(entry, response.meta["kept"])
        return ()

    def fail(self, failure: Failure) -> None:
        """No answer, or none that Scrapy could read."""
        request: Request = failure.request  # type: ignore[attr-defined]
        entry: Entry = request.meta["entry"]
        kept: KeptExchange | None = request.meta.get("kept")
        if isinstance(failure.value, CollectionError):
            self.run.leases.ended(entry)
            return  # The run stops. The entry stays leased, and so the next run's.
        if kept and kept.capture.status and kept.capture.completeness is Completeness.WHOLE:
            self._take(entry, kept)
            return
        with self._ending(entry, kept):
            fault = fault_of(failure, kept.capture if kept else None)
            if fault.kind in SILENT and not isinstance(failure.value, IgnoreRequest):
                self.run.unanswered(entry, fault)
            if fault.passes and not isinstance(failure.value, IgnoreRequest):
                self._try_again(entry, fault, None)
            else:
                self._give_up(entry, fault)

    @contextmanager
    def _ending(self, entry: Entry, kept: KeptExchange | None) -> Iterator[None]:
        """The boundary: whatever a page does to a parser costs that page, which is captured already. In any case the
        entry is given back, or the crawl would wait for it for ever."""
        self.run.leases.ended(entry)
        try:
            yield
        except Exception:
            self.logger.exception("reading %s failed", entry.url)
            why = Failed(FailureKind.UNREADABLE, kept.capture.status if kept else None, "the log of the run says how")
            self._count_failed(entry, why)
        finally:
            self.run.frontier.hosts.back(entry, time.time())

    def _take(self, entry: Entry, kept: KeptExchange) -> None:
        capture = kept.capture
        self.run.answered(entry)
        with self._ending(entry, kept):
            # What other hosts refuse of a page's pictures says nothing of the site.
            is_requisite = entry.origin.purpose is Purpose.REQUISITE
            obstacle = None if is_requisite else capture.obstacle
            refused = (
                [] if is_requisite else self.run.account.tallies[entry.site].answered(entry, capture.status, obstacle)
            )
            self._handle(entry, kept)
            if refused:
                self.run.stop(entry.site, refused, blocks(refused, obstacle, capture.status))

    def _handle(self, entry: Entry, kept: KeptExchange) -> None:
        capture, kind = kept.capture, kept.capture.kind
        failed = Failed.of_status(capture.status)
        if kind in WALLS and (kind is not Kind.REFUSED or capture.status < 400):
            # What stands in the way for good in this run; a rate limit is kept to and asked again.
            self._give_up(entry, Failed(FailureKind(kind), capture.status))
        elif kind is Kind.REDIRECT:
            self._redirect(entry, capture, location_of(capture))
        elif failed.passes:
            self._try_again(entry, failed, capture)
        elif 200 <= capture.status < 300:
            whole = self._read(entry, kept)
            if entry.origin.purpose in _SENDING_ON and capture.mime in HTML and (target := refreshed(capture)):
                self._redirect(entry, capture, target)
            else:
                self._done(entry, capture, whole=whole)
        elif kind is Kind.NOT_MODIFIED and not (entry.etag or entry.last_modified):
            self._give_up(entry, Failed(FailureKind.NOT_ASKED, capture.status))
        elif kind is Kind.NOT_MODIFIED:
            self.run.leads.unchanged(entry, capture.url)
            self._done(entry, capture)
        elif kind is Kind.NOT_FOUND and entry.origin.purpose is Purpose.ARTICLE:
            self._gone(entry, failed)
        else:
            self._give_up(entry, failed)

    def _redirect(self, entry: Entry, capture: Capture, said: str) -> None:
        target = web_url(said, capture.url)
        if target is None:
            self._give_up(entry, Failed(FailureKind.REDIRECT, capture.status, without_login(said)[:200]))
        elif entry.hops >= MOST_HOPS:
            self._give_up(entry, Failed(FailureKind.REDIRECT_LIMIT, capture.status, target[:200]))
        elif self.run.leads.follow(entry, target):
            self._done(entry, capture)
        elif self.run.leads.waits_for_cookie(entry, target):
            self._done(entry, capture)
            self.run.leads.ask_once_more(target)
        else:
            self._give_up(entry, Failed(FailureKind.REDIRECT_LOOP, capture.status, target[:200]))

    def _try_again(self, entry: Entry, why: Failed, capture: Capture | None) -> None:
        asked = retry_after(capture) if capture else None
        due = time.time() + (asked or _WAITS[min(entry.attempts, len(_WAITS) - 1)])
        last = entry.attempts + 1 >= self.run.plan.options.tries
        if last:
            self._give_up(entry, why)
        else:
            self.run.frontier.again(entry, why, due=due)
        if asked or (why.status in _SLOW_DOWN and not last):
            # What the host asked for holds for its other pages and for later runs, and so after the last try as well.
            self.run.frontier.pause(entry.host, due)
            if entry.origin.purpose is not Purpose.REQUISITE:
                self.run.account.tallies[entry.site].waits_until = due

    def _give_up(self, entry: Entry, why: Failed) -> None:
        self._count_failed(entry, why)
        if entry.origin.purpose is Purpose.SECTION and not self.run.plan.site(entry.site).discover.names_lists():
            # A home page that cannot be read does not hide what robots.txt names.
            self._queue(self._sitemaps(entry.url), entry)

    def _count_failed(self, entry: Entry, why: Failed) -> None:
        """Nothing in here can fail itself but the disk."""
        self.run.frontier.failed(entry, why, now=time.time())
        if entry.origin.purpose is Purpose.REQUISITE:
            self.run.account.counts["requisites_failed"] += 1
            return
        self.run.account.counts["failed"] += 1
        self.run.account.tallies[entry.site].failed(entry, why)
        self.run.account.discovery.failed(entry, replace(why, tries=entry.attempts + 1))
        if entry.runs + 1 >= MOST_RUNS and entry.origin.purpose is Purpose.ARTICLE:
            said = f"it failed in {MOST_RUNS} runs in a row and is not asked for any more"
            self.run.account.note(entry.url, f"{said}: {why.sentence}")

    def _gone(self, entry: Entry, why: Failed) -> None:
        self.run.account.counts["failed"] += 1
        self.run.account.counts["gone"] += 1
        tally = self.run.account.tallies[entry.site]
        tally.counts["gone"] += 1
        if entry.captured is None:
            # That a captured article is taken away is the site's affair, and no failure of the crawl.
            tally.failed(entry, why)
        self.run.frontier.gone(entry, why, now=time.time())

    def _done(self, entry: Entry, capture: Capture, *, whole: bool = True) -> None:
        """A list that was not taken from as a whole is asked for without conditions the next time."""
        self.run.frontier.done(
            entry,
            status=capture.status,
            etag=capture.header("ETag") if whole else "",
            last_modified=capture.header("Last-Modified") if whole else "",
            now=time.time(),
        )

    def _read(self, entry: Entry, kept: KeptExchange) -> bool:
        """Do with an answer what it was asked for; False if links were left out that a later run may want."""
        match entry.origin.purpose:
            case Purpose.ARTICLE:
                self._article(entry, kept)
            case Purpose.FEED:
                return self._feed(entry, kept.capture)
            case Purpose.SITEMAP:
                return self._sitemap(entry, kept.capture)
            case Purpose.SECTION:
                return self._section(entry, kept.capture)
            case Purpose.REQUISITE:
                self.run.account.counts["requisites"] += 1
                self.run.leads.need(kept.capture, entry)
        return True

    def _article(self, entry: Entry, kept: KeptExchange) -> None:
        capture = kept.capture
        if capture.has_record:
            self.run.account.captured(entry, repeated=kept.written.revisit)
            self.run.leads.need(capture, entry)
        else:
            self.run.account.counts["not_html"] += 1
            what = capture.mime if capture.mime not in HTML else _MEDIA.get(capture.kind, "data")
            self.run.account.note(capture.url, f"captured, but it is {what[:80]} and not HTML: no record is made of it")

    def _feed(self, entry: Entry, capture: Capture) -> bool:
        self.run.account.counts["feeds"] += 1
        return self._queue_articles(entry, discover.links_of_feed(capture.body, capture.url))

    def _sitemap(self, entry: Entry, capture: Capture) -> bool:
        self.run.account.counts["sitemaps"] += 1
        sitemap = discover.links_of_sitemap(capture.body, capture.url)
        timely = [self.run.leads.add_sitemap(found, entry) for found in sitemap.sitemaps]
        return self._queue_articles(entry, sitemap.pages, lists=len(sitemap.sitemaps)) and all(timely)

    def _section(self, entry: Entry, capture: Capture) -> bool:
        self.run.account.counts["sections"] += 1
        if medium_of(capture.body, capture.mime):
            return True
        site = self.run.plan.site(entry.site)
        page = discover.ListPage(decode(capture.body, capture.header("Content-Type"))[0], capture.url)
        if not site.discover.names_lists() and self._searches(entry, capture, page):
            return True
        section = discover.section_of(site, entry.origin, entry.url)
        if section and (following := discover.following(section, page, entry.origin, entry.url)):
            self.run.leads.add_list(following, entry)
        return self._queue_articles(entry, page.links(section), listed=bool(section and section.links))

    def _searches(self, entry: Entry, capture: Capture, page: discover.ListPage) -> bool:
        """Queue the feeds and sitemaps that a home page and its robots.txt name; whether there are any."""
        feeds = [discover.Found(url, Origin(Purpose.FEED, "link", capture.url)) for url in page.feeds()]
        named = [*feeds, *self._sitemaps(capture.url)]
        self._queue(named, entry)
        if named:
            self.run.account.read(entry, lists=len(named))
        return bool(named)

    def _sitemaps(self, url: str) -> list[discover.Found]:
        robots = self.crawler.get_downloader_middleware(RobotsNotes)
        named = robots.sitemaps(url) if robots else []
        return [discover.Found(sitemap, Origin(Purpose.SITEMAP, "robots", url)) for sitemap in named]

    def _queue(self, lists: Iterable[discover.Found], entry: Entry) -> None:
        for found in lists:
            self.run.leads.add_list(found, entry)

    def _queue_articles(
        self, entry: Entry, found: Sequence[discover.Found], *, listed: bool = True, lists: int = 0
    ) -> bool:
        """Queue the articles among the links; whether all of them are within the dates asked for."""
        site = self.run.plan.site(entry.site)
        chosen = discover.choose(found, site, listed=listed)
        for url, reason in chosen.refused:
            self.run.account.discovery.skip(url, reason)
        before = self.run.account.counts["new"]
        timely = [self.run.leads.add(link, entry.site) for link in chosen.articles if self._allows(link.url, site)]
        new = self.run.account.counts["new"] - before
        self.run.account.read(entry, links=len(found), articles=len(chosen.articles), new=new, lists=lists)
        return all(timely)

    def _allows(self, url: str, site: Site) -> bool:
        """Whether robots.txt, as far as it has been read, lets an article be fetched. A crawl finds out as it asks;
        where only lists are read, this tells it."""
        robots = self.crawler.get_downloader_middleware(RobotsNotes)
        if not self.run.plan.lists_only or not site.crawl.obey_robots or robots is None or robots.allows(url):
            return True
        self.run.account.discovery.skip(url, Skipped(SkipKind.ROBOTS, "robots.txt forbids it"))
        return False
