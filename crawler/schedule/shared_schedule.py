"""A schedule that processes on several machines keep: who decides, what the others join in, and by whose clock."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime

from archive.collection.folder import Collection
from archive.operations.schedule_store import ScheduleStore
from archive.operations.scheduled_run import Run
from archive.operations.scheduled_sites import Scheduled
from archive.operations.shared_schedule import OnServer
from archive.operations.shared_server import CLOCK
from archive.whole_file import write_whole
from crawler.frontier.shared.orders import Orders
from crawler.frontier.shared.seat import Seat, SeatLostError
from crawler.frontier.shared.server import Server
from crawler.schedule.messages import Begin
from crawler.schedule.runner import CrawlerProcess, order_of

#: Seconds of reports that a process takes in when it begins: it may have been away for so long.
_BACK = 7 * 86_400.0


class SharedSchedule:
    """Of one process, by one connection. Raises CollectionError where the server is away for longer than a restart
    takes."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._server = Server(url)
        self._seat = Seat(self._server)
        self._orders = Orders(self._server, self._seat)
        self._skew = self._taken_in = 0.0

    def claim(self) -> bool:
        """Decide, or go on deciding, unless another process does; whether this one does."""
        decides = self._seat.claim()
        row = self._server.execute(f"SELECT {CLOCK}").fetchone()
        assert row is not None  # noqa: S101 - it gives one
        self._skew = float(row[0]) - time.time()
        return decides

    def now(self) -> datetime:
        """The server's time."""
        return datetime.fromtimestamp(time.time() + self._skew, UTC)

    def store(self) -> ScheduleStore:
        """The tables, for whoever decides: what it changes is refused once another does."""
        self._orders.withdraw()
        return ScheduleStore(OnServer(self._server, self._seat.require))

    @contextmanager
    def losing(self) -> Iterator[None]:
        """Where another process decides by now, this one does not, and that is all."""
        try:
            yield
        except SeatLostError:
            return

    def announcing(self, crawler: CrawlerProcess) -> "Announcing":
        """The runner of a supervisor, whose crawls others may join."""
        return Announcing(crawler, self._orders)

    def withdraw(self, site: str) -> None:
        """The crawl of a site has ended. Raises SeatLostError."""
        self._orders.withdraw(site)

    def orders(self) -> dict[str, Begin | None]:
        """What another process has begun, by site; None for what is not to be joined yet."""
        return {
            site: Begin(**{**json.loads(order), "joins": True}) if ripe else None
            for site, (order, ripe) in self._orders.there().items()
        }

    def take_in(self, collection: Collection) -> None:
        """Have reports that were written on machines with folders of their own."""
        self._taken_in = self._taken_in or self.now().timestamp() - _BACK
        for name, written, content in self._orders.reports_since(self._taken_in):
            path = collection.crawls / f"{name}.json"
            if not path.exists():
                collection.create()
                write_whole(path, content.encode())
            self._taken_in = written

    def leave(self) -> None:
        """Let another process decide."""
        try:
            self._seat.leave()
        finally:
            self._server.close()


class Announcing:
    """A Runner (archive.operations.supervisor)."""

    def __init__(self, crawler: CrawlerProcess, orders: Orders) -> None:
        self._crawler = crawler
        self._orders = orders

    def begin(self, run: Run, scheduled: Scheduled, limit: int | None) -> None:
        """Crawl a site, and let others join."""
        order = order_of(run, scheduled, limit)
        self._orders.give(run.site, json.dumps(asdict(order)))
        self._crawler.take(order)

    def halt(self, site: str) -> None:
        """End a site's crawl soon, everywhere."""
        self._orders.withdraw(site)
        self._crawler.halt(site)
