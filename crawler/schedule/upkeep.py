"""What is done for a collection beside crawling: alarms, the report, copies, fixity.

Each is a command in a process of its own with low priority: its memory is gone with it, and what goes wrong in it
reaches no crawl. None is begun while another one goes on, except for alarms: a first copy may take days. None is begun
so often that it takes more than a twentieth of the time.
"""

import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from archive.collection.settings import CollectionSettings

#: Seconds from the end of a run to what is done after runs, so that runs that end together share it.
_TOGETHER = 5.0
#: Seconds between two times that the same is done after runs.
_APART = 60.0
#: How much longer than a command took it must be left out.
_IDLE_SHARE = 20.0
#: Characters that are passed on of what a command said.
_MOST_SAID = 2000
_HOUR, _DAY = 3600.0, 86_400.0


@dataclass(frozen=True, slots=True)
class Chore:
    """A command of `cleancopy`, without the collection. It is done every so many seconds, and with `after_runs` soon
    after a run has ended as well. What it says is passed on if it `speaks`, and otherwise if it fails. One that is
    `urgent` waits for none that is not."""

    arguments: tuple[str, ...]
    every: float
    after_runs: bool = False
    speaks: bool = False
    urgent: bool = False


def chores(settings: CollectionSettings, *, decides: bool = True, keeps_folder: bool = True) -> list[Chore]:
    """What these settings ask for, of a process that decides what is crawled, and of one that looks after the folder:
    several may keep a schedule."""
    copies = bool(settings.copies)
    told = [
        Chore(("alarms", "check"), every=_HOUR / 4, after_runs=True, speaks=True, urgent=True),
        Chore(("report",), every=_HOUR, after_runs=True),
    ]
    kept = [
        *([Chore(("copy",), every=_HOUR)] if copies else []),
        Chore(("verify", "--due", *(["--copies"] if copies else [])), every=_DAY),
    ]
    return [*(told if decides else []), *(kept if keeps_folder else [])]


class Upkeep:
    """Does the chores until it is cancelled."""

    def __init__(
        self,
        collection: Path,
        todo: Callable[[], Sequence[Chore]],
        tell: Callable[[str], None],
        program: Sequence[str] = (sys.executable, "-m", "crawler"),
    ) -> None:
        self._collection = collection
        self._todo = todo
        self._tell = tell
        self._program = program
        self._next: dict[Chore, float] = {}
        self._earliest: dict[Chore, float] = {}

    def run_ended(self) -> None:
        """A crawl has ended."""
        for chore in self._todo():
            if chore.after_runs:
                soon = max(monotonic() + _TOGETHER, self._earliest.get(chore, 0.0))
                self._next[chore] = min(self._next.get(chore, soon), soon)

    async def keep(self) -> None:
        """Do what is due, again and again: what is urgent beside the rest."""
        async with asyncio.TaskGroup() as lanes:
            for urgent in (True, False):
                lanes.create_task(self._keep(urgent))

    async def _keep(self, urgent: bool) -> None:
        while True:
            for chore in (chore for chore in self._todo() if chore.urgent is urgent):
                now = monotonic()
                # Nothing is done at once: a scheduler that is started again and again must not read all files again.
                if now >= self._next.setdefault(chore, now + min(chore.every, _APART)):
                    await self._do(chore)
            await asyncio.sleep(1)

    async def _do(self, chore: Chore) -> None:
        began = monotonic()
        process = await asyncio.create_subprocess_exec(
            *self._program,
            *chore.arguments,
            str(self._collection),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,  # results are for a person who asks
            stderr=None if chore.speaks else asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        os.setpriority(os.PRIO_PROCESS, process.pid, 10)
        try:
            _, said = await process.communicate()
        except asyncio.CancelledError:
            await _end(process)
            raise
        ended = monotonic()
        self._earliest[chore] = ended + max(_APART, _IDLE_SHARE * (ended - began))
        self._next[chore] = max(ended + chore.every, self._earliest[chore])
        if process.returncode and not chore.speaks:
            self._tell((said or b"").decode("utf-8", "replace")[-_MOST_SAID:].strip())


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), 5)
        except TimeoutError:
            process.kill()
            await process.wait()
