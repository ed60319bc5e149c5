"""Scrapy's scheduler over the frontier: requests come from the table, and go back to it only as entries."""

from typing import Self
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler

from archive.collection.failure import Failed, FailureKind
from archive.exchange import Purpose
from crawler.discover.web_url import web_url
from crawler.frontier.entry import Entry
from crawler.requisites import LARGEST
from crawler.run.crawl_run import CrawlRun

#: Seconds that a run waits for a URL that is to be tried again; what is due later is left to the next run.
PATIENCE = 90.0


class FrontierScheduler(BaseScheduler):
    """Leases entries to the engine. The spider says what became of them."""

    def __init__(self, run: CrawlRun) -> None:
        self._run = run
        self._spider: Spider | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Built by Scrapy."""
        return cls(CrawlRun.of(crawler))

    def open(self, spider: Spider) -> None:
        """The crawl begins."""
        self._spider = spider

    def has_pending_requests(self) -> bool:
        """Whether anything is due soon."""
        return self._run.leases.has_more(PATIENCE)

    def enqueue_request(self, request: Request) -> bool:
        """Requests that do not come from the frontier are not taken: the spider adds entries instead."""
        return "entry" in request.meta

    def next_request(self) -> Request | None:
        """Lease the next entry."""
        while entry := self._run.leases.next():
            try:
                return self._request(entry)
            except ValueError:
                # What an earlier version took up. It is given back, or its host would wait for it for ever.
                self._run.leases.ended(entry)
                self._run.frontier.failed(entry, Failed(FailureKind.ADDRESS), now=self._run.frontier.now())
        return None

    def _request(self, entry: Entry) -> Request:
        assert self._spider is not None  # noqa: S101 - Scrapy opens a scheduler before it asks
        url = web_url(entry.url)
        if url is None:
            raise ValueError(entry.url)
        request = Request(
            url,
            callback=self._spider.handle,  # type: ignore[attr-defined]
            errback=self._spider.fail,  # type: ignore[attr-defined]
            dont_filter=True,
            meta={
                "entry": entry,
                "site": entry.site,
                "origin": entry.origin,
                **({"download_maxsize": LARGEST} if entry.origin.purpose is Purpose.REQUISITE else {}),
                # Every hop is an entry of its own, and so is every further try.
                # It was brought into the form that browsers ask for, and stays so.
                "verbatim_url": True,
                "dont_redirect": True,
                "dont_retry": True,
                "handle_httpstatus_all": True,
            },
        )
        # What a page's answer is says nothing of what a browser makes of it.
        is_conditional = entry.origin.purpose is not Purpose.ARTICLE or self._run.plan.browser(entry.site) is None
        request.headers.update(_conditions(entry) if is_conditional else {})
        permitted(request, entry.site, self._run)
        if self._run.leads.keeps_cookies(entry.site):
            self._run.cookies.give(entry.site, request)
        return request


def permitted(request: Request, domain: str, run: CrawlRun) -> Request:
    """Give a request what the site's file says of it, by the URL as it will be asked for."""
    plan, url = run.plan, request.url
    reach, headers = plan.reach(domain), run.headers(domain)
    request.headers.update(headers.of(url, reach))
    request.meta["strict_tls"] = plan.site(domain).crawl.certificates == "refuse"
    request.meta["hidden"] = headers.hidden
    request.meta["before_sending"] = run.frontier.before_sending(urlsplit(url).netloc.lower())
    request.meta["allow_private"] = run.permits.allows(domain, url)
    request.meta["dont_obey_robotstxt"] = reach.holds(url) and not plan.site(domain).crawl.obey_robots
    return request


def _conditions(entry: Entry) -> dict[str, str]:
    """What makes a request conditional (RFC 9110, section 13.1)."""
    conditions = {"If-None-Match": entry.etag, "If-Modified-Since": entry.last_modified}
    return {name: value for name, value in conditions.items() if value}
