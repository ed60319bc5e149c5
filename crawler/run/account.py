"""What one crawl run comes to: counted as it goes, and concluded for its report."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.collection.failure import Failed
from archive.collection.site_figures import SiteFigures
from archive.exchange import Capture, Exchange
from crawler.frontier.entry import Entry
from crawler.frontier.store import Store
from crawler.run.discovery_log import DiscoveryLog
from crawler.run.plan import Plan
from crawler.run.site_tally import SiteTally

#: Failures, and as many notes, that a run's report names; all failures are in the frontier.
MOST_FAILURES = 1000
_LATE = "lists were read for as long as one run may; those that are left are the next run's"


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What the frontier says of a run that is over: its URLs by state, (URL, why) of those that failed, and the sites'
    figures without those of their pages, which may still be made."""

    counts: dict[str, int]
    failures: list[tuple[str, Failed]]
    sites: dict[str, SiteFigures]


class Account:
    """Filled by the run's parts and the spider. `tallies` are by site, `notes` (URL, sentence) of what is worth knowing
    and no failure."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.sources: Counter[str] = Counter()
        self.discovery = DiscoveryLog()
        self.tallies: defaultdict[str, SiteTally] = defaultdict(SiteTally)
        self.notes: list[tuple[str, str]] = []
        self.bytes = 0
        self.lists_left_over = False
        self._hosts_distrusted: set[str] = set()

    @property
    def records(self) -> int:
        """Records made so far of what this run captured."""
        return sum(tally.pages.records for tally in self.tallies.values())

    def exchanged(self, exchange: Exchange, capture: Capture) -> None:
        """An exchange is in the archive."""
        self.counts["exchanges"] += 1
        self.bytes += len(exchange.response)
        if said := exchange.origin.certificate:
            self._distrusted(exchange.url, said)
        if capture.status:
            self.statuses[capture.status] += 1

    def _distrusted(self, url: str, said: str) -> None:
        """Each host is told of once."""
        host = urlsplit(url).netloc
        if host not in self._hosts_distrusted:
            self._hosts_distrusted.add(host)
            self.note(url, f"the server's certificate does not hold ({said})")

    def captured(self, entry: Entry, *, repeated: bool) -> None:
        """An article is in the archive."""
        self.counts["articles"] += 1
        self.counts["repeated"] += repeated
        counts = self.tallies[entry.site].counts
        counts["fetched"] += 1
        if entry.captured is not None:
            counts["unchanged" if repeated else "revised"] += 1

    def read(self, entry: Entry, *, links: int = 0, articles: int = 0, new: int = 0, lists: int = 0) -> None:
        """A list was read."""
        self.discovery.read(entry, links=links, articles=articles, new=new, lists=lists)
        self.tallies[entry.site].read(entry)

    def note(self, url: str, sentence: str) -> None:
        """Keep something for the report that is worth knowing and no failure."""
        if len(self.notes) < MOST_FAILURES:
            self.notes.append((url, sentence))

    def silent(self, entry: Entry, sentence: str) -> None:
        """A host does not answer. Where it is one of many, that is no reason to call its site undone."""
        tally = self.tallies[entry.site]
        if tally.silent is None and not tally.counts["fetched"]:
            tally.silent = sentence
        self.note(entry.url, sentence)

    def conclude(self, plan: Plan, frontier: Store, *, began: float, site: str | None) -> Conclusion:
        """What the frontier says of this run, which began at that time (epoch seconds): of one site, or of all."""
        for name, tally in self.tallies.items():
            if tally.stopped:
                frontier.release(name)
        due = sum(frontier.questions.due_later(name, plan.revisits(name)) for name in plan.sites)
        return Conclusion(
            frontier.questions.counts(site) | ({"due_later": due} if due else {}),
            frontier.questions.failures(began, MOST_FAILURES, site),
            {name: self._figures(name, frontier) for name in {*plan.sites, *self.tallies}},
        )

    def _figures(self, site: str, frontier: Store) -> SiteFigures:
        tally = self.tallies[site]
        left, lists_left = frontier.questions.left(site)
        late = _LATE if lists_left and self.lists_left_over else None
        stopped = tally.stopped or ((tally.silent or tally.waits(frontier.now()) or late) if left else None)
        captured = frontier.questions.captured_of(tally.fed or ())
        return tally.figures(captured=captured, left=left, lists_left=lists_left, stopped=stopped)

    def site_figures(self, concluded: Conclusion, *, pages: bool) -> dict[str, SiteFigures]:
        """What the run came to, site by site; with `pages`, also what their pages hold, which is whole once all records
        are made."""
        return {
            site: figures.model_copy(update={"pages": self.tallies[site].pages.figures() if pages else None})
            for site, figures in sorted(concluded.sites.items())
        }
