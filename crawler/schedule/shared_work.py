"""What a crawling process has of a collection that several machines crawl together."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from archive.collection.folder import Collection
from archive.collection.workers import Workplace, is_of, working
from archive.pipeline.record_lines import LiveRecords
from crawler.crawl import CrawlReport, Tell, rebuild_missing, report_dict, scheduled_info
from crawler.frontier.shared.catalogue import SharedCatalogue
from crawler.frontier.shared.frontier import SharedFrontier
from crawler.frontier.shared.orders import SiteParts
from crawler.frontier.shared.server import Server
from crawler.frontier.shared.work import Joined, Kind, join, leave
from crawler.joint_crawl import keep_joint, write_joint
from crawler.joint_report import joined as joined_report
from crawler.run.open_collection import OpenCollection, Shared
from crawler.run.plan import Plan, keep_site_files
from crawler.run.recovery import needs_by_files
from crawler.schedule.messages import Begin

#: Seconds that the others are waited for at the end of a site's crawl, and where that was halted.
_PATIENCE, _HALTED = 90.0, 3.0


class SharedWork:
    """One worker's part in the crawls of sites."""

    def __init__(self, workplace: Workplace, holdings: OpenCollection, parts: SiteParts, tell: Tell) -> None:
        self.holdings = holdings
        self._workplace = workplace
        self._parts = parts
        self._tell = tell

    def begin(self, order: Begin, plan: Plan) -> None:
        """A site's crawl begins here."""
        with self._workplace.starting():
            keep_site_files(plan, self._workplace.collection)
        self._parts.begin(order.report, self._workplace.name)

    async def others_end(self, order: Begin, is_halting: Callable[[], bool]) -> None:
        """Nothing is left to do: let the others end, and wait for what they came to."""
        self._parts.end(order.domain, order.report)
        began = time.monotonic()
        while self._parts.are_missing(order.report):
            if time.monotonic() - began > (_HALTED if is_halting() else _PATIENCE):
                break
            await asyncio.sleep(0.25)
        self._parts.release(order.domain)

    def end(self, order: Begin, report: CrawlReport) -> None:
        """Hand in what came of it; whoever began the crawl writes the report of all."""
        self._parts.hand_in(order.report, report_dict(report))
        if not order.joins and (whole := joined_report(order.report, self._parts.all(order.report))):
            self._parts.keep(order.report, keep_joint(self._workplace.collection, order.report, whole, self._tell))


@contextmanager
def sharing(collection: Collection, url: str, tell: Tell, tidy: Callable[[Collection], None]) -> Iterator[SharedWork]:
    """Be a worker of the schedule; `tidy` is done where no other of this folder begins. Raises CollectionError while a
    crawl that no schedule began is under way."""
    with working(collection) as workplace, closing(Server(url)) as server:
        with workplace.starting():
            joined = _begun(workplace, server, tell, tidy)
            others = workplace.others()
            frontier, catalogue = SharedFrontier(server, joined, []), SharedCatalogue(workplace, server)
            shared = Shared(catalogue, frontier, workplace.prefix, others)
            holdings = OpenCollection(collection, scheduled_info(), LiveRecords(collection), shared)
            holdings.catch_up(tell, needs_by_files(collection.sites))
        yield SharedWork(workplace, holdings, SiteParts(server, joined), tell)
        leave(server, joined, {})


def _begun(workplace: Workplace, server: Server, tell: Tell, tidy: Callable[[Collection], None]) -> Joined:
    """Mend what dead workers left, and be one of those that live."""
    collection, others = workplace.collection, workplace.others()

    def is_left(path: Path) -> bool:
        return not is_of(path, others)

    for mended in workplace.recover():
        tell(str(mended))
    rebuild_missing(collection, None, tell, is_left)
    tidy(collection)
    joined = join(server, workplace.name, f"{datetime.now(UTC):%Y%m%d%H%M%S}000", Kind.SCHEDULE)
    for name, parts in joined.left.items():
        write_joint(collection, server, name, parts, tell)
    return joined
