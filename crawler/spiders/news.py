"""One spider drives every site: lists lead to articles, and every answer says what becomes of its entry."""

from collections.abc import AsyncIterator, Iterable, Iterator
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
from archive.exchange import Capture, Completeness, Kind, Purpose
from archive.extraction.story_pages import WHOLE
from archive.pipeline.judgement import HTML
from archive.sites.logins import without_login
from crawler.discover.web_url import web_url
from crawler.frontier.entry import Entry
from crawler.frontier.renewal import MOST_RUNS
from crawler.frontier.store import HostLostError
from crawler.run.crawl_run import CrawlRun, KeptExchange
from crawler.spiders.faults import blocks, fault_of, location_of, refreshed, retry_after
from crawler.spiders.lists import GUESSED, Lists
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
        spider.lists = Lists(spider.run, lambda: crawler.get_downloader_middleware(RobotsNotes))
        return spider

    run: CrawlRun
    lists: Lists

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
        if isinstance(failure.value, HostLostError):
            self.run.leases.ended(entry)
            self.run.frontier.hosts.back(entry, self.run.frontier.now())
            return  # Whoever has the host asks for it.
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
            self.run.frontier.hosts.back(entry, self.run.frontier.now())

    def _take(self, entry: Entry, kept: KeptExchange) -> None:
        capture = kept.capture
        self.run.answered(entry)
        with self._ending(entry, kept):
            # What other hosts refuse of a page's pictures says nothing of the site.
            is_extra = entry.origin.purpose.is_extra
            obstacle = None if is_extra else capture.obstacle
            refused = [] if is_extra else self.run.account.tallies[entry.site].answered(entry, capture.status, obstacle)
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
            read = self._read(entry, kept)
            if entry.origin.purpose in _SENDING_ON and capture.mime in HTML and (target := refreshed(capture)):
                self._redirect(entry, capture, target)
            elif isinstance(read, Failed):
                self._give_up(entry, read)
            else:
                self._done(entry, capture, whole=read)
        elif kind is Kind.NOT_MODIFIED and not (entry.etag or entry.last_modified):
            self._give_up(entry, Failed(FailureKind.NOT_ASKED, capture.status))
        elif kind is Kind.NOT_MODIFIED:
            self.run.leads.unchanged(entry, capture.url)
            self.lists.unchanged(entry)
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
        due = self.run.frontier.now() + (asked or _WAITS[min(entry.attempts, len(_WAITS) - 1)])
        last = entry.attempts + 1 >= self.run.plan.options.tries
        if last:
            self._give_up(entry, why)
        else:
            self.run.frontier.again(entry, why, due=due)
        if asked or (why.status in _SLOW_DOWN and not last):
            # What the host asked for holds for its other pages and for later runs, and so after the last try as well.
            self.run.frontier.pause(entry.host, due)
            if not entry.origin.purpose.is_extra:
                self.run.account.tallies[entry.site].waits_until = due

    def _give_up(self, entry: Entry, why: Failed) -> None:
        if entry.origin.found_in == GUESSED:
            self.run.frontier.done(
                entry, status=why.status or 0, etag="", last_modified="", now=self.run.frontier.now()
            )
        else:
            self._count_failed(entry, why)
        if entry.origin.page == WHOLE and (first := self.run.holdings.captured(entry.origin)):
            # The view of all pages cannot be had: page by page, then.
            self.run.leads.turn_page(first, entry, single=False)
        if not entry.origin.purpose.is_extra:
            self.lists.failed(entry)

    def _count_failed(self, entry: Entry, why: Failed) -> None:
        """Nothing in here can fail itself but the disk."""
        self.run.frontier.failed(entry, why, now=self.run.frontier.now())
        if entry.origin.purpose.is_extra:
            self.run.account.counts[f"{entry.origin.purpose}s_failed"] += 1
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
        self.run.frontier.gone(entry, why, now=self.run.frontier.now())

    def _done(self, entry: Entry, capture: Capture, *, whole: bool = True) -> None:
        """A list that was not taken from as a whole is asked for without conditions the next time."""
        self.run.frontier.done(
            entry,
            status=capture.status,
            etag=capture.header("ETag") if whole else "",
            last_modified=capture.header("Last-Modified") if whole else "",
            now=self.run.frontier.now(),
        )

    def _read(self, entry: Entry, kept: KeptExchange) -> bool | Failed:
        """Do with an answer what it was asked for; False if links were left out that a later run may want, why if it
        is not what was asked for."""
        match entry.origin.purpose:
            case Purpose.ARTICLE | Purpose.PAGE:
                self._article(entry, kept)
            case Purpose.REQUISITE | Purpose.DOCUMENT as extra:
                self.run.account.counts[f"{extra}s"] += 1
                self.run.leads.need(kept.capture, entry)
            case _:
                return self.lists.read(entry, kept.capture)
        return True

    def _article(self, entry: Entry, kept: KeptExchange) -> None:
        capture = kept.capture
        if capture.has_record:
            if entry.origin.purpose is Purpose.PAGE:
                self.run.account.counts["pages"] += 1
            else:
                self.run.account.captured(entry, repeated=kept.written.revisit)
            if not kept.written.revisit:
                self.run.leads.turn_page(capture, entry)
            self.run.leads.need(capture, entry)
        else:
            self.run.account.counts["not_html"] += 1
            what = capture.mime if capture.mime not in HTML else _MEDIA.get(capture.kind, "data")
            self.run.account.note(capture.url, f"captured, but it is {what[:80]} and not HTML: no record is made of it")
