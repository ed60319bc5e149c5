"""What a run comes to on one site, counted as it goes."""

from collections import Counter
from datetime import UTC, datetime

from archive.collection.failure import Failed
from archive.collection.site_figures import Ending, SiteFigures
from archive.exchange import Kind, Purpose
from archive.pipeline.page_figures import PageTally
from crawler.frontier.entry import Entry

#: Obstacles without a page between them after which a site counts as blocking. One page that is refused is the page's
#: affair; a site that refuses five in a row would be asked for thousands in vain.
BLOCKS_IN_A_ROW = 5
#: Entries of a site's feeds that are remembered, to be compared with what is captured.
_MOST_FED = 5000
_FEEDS = ("feed", "news_sitemap")


class SiteTally:
    """Filled by the run and the spider."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.obstacles: Counter[str] = Counter()
        self.pages = PageTally()
        self.stopped: str | None = None
        self.silent: str | None = None
        self.came_before = False
        """Whether an earlier part of the same run fetched anything."""
        self.waits_until: float = 0.0
        self.fed: set[str] | None = None
        self._row: list[Entry] = []

    def answered(self, entry: Entry, status: int, obstacle: Kind | None) -> list[Entry]:
        """Count an answer; the entries that were refused in a row, once they are enough to stop for, and then each
        that was under way."""
        self.statuses[status] += 1
        if obstacle:
            self.obstacles[obstacle.value] += 1
            self._row.append(entry)
        elif not 300 <= status < 400 and status < 500:
            # Redirects lead to walls as well as to pages, and errors of the server say nothing of who is let in.
            self._row.clear()
        return self._row if len(self._row) >= BLOCKS_IN_A_ROW else []

    def failed(self, entry: Entry, why: Failed) -> None:
        """Count what was given up."""
        self.failures[why.figure] += 1
        self.counts["lists_failed"] += entry.origin.purpose not in (Purpose.ARTICLE, Purpose.PAGE)

    def read(self, entry: Entry, *, unchanged: bool = False) -> None:
        """A list was read, or has not changed."""
        self.counts["lists"] += 1
        self.counts["lists_unchanged"] += unchanged
        if entry.origin.purpose is Purpose.FEED and not unchanged and self.fed is None:
            self.fed = set()

    def named(self, found_in: str, key: str, *, new: bool) -> None:
        """A list named an article. Those that feeds name are remembered."""
        self.counts["listed"] += 1
        self.counts["found"] += new
        if found_in in _FEEDS:
            self.fed = self.fed if self.fed is not None else set()
            if len(self.fed) < _MOST_FED:
                self.fed.add(key)

    def _ending(self, stopped: str | None) -> Ending:
        if self.stopped:
            return Ending.BLOCKED
        came = self.counts["lists"] + self.counts["fetched"] + self.counts["unchanged"] + self.counts["not_html"]
        if self.failures.total() and not came and not self.came_before:
            return Ending.FAILED
        return Ending.PUT_OFF if stopped else Ending.DONE

    def waits(self, now: float) -> str | None:
        """Why nothing more was asked, if the server said to wait until after the run (epoch seconds)."""
        if self.waits_until <= now:
            return None
        until = datetime.fromtimestamp(self.waits_until, UTC)
        return f"the server asks to wait until {until:%Y-%m-%d %H:%M:%S} UTC"

    def figures(self, *, captured: int, left: int, lists_left: int, stopped: str | None) -> SiteFigures:
        """The sums, without the pages. `captured` is how many of the remembered feed entries are captured."""
        counts = self.counts
        return SiteFigures(
            found=counts["found"],
            listed=counts["listed"],
            feed_entries=None if self.fed is None else len(self.fed),
            feed_captured=None if self.fed is None else captured,
            fetched=counts["fetched"],
            revised=counts["revised"],
            unchanged=counts["unchanged"],
            gone=counts["gone"],
            failed=dict(self.failures),
            statuses={str(status): count for status, count in sorted(self.statuses.items())},
            obstacles=dict(self.obstacles),
            lists=counts["lists"],
            lists_failed=counts["lists_failed"],
            lists_unchanged=counts["lists_unchanged"],
            lists_left=lists_left,
            left=left,
            stopped=stopped,
            ending=self._ending(stopped),
        )
