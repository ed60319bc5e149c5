"""The long-living process: it ticks the supervisor, watches the configuration, and answers to signals."""

import asyncio
import math
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING

from archive.collection.folder import Collection
from archive.operations.schedule_store import ScheduleStore
from archive.operations.schedule_times import next_run
from archive.operations.scheduled_run import Part, Run, RunOutcome
from archive.operations.scheduled_sites import Roster, read_roster, stamps
from archive.operations.supervisor import Supervisor
from archive.telling.terminal import counted
from crawler.schedule.messages import Begin
from crawler.schedule.runner import CrawlerProcess
from crawler.schedule.upkeep import Chore, Upkeep, chores

if TYPE_CHECKING:
    from crawler.schedule.shared_schedule import SharedSchedule  # of the extra [postgres]

#: Seconds between two looks at what commands ask for, and at the files of the configuration.
POLL = 1.0
CONFIGURATION_POLL = 5.0
#: Seconds that the crawling process is given to end: its own grace periods, and some time to write.
PATIENCE = 25.0
#: How long ended runs are kept in schedule.sqlite; their reports in crawls/ stay.
RUNS_FOR = timedelta(days=400)
#: Seconds for which nothing is joined where the crawling process was refused.
REFUSED_FOR = 30.0


@dataclass
class Service:
    """One collection's scheduler. Only one process decides what is begun: the one that runs
    (archive.operations.scheduler_presence), or with a `shared` schedule the one that has the say. The others join in
    what is crawled then, and stand by. `keeps_folder` says whether this one copies and verifies the folder."""

    collection: Collection
    tell: Callable[[str], None]
    shared: "SharedSchedule | None" = None
    keeps_folder: bool = True

    async def run(self) -> None:
        """Keep the schedule until SIGTERM or SIGINT. Raises ConfigurationError if collection.yaml is wrong."""
        self._roster = read_roster(self.collection)
        self._stamps = stamps(self.collection)
        self._say_problems(self._roster)
        self._woken = asyncio.Event()
        self._stopping = False
        self._refusal: str | None = None
        self._refused = -math.inf
        self._joined: set[str] = set()
        self._supervisor: Supervisor | None = None
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._stop)
        frontier = self.shared.url if self.shared else None
        self._crawler = CrawlerProcess(self.collection.path, self._part_ended, frontier=frontier)
        self._upkeep = Upkeep(self.collection.path, self._chores, self.tell)
        async with self._tended():
            if self.shared is None:
                await self._decide(ScheduleStore(self.collection.schedule), lambda: True)
            else:
                await self._take_turns(self.shared)

    @asynccontextmanager
    async def _tended(self) -> AsyncIterator[None]:
        """The collection is looked after meanwhile, and no crawl goes on afterwards."""
        upkeep = asyncio.ensure_future(self._upkeep.keep())
        try:
            yield
        finally:
            await self._crawler.stop(PATIENCE)
            upkeep.cancel()
            with suppress(asyncio.CancelledError):
                await upkeep

    async def _take_turns(self, shared: "SharedSchedule") -> None:
        """Decide what is begun where no other process does, and join in otherwise."""
        try:
            while not self._stopping:
                if shared.claim():
                    with shared.losing():
                        await self._decide(shared.store(), shared.claim)
                else:
                    await self._join_in(shared)
                # What was begun with the other part to play goes on: by whoever has the say.
                await self._crawler.stop(PATIENCE)
        finally:
            self._supervisor = None
            shared.leave()

    async def _decide(self, store: ScheduleStore, may: Callable[[], bool]) -> None:
        """Keep the schedule as long as that may be."""
        self._store = store
        runner = self._crawler if self.shared is None else self.shared.announcing(self._crawler)
        self._supervisor = Supervisor(store, self._roster, runner, self._now, after_run=self._run_ended)
        try:
            self._ask_for_new(self._roster)
            self._supervisor.open()
            sites = counted(len(self._roster.sites), "site")
            self.tell(f"Keeping the schedule of {sites} of {self.collection.path}.")
            await self._keep(self._supervisor, may)
            await self._crawler.stop(PATIENCE)
        finally:
            self._supervisor = None
            if self.shared is None:
                store.close()

    async def _keep(self, supervisor: Supervisor, may: Callable[[], bool]) -> None:
        version = -1
        wake: datetime | None = None
        looked, forgot = monotonic(), -math.inf
        while not self._stopping and may():
            if monotonic() - forgot >= 86_400:
                forgot = monotonic()
                self._store.forget(self._now() - RUNS_FOR)
            if monotonic() - looked >= CONFIGURATION_POLL:
                looked = monotonic()
                self._woken.set() if self._look_at_configuration() else None
                self._take_in()
            seen = self._store.version()
            if self._woken.is_set() or seen != version or (wake is not None and self._now() >= wake):
                self._woken.clear()
                wake, version = supervisor.tick(), seen
            if self._crawler.is_old():
                supervisor.halt_all()
            self._crawler.rest()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), POLL)

    async def _join_in(self, shared: "SharedSchedule") -> None:
        """Crawl with others what another process begins, until it is gone."""
        self.tell(f"Another process keeps the schedule of {self.collection.path}: joining in, and standing by.")
        while not self._stopping and not shared.claim():
            self._woken.clear()
            orders = shared.orders()
            for site in self._crawler.sites - orders.keys():
                self._crawler.halt(site)
            if self._crawler.is_old():
                for site in self._crawler.sites:
                    self._crawler.halt(site)
            elif monotonic() - self._refused > REFUSED_FOR:
                self._join([order for order in orders.values() if order])
            self._crawler.rest()
            self._look_at_configuration()
            self._take_in()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), POLL)

    def _join(self, orders: list[Begin]) -> None:
        """Once each: whoever has nothing left to do in a crawl has done its part."""
        if not self._crawler.is_there:
            self._joined.clear()
        for order in orders:
            if order.report not in self._joined:
                self._joined.add(order.report)
                self._crawler.take(order)

    def _stop(self) -> None:
        self._stopping = True
        self._woken.set()

    def _chores(self) -> list[Chore]:
        return chores(
            self._roster.settings,
            decides=not self.shared or self._supervisor is not None,
            keeps_folder=self.keeps_folder,
        )

    def _part_ended(self, site: str, part: Part) -> None:
        if part.ended == "crashed":
            self.tell(f"{site}: {part.detail}")
        refusal = part.detail if part.ended == "refused" else None
        if refusal and refusal != self._refusal:
            self.tell(f"{refusal} Sites that are due wait.")
        self._refusal = refusal
        if refusal:
            self._refused = monotonic()
        with self.shared.losing() if self.shared else nullcontext():
            if self._supervisor and self.shared:
                self.shared.withdraw(site)
            if self._supervisor:
                self._supervisor.part_ended(site, part)
        self._woken.set()

    def _run_ended(self, run: Run) -> None:
        self.tell(_sentence(run))
        self._upkeep.run_ended()

    def _look_at_configuration(self) -> bool:
        """Take up what has changed; whether anything has."""
        found = stamps(self.collection)
        if found == self._stamps:
            return False
        self._stamps = found
        self._roster = read_roster(self.collection, self._roster)
        self._say_problems(self._roster)
        if self._supervisor:
            self._ask_for_new(self._roster)
            self._supervisor.adopt(self._roster)
        self.tell(f"The configuration has changed: {counted(len(self._roster.sites), 'site')}.")
        return True

    def _take_in(self) -> None:
        """Have reports that were written on other machines."""
        if self.shared:
            self.shared.take_in(self.collection)

    def _ask_for_new(self, roster: Roster) -> None:
        """A site that is new is crawled at once: whoever adds it wants to see that it works."""
        known, now = self._store.sites(), self._now()
        for domain, scheduled in roster.sites.items():
            if scheduled.active and domain not in known and next_run(scheduled.schedule, domain, now):
                self._store.ask(domain, now)

    def _say_problems(self, roster: Roster) -> None:
        for problem in roster.problems:
            self.tell(f"{problem} (not taken; what was in force before stays)")

    def _now(self) -> datetime:
        return self.shared.now() if self.shared else datetime.now(UTC)


def _sentence(run: Run) -> str:
    """A run in a line of the log."""
    what = f"{run.articles} articles" + (f", {run.failed} failed" if run.failed else "")
    late = f", for {run.missed + 1} due times" if run.missed else ""
    seconds = (run.ended - run.started).total_seconds() if run.ended and run.started else 0.0
    detail = f": {run.detail}" if run.detail and run.outcome is not RunOutcome.FINISHED else ""
    return f"{run.site}: {run.outcome or 'ended'}{detail}; {what} in {seconds:.0f} s{late}"
