"""What robots.txt asks for, beyond Scrapy's own check: crawl-delay, sitemaps, and answers that are no rules.

Also the only place that sets how fast a host is asked.
"""

from dataclasses import replace
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    IgnoreRequest,
)
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from twisted.python.failure import Failure

from archive.exchange import Origin, Purpose
from archive.sites.logins import has_login, without_login
from crawler.discover import joined, unwrapped
from crawler.frontier.entry import Entry
from crawler.run.crawl_run import CrawlRun
from crawler.spiders.faults import UnreadableRulesError, fault_of

#: Seconds of Crawl-delay that are honoured; some sites ask for days to keep crawlers out without saying so.
LONGEST_DELAY = 120.0
_MOST_SITEMAPS = 100
_NO_CONNECTION = (CannotResolveHostError, DownloadConnectionRefusedError, DownloadFailedError, IgnoreRequest)
#: Marks rules that stand for what could not be read; Scrapy has them pass through here like an answer.
_OURS = "unreadable"
_NO_RULES, _ALL_FORBIDDEN = b"", b"User-agent: *\nDisallow: /"


class RobotsNotes:
    """A downloader middleware and signal handler around RobotsTxtMiddleware."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._run = CrawlRun.of(crawler)
        self._parsers: dict[str, RobotParser] = {}
        self._delays: dict[str, float] = {}
        self._unreadable: dict[str, str] = {}
        crawler.signals.connect(self.on_robots, signal=signals.robots_parsed)
        crawler.signals.connect(self.on_reached, signal=signals.request_reached_downloader)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Built by Scrapy."""
        return cls(crawler)

    def process_request(self, request: Request) -> Request | None:
        """Scrapy's own requests for robots.txt are marked as such."""
        if "entry" in request.meta:
            return None
        if has_login(request.url):
            return request.replace(url=without_login(request.url))
        asked = request.meta.get("redirect_urls", [request.url])[0]
        request.meta.setdefault("origin", Origin(Purpose.ROBOTS, "robots"))
        request.meta["allow_private"] = self._run.permits.allows_robots(request.url, asked)
        return None

    def process_response(self, request: Request, response: Response) -> Response:
        """RFC 9309, section 2.3.1: an absent robots.txt forbids nothing, one that fails forbids everything."""
        if request.meta["origin"].purpose is not Purpose.ROBOTS or _OURS in response.flags:
            return response
        if response.status < 400:
            return response.replace(body=unwrapped(request.meta["kept"].capture.body))
        if response.status < 500:
            return response.replace(body=_NO_RULES)
        self._forbid(request, f"HTTP {response.status}")
        return response.replace(body=_ALL_FORBIDDEN)

    def process_exception(self, request: Request, exception: Exception) -> Response | None:
        """As for one that fails. Where there is no connection at all, the page's own request will say so."""
        reason = self._unreadable.get(urlsplit(request.url).netloc)
        if "entry" in request.meta and reason and isinstance(exception, IgnoreRequest):
            raise UnreadableRulesError(reason)
        if "entry" in request.meta or isinstance(exception, _NO_CONNECTION) or getattr(exception, "final", False):
            return None
        kept, failure = request.meta.get("kept"), Failure(exception)  # type: ignore[no-untyped-call]
        self._forbid(request, fault_of(failure, kept and kept.capture).sentence)
        return Response(request.url, body=_ALL_FORBIDDEN, flags=[_OURS])

    def _forbid(self, request: Request, reason: str) -> None:
        self._unreadable[urlsplit(request.url).netloc] = reason

    def on_robots(self, robotparser: RobotParser, request: Request) -> None:
        """Keep the rules of a host."""
        self._parsers[urlsplit(request.url).netloc] = robotparser
        host = urlsplit(request.url).hostname or ""
        asked = robotparser.crawl_delay(self._crawler.settings["USER_AGENT"]) or 0.0
        self._delays[host] = min(asked, LONGEST_DELAY)

    def sitemaps(self, url: str) -> list[str]:
        """The sitemaps that a host's robots.txt names, where a path alone may stand as well."""
        parser = self._parsers.get(urlsplit(url).netloc)
        rules = getattr(parser, "rp", None)
        named = (joined(urljoin(url, "/robots.txt"), said) for said in getattr(rules, "sitemaps", None) or ())
        return list(dict.fromkeys(sitemap for sitemap in named if sitemap))[:_MOST_SITEMAPS]

    def allows(self, url: str) -> bool:
        """Whether the rules of a host, if they are known, allow a URL."""
        parser = self._parsers.get(urlsplit(url).netloc)
        return parser is None or parser.allowed(url, self._crawler.settings["USER_AGENT"])

    def on_reached(self, request: Request, **_: Any) -> None:
        """A request waits for its turn: set its host's pace, and note what robots.txt said of it."""
        entry: Entry | None = request.meta.get("entry")
        if entry is None:
            return
        self._set_pace(request, entry)
        if not request.meta.get("dont_obey_robotstxt"):
            known = urlsplit(request.url).netloc in self._parsers
            request.meta["origin"] = replace(request.meta["origin"], robots="allowed" if known else "unavailable")

    def _set_pace(self, request: Request, entry: Entry) -> None:
        engine = self._crawler.engine
        assert engine is not None  # noqa: S101 - it sent this signal
        slot = engine.downloader.slots[request.meta["download_slot"]]
        plan = self._run.plan
        asked = (
            0.0
            if request.meta.get("dont_obey_robotstxt")
            else self._delays.get(urlsplit(request.url).hostname or "", 0)
        )
        slot.delay = max(plan.delay(entry.site), asked)
        slot.concurrency = plan.concurrency(entry.site)
        self._run.frontier.pace(entry.host, slot.delay)
