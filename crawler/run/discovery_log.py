"""What became of a run's discovery: which lists were read, and why links in them are not fetched."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from archive.collection.failure import Failed, FailureKind
from archive.exchange import Purpose
from archive.telling.kinds import SkipKind, Skipped
from crawler.frontier.entry import Entry

#: Lists and, for each reason, URLs that are remembered; all of them are counted.
_MOST_LISTS, _EXAMPLES = 5000, 3

OTHER_DATES = Skipped(SkipKind.OTHER_DATES, "not in the dates asked for")
OLD_SITEMAP = Skipped(SkipKind.OTHER_DATES, "a sitemap that has not changed since the dates asked for")
NO_ADDRESS = Skipped(SkipKind.NOT_WEB, "no address that can be asked for")
TOO_MANY_LISTS = Skipped(SkipKind.TOO_MANY_LISTS, "more lists than are read in one run")
TOO_DEEP = Skipped(SkipKind.TOO_DEEP, "a sitemap behind too many sitemap indexes in a row")
UNDATED = Skipped(SkipKind.UNDATED, "without a date")


@dataclass(frozen=True, slots=True)
class ListRead:
    """One list: how it was found, what was in it, and how many of its articles were new. `fault` says why it could
    not be read, `fault_kind` of what kind that is; `unchanged` that the server had nothing new."""

    site: str
    url: str
    kind: str
    found_in: str
    links: int = 0
    articles: int = 0
    new: int = 0
    lists: int = 0
    unchanged: bool = False
    fault: str | None = None
    fault_kind: FailureKind | None = None


class DiscoveryLog:
    """Filled by the spider."""

    def __init__(self) -> None:
        self.lists: list[ListRead] = []
        self.skipped: Counter[Skipped] = Counter()
        self.examples: defaultdict[str, list[str]] = defaultdict(list)

    def read(self, entry: Entry, *, links: int = 0, articles: int = 0, new: int = 0, lists: int = 0) -> None:
        """A list was read."""
        self._keep(entry, links=links, articles=articles, new=new, lists=lists)

    def unchanged(self, entry: Entry) -> None:
        """The server says that a list is as it was."""
        self._keep(entry, unchanged=True)

    def failed(self, entry: Entry, why: Failed) -> None:
        """A list could not be read."""
        self._keep(entry, fault=why.sentence, fault_kind=why.kind)

    def _keep(self, entry: Entry, **told: Any) -> None:
        if entry.origin.purpose not in (Purpose.ARTICLE, Purpose.PAGE) and len(self.lists) < _MOST_LISTS:
            self.lists.append(ListRead(entry.site, entry.url, entry.origin.purpose, entry.origin.found_in, **told))

    def skip(self, url: str, reason: Skipped) -> None:
        """A link is not fetched."""
        self.skipped[reason] += 1
        if len(self.examples[reason]) < _EXAMPLES:
            self.examples[reason].append(url)
