"""A collection's scheduler with a clock that tests set and crawls that take as long as a test says.

The clock jumps from one event to the next: to when the supervisor wants to tick, or to when a crawl ends.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from archive.collection.folder import Collection
from archive.collection.settings import CollectionSettings
from archive.operations.schedule_store import ScheduleStore
from archive.operations.scheduled_run import Ending, Part, Run
from archive.operations.scheduled_sites import Roster, Scheduled
from archive.operations.supervisor import Supervisor
from archive.sites import Site
from archive.sites.schedule import Schedule


@dataclass(frozen=True)
class Crawl:
    """What a run of a site needs: so many seconds in all, and how it ends."""

    seconds: float = 60.0
    articles: int = 10
    ended: Ending = "finished"
    detail: str | None = None


#: Says of a run, at the moment that it begins, what it needs.
Weather = Callable[[Run, datetime], Crawl]


@dataclass
class Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass(order=True)
class _Event:
    at: datetime
    number: int
    site: str = field(compare=False)
    part: Part = field(compare=False)


class FakeRunner:
    """Crawls that only take time. `begun` keeps every part: site, run, when."""

    def __init__(self, clock: Clock, weather: Weather) -> None:
        self.clock = clock
        self.weather = weather
        self.events: list[_Event] = []
        self.aboard: dict[str, tuple[Run, datetime, Crawl]] = {}
        self.spent: dict[int, float] = {}
        self.needs: dict[int, Crawl] = {}
        self.limits: dict[str, int | None] = {}
        self.most_aboard = 0
        self._number = 0

    def begin(self, run: Run, _scheduled: Scheduled, limit: int | None) -> None:
        assert run.site not in self.aboard, f"two runs of {run.site} at a time"
        if run.id not in self.needs:
            self.needs[run.id] = self.weather(run, self.clock.now)
        crawl = self.needs[run.id]
        self.aboard[run.site] = (run, self.clock.now, crawl)
        self.limits[run.site] = limit
        self.most_aboard = max(self.most_aboard, len(self.aboard))
        left = max(1.0, crawl.seconds - self.spent.get(run.id, 0))
        self._at(left, run.site, Part(crawl.ended, crawl.articles, 0, crawl.detail))

    def halt(self, site: str) -> None:
        self.events = [event for event in self.events if event.site != site]
        heapq.heapify(self.events)
        self._at(1, site, Part("interrupted", 1, 0))

    def _at(self, seconds: float, site: str, part: Part) -> None:
        self._number += 1
        heapq.heappush(self.events, _Event(self.clock.now + timedelta(seconds=seconds), self._number, site, part))

    def take(self) -> tuple[str, Part]:
        """The next end of a part; a crash ends all that are aboard."""
        event = heapq.heappop(self.events)
        run, since, _ = self.aboard.pop(event.site)
        self.spent[run.id] = self.spent.get(run.id, 0) + (self.clock.now - since).total_seconds()
        if event.part.ended != "interrupted":
            del self.spent[run.id]
            self.needs.pop(run.id, None)
        if event.part.ended == "crashed":
            for other in self.events:
                other.at, other.part = event.at, Part("crashed")
            self.needs.clear()
            heapq.heapify(self.events)
        return event.site, event.part


class Simulation:
    """Sites with schedules in a folder, from a moment on."""

    def __init__(self, folder: Path, start: datetime, schedules: dict[str, Schedule], weather: Weather) -> None:
        self.clock = Clock(start)
        self.collection = Collection(folder)
        self.collection.create()
        self.weather = weather
        self.ended: list[Run] = []
        self.on_run: Callable[[Run], None] = self.ended.append
        self.roster = roster(schedules)
        self.open()

    def open(self) -> None:
        """Start the process: again, after `close` or without it, as after a crash."""
        self.store = ScheduleStore(self.collection.schedule)
        # Time is simulated and so are crashes: nothing depends on the disk, which is slow.
        self.store._db.execute("PRAGMA synchronous=OFF")
        self.store._db.execute("PRAGMA journal_mode=MEMORY")
        # One process has it, which need not ask for its locks and look for others' writes each time.
        self.store._db.execute("PRAGMA locking_mode=EXCLUSIVE")
        self.runner = FakeRunner(self.clock, self.weather)
        self.supervisor = Supervisor(self.store, self.roster, self.runner, self.clock, after_run=self._ran)
        self.supervisor.open()

    def _ran(self, run: Run) -> None:
        self.on_run(run)

    def crash(self, down: timedelta) -> None:
        """The process is gone at once, and is back after a while."""
        self.store.close()
        self.clock.now += down
        self.open()

    def run(self, until: datetime) -> None:
        """Let time pass."""
        while True:
            wake = self.supervisor.tick()
            moments = [moment for moment in (wake, self.runner.events[0].at if self.runner.events else None) if moment]
            if not moments or min(moments) > until:
                self.clock.now = until
                return
            self.clock.now = max(self.clock.now, min(moments))
            while self.runner.events and self.runner.events[0].at <= self.clock.now:
                self.supervisor.part_ended(*self.runner.take())


def roster(schedules: dict[str, Schedule], at_once: int = 20) -> Roster:
    """Sites with nothing but a name and a schedule."""
    sites = {domain: Scheduled(Site(domain=domain), schedule) for domain, schedule in schedules.items()}
    return Roster(CollectionSettings(sites_at_once=at_once), sites)
