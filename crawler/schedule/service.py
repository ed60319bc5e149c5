"""The long-living process: it ticks the supervisor, watches the configuration, and answers to signals."""

import asyncio
import math
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic

from archive.collection.folder import Collection
from archive.operations.schedule_store import ScheduleStore
from archive.operations.schedule_times import next_run
from archive.operations.scheduled_run import Part, Run, RunOutcome
from archive.operations.scheduled_sites import Roster, read_roster, stamps
from archive.operations.supervisor import Supervisor
from archive.telling.terminal import counted
from crawler.schedule.runner import CrawlerProcess
from crawler.schedule.upkeep import Upkeep, chores

#: Seconds between two looks at what commands ask for, and at the files of the configuration.
POLL = 1.0
CONFIGURATION_POLL = 5.0
#: Seconds that the crawling process is given to end: its own grace periods, and some time to write.
PATIENCE = 25.0
#: How long ended runs are kept in schedule.sqlite; their reports in crawls/ stay.
RUNS_FOR = timedelta(days=400)


@dataclass
class Service:
    """One collection's scheduler. Only one process may run it (archive.operations.scheduler_presence)."""

    collection: Collection
    tell: Callable[[str], None]

    async def run(self) -> None:
        """Keep the schedule until SIGTERM or SIGINT. Raises ConfigurationError if collection.yaml is wrong."""
        roster = read_roster(self.collection)
        self._stamps = stamps(self.collection)
        self._say_problems(roster)
        self._store = ScheduleStore(self.collection.schedule)
        self._woken = asyncio.Event()
        self._stopping = False
        self._refusal: str | None = None
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._stop)
        self._crawler = CrawlerProcess(self.collection.path, self._part_ended)
        self._ask_for_new(roster)
        self._supervisor = Supervisor(self._store, roster, self._crawler, _now, after_run=self._run_ended)
        self._supervisor.open()
        self.tell(f"Keeping the schedule of {counted(len(roster.sites), 'site')} of {self.collection.path}.")
        self._upkeep = Upkeep(self.collection.path, lambda: chores(self._supervisor.roster.settings), self.tell)
        upkeep = asyncio.ensure_future(self._upkeep.keep())
        try:
            await self._keep()
        finally:
            await self._crawler.stop(PATIENCE)
            upkeep.cancel()
            with suppress(asyncio.CancelledError):
                await upkeep
            self._store.close()

    async def _keep(self) -> None:
        version = -1
        wake: datetime | None = None
        looked, forgot = monotonic(), -math.inf
        while not self._stopping:
            if monotonic() - forgot >= 86_400:
                forgot = monotonic()
                self._store.forget(_now() - RUNS_FOR)
            if monotonic() - looked >= CONFIGURATION_POLL:
                looked = monotonic()
                self._woken.set() if self._look_at_configuration() else None
            seen = self._store.version()
            if self._woken.is_set() or seen != version or (wake is not None and _now() >= wake):
                self._woken.clear()
                wake, version = self._supervisor.tick(), seen
            if self._crawler.is_old():
                self._supervisor.halt_all()
            self._crawler.rest()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), POLL)

    def _stop(self) -> None:
        self._stopping = True
        self._woken.set()

    def _part_ended(self, site: str, part: Part) -> None:
        if part.ended == "crashed":
            self.tell(f"{site}: {part.detail}")
        refusal = part.detail if part.ended == "refused" else None
        if refusal and refusal != self._refusal:
            self.tell(f"{refusal} Sites that are due wait.")
        self._refusal = refusal
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
        roster = read_roster(self.collection, self._supervisor.roster)
        self._say_problems(roster)
        self._ask_for_new(roster)
        self._supervisor.adopt(roster)
        self.tell(f"The configuration has changed: {counted(len(roster.sites), 'site')}.")
        return True

    def _ask_for_new(self, roster: Roster) -> None:
        """A site that is new is crawled at once: whoever adds it wants to see that it works."""
        known, now = self._store.sites(), _now()
        for domain, scheduled in roster.sites.items():
            if scheduled.active and domain not in known and next_run(scheduled.schedule, domain, now):
                self._store.ask(domain, now)

    def _say_problems(self, roster: Roster) -> None:
        for problem in roster.problems:
            self.tell(f"{problem} (not taken; what was in force before stays)")


def _now() -> datetime:
    return datetime.now(UTC)


def _sentence(run: Run) -> str:
    """A run in a line of the log."""
    what = f"{run.articles} articles" + (f", {run.failed} failed" if run.failed else "")
    late = f", for {run.missed + 1} due times" if run.missed else ""
    seconds = (run.ended - run.started).total_seconds() if run.ended and run.started else 0.0
    detail = f": {run.detail}" if run.detail and run.outcome is not RunOutcome.FINISHED else ""
    return f"{run.site}: {run.outcome or 'ended'}{detail}; {what} in {seconds:.0f} s{late}"
