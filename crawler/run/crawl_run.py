"""One crawl run: what its parts share, from the frontier to the archive."""

import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from scrapy.crawler import Crawler

from archive.collection.failure import Failed, FailureKind
from archive.collection.site_figures import SiteFigures
from archive.exchange import Capture, Exchange, Purpose
from archive.pipeline.captures import written_answer
from archive.pipeline.judgement import judge
from archive.preservation.takedown_log import taken_down
from archive.warc.writer import Written
from crawler.discover import Found, normalise
from crawler.frontier.entry import Entry, redirected
from crawler.frontier.table import Wanted
from crawler.permits import Permits
from crawler.requisites import key_of, needs_of
from crawler.run.discovery_log import OLD_SITEMAP, OTHER_DATES, UNDATED, Discovery
from crawler.run.open_collection import Holdings
from crawler.run.plan import ARTICLES, GONE_AGAIN, LISTS_FIRST, REVISITS, Plan
from crawler.run.site_tally import Tally
from crawler.secrets import SiteHeaders, headers_of


@dataclass(frozen=True, slots=True)
class Kept:
    """An exchange in the archive: where it is, and what it is."""

    written: Written
    capture: Capture


#: Failures, and as many notes, that a run's report names; all failures are in the frontier.
MOST_FAILURES = 1000


class CrawlRun:
    """Held in Scrapy's settings as CLEANCOPY_RUN; `of` finds it.

    Also the capture handler's sink: every exchange goes through `write`.
    """

    def __init__(self, plan: Plan, holdings: Holdings, *, site: str | None = None, began: float | None = None) -> None:
        """With a `site` the run keeps to what the frontier has of it, so that runs of other sites can share the
        holdings. `began` (epoch seconds) is when a run began that goes on here: its lists are not read again."""
        self.plan = plan
        self.holdings = holdings
        self.collection = holdings.collection
        self.catalogue = holdings.catalogue
        self.writer = holdings.writer
        self.stage = holdings.stage
        self.frontier = holdings.frontier
        self._taken_down = taken_down(self.collection.path, self.collection.sites)
        self._headers = {domain: headers_of(site, self.collection.path) for domain, site in plan.sites.items()}
        self.counts: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.sources: Counter[str] = Counter()
        self.discovery = Discovery()
        self.tallies: defaultdict[str, Tally] = defaultdict(Tally)
        self.notes: list[tuple[str, str]] = []
        self.bytes = 0
        self.fault: str | None = None
        self.final_counts: dict[str, int] = {}
        self.final_failures: list[tuple[str, Failed]] = []
        self.final_sites: dict[str, SiteFigures] = {}
        self._site = site
        self._began = time.time() if began is None else began
        self._earlier = self.frontier.since(self._began, site).get("done", 0) if began else 0
        self._articles_leased = 0
        self.permits = Permits(plan)

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
        return self._headers.get(domain) or headers_of(self.plan.site(domain), self.collection.path)

    def seed(self) -> None:
        """Put the plan's first URLs on the frontier; what earlier runs left there stays."""
        if self.plan.options.fresh:
            self.frontier.clear()
        if not self.plan.exactly:
            self.frontier.retry_failed(self._site, before=self._began)
            for site in self.plan.sites.values():
                self.frontier.read_lists_anew(site.domain, site.model_dump_json(include={"discover", "articles"}))
                self._ask_again(site.domain)
        for entry in self.plan.seeds:
            if entry.origin.purpose is Purpose.ARTICLE:
                self.counts["new"] += self.frontier.add(entry)
            else:
                self.frontier.renew(entry, began=self._began)
        self.frontier.commit()

    def _ask_again(self, site: str) -> None:
        """Queue the articles of a site whose next visit is due, and those that were gone a day ago."""
        now = time.time()
        due = self.frontier.revisit(site, self.plan.revisits(site), now, priority=REVISITS)
        self.counts["revisits_due"] += due
        self.counts["gone_asked_again"] += self.frontier.ask_gone_again(site, before=now - GONE_AGAIN)

    def write(self, exchange: Exchange, *, failure: str | None = None, site: str = "") -> Kept:
        """Append an exchange to the archive, judge it, and have its record made unless an earlier capture with the
        same payload has one. Raises CollectionError if the archive does not take it."""
        written = self.writer.write(exchange, failure=failure)
        capture = judge(written_answer(exchange, written))
        self.counts["exchanges"] += 1
        self.bytes += len(exchange.response)
        if capture.status:
            self.statuses[capture.status] += 1
        if self.stage and capture.has_record and not written.revisit:
            self.stage.add(written.place, self.tallies[site].pages)
        return Kept(written, capture)

    def wanted(self) -> Wanted:
        """What may be fetched under the limit: lists are read only until they have led to enough articles, and what
        captured articles need still comes."""
        if self.plan.lists_only:
            return Wanted.LISTS
        if self.plan.options.limit is None:
            return Wanted.ALL
        left = self.plan.options.limit - self._earlier - self.counts["articles"] - self._articles_leased
        if left <= 0:
            return Wanted.REQUISITES
        waiting = self.frontier.waiting(time.time(), Wanted.NEW_ARTICLES, most=left, site=self._site)
        return Wanted.PAGES if waiting >= left else Wanted.ALL

    def has_more(self, seconds: float) -> bool:
        """Whether anything is to be fetched in the next so many seconds."""
        return self.frontier.waiting(time.time() + seconds, self.wanted(), site=self._site) > 0

    def lease(self) -> Entry | None:
        """The next URL to fetch."""
        most = max((self.plan.concurrency(site) + self._ahead(site) for site in self.plan.sites), default=1)
        gap = self.plan.delay(self._site) if self._site else 0.0
        while entry := self.frontier.lease(time.time(), most, self.wanted(), site=self._site, gap=gap):
            if not self._taken_down(entry.url):
                break
            self.frontier.failed(entry, Failed(FailureKind.TAKEN_DOWN), now=time.time())
        if entry and entry.origin.purpose is Purpose.ARTICLE:
            self._articles_leased += 1
        return entry

    def _ahead(self, site: str) -> int:
        """How many requests to a host may wait beside those under way. None where there is a delay: they would still
        be sent after the host has asked for time."""
        return 1 if self.plan.delay(site) == 0 else 0

    def add(self, found: Found, site: str) -> bool:
        """Put an article's URL on the frontier, if it is new; whether it is within the dates asked for."""
        if not self._in_time(found.origin.date):
            self.counts["out_of_dates"] += 1
            self.discovery.skip(found.url, OTHER_DATES if found.origin.date else UNDATED)
            return False
        priority = ARTICLES + (found.origin.found_in in ("feed", "news_sitemap"))
        key = normalise(found.url)
        new = self.frontier.add(Entry(key, found.url, found.origin, site, priority=priority))
        self.tallies[site].named(found.origin.found_in, key, new=new)
        if new:
            self.counts["new"] += 1
            self.sources[found.origin.found_in] += 1
        else:
            self.discovery.skip(found.url, self.frontier.why_known(key, found.url))
        return True

    def add_list(self, found: Found, site: str) -> None:
        """Put a list on the frontier; lists are read once in every run."""
        entry = Entry(normalise(found.url), found.url, found.origin, site, priority=LISTS_FIRST)
        self.frontier.renew(entry, began=self._began)

    def read(self, entry: Entry, *, links: int = 0, articles: int = 0, new: int = 0, lists: int = 0) -> None:
        """A list was read."""
        self.discovery.read(entry, links=links, articles=articles, new=new, lists=lists)
        self.tallies[entry.site].read(entry)

    def unchanged(self, entry: Entry, url: str) -> None:
        """A list has not changed: read what it led to, which may have. An article has not."""
        if entry.origin.purpose is Purpose.ARTICLE:
            self.counts["not_modified"] += 1
            self.tallies[entry.site].counts["unchanged"] += 1
            return
        self.frontier.renew_found_in(url, entry.site, began=self._began)
        self.discovery.unchanged(entry)
        self.tallies[entry.site].read(entry, unchanged=True)

    def add_sitemap(self, found: Found, site: str) -> bool:
        """Put a sitemap on the frontier that another one lists, unless it last changed before the dates asked for."""
        since, changed = self.plan.options.since, found.origin.date
        day = _day(changed) if since and changed else None
        if since and day and day < since:
            self.discovery.skip(found.url, OLD_SITEMAP)
            return False
        self.add_list(found, site)
        return True

    def _in_time(self, said: str | None) -> bool:
        since, until = self.plan.options.since, self.plan.options.until
        if since is None and until is None:
            return True
        day = _day(said)
        return day is not None and (since is None or day >= since) and (until is None or day <= until)

    def follow(self, entry: Entry, url: str) -> bool:
        """Put where a redirect leads on the frontier; False if it leads back to where it came from."""
        if entry.origin.purpose is Purpose.REQUISITE:
            return self.frontier.redirect(entry, redirected(entry, url, key_of(url)))
        key = url if self.plan.exactly else normalise(url)
        if key == entry.key and url != entry.url:
            # Another spelling or edition of the same page, such as its AMP edition, leads to it; no key ends so.
            key = url + "#"
        return self.frontier.redirect(entry, redirected(entry, url, key))

    def need(self, capture: Capture, entry: Entry) -> None:
        """Put what a page, or a style sheet, needs on the frontier; each thing is fetched once."""
        if self.plan.wants_requisites(entry.site):
            for needed in needs_of(capture, entry.site, entry.hops):
                self.frontier.add(needed)

    def ended(self, entry: Entry) -> None:
        """A leased article is no longer under way."""
        if entry.origin.purpose is Purpose.ARTICLE:
            self._articles_leased -= 1

    def note(self, url: str, sentence: str) -> None:
        """Keep something for the report that is worth knowing and no failure."""
        if len(self.notes) < MOST_FAILURES:
            self.notes.append((url, sentence))

    def captured(self, entry: Entry, *, repeated: bool) -> None:
        """An article is in the archive."""
        self.counts["articles"] += 1
        self.counts["repeated"] += repeated
        counts = self.tallies[entry.site].counts
        counts["fetched"] += 1
        if entry.captured is not None:
            counts["unchanged" if repeated else "revised"] += 1

    def stop(self, site: str, refused: Sequence[Entry], sentence: str) -> None:
        """Leave a site alone for the rest of this run. What it refused in a row is asked for again in a later one."""
        self.tallies[site].stopped = self.tallies[site].stopped or sentence
        self.frontier.hold(site, refused)

    @property
    def records(self) -> int:
        """Records made so far of what this run captured."""
        return sum(tally.pages.records for tally in self.tallies.values())

    def conclude(self) -> None:
        """Note what the frontier says of this run, for its report."""
        for site, tally in self.tallies.items():
            if tally.stopped:
                self.frontier.release(site)
        self.final_sites = {site: self._figures(site) for site in {*self.plan.sites, *self.tallies}}
        self.final_counts = self.frontier.counts(self._site) | self._due_later()
        self.final_failures = self.frontier.failures(self._began, MOST_FAILURES, self._site)

    def _due_later(self) -> dict[str, int]:
        """Of the articles that are done, those that are to be asked for again."""
        due = sum(self.frontier.due_later(site, self.plan.revisits(site)) for site in self.plan.sites)
        return {"due_later": due} if due else {}

    def _figures(self, site: str) -> SiteFigures:
        tally = self.tallies[site]
        left, lists_left = self.frontier.left(site)
        stopped = tally.stopped or (tally.waits(time.time()) if left else None)
        captured = self.frontier.captured_of(tally.fed or ())
        return tally.figures(captured=captured, left=left, lists_left=lists_left, stopped=stopped)

    def site_figures(self) -> dict[str, SiteFigures]:
        """What the run came to, site by site: the figures of their pages are whole once the record stage is done."""
        pages = {site: tally.pages.figures() for site, tally in self.tallies.items() if self.stage}
        return {
            site: figures.model_copy(update={"pages": pages.get(site)})
            for site, figures in sorted(self.final_sites.items())
        }

    def close(self) -> None:
        """The end of a run that shares its holdings with no other, however it came."""
        self.holdings.close()
        self.conclude()
        self.frontier.close()


def _day(said: str | None) -> date | None:
    from archive.extraction.metadata import parse_date  # noqa: PLC0415 - only where dates are asked for

    parsed = parse_date(said) if said else None
    return date.fromisoformat(parsed[:10]) if parsed else None
