"""One crawl run: its plan, what it shares with the archive, and its parts."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import isinf
from typing import Any, Self

from scrapy.crawler import Crawler

from archive.collection.failure import Failed
from archive.exchange import Capture, Exchange, Purpose, RenderedPage
from archive.pipeline.captures import written_answer, written_rendering
from archive.pipeline.judgement import judge
from archive.preservation.takedown_log import taken_down
from archive.warc.writer import Written
from crawler.discover.reach import Place, place_of
from crawler.frontier.entry import Entry
from crawler.run.account import Account, Conclusion
from crawler.run.cookie_jars import CookieJars
from crawler.run.for_browser import marked
from crawler.run.leads import Leads
from crawler.run.leases import Leases
from crawler.run.open_collection import OpenCollection
from crawler.run.plan import GONE_AGAIN, REVISITS, Plan
from crawler.run.secret_headers import SiteHeaders, headers_of
from crawler.run.silence import Silence


class Permits:
    """The permissions of one run."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._asking: defaultdict[Place | None, set[str]] = defaultdict(set)

    def allows(self, site: str, url: str) -> bool:
        """Whether a URL that is asked for now may have a private address; its host's robots.txt may then, too."""
        allowed = self._plan.allows_private(site, url)
        if allowed:
            self._asking[place_of(url)].add(site)
        return allowed

    def allows_robots(self, url: str, asked: str) -> bool:
        """Whether a robots.txt may have one. `asked` is where it was asked for; it may have redirected to `url`."""
        return any(self._plan.allows_private(site, url) for site in self._asking.get(place_of(asked), ()))


@dataclass(frozen=True, slots=True)
class KeptExchange:
    """An exchange in the archive: where it is, and what it is."""

    written: Written
    capture: Capture


class CrawlRun:
    """Held in Scrapy's settings as CLEANCOPY_RUN; `of` finds it. Also the capture handler's sink: every exchange goes
    through `write`, and `fault` says why the archive took no more.

    `leases` gives out what to fetch, `leads` takes in what is found, `account` counts, `permits` says which hosts may
    have private addresses, `cookies` keeps what sites set.
    """

    def __init__(
        self, plan: Plan, holdings: OpenCollection, *, site: str | None = None, began: float | None = None
    ) -> None:
        """With a `site` the run keeps to what the frontier has of it, so that runs of other sites can share the
        holdings. `began` (epoch seconds) is when a run began that goes on here: its lists are not read again."""
        self.plan = plan
        self.holdings = holdings
        self.frontier = holdings.frontier
        self.fault: str | None = None
        self.permits = Permits(plan)
        self._site = site
        self.began = self.frontier.now() if began is None else began
        self._folder = holdings.collection
        self._headers = {domain: headers_of(named, self._folder.path) for domain, named in plan.sites.items()}
        earlier = self.frontier.questions.since(self.began, site).get("done", 0) if began and site else 0
        covered = taken_down(self._folder.path, self._folder.sites)
        self.account = Account()
        self._silence = Silence()
        self.cookies = CookieJars()
        if site and began:
            # What is left of an interrupted run may all fail, and it has not failed as a whole.
            self.account.tallies[site].came_before = self.frontier.questions.came(self.began, site)
        self.leases = Leases(plan, self.frontier, self.account, covered, site=site, earlier=earlier, began=self.began)
        self.leads = Leads(plan, self.frontier, self.account, self.cookies, self.began)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Scrapy copies its settings; a run is one."""
        return self

    @classmethod
    def of(cls, crawler: Crawler) -> "CrawlRun":
        """The run that a crawler belongs to."""
        run = crawler.settings["CLEANCOPY_RUN"]
        assert isinstance(run, CrawlRun)  # noqa: S101 - the add-on puts it there
        return run

    def headers(self, domain: str) -> SiteHeaders:
        """The headers of a site of this run, with its secrets."""
        return self._headers.get(domain) or headers_of(self.plan.site(domain), self._folder.path)

    def seed(self) -> None:
        """Put the plan's first URLs on the frontier; what earlier runs left there stays."""
        if self.plan.options.fresh:
            self.frontier.clear()
        if not self.plan.exactly:
            self.frontier.renewal.retry_failed(self._site, before=self.began, now=self.frontier.now())
            for site in self.plan.sites.values():
                self.frontier.renewal.read_lists_anew(
                    site.domain, site.model_dump_json(include={"discover", "articles"})
                )
                self._ask_again(site.domain)
        for entry in self.plan.seeds:
            if entry.origin.purpose is Purpose.ARTICLE:
                self.account.counts["new"] += self.frontier.add(entry)
            else:
                self.frontier.renew(entry, began=self.began)
        self.frontier.commit()

    def _ask_again(self, site: str) -> None:
        """Queue the articles of a site whose next visit is due, and those that were gone a day ago."""
        now = self.frontier.now()
        due = self.frontier.renewal.revisit(site, self.plan.revisits(site), now, priority=REVISITS)
        self.account.counts["revisits_due"] += due
        self.account.counts["gone_asked_again"] += self.frontier.renewal.ask_gone_again(site, before=now - GONE_AGAIN)

    def write(self, exchange: Exchange, *, failure: str | None = None, site: str = "") -> KeptExchange:
        """Append an exchange to the archive, judge it, and have its record made unless an earlier capture with the
        same payload has one, or a browser is to load the page. Raises CollectionError if the archive does not take
        it."""
        exchange = marked(exchange, self.plan.browser(site) if site else None)
        written = self.holdings.writer.write(exchange, failure=failure)
        kept = KeptExchange(written, judge(written_answer(exchange, written)))
        self.account.exchanged(exchange, kept.capture)
        self._have_record_made(kept, site)
        return kept

    def write_rendered(self, page: RenderedPage, site: str) -> KeptExchange:
        """Append what a browser made of a page, judge it, and have its record made. Raises CollectionError as
        `write`."""
        written = self.holdings.writer.write_rendered(page)
        kept = KeptExchange(written, judge(written_rendering(page, written)))
        self.account.counts["rendered"] += 1
        self._have_record_made(kept, site)
        return kept

    def _have_record_made(self, kept: KeptExchange, site: str) -> None:
        if self.holdings.stage and kept.capture.has_record and not kept.written.revisit:
            # A story counts once, with its first page.
            is_first = kept.capture.origin.purpose is not Purpose.PAGE
            self.holdings.stage.add(kept.written.place, self.account.tallies[site].pages if is_first else None)

    def answered(self, entry: Entry) -> None:
        """A host has answered."""
        self._silence.answered(entry.host)

    def unanswered(self, entry: Entry, why: Failed) -> None:
        """A host has not: leave it alone for a while, or for the rest of this run."""
        host, pause = entry.host, self._silence.unanswered(entry.host)
        if isinf(pause) and self.frontier.hosts.rests(host, self.frontier.now()):
            return  # It was under way when the host was given up.
        self.frontier.hosts.rest(host, self.frontier.now() + pause)
        if isinf(pause):
            count = self._silence.in_a_row(host)
            said = f"{host} did not answer {count} times in a row; the last time {why.sentence}"
            self.account.silent(entry, f"{said}. It was left alone from then on")

    def stop(self, site: str, refused: Sequence[Entry], sentence: str) -> None:
        """Leave a site alone for the rest of this run. What it refused in a row is asked for again in a later one."""
        tally = self.account.tallies[site]
        tally.stopped = tally.stopped or sentence
        self.frontier.hold(site, refused)

    def conclude(self) -> Conclusion:
        """What the frontier says of this run, for its report."""
        return self.account.conclude(self.plan, self.frontier, began=self.began, site=self._site)

    def close(self) -> Conclusion:
        """The end of a run that shares its holdings with no other, however it came."""
        self.holdings.close()
        concluded = self.conclude()
        self.frontier.close()
        return concluded
