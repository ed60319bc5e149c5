"""What robots.txt asks for, beyond Scrapy's own check: crawl-delay, sitemaps, and answers that are no rules.

Also the only place that sets how fast a host is asked.
"""

import asyncio
from collections.abc import Iterable
from time import monotonic
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
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
from crawler.frontier.store import HostLostError
from crawler.run.crawl_run import CrawlRun
from crawler.spiders.faults import UnreadableRulesError, fault_of

#: Seconds of Crawl-delay that are honoured; some sites ask for days to keep crawlers out without saying so.
LONGEST_DELAY = 120.0
_MOST_SITEMAPS = 100
#: Seconds for which a host is waited for that another worker has, where a request led there by itself: longer than
#: one holds a host while others wait. And seconds between two looks.
_HELD_FOR, _LOOKS = 180.0, 0.25
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
        self._unasked: set[str] = set()
        crawler.signals.connect(self.on_robots, signal=signals.robots_parsed)
        crawler.signals.connect(self.on_reached, signal=signals.request_reached_downloader)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Built by Scrapy."""
        return cls(crawler)

    async def process_request(self, request: Request) -> Request | None:
        """Scrapy's own requests for robots.txt are marked as such. The host of what the frontier did not lease, as
        where a robots.txt redirects, is had first."""
        if entry := request.meta.get("entry"):
            self._ask_anew(urlsplit(request.url).netloc)
            if not entry.id:
                await self._have(request)
            return None
        if has_login(request.url):
            return request.replace(url=without_login(request.url))
        request.meta.setdefault("origin", Origin(Purpose.ROBOTS, "robots"))
        request.meta["allow_private"] = self._run.permits.allows_robots(request.url, _wanted_for(request))
        # A redirect may lead to another host, which has a slot of its own.
        request.meta.pop("download_slot", None)
        await self._have(request)
        return None

    async def _have(self, request: Request) -> None:
        """Wait for a host that another worker has. Raises HostLostError where that takes too long."""
        host, until = urlsplit(request.url).netloc.lower(), monotonic() + _HELD_FOR
        while not self._run.frontier.borrow(host):
            if monotonic() > until:
                raise HostLostError(f"{host} is another worker's, and was not given back.")
            await asyncio.sleep(_LOOKS)
        request.meta["before_sending"] = self._run.frontier.before_sending(host)

    def _ask_anew(self, netloc: str) -> None:
        """Scrapy takes a host for one without rules whose robots.txt was not sent for."""
        if netloc in self._unasked and (scrapys := self._crawler.get_downloader_middleware(RobotsTxtMiddleware)):
            self._unasked.discard(netloc)
            scrapys._parsers.pop(netloc, None)

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
        if isinstance(exception, HostLostError):
            self._unasked.add(urlsplit(_wanted_for(request)).netloc)
            return None
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
        self._set_pace(request, [entry.site] if entry else self._run.permits.asking(_wanted_for(request)))
        if entry is None:
            return
        if not request.meta.get("dont_obey_robotstxt"):
            known = urlsplit(request.url).netloc in self._parsers
            request.meta["origin"] = request.meta["origin"]._replace(robots="allowed" if known else "unavailable")

    def _set_pace(self, request: Request, sites: Iterable[str]) -> None:
        engine = self._crawler.engine
        assert engine is not None  # noqa: S101 - it sent this signal
        slot = engine.downloader.slots[request.meta["download_slot"]]
        plan = self._run.plan
        is_rules = "entry" not in request.meta
        asked = (
            0.0
            if request.meta.get("dont_obey_robotstxt") and not is_rules
            else self._delays.get(urlsplit(request.url).hostname or "", 0)
        )
        slot.delay = max(asked, *(plan.delay(site) for site in sites), slot.delay if is_rules else 0.0)
        # With a delay a host is asked once it has answered.
        slot.concurrency = 1 if slot.delay else max((plan.concurrency(site) for site in sites), default=1)
        self._run.frontier.pace(urlsplit(request.url).netloc.lower(), slot.delay)


def _wanted_for(request: Request) -> str:
    """The URL that a request began with, wherever redirects have led."""
    return str(request.meta.get("redirect_urls", [request.url])[0])
