"""What a run takes from lists: feeds, sitemaps, sections, and a home page that leads to them."""

from collections.abc import Callable, Iterable, Sequence
from urllib.parse import urljoin

from archive.collection.failure import Failed, FailureKind
from archive.exchange import Capture, Origin, Purpose
from archive.extraction.charset import decode
from archive.pipeline.judgement import medium_of
from archive.sites import Section, Site
from archive.telling.kinds import SkipKind, Skipped
from crawler import discover
from crawler.frontier.entry import Entry
from crawler.run.crawl_run import CrawlRun
from crawler.run.plan import LISTS_FIRST
from crawler.spiders.robots import RobotsNotes

#: How lists are found that nothing names: it is no fault of the site if they are not there.
GUESSED = "guess"
#: How a home page is found that is read for its own links, for its lists gave nothing.
_LINKS = "links"
_USUAL_PLACE = "/sitemap.xml"
_FOUND_BY_HOME = ("link", "robots", "sitemap", GUESSED)


class Lists:
    """Of one run; `robots` gives what robots.txt said, where it is read."""

    def __init__(self, run: CrawlRun, robots: Callable[[], RobotsNotes | None]) -> None:
        self._run = run
        self._robots = robots
        self._gave: set[str] = set()
        self._homes: dict[str, str] = {}

    def read(self, entry: Entry, capture: Capture) -> bool | Failed:
        """Queue what a list holds. False if links were left out that a later run may want; why it is no list, if it
        is none."""
        if entry.origin.purpose is Purpose.SECTION:
            read = self._section(entry, capture)
            return read and not self._keeps(entry, capture) if isinstance(read, bool) else read
        self._run.account.counts["feeds" if entry.origin.purpose is Purpose.FEED else "sitemaps"] += 1
        listed = discover.links_of_list(capture.body, capture.url)
        if listed.fault is FailureKind.NO_LIST:
            return Failed(listed.fault, capture.status, "a page, and no feed or sitemap")
        return self._take(entry, capture, listed)

    def _keeps(self, entry: Entry, capture: Capture) -> bool:
        """Whether a section's page is kept over time; what it needs is then captured with it."""
        section = discover.section_of(self._run.plan.site(entry.site), entry.origin, entry.url)
        keeps = isinstance(section, Section) and section.keep
        if keeps:
            self._run.leads.need(capture, entry)
        return keeps

    def unchanged(self, entry: Entry) -> None:
        """A list is as it was, and so what it held."""
        if entry.origin.purpose is not Purpose.SECTION:
            self._gave.add(entry.site)

    def failed(self, entry: Entry) -> None:
        """If what could not be read is a list: a home page does not hide what robots.txt names, and is read for its own
        links where no list can be."""
        if entry.origin.purpose in (Purpose.ARTICLE, Purpose.PAGE):
            return
        if entry.origin.purpose is Purpose.SECTION and self._is_searched(entry):
            self._queue(self._sitemaps(entry.url), entry)
        else:
            self._fall_back(entry)

    def _is_searched(self, entry: Entry) -> bool:
        return not self._run.plan.site(entry.site).discover.names_lists() and entry.origin.found_in != _LINKS

    def _take(self, entry: Entry, capture: Capture, listed: discover.Listed) -> bool:
        timely = [self._run.leads.add_sitemap(found, entry) for found in listed.lists]
        if listed.fault is not None:
            return self._empty(entry, capture)
        if listed.pages:
            self._gave.add(entry.site)
        return self._queue_articles(entry, listed.pages, lists=len(listed.lists)) and all(timely)

    def _empty(self, entry: Entry, capture: Capture) -> bool:
        """A list that holds nothing is named as such, and asked for without conditions the next time."""
        if entry.origin.found_in != GUESSED:
            why = Failed(FailureKind.EMPTY_LIST, capture.status)
            self._run.account.discovery.failed(entry, why)
            self._run.account.tallies[entry.site].read(entry)
        self._fall_back(entry)
        return False

    def _fall_back(self, entry: Entry) -> None:
        """Read a home page for its own links once no list that it led to gave anything."""
        run, site = self._run, self._run.plan.site(entry.site)
        # A host with no delay is asked for two at once, of which the second answer may be read first.
        is_last = not run.leases.reads_lists(entry.site) and run.frontier.questions.left(entry.site)[1] == 0
        if entry.origin.found_in not in _FOUND_BY_HOME or site.discover.names_lists() or run.plan.exactly:
            return
        if is_last and entry.site not in self._gave:
            home = self._homes.get(entry.site, site.front)
            origin = Origin(Purpose.SECTION, _LINKS, entry.url)
            key = f"{discover.normalise(home)}#{_LINKS}"
            run.frontier.renew(Entry(key, home, origin, entry.site, priority=LISTS_FIRST), began=run.began)

    def _section(self, entry: Entry, capture: Capture) -> bool | Failed:
        self._run.account.counts["sections"] += 1
        site = self._run.plan.site(entry.site)
        if self._is_searched(entry) and discover.is_list(capture.body):
            # A user may name a feed where a home page is asked for.
            return self._take(entry, capture, discover.links_of_list(capture.body, capture.url))
        if medium_of(capture.body, capture.mime):
            return Failed(FailureKind.NO_LIST, capture.status, "a file, and no page")
        page = discover.ListPage(decode(capture.body, capture.header("Content-Type"))[0], capture.url)
        if self._is_searched(entry) and self._searches(entry, capture, page):
            return True
        section = discover.section_of(site, entry.origin, entry.url)
        if section and (following := discover.following(section, page, entry.origin, entry.url)):
            self._run.leads.add_list(following, entry)
        links = page.links(section)
        if section and not links:
            return self._empty(entry, capture)
        return self._queue_articles(entry, links, listed=bool(section and section.links))

    def _searches(self, entry: Entry, capture: Capture, page: discover.ListPage) -> bool:
        """Queue the feeds and sitemaps that a home page and its robots.txt name, and what stands at the usual places
        where they name none; whether any is named."""
        self._homes[entry.site] = capture.url
        headers = [value for name, value in capture.headers if name.lower() == "link"]
        feeds, sitemaps = page.feeds(headers), self._sitemaps(capture.url)
        likely = [] if feeds else page.likely_feeds()
        named = [discover.Found(url, Origin(Purpose.FEED, "link", capture.url)) for url in feeds] + sitemaps
        guessed = [discover.Found(url, Origin(Purpose.FEED, GUESSED, capture.url)) for url in likely]
        if not sitemaps:
            usual = urljoin(capture.url, _USUAL_PLACE)
            guessed.append(discover.Found(usual, Origin(Purpose.SITEMAP, GUESSED, capture.url)))
        self._queue([*named, *guessed], entry)
        if named:
            self._run.account.read(entry, lists=len(named))
        else:
            self._gave.add(entry.site)  # The page's own links are read at once.
        return bool(named)

    def _sitemaps(self, url: str) -> list[discover.Found]:
        robots = self._robots()
        named = robots.sitemaps(url) if robots else []
        return [discover.Found(sitemap, Origin(Purpose.SITEMAP, "robots", url)) for sitemap in named]

    def _queue(self, lists: Iterable[discover.Found], entry: Entry) -> None:
        for found in lists:
            self._run.leads.add_list(found, entry)

    def _queue_articles(
        self, entry: Entry, found: Sequence[discover.Found], *, listed: bool = True, lists: int = 0
    ) -> bool:
        """Queue the articles among the links; whether all of them are within the dates asked for."""
        site, account = self._run.plan.site(entry.site), self._run.account
        chosen = discover.choose(found, site, listed=listed)
        for url, reason in chosen.refused:
            account.discovery.skip(url, reason)
        before = account.counts["new"]
        self._run.leads.foresee(chosen.articles)
        timely = [self._run.leads.add(link, entry.site) for link in chosen.articles if self._allows(link.url, site)]
        new = account.counts["new"] - before
        account.read(entry, links=len(found), articles=len(chosen.articles), new=new, lists=lists)
        return all(timely)

    def _allows(self, url: str, site: Site) -> bool:
        """Whether robots.txt, as far as it has been read, lets an article be fetched. A crawl finds out as it asks;
        where only lists are read, this tells it."""
        robots = self._robots()
        if not self._run.plan.lists_only or not site.crawl.obey_robots or robots is None or robots.allows(url):
            return True
        self._run.account.discovery.skip(url, Skipped(SkipKind.ROBOTS, "robots.txt forbids it"))
        return False
