"""What lists, redirects and pages lead to, put on the frontier."""

from datetime import date

from archive.exchange import Capture, Purpose
from crawler.discover import Found, normalise
from crawler.frontier.entry import Entry, redirected
from crawler.frontier.table import Frontier
from crawler.requisites import LEFT_OUT, documents_of, key_of, needs_of
from crawler.run.account import Account
from crawler.run.discovery_log import OLD_SITEMAP, OTHER_DATES, UNDATED
from crawler.run.plan import ARTICLES, LISTS_FIRST, Plan


class Leads:
    """Of a run that began at that time (epoch seconds): its lists are read once."""

    def __init__(self, plan: Plan, frontier: Frontier, account: Account, began: float) -> None:
        self._plan = plan
        self._frontier = frontier
        self._account = account
        self._began = began

    def add(self, found: Found, site: str) -> bool:
        """Put an article's URL on the frontier, if it is new; whether it is within the dates asked for."""
        if not self._in_time(found.origin.date):
            self._account.counts["out_of_dates"] += 1
            self._account.discovery.skip(found.url, OTHER_DATES if found.origin.date else UNDATED)
            return False
        priority = ARTICLES + (found.origin.found_in in ("feed", "news_sitemap"))
        key = normalise(found.url)
        new = self._frontier.add(Entry(key, found.url, found.origin, site, priority=priority))
        self._account.tallies[site].named(found.origin.found_in, key, new=new)
        if new:
            self._account.counts["new"] += 1
            self._account.sources[found.origin.found_in] += 1
        else:
            self._account.discovery.skip(found.url, self._frontier.questions.why_known(key, found.url))
        return True

    def add_list(self, found: Found, site: str) -> None:
        """Put a list on the frontier; lists are read once in every run."""
        entry = Entry(normalise(found.url), found.url, found.origin, site, priority=LISTS_FIRST)
        self._frontier.renew(entry, began=self._began)

    def add_sitemap(self, found: Found, site: str) -> bool:
        """Put a sitemap on the frontier that another one lists, unless it last changed before the dates asked for."""
        since, changed = self._plan.options.since, found.origin.date
        day = _day(changed) if since and changed else None
        if since and day and day < since:
            self._account.discovery.skip(found.url, OLD_SITEMAP)
            return False
        self.add_list(found, site)
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
        key = url if self._plan.exactly else normalise(url)
        if key == entry.key and url != entry.url:
            # Another spelling or edition of the same page, such as its AMP edition, leads to it; no key ends so.
            key = url + "#"
        return self._frontier.redirect(entry, redirected(entry, url, key))

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
