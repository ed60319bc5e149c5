"""What is begun, halted and ended when: the decisions of a collection's scheduler, without a clock of its own.

The clock and the runner are given, so that a year passes in seconds in a test. Everything that must survive a crash
is in the store before the runner hears of it: a site's run is made and its next time set in one step, and a run that
has no end when the supervisor opens goes on where it was.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from archive.operations.schedule_store import ALL, KeptRun, ScheduleStore
from archive.operations.schedule_times import day_began, is_quiet, next_run, quiet_begins, wake
from archive.operations.scheduled_run import Part, Run, RunOutcome
from archive.operations.scheduled_sites import Roster, Scheduled

#: How long a part of a run may keep others waiting where more sites are due than may be crawled at a time.
TURN = timedelta(minutes=10)
#: How long a run that was on board of two crashes is alone with the crawler, to see whether it is the one.
PROBATION = timedelta(minutes=1)
#: Crashes after which a run is given up until its next time.
MOST_CRASHES = 3
#: How long to wait where another process uses the collection.
REFUSED_FOR = timedelta(seconds=30)
#: Due times that are counted one by one where several were missed.
_MOST_MISSED = 1000


class Runner(Protocol):
    """Crawls sites, many at a time. Each part that was begun is answered by a call of `Supervisor.part_ended`."""

    def begin(self, run: Run, scheduled: Scheduled, limit: int | None) -> None:
        """Crawl a site. `limit` is the most articles of the whole run, those of earlier parts included."""

    def halt(self, site: str) -> None:
        """End the part of a site soon."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A run that waits for its first part or its next one."""

    run: Run
    since: datetime


@dataclass(slots=True)
class _Aboard:
    """A part that is with the runner."""

    run: Run
    since: datetime
    halting: bool = False


class Supervisor:
    """`open` first, then `tick` whenever it says and whenever something happened."""

    def __init__(
        self,
        store: ScheduleStore,
        roster: Roster,
        runner: Runner,
        clock: Callable[[], datetime],
        *,
        after_run: Callable[[Run], None] = lambda _: None,
    ) -> None:
        self._store = store
        self.roster = roster
        self._runner = runner
        self._clock = clock
        self._after_run = after_run
        self._due: dict[str, datetime | None] = {}
        self._waiting: dict[str, _Waiting] = {}
        self._aboard: dict[str, _Aboard] = {}
        self._paused: frozenset[str] = frozenset()
        self._crashes: dict[int, int] = {}
        self._not_before = datetime.min.replace(tzinfo=UTC)

    def open(self) -> None:
        """Take up what was left: due times, and runs under way."""
        self.adopt(self.roster)
        self._waiting = {run.site: _Waiting(run, run.due) for run in self._store.under_way()}

    def adopt(self, roster: Roster) -> None:
        """Go on with this configuration. Where a schedule has not changed, its next time stays, also if it is past."""
        now, before = self._clock(), self._store.sites()
        self.roster = roster
        kept = {site: _kept(before.get(site), site, each, now) for site, each in roster.sites.items() if each.active}
        if kept != before:
            self._store.set_sites(kept)
        self._due = {site: each.due for site, each in kept.items()}

    def tick(self) -> datetime | None:
        """Do what is due; when to tick again if nothing happens before."""
        now = self._clock()
        self._take_orders(now)
        for site in [site for site, due in self._due.items() if due and due <= now]:
            self._fall_due(site, now)
        self._drop_unknown(now)
        self._halt(now)
        self._begin(now)
        return self._next(now)

    def halt_all(self) -> None:
        """End every part soon; its run goes on when the supervisor is next opened."""
        for site, aboard in self._aboard.items():
            self._halt_one(site, aboard)

    def part_ended(self, site: str, part: Part) -> None:
        """The runner's answer."""
        now, run = self._clock(), self._aboard.pop(site).run
        if part.articles is not None:
            self._store.part_ends(run.id, part.articles, part.failed or 0)
        if part.ended == "finished":
            self._end(run, now, RunOutcome.FINISHED, part.detail)
        elif part.ended == "stopped":
            self._end(run, now, RunOutcome.STOPPED, part.detail)
        elif part.ended == "crashed" and self._crashed(run) >= MOST_CRASHES:
            self._end(run, now, RunOutcome.CRASHED, part.detail)
        else:
            self._waiting[site] = _Waiting(run, now)
        self._not_before = now + REFUSED_FOR if part.ended == "refused" else self._not_before

    def _crashed(self, run: Run) -> int:
        self._crashes[run.id] = self._crashes.get(run.id, 0) + 1
        return self._crashes[run.id]

    def _take_orders(self, now: datetime) -> None:
        self._paused = frozenset(self._store.paused())
        for site in self._store.asked():
            run = self._store.begin_asked(site, now)
            if run:
                self._waiting[site] = _Waiting(run, now)

    def _fall_due(self, site: str, now: datetime) -> None:
        """Make the site's run. While one is under way the site stays due, and has one run more after it. What comes
        due in a pause is left out."""
        paused = self._is_paused(site)
        if (site in self._waiting or site in self._aboard) and not paused:
            return
        due = self._due[site]
        assert due is not None  # noqa: S101 - the caller saw it
        following, missed = _following(self.roster.sites[site], site, due, now)
        self._due[site] = following
        if paused:
            self._store.set_due(site, following)
        else:
            self._waiting[site] = _Waiting(self._store.begin(site, due, following, missed), due)

    def _is_paused(self, site: str) -> bool:
        return ALL in self._paused or site in self._paused

    def _drop_unknown(self, now: datetime) -> None:
        for site in [site for site in self._waiting if not self._wanted(site)]:
            self._end(self._waiting.pop(site).run, now, RunOutcome.SKIPPED, "the site is no longer configured")

    def _wanted(self, site: str) -> bool:
        return site in self.roster.sites and self.roster.sites[site].active

    def _rests(self, site: str, now: datetime) -> bool:
        return self._is_paused(site) or is_quiet(self.roster.sites[site].schedule, now)

    def _halt(self, now: datetime) -> None:
        """End parts of sites that must rest, and as many long ones as others wait for."""
        for site, aboard in self._aboard.items():
            if not self._wanted(site) or self._rests(site, now):
                self._halt_one(site, aboard)
        ready = self._ready(now)
        if self._suspects(ready):
            self.halt_all()
        waiting = len(ready) - (self.roster.settings.sites_at_once - len(self._aboard))
        for site, aboard in sorted(self._aboard.items(), key=lambda item: item[1].since)[: max(0, waiting)]:
            if now - aboard.since >= TURN:
                self._halt_one(site, aboard)

    def _halt_one(self, site: str, aboard: _Aboard) -> None:
        if not aboard.halting:
            aboard.halting = True
            self._runner.halt(site)

    def _ready(self, now: datetime) -> list[Run]:
        """Runs that may begin, in their order. What gave way to others goes to the end of the queue, and no priority
        keeps a run out for ever: it is worth minutes."""
        if now < self._not_before:
            return []
        ready = [each for site, each in self._waiting.items() if not self._rests(site, now)]
        return [each.run for each in sorted(ready, key=self._place)]

    def _place(self, waiting: _Waiting) -> datetime:
        return waiting.since - timedelta(minutes=self.roster.sites[waiting.run.site].schedule.priority or 0)

    def _suspects(self, runs: list[Run]) -> list[Run]:
        return [run for run in runs if self._crashes.get(run.id, 0) >= MOST_CRASHES - 1]

    def _begin(self, now: datetime) -> None:
        ready = self._ready(now)
        suspects = self._suspects(ready)
        on_trial = [each for each in self._aboard.values() if self._suspects([each.run])]
        for each in on_trial:
            if now - each.since >= PROBATION:
                del self._crashes[each.run.id]
        if self._suspects([each.run for each in on_trial]) or (suspects and self._aboard):
            return
        free = 1 if suspects else self.roster.settings.sites_at_once - len(self._aboard)
        for run in (suspects or ready)[: max(0, free)]:
            self._begin_one(run, now)

    def _begin_one(self, run: Run, now: datetime) -> None:
        scheduled = self.roster.sites[run.site]
        del self._waiting[run.site]
        limit = self._limit(run, scheduled, now)
        if limit is not None and limit <= run.articles:
            skipped = RunOutcome.FINISHED if run.parts else RunOutcome.SKIPPED
            self._end(run, now, skipped, "the limit of the day is reached")
            return
        begun = self._store.part_begins(run.id, now, report_name(now, run.site))
        self._aboard[run.site] = _Aboard(begun, now)
        self._runner.begin(begun, scheduled, limit)

    def _limit(self, run: Run, scheduled: Scheduled, now: datetime) -> int | None:
        schedule = scheduled.schedule
        if schedule.limit_per_day is None:
            return schedule.limit_per_run
        today = self._store.articles_since(run.site, day_began(schedule, now)) - run.articles
        left = max(0, schedule.limit_per_day - today)
        return min(left, schedule.limit_per_run) if schedule.limit_per_run else left

    def _end(self, run: Run, now: datetime, outcome: RunOutcome, detail: str | None) -> None:
        self._crashes.pop(run.id, None)
        self._after_run(self._store.end(run.id, now, outcome, detail))

    def _next(self, now: datetime) -> datetime | None:
        """The next moment at which something can become due by itself."""
        under_way = self._waiting.keys() | self._aboard.keys()
        moments = [due for site, due in self._due.items() if due and site not in under_way]
        schedules = {
            site: self.roster.sites[site].schedule for site in (*self._waiting, *self._aboard) if self._wanted(site)
        }
        moments += [quiet for schedule in schedules.values() if (quiet := quiet_begins(schedule, now))]
        moments += [wake(schedules[site], now) for site in self._waiting if site in schedules]
        if self._waiting:
            moments += [each.since + span for each in self._aboard.values() for span in (TURN, PROBATION)]
            moments.append(self._not_before)
        return min((moment for moment in moments if moment > now), default=None)


def report_name(now: datetime, site: str) -> str:
    """What the report of a part is called, without its suffix; names sort by time."""
    return f"{now:%Y%m%d%H%M%S}{now.microsecond // 1000:03}-{site}"


def _kept(before: KeptRun | None, site: str, scheduled: Scheduled, now: datetime) -> KeptRun:
    said = scheduled.schedule.model_dump_json(exclude_none=True)
    same = before is not None and before.schedule == said
    if before and before.due and (same or before.due <= now):
        return KeptRun(said, before.due)
    return KeptRun(said, next_run(scheduled.schedule, site, now))


def _following(scheduled: Scheduled, site: str, due: datetime, now: datetime) -> tuple[datetime | None, int]:
    """The first time after now, and how many there were between `due` and it."""
    moment, missed = next_run(scheduled.schedule, site, due), 0
    while moment and moment <= now and missed < _MOST_MISSED:
        moment, missed = next_run(scheduled.schedule, site, moment), missed + 1
    return (next_run(scheduled.schedule, site, now) if moment and moment <= now else moment), missed
