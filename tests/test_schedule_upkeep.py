"""What is done for a collection beside crawling: commands, one after the other, that do not outlive the scheduler."""

import asyncio
import os
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from archive.collection.settings import CollectionSettings
from crawler.schedule import upkeep
from crawler.schedule.upkeep import Chore, Upkeep, chores
from tests.scripted import PATIENCE

#: Writes when it began and ended; "fail" fails, "wait" waits until it is ended.
PROGRAM = """
import os, pathlib, sys, time
name, collection = sys.argv[1:]
pathlib.Path(collection, "process").write_text(str(os.getpid()))
with open(collection + "/log", "a") as log:
    log.write(f"{name} begins\\n")
    log.flush()
    if name == "wait":
        time.sleep(600)
    time.sleep(0.2)
    log.write(f"{name} ends\\n")
if name == "fail":
    sys.exit("it went wrong")
"""


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_TOGETHER", "_APART", "_IDLE_SHARE"):
        monkeypatch.setattr(upkeep, name, 0.0)


async def keep(
    folder: Path, todo: list[Chore], lines: int, *, sentences: int = 0, run_ended: bool = False
) -> tuple[list[str], list[str]]:
    """What was logged and said, once there are so many lines and sentences."""
    said: list[str] = []
    kept = Upkeep(folder, lambda: todo, said.append, (sys.executable, "-c", PROGRAM))
    keeping = asyncio.ensure_future(kept.keep())
    log, end = folder / "log", time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = log.read_text().splitlines() if log.exists() else []
        if len(found) >= lines and len(said) >= sentences:
            break
        await asyncio.sleep(0.05)
        if run_ended:
            kept.run_ended()
    keeping.cancel()
    with suppress(asyncio.CancelledError):
        await keeping
    return found, said


def test_commands_are_done_one_after_the_other_and_failures_are_said(tmp_path: Path) -> None:
    todo = [Chore(("one",), 3600), Chore(("fail",), 3600)]
    found, said = asyncio.run(keep(tmp_path, todo, 4, sentences=1))
    assert found == ["one begins", "one ends", "fail begins", "fail ends"]
    assert said == ["it went wrong"]


def test_what_is_done_after_runs_is_done_again_and_the_rest_is_not(tmp_path: Path) -> None:
    todo = [Chore(("one",), 3600), Chore(("after",), 3600, after_runs=True)]
    found, _ = asyncio.run(keep(tmp_path, todo, 8, run_ended=True))
    assert found.count("one begins") == 1
    assert found.count("after begins") >= 3


def test_what_is_urgent_waits_for_none_that_is_not(tmp_path: Path) -> None:
    todo = [Chore(("wait",), 3600), Chore(("alarms",), 3600, urgent=True), Chore(("one",), 3600)]
    found, _ = asyncio.run(keep(tmp_path, todo, 3))
    assert sorted(found) == ["alarms begins", "alarms ends", "wait begins"]
    (urgent,) = (chore for chore in chores(CollectionSettings()) if chore.urgent)
    assert urgent.arguments == ("alarms", "check")


def test_no_command_outlives_the_scheduler(tmp_path: Path) -> None:
    found, _ = asyncio.run(keep(tmp_path, [Chore(("wait",), 3600)], 1))
    assert found == ["wait begins"]
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "process").read_text()), 0)


def test_copies_are_made_where_they_are_asked_for() -> None:
    def commands(**settings: object) -> list[tuple[str, ...]]:
        return [chore.arguments for chore in chores(CollectionSettings.model_validate(settings))]

    assert ("copy",) not in commands()
    assert ("copy",) in commands(copies=["/mnt/backup"])
    assert ("verify", "--due", "--copies") in commands(copies=["/mnt/backup"])
