"""A simulated year: 80 sites with their own rhythms, servers that fail, block, get stuck and come back, and a
scheduler that is down now and then."""

import random
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise, takewhile
from pathlib import Path

from archive.collection.site_figures import Ending, SiteFigures
from archive.operations.alarm_conditions import AlarmKind, Condition, Event
from archive.operations.alarm_ledger import AlarmLedger
from archive.operations.alarm_watch import of_runs, of_site
from archive.operations.schedule_times import next_run
from archive.operations.scheduled_run import Run
from archive.operations.site_health import judge
from archive.operations.site_runs import RunKind, SiteRun
from archive.sites.schedule import Schedule
from tests.simulation import Crawl, Simulation

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
#: Eight of each rhythm: a year of more sites takes minutes and finds no more.
SITES = 80
#: Rhythms and how many of ten sites have them.
RHYTHMS = [
    Schedule(every="12h", quiet_hours=("01:00-04:30",), timezone="Europe/Berlin"),
    Schedule(cron="30 2 * * *", timezone="Europe/Berlin", jitter="20m"),
    Schedule(cron="0 7 * * mon-fri", timezone="America/New_York"),
    Schedule(every="1d", priority=5),
    Schedule(every="1d", limit_per_day=30),
    Schedule(cron="0 6,18 * * *", timezone="Asia/Kathmandu", jitter="1h"),
    Schedule(every="2d"),
    Schedule(every="1w"),
    Schedule(cron="15 4 1,15 * *", timezone="Australia/Lord_Howe"),
    Schedule(every="1d", quiet_hours=("22:00-06:00",), timezone="America/Sao_Paulo"),
]
#: Articles of a usual run, and runs that health looks back on.
USUAL, LOOKED_BACK = 10, 60
#: Sites that get stuck once, crashes of the scheduler, and the seconds after which a run that has not begun is late.
STUCK, CRASHES, LATE = 10, 40, 6 * 3600


@dataclass(frozen=True)
class Outage:
    """A time in which a site is not itself."""

    kind: AlarmKind
    start: datetime
    end: datetime


def outages(dice: random.Random) -> list[Outage]:
    """Up to three in a year, far enough apart to be told from each other, none in the first two months."""
    found = []
    for month in dice.sample((2, 5, 8), dice.randrange(0, 4)):
        start = START + timedelta(days=month * 30 + dice.uniform(0, 30))
        kind = dice.choice([AlarmKind.ERRORS, AlarmKind.BLOCKS])
        found.append(Outage(kind, start, start + timedelta(days=dice.uniform(1, 6))))
    return found


def figures(outage: Outage | None) -> SiteFigures:
    """What a run comes to."""
    if outage is None:
        return SiteFigures(
            found=USUAL, listed=USUAL, fetched=USUAL, statuses={"200": USUAL + 1}, lists=1, ending=Ending.DONE
        )
    blocked = outage.kind is AlarmKind.BLOCKS
    return SiteFigures(
        failed={"refused": 5} if blocked else {"http_500": 1},
        statuses={"403": 5} if blocked else {"500": 3},
        obstacles={"refused": 5} if blocked else {},
        lists_failed=0 if blocked else 1,
        stopped="the site blocks: 5 requests in a row were refused" if blocked else None,
        ending=Ending.BLOCKED if blocked else Ending.FAILED,
    )


class Year:
    """The sites, and what is seen of them."""

    def __init__(self, folder: Path) -> None:
        dice = random.Random(20261125)
        self.schedules = {f"site-{number}.example": RHYTHMS[number % len(RHYTHMS)] for number in range(SITES)}
        self.outages = {site: outages(dice) for site in self.schedules}
        sites = dice.sample(sorted(self.schedules), STUCK)
        self.stuck = {site: START + timedelta(days=dice.uniform(60, 340)) for site in sites}
        self.to_stick = dict(self.stuck)
        self.spans: defaultdict[str, array[float]] = defaultdict(lambda: array("d"))
        self.runs: defaultdict[str, list[SiteRun]] = defaultdict(list)
        self.hit: Counter[tuple[AlarmKind, str]] = Counter()
        self.outages_hit: set[Outage] = set()
        self.told: Counter[tuple[Event, AlarmKind, str]] = Counter()
        self.wrong: dict[str, list[Condition]] = {}
        self.late: list[Condition] = []
        self.simulation = Simulation(folder, START, self.schedules, self.weather)
        self.simulation.on_run = self.ran
        self.ledger = AlarmLedger(self.simulation.collection)

    def outage(self, site: str, now: datetime) -> Outage | None:
        """What is wrong with a site."""
        return next((each for each in self.outages[site] if each.start <= now < each.end), None)

    def weather(self, run: Run, now: datetime) -> Crawl:
        """A few minutes at most; but once in the year some sites get stuck for three days."""
        if self.to_stick.get(run.site, now) < now:
            del self.to_stick[run.site]
            return Crawl(seconds=3 * 86_400)
        return Crawl(seconds=20 + run.id % 200)

    def ran(self, run: Run) -> None:
        """A run has ended."""
        assert run.ended
        assert run.started
        self.spans[run.site].extend((run.due.timestamp(), run.started.timestamp(), run.ended.timestamp(), run.missed))
        outage = self.outage(run.site, run.ended)
        history = self.runs[run.site]
        history.append(SiteRun(f"run-{run.id}", run.started, RunKind.REGULAR, True, figures(outage)))
        del history[:-LOOKED_BACK]
        if outage and outage not in self.outages_hit:
            self.outages_hit.add(outage)
            self.hit[outage.kind, run.site] += 1
        # Looked at when something is or was wrong, and now and then when nothing is.
        if outage or run.site in self.wrong or run.id % 20 == 0:
            self.look(run.site, run.ended)

    def look(self, site: str | None, now: datetime) -> None:
        """What `cleancopy alarms check` does, for the site that has changed."""
        if site:
            found = list(of_site(judge(site, self.runs[site])))
            if found == self.wrong.get(site, []):
                return
            self.wrong |= {site: found}
            if not found:
                del self.wrong[site]
        else:
            self.late = list(of_runs(self.simulation.store, now.timestamp(), LATE))
        conditions = [condition for each in self.wrong.values() for condition in each] + self.late
        for message in self.ledger.look(conditions, (), now.timestamp()):
            self.told[message.event, AlarmKind(message.kind), message.subject] += 1

    def pass_by(self) -> list[tuple[datetime, datetime]]:
        """The year, with crashes; the times in which the scheduler was down."""
        dice = random.Random(365)
        down, memory = [], 0
        crashes = sorted(START + timedelta(days=dice.uniform(1, 364)) for _ in range(CRASHES))
        for day in range(1, 366):
            end = START + timedelta(days=day)
            while crashes and crashes[0] < end:
                moment = max(crashes.pop(0), self.simulation.clock.now)
                self.simulation.run(moment)
                self.simulation.crash(timedelta(seconds=dice.choice([5, 300, 7200, 86_400, 200_000])))
                down.append((moment, self.simulation.clock.now))
            if self.simulation.clock.now < end:
                self.simulation.run(end)
                self.look(None, end)
            if day == 90:
                memory = resident()
        assert resident() - memory < 20e6, "memory is flat"
        return down


def resident() -> int:
    """Bytes of memory of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def test_a_year_of_80_sites(tmp_path: Path) -> None:
    year = Year(tmp_path)
    down = year.pass_by()
    end = START + timedelta(days=365)
    total = 0
    for site, schedule in year.schedules.items():
        dues = list(takewhile(lambda due: due < end, forever(schedule, site)))
        runs = list(batched(year.spans[site]))
        total += len(runs)
        place = 0
        for due, started, _ended, missed in runs:
            assert due == dues[place].timestamp(), f"{site}: a run was missed or doubled before {dues[place]}"
            assert started >= dues[place + int(missed)].timestamp()
            place += 1 + int(missed)
        left = [due for due in dues[place:] if due < end - HOUR]
        assert not left or year.simulation.store.under_way(), f"{site}: {left} never ran"
        assert all(later[1] >= earlier[2] for earlier, later in pairwise(runs)), f"{site}: two runs at a time"
        for due, started, _ended, _missed in runs:
            excused = site in year.stuck or any(
                begin.timestamp() - 300 <= due <= back.timestamp() for begin, back in down
            )
            assert excused or started - due < 3600, f"{site}: {started - due} s late"
    assert total > 20_000

    begun, cleared = (
        Counter({(kind, site): count for (found, kind, site), count in year.told.items() if found is event})
        for event in (Event.BEGIN, Event.END)
    )
    late = {site for kind, site in begun if kind is AlarmKind.LATE}
    of_outages = Counter({key: count for key, count in begun.items() if key[0] is not AlarmKind.LATE})
    assert of_outages == year.hit, "every outage is alarmed once, and nothing else"
    assert begun == cleared, "and cleared once"
    assert sum(year.hit.values()) > 80
    # What was due while the scheduler was down may have to wait for the end of the site's quiet hours, too.
    assert all(site in year.stuck or year.schedules[site].quiet_hours for site in late)
    assert all(begun[AlarmKind.LATE, site] == 1 for site in late if not year.schedules[site].quiet_hours)
    assert len(late & set(year.stuck)) >= 3


def forever(schedule: Schedule, site: str) -> Iterator[datetime]:
    """A site's due times."""
    due = next_run(schedule, site, START)
    while due:
        yield due
        due = next_run(schedule, site, due)


def batched(numbers: Sequence[float]) -> Iterator[Sequence[float]]:
    """Four and four."""
    yield from (numbers[place : place + 4] for place in range(0, len(numbers), 4))
