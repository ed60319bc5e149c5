"""What one crawl run is to do: sites or a list of URLs, and the user's options."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from archive.collection.folder import Collection
from archive.errors import ConfigurationError
from archive.exchange import Origin, Purpose
from archive.preservation.takedown_log import taken_down
from archive.sites import Site, State, bundled_sites, load_site, seconds_of, site_of_url
from archive.sites.browsing import BrowserUse
from archive.sites.logins import REFUSAL, has_login, shown
from crawler.discover import archive_urls, is_named_sitemap, normalise
from crawler.discover.reach import Place, Reach, place_of, reach_of
from crawler.discover.web_url import web_url
from crawler.frontier.entry import Entry

#: Seconds between two requests to one host where neither the site's file nor the user says otherwise.
DEFAULT_DELAY = 1.0
#: What is read first: the lists, then the pages that they lead to.
LISTS_FIRST, ARTICLES, REVISITS = 10, 0, -1
#: Seconds after which an article that was gone (404, 410) is asked for once more: some are listed too early.
GONE_AGAIN = 86_400.0


@dataclass(frozen=True, slots=True)
class Options:
    """The user's options. `limit` counts captured articles, `delay` is in seconds, dates are days (UTC),
    `tries` how often a page that fails is asked for, `requisites` whether what pages need to be shown is captured with
    them and `browser` whether a browser loads all articles, whatever their sites' files say."""

    limit: int | None = None
    delay: float | None = None
    allow_private: bool = False
    fresh: bool = False
    since: date | None = None
    until: date | None = None
    workers: int | None = None
    concurrency: int | None = None
    tries: int = 3
    requisites: bool = False
    browser: bool = False


@dataclass(frozen=True)
class Plan:
    """One run: the sites by domain, the first URLs, whether links are followed from them, and whether only lists are
    read and no articles."""

    sites: dict[str, Site]
    seeds: tuple[Entry, ...]
    options: Options
    exactly: bool = False
    lists_only: bool = False

    def site(self, domain: str) -> Site:
        """The configuration of an entry's site."""
        return self.sites.get(domain) or Site(domain=domain)

    def delay(self, domain: str) -> float:
        """Seconds between two requests to a host of this site."""
        if self.options.delay is not None:
            return self.options.delay
        configured = self.site(domain).crawl.delay
        return DEFAULT_DELAY if configured is None else configured

    def concurrency(self, domain: str) -> int:
        """Requests at a time to one host of this site."""
        return self.options.concurrency or self.site(domain).crawl.concurrency

    def revisits(self, domain: str) -> list[int]:
        """Seconds after its first capture at which an article of this site is asked for again."""
        return [seconds_of(age) for age in self.site(domain).revisit]

    def wants_requisites(self, domain: str) -> bool:
        """Whether what this site's pages need is captured."""
        return self.options.requisites or self.site(domain).crawl.requisites

    def browser(self, domain: str) -> BrowserUse | None:
        """Which of this site's articles a browser loads; None for none."""
        return BrowserUse.ALWAYS if self.options.browser else self.site(domain).crawl.browser

    def wants_documents(self, domain: str) -> bool:
        """Whether the documents that this site's articles link to are captured."""
        return self.site(domain).crawl.documents

    def allows_private(self, domain: str, url: str) -> bool:
        """Whether a URL that is asked for a site may have an address that is not public. What the site's file allows
        holds for the site's own hosts, and what the user allows for those that the user named: neither for where they
        redirect, nor for what their pages, lists or robots.txt name."""
        if self.site(domain).crawl.allow_private and self.reach(domain).holds(url):
            return True
        return self.options.allow_private and self._is_named(url)

    def _is_named(self, url: str) -> bool:
        if place_of(url) in self._asked:
            return True
        return not self.exactly and any(self.reach(domain).holds(url) for domain in self.sites)

    def reach(self, domain: str) -> Reach:
        """The hosts that are a site's own."""
        return self._reaches.get(domain) or reach_of(self.site(domain))

    @cached_property
    def _asked(self) -> frozenset[Place | None]:
        return frozenset(place_of(seed.url) for seed in self.seeds) - {None}

    @cached_property
    def _reaches(self) -> dict[str, Reach]:
        asked: defaultdict[str, list[str]] = defaultdict(list)
        for seed in self.seeds:
            asked[seed.site].append(seed.url)
        return {domain: reach_of(site, asked[domain]) for domain, site in self.sites.items()}


def check_days(options: Options) -> None:
    """Raises ConfigurationError for a time that ends before it begins."""
    if options.since and options.until and options.since > options.until:
        raise ConfigurationError(f"--since {options.since} is later than --until {options.until}.")


def plan_sites(sites: Iterable[Site], options: Options, *, lists_only: bool = False) -> Plan:
    """A run over sites: their own lists, or the home page, which leads to them."""
    known = {site.domain: site for site in sites}
    for site in known.values():
        refuse_inactive(site)
    seeds = tuple(entry for site in known.values() for entry in _seeds(site, options))
    return Plan(known, seeds, options, lists_only=lists_only)


def refuse_inactive(site: Site) -> None:
    """Raises ConfigurationError, with the date and the reason, for a site that is not to be crawled."""
    if site.status.state is not State.ACTIVE:
        raise ConfigurationError(
            f"{site.domain} is {site.status.state.value} since {site.status.since}: {site.status.reason} "
            "Change its status to crawl it."
        )


def _seeds(site: Site, options: Options) -> Iterator[Entry]:
    for said, origin in _lists(site, options):
        # The file's own addresses are web addresses; this is the form that browsers ask for.
        url = web_url(said) or said
        yield Entry(normalise(url), url, origin, site.domain, priority=LISTS_FIRST)


def _lists(site: Site, options: Options) -> Iterator[tuple[str, Origin]]:
    """The configured lists, or the home page where there is none."""
    for path in (*site.discover.news_sitemaps, *site.discover.sitemaps):
        yield site.place(path), Origin(Purpose.SITEMAP, "seed")
    for path in site.discover.feeds:
        yield site.place(path), Origin(Purpose.FEED, "seed")
    for section in site.discover.sections:
        yield site.place(section.url), Origin(Purpose.SECTION, "seed")
    for archive in site.discover.archives:
        purpose = Purpose.SITEMAP if is_named_sitemap(archive.url) else Purpose.SECTION
        for url in archive_urls(archive, options.since, options.until, datetime.now(UTC).date()):
            yield site.place(url), Origin(purpose, "archive", archive.url)
    if not site.discover.names_lists():
        yield site.front, Origin(Purpose.SECTION, "seed")


def plan_urls(lines: Iterable[str], options: Options, source: str) -> Plan:
    """A run over exactly these URLs, in their order. Blank lines and those that begin with # are passed over.

    Raises ConfigurationError with the line's number for what is not an http or https URL.
    """
    entries: dict[str, Entry] = {}
    sites: dict[str, Site] = {}
    hosts: dict[str, Site] = {}
    for number, line in enumerate(lines, 1):
        url = line.strip()
        if not url or url.startswith("#"):
            continue
        if has_login(url):
            raise ConfigurationError(f"{source}:{number}: {REFUSAL}")
        asked = web_url(url)
        if asked is None:
            raise ConfigurationError(f"{source}:{number}: expected an http or https URL, found {shown(url[:200])!r}")
        url = asked
        host = url.split("/", 3)[2]
        site = hosts[host] = hosts.get(host) or site_of_url(url)
        sites.setdefault(site.domain, site)
        entries.setdefault(url, Entry(url, url, Origin(Purpose.ARTICLE, "list"), site.domain))
    if not entries:
        raise ConfigurationError(f"{source}: no URLs found; expected one on each line")
    return Plan(sites, tuple(entries.values()), options, exactly=True)


def keep_site_files(plan: Plan, collection: Collection) -> None:
    """Write configurations that are not among the bundled ones into the collection, so that re-extraction finds
    them; without the tests of pages that were taken down, which quote them."""
    gone = taken_down(collection.path, collection.sites)
    for site in plan.sites.values():
        tests = type(site.tests)(test for test in site.tests if not gone(test.url))
        content = _content(site.model_copy(update={"tests": tests}))
        if content and not (bundled_sites() / f"{site.domain}.yaml").is_file():
            target: Path = collection.sites / f"{site.domain}.yaml"
            if target.is_file() and _content(load_site(target)) == content:
                continue  # The file is a person's, with comments and all.
            target.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")


def _content(site: Site) -> dict[str, Any]:
    return site.model_dump(mode="json", exclude_defaults=True, exclude={"domain", "home"})
