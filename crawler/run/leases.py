"""Which URL a run fetches next, and when it has enough."""

from collections import Counter
from collections.abc import Callable

from archive.collection.failure import Failed, FailureKind
from archive.exchange import Purpose
from crawler.frontier.entry import Entry
from crawler.frontier.store import Store
from crawler.frontier.wanted import Wanted
from crawler.run.account import Account
from crawler.run.plan import Plan

#: Seconds of a run in which lists are read. What they led to is still fetched then; the lists that are left are the
#: next run's.
LISTS_FOR = 6 * 3600.0


class Leases:
    """Takes entries from the frontier under the plan's limit and pace, with a `site` its own alone. `earlier` is how
    many articles the same run, which began at that time (epoch seconds), had fetched before it was interrupted."""

    def __init__(
        self,
        plan: Plan,
        frontier: Store,
        account: Account,
        taken_down: Callable[[str], object],
        *,
        site: str | None,
        earlier: int,
        began: float,
    ) -> None:
        self._plan = plan
        self._frontier = frontier
        self._account = account
        self._taken_down = taken_down
        self._site = site
        self._earlier = earlier
        self._lists_until = began + LISTS_FOR
        self._articles = 0
        self._lists: Counter[str] = Counter()

    def wanted(self) -> Wanted:
        """What may be fetched under the limit: lists are read only until they have led to enough articles, and what
        captured articles need still comes."""
        if self._plan.lists_only:
            return Wanted.LISTS
        self._account.lists_left_over = self._frontier.now() > self._lists_until
        listed = Wanted.PAGES if self._account.lists_left_over else Wanted.ALL
        if self._plan.options.limit is None:
            return listed
        taken = self._earlier + self._frontier.elsewhere() + self._account.counts["articles"] + self._articles
        left = self._plan.options.limit - taken
        if left <= 0:
            return Wanted.NEEDED
        waiting = self._frontier.waiting(self._frontier.now(), Wanted.NEW_ARTICLES, most=left, site=self._site)
        return Wanted.PAGES if waiting >= left else listed

    def has_more(self, seconds: float) -> bool:
        """Whether anything is to be fetched in the next so many seconds."""
        return self._frontier.waiting(self._frontier.now() + seconds, self.wanted(), site=self._site) > 0

    def next(self) -> Entry | None:
        """The next URL to fetch."""
        most = max((self._plan.concurrency(site) + self._ahead(site) for site in self._plan.sites), default=1)
        gap = self._plan.delay(self._site) if self._site else 0.0
        while entry := self._frontier.lease(self._frontier.now(), most, self.wanted(), site=self._site, gap=gap):
            if not self._taken_down(entry.url):
                break
            self._frontier.failed(entry, Failed(FailureKind.TAKEN_DOWN), now=self._frontier.now())
        if entry and entry.origin.purpose is Purpose.ARTICLE:
            self._articles += 1
        if entry and entry.is_list:
            self._lists[entry.site] += 1
        return entry

    def reads_lists(self, site: str) -> bool:
        """Whether lists of a site are under way: asked for, or not read yet."""
        return self._lists[site] > 0

    def _ahead(self, site: str) -> int:
        """How many requests to a host may wait beside those under way. None where there is a delay: they would still
        be sent after the host has asked for time."""
        return 1 if self._plan.delay(site) == 0 else 0

    def ended(self, entry: Entry) -> None:
        """A leased entry is no longer under way."""
        if entry.origin.purpose is Purpose.ARTICLE:
            self._articles -= 1
        if entry.is_list:
            self._lists[entry.site] -= 1
