"""What lists, redirects and pages lead to, put on the frontier."""

from collections.abc import Iterable
from datetime import date

from archive.exchange import Capture, Purpose
from crawler.discover import Found, normalise
from crawler.discover.web_url import web_url
from crawler.frontier.entry import Entry, redirected
from crawler.frontier.store import Store
from crawler.requisites import LEFT_OUT, documents_of, key_of, needs_of
from crawler.run.account import Account
from crawler.run.cookie_jars import CookieJars
from crawler.run.discovery_log import NO_ADDRESS, OLD_SITEMAP, OTHER_DATES, TOO_DEEP, TOO_MANY_LISTS, UNDATED
from crawler.run.further_pages import further_page
from crawler.run.further_pages import key_of as key_of_page
from crawler.run.plan import ARTICLES, LISTS_FIRST, Plan

#: Lists of one site that a run takes up, and sitemap indexes in a row that it follows. The sitemap protocol knows one
#: index above the sitemaps, and real sites have up to three; twenty years of a sitemap a day are 7,300.
MOST_LISTS, DEEPEST = 10_000, 5


class Leads:
    """Of a run that began at that time (epoch seconds): its lists are read once. Every address passes `web_url` here
    before the frontier sees it."""

    def __init__(self, plan: Plan, frontier: Store, account: Account, cookies: CookieJars, began: float) -> None:
        self._plan = plan
        self._frontier = frontier
        self._account = account
        self._cookies = cookies
        self._began = began
        self._depths: dict[str, int] = {}
        self._asked_once_more: set[str] = set()

    def foresee(self, links: Iterable[Found]) -> None:
        """Articles that are going to be added."""
        self._frontier.foresee(normalise(url) for url in (web_url(found.url) for found in links) if url)

    def add(self, found: Found, site: str) -> bool:
        """Put an article's URL on the frontier, if it is new; whether it is within the dates asked for."""
        if not self._in_time(found.origin.date):
            self._account.counts["out_of_dates"] += 1
            self._account.discovery.skip(found.url, OTHER_DATES if found.origin.date else UNDATED)
            return False
        url = web_url(found.url)
        if url is None:
            self._account.discovery.skip(found.url, NO_ADDRESS)
            return True
        priority = ARTICLES + (found.origin.found_in in ("feed", "news_sitemap"))
        key = normalise(url)
        new = self._frontier.add(Entry(key, url, found.origin, site, priority=priority))
        self._account.tallies[site].named(found.origin.found_in, key, new=new)
        if new:
            self._account.counts["new"] += 1
            self._account.sources[found.origin.found_in] += 1
        else:
            self._account.discovery.skip(found.url, self._frontier.questions.why_known(key, url))
        return True

    def add_list(self, found: Found, entry: Entry, *, depth: int = 0) -> None:
        """Put a list on the frontier that an entry led to; lists are read once in every run."""
        url, counts = web_url(found.url, entry.url), self._account.tallies[entry.site].counts
        if url is None or counts["lists_taken_up"] >= MOST_LISTS:
            self._account.discovery.skip(found.url, NO_ADDRESS if url is None else TOO_MANY_LISTS)
            return
        added = Entry(normalise(url), url, found.origin, entry.site, priority=LISTS_FIRST)
        counts["lists_taken_up"] += self._frontier.renew(added, began=self._began)
        self._depths.setdefault(added.key, depth)

    def add_sitemap(self, found: Found, entry: Entry) -> bool:
        """Put a sitemap on the frontier that another one lists, unless it last changed before the dates asked for, or
        sitemaps have led to sitemaps for too long."""
        depth = self._depths.get(entry.key, 0) + 1
        if depth > DEEPEST:
            self._account.discovery.skip(found.url, TOO_DEEP)
            return True
        since, changed = self._plan.options.since, found.origin.date
        day = _day(changed) if since and changed else None
        if since and day and day < since:
            self._account.discovery.skip(found.url, OLD_SITEMAP)
            return False
        self.add_list(found, entry, depth=depth)
        return True

    def _in_time(self, said: str | None) -> bool:
        since, until = self._plan.options.since, self._plan.options.until
        if since is None and until is None:
            return True
        day = _day(said)
        return day is not None and (since is None or day >= since) and (until is None or day <= until)

    def unchanged(self, entry: Entry, url: str) -> None:
        """A list has not changed: read what it led to, which may have. An article has not."""
        if entry.origin.purpose is Purpose.ARTICLE:
            self._account.counts["not_modified"] += 1
            self._account.tallies[entry.site].counts["unchanged"] += 1
            return
        self._frontier.renewal.renew_found_in(url, entry.site, began=self._began)
        self._account.discovery.unchanged(entry)
        self._account.tallies[entry.site].read(entry, unchanged=True)

    def follow(self, entry: Entry, url: str) -> bool:
        """Put where a redirect leads on the frontier; False if it leads back to where it came from."""
        if entry.origin.purpose.is_extra:
            return self._frontier.redirect(entry, redirected(entry, url, key_of(url)))
        if entry.origin.purpose is Purpose.PAGE:
            # A page number that there is not leads back to the first page.
            is_first = normalise(url) == normalise(entry.origin.via or "")
            key = key_of_page(url, entry.origin.story or "")
            return not is_first and self._frontier.redirect(entry, redirected(entry, url, key))
        key = url if self._plan.exactly else normalise(url)
        self._depths.setdefault(key, self._depths.get(entry.key, 0))
        if key == entry.key and url != entry.url:
            # Another spelling or edition of the same page, such as its AMP edition, leads to it; no key ends so.
            key = url + "#"
        return self._frontier.redirect(entry, redirected(entry, url, key))

    def turn_page(self, capture: Capture, entry: Entry, *, single: bool = True) -> None:
        """Put the next page of a story on the frontier, or with `single` the view that has all of them."""
        page = further_page(capture, self._plan.site(entry.site), entry.site, single=single)
        if page is not None:
            self._frontier.add(page)

    def waits_for_cookie(self, entry: Entry, url: str) -> bool:
        """Whether to ask once more for where a redirect leads back to: some sites send who has no cookie in a circle,
        and set one on the way."""
        if not self.keeps_cookies(entry.site) or not self._cookies.has_any(entry.site):
            return False
        is_first = url not in self._asked_once_more
        self._asked_once_more.add(url)
        return is_first

    def keeps_cookies(self, site: str) -> bool:
        """Whether cookies of a site are sent back to it."""
        return self._plan.site(site).crawl.keep_cookies

    def ask_once_more(self, url: str) -> None:
        """Queue again where a redirect leads back to, once the entry that led there is done."""
        self._frontier.ask_once_more(url if self._plan.exactly else normalise(url))

    def need(self, capture: Capture, entry: Entry) -> None:
        """Put what a page, or a style sheet, needs on the frontier, and the documents that an article links to; each
        thing is fetched once."""
        if self._plan.wants_requisites(entry.site):
            kept = entry.origin.purpose is Purpose.SECTION
            for needed in needs_of(capture, entry.site, entry.hops, kept=kept):
                self._frontier.add(needed)
        for document in documents_of(capture, entry.site):
            if self._plan.wants_documents(entry.site):
                self._frontier.add(document)
            else:
                self._account.discovery.skip(document.url, LEFT_OUT)


def _day(said: str | None) -> date | None:
    from archive.extraction.metadata import parse_date  # noqa: PLC0415 - only where dates are asked for

    parsed = parse_date(said) if said else None
    return date.fromisoformat(parsed[:10]) if parsed else None
