"""What the scheduler decides, with a clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.operations.schedule_store import ALL
from archive.operations.scheduled_run import Run, RunOutcome
from archive.sites.schedule import Schedule
from tests.simulation import Crawl, Simulation, roster

START = datetime(2026, 11, 25, 0, 0, 30, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PRIORITIES = {"last": -3, "second": None, "first": 2}
HALF_HOURLY = Schedule(cron="*/30 * * * *")


def quick(_run: Run, _now: datetime) -> Crawl:
    return Crawl()


def dues(runs: list[Run], site: str | None = None) -> list[str]:
    return [f"{run.due:%H:%M}" for run in runs if site in (None, run.site)]


def test_every_due_time_has_one_run(tmp_path: Path) -> None:
    simulation = Simulation(tmp_path, START, {"a.example": HALF_HOURLY}, quick)
    simulation.run(START + 125 * MINUTE)
    assert dues(simulation.ended) == ["00:30", "01:00", "01:30", "02:00"]
    assert all(run.started == run.due and run.outcome is RunOutcome.FINISHED for run in simulation.ended)
    assert [run.articles for run in simulation.ended] == [10] * 4


def test_runs_of_a_site_never_overlap_and_what_came_due_meanwhile_is_run_once(tmp_path: Path) -> None:
    slow = lambda _run, now: Crawl(seconds=5400 if now.hour == 0 else 60)  # noqa: E731
    simulation = Simulation(tmp_path, START, {"a.example": HALF_HOURLY}, slow)
    simulation.run(START + 4 * HOUR)
    first, second, third, *_ = simulation.ended
    assert dues([first, second, third]) == ["00:30", "01:00", "02:30"]
    assert second.started == first.ended
    assert second.missed == 2


def test_what_was_missed_while_it_was_down_is_caught_up_once(tmp_path: Path) -> None:
    simulation = Simulation(tmp_path, START, {"a.example": HALF_HOURLY}, quick)
    simulation.run(START + 65 * MINUTE)
    simulation.crash(down=5 * HOUR)
    simulation.run(START + 7 * HOUR + 5 * MINUTE)
    assert dues(simulation.ended) == ["00:30", "01:00", "01:30", "06:30", "07:00"]
    caught_up = simulation.ended[2]
    assert caught_up.started == START + 6 * HOUR + 5 * MINUTE
    assert caught_up.missed == 9


@pytest.mark.parametrize("seconds", range(0, 90, 7))
def test_a_crash_at_any_moment_neither_misses_nor_doubles_a_run(tmp_path: Path, seconds: int) -> None:
    simulation = Simulation(tmp_path, START, {"a.example": HALF_HOURLY, "b.example": HALF_HOURLY}, quick)
    simulation.run(START + 29 * MINUTE + timedelta(seconds=seconds))
    simulation.crash(down=timedelta(seconds=20))
    simulation.run(START + 45 * MINUTE)
    assert sorted(dues(simulation.ended)) == ["00:30", "00:30"]
    simulation.run(START + 75 * MINUTE)
    assert sorted(dues(simulation.ended)) == ["00:30", "00:30", "01:00", "01:00"]


def test_a_run_that_a_restart_cut_in_two_goes_on_as_the_same_run(tmp_path: Path) -> None:
    simulation = Simulation(tmp_path, START, {"a.example": HALF_HOURLY}, quick)
    simulation.run(START + 30 * MINUTE)
    simulation.crash(down=10 * MINUTE)
    simulation.run(START + 45 * MINUTE)
    (run,) = simulation.ended
    assert run.parts == 2
    assert run.started == run.due


def test_no_more_sites_at_a_time_than_allowed_and_large_ones_give_way(tmp_path: Path) -> None:
    schedules = {f"large-{number}.example": HALF_HOURLY for number in range(2)}
    schedules |= {f"small-{number}.example": Schedule(cron="5 * * * *") for number in range(10)}
    weather = lambda run, _now: Crawl(seconds=36000 if run.site.startswith("large") else 30)  # noqa: E731
    simulation = Simulation(tmp_path, START, schedules, weather)
    simulation.roster = roster(schedules, at_once=2)
    simulation.supervisor.adopt(simulation.roster)
    simulation.run(START + 30 * HOUR)
    assert simulation.runner.most_aboard == 2
    small = [run for run in simulation.ended if run.site.startswith("small")]
    assert len(small) == 300
    waited = [run.ended - run.due for run in small if run.ended]
    assert max(waited) < 15 * MINUTE, "a turn of a large one at most, and the other small ones"
    assert any(run.site.startswith("large") and run.parts > 2 for run in simulation.ended)


def test_priority_is_minutes_in_the_queue(tmp_path: Path) -> None:
    yearly = "0 0 1 1 *"
    schedules = {f"{name}.example": Schedule(cron=yearly, priority=worth) for name, worth in PRIORITIES.items()}
    simulation = Simulation(tmp_path, START, schedules, quick)
    simulation.supervisor.adopt(roster(schedules, at_once=1))
    for site in schedules:
        simulation.store.ask(site, START)
    simulation.run(START + MINUTE / 2)
    simulation.supervisor.adopt(roster(schedules | {"late.example": Schedule(cron=yearly, priority=1)}, at_once=1))
    simulation.store.ask("late.example", START)
    simulation.run(START + 10 * MINUTE)
    assert [run.site.partition(".")[0] for run in simulation.ended] == ["first", "late", "second", "last"]


def test_limits_of_a_run_and_of_a_day(tmp_path: Path) -> None:
    schedule = Schedule(cron="0 * * * *", limit_per_run=10, limit_per_day=25, timezone="Europe/Berlin")
    simulation = Simulation(tmp_path, START, {"a.example": schedule}, quick)
    seen = []
    simulation.on_run = lambda run: seen.append((run, simulation.runner.limits.get(run.site)))
    simulation.run(START + 24 * HOUR)
    limits = [limit for run, limit in seen if run.outcome is RunOutcome.FINISHED]
    assert limits == [10, 10, 5, 10, 10, 5][: len(limits)]
    skipped = [run for run, _ in seen if run.outcome is RunOutcome.SKIPPED]
    assert skipped
    assert {run.detail for run in skipped} == {"the limit of the day is reached"}
    first_of_next_day = next(run for run, _ in seen if run.due == datetime(2026, 11, 25, 23, tzinfo=UTC))
    assert first_of_next_day.outcome is RunOutcome.FINISHED, "23:00 in UTC is midnight in Berlin"


def test_quiet_hours_halt_a_run_which_goes_on_afterwards(tmp_path: Path) -> None:
    schedule = Schedule(cron="0 1 * * *", quiet_hours=("02:00-04:00",))
    simulation = Simulation(tmp_path, START, {"a.example": schedule}, lambda _run, _now: Crawl(seconds=7200))
    simulation.run(START + 6 * HOUR)
    (run,) = simulation.ended
    assert run.parts == 2
    assert f"{run.ended:%H}" == "05" or f"{run.ended:%H:%M}" == "04:59"


def test_pause_and_resume(tmp_path: Path) -> None:
    schedules = {"a.example": HALF_HOURLY, "b.example": HALF_HOURLY}
    simulation = Simulation(tmp_path, START, schedules, lambda _run, _now: Crawl(seconds=600))
    simulation.store.pause("a.example", START)
    simulation.run(START + 65 * MINUTE)
    assert dues(simulation.ended, "a.example") == []
    assert dues(simulation.ended, "b.example") == ["00:30"]
    simulation.store.pause(ALL, START)
    simulation.run(START + 3 * HOUR)
    assert dues(simulation.ended, "b.example") == ["00:30"], "the run under way is halted"
    simulation.store.resume(ALL)
    simulation.run(START + 4 * HOUR)
    assert dues(simulation.ended, "b.example") == ["00:30", "01:00", "03:30"]
    assert dues(simulation.ended, "a.example") == ["03:30"], "what was paused is not caught up"


def test_a_run_that_is_asked_for_begins_at_once_and_not_twice(tmp_path: Path) -> None:
    simulation = Simulation(tmp_path, START, {"a.example": HALF_HOURLY}, quick)
    simulation.store.ask("a.example", START)
    simulation.store.ask("a.example", START)
    simulation.run(START + 5 * MINUTE)
    assert dues(simulation.ended) == ["00:00"]
    simulation.run(START + 35 * MINUTE)
    assert dues(simulation.ended) == ["00:00", "00:30"]


def test_a_site_that_brings_the_crawler_down_leaves_the_others_alone(tmp_path: Path) -> None:
    schedules = {f"good-{number}.example": HALF_HOURLY for number in range(8)} | {"bad.example": HALF_HOURLY}
    weather = lambda run, _now: Crawl(20, ended="crashed") if run.site.startswith("bad") else Crawl(300)  # noqa: E731
    simulation = Simulation(tmp_path, START, schedules, weather)
    simulation.run(START + 59 * MINUTE)
    outcomes = {run.site: run.outcome for run in simulation.ended}
    assert outcomes.pop("bad.example") is RunOutcome.CRASHED
    assert set(outcomes.values()) == {RunOutcome.FINISHED}
    assert len(outcomes) == 8


def test_a_collection_in_use_is_waited_for(tmp_path: Path) -> None:
    free_at = START + 40 * MINUTE
    weather = lambda _run, now: Crawl() if now >= free_at else Crawl(1, ended="refused")  # noqa: E731
    simulation = Simulation(tmp_path, START, {"a.example": HALF_HOURLY}, weather)
    simulation.run(START + 59 * MINUTE)
    (run,) = simulation.ended
    assert run.outcome is RunOutcome.FINISHED
    assert run.ended
    assert free_at < run.ended < free_at + 3 * MINUTE


def test_a_new_configuration_keeps_due_times_and_ends_what_is_gone(tmp_path: Path) -> None:
    schedules = {"a.example": Schedule(every="1h"), "b.example": HALF_HOURLY}
    simulation = Simulation(tmp_path, START, schedules, lambda _run, _now: Crawl(seconds=1000))
    before = simulation.store.sites()
    simulation.run(START + 31 * MINUTE)
    simulation.supervisor.adopt(roster({"a.example": schedules["a.example"], "c.example": Schedule(cron="45 * * * *")}))
    simulation.run(START + 34 * MINUTE)
    after = simulation.store.sites()
    assert set(after) == {"a.example", "c.example"}
    assert before["a.example"].due
    assert after["a.example"].due in (before["a.example"].due, before["a.example"].due + HOUR)
    (gone,) = [run for run in simulation.ended if run.site == "b.example"]
    assert gone.outcome is RunOutcome.SKIPPED
    assert gone.detail == "the site is no longer configured"


def test_a_changed_schedule_does_not_run_for_times_before_the_change(tmp_path: Path) -> None:
    simulation = Simulation(tmp_path, START, {"a.example": Schedule(cron="0 20 * * *")}, quick)
    simulation.run(START + 10 * HOUR)
    simulation.supervisor.adopt(roster({"a.example": Schedule(cron="0 9 * * *")}))
    simulation.run(START + 30 * HOUR)
    assert dues(simulation.ended) == []
    simulation.run(START + 34 * HOUR)
    assert dues(simulation.ended) == ["09:00"]
