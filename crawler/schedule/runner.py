"""The scheduler's side of the crawling process: starts it when a site is due, and lets it go when it is old or idle."""

import asyncio
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from archive.operations.scheduled_run import Part, Run
from archive.operations.scheduled_sites import Scheduled
from crawler.schedule.messages import FRONTIER, Begin, Ended, Halt, Leave, Message, Refused, of_line, to_line

#: Seconds after which the crawling process is replaced: its WARC is complete then, and what it leaked is gone.
LIFETIME = 3600.0
#: Seconds that it waits for another site before it ends; starting it costs about two seconds of processor time.
IDLE = 30.0
_LONGEST_LINE = 16_000_000


def order_of(run: Run, scheduled: Scheduled, limit: int | None) -> Begin:
    """What the crawling process is told of a run."""
    assert run.started is not None  # noqa: S101 - the supervisor sets both before it calls
    assert run.report is not None  # noqa: S101
    site = scheduled.site.model_dump_json(exclude_defaults=True)
    return Begin(run.site, site, run.started.timestamp(), limit, run.report)


class CrawlerProcess:
    """A Runner (archive.operations.supervisor). `ended` is called once for each part that was begun."""

    def __init__(
        self,
        collection: Path,
        ended: Callable[[str, Part], None],
        *,
        frontier: str | None = None,
        lifetime: float = LIFETIME,
        idle: float = IDLE,
    ) -> None:
        """`frontier` is the server that others share it on."""
        self._collection = collection
        self._environment = {**os.environ, FRONTIER: frontier or ""}
        self._ended = ended
        self._lifetime = lifetime
        self._idle = idle
        self._aboard: set[str] = set()
        self._queued: dict[str, Begin] = {}
        self._process: asyncio.subprocess.Process | None = None
        self._life: asyncio.Task[None] | None = None
        self._leaving = False
        self._born = 0.0
        self._busy = 0.0

    def begin(self, run: Run, scheduled: Scheduled, limit: int | None) -> None:
        """Crawl a site, in the process that is there or in a new one."""
        self.take(order_of(run, scheduled, limit))

    def take(self, order: Begin) -> None:
        """Do so, or join whoever crawls it elsewhere."""
        self._queued[order.domain] = order
        self._pass_on()

    @property
    def sites(self) -> set[str]:
        """What it crawls, or is about to."""
        return self._aboard | self._queued.keys()

    def halt(self, site: str) -> None:
        """End a site's crawl soon."""
        if site in self._aboard:
            self._write(Halt(site))
        elif self._queued.pop(site, None):
            # Not at once: whoever halts is not to be called back while it does.
            asyncio.get_running_loop().call_soon(self._ended, site, Part("interrupted"))

    @property
    def is_there(self) -> bool:
        """Whether a process is alive, or about to be."""
        return self._life is not None

    def is_old(self) -> bool:
        """Whether the process should be replaced: whoever began the parts that it has should halt them."""
        return self._process is not None and time.monotonic() - self._born > self._lifetime

    def rest(self) -> None:
        """To be called now and then: let the process go if it has nothing to do."""
        if self._process is None or self._leaving or self._aboard:
            self._busy = time.monotonic()
        elif self.is_old() or time.monotonic() - self._busy > self._idle:
            self._write(Leave())
            self._leaving = True

    async def stop(self, patience: float) -> None:
        """End the process: what it is doing goes on in a later one. It is killed where it takes longer than that."""
        self._queued.clear()
        if self._process and self._process.stdin:
            self._process.stdin.close()
        if self._life:
            done, _ = await asyncio.wait([self._life], timeout=patience)
            if not done and self._process:
                self._process.kill()
                await self._life

    def _write(self, message: Message) -> None:
        if self._process and self._process.stdin:
            self._process.stdin.write(to_line(message))

    def _pass_on(self) -> None:
        """Give what is queued to a process that takes it: not to one that is about to go."""
        if self._life is None:
            self._life = asyncio.ensure_future(self._live())
        if self._process and not self._leaving and not self.is_old():
            for domain, order in self._queued.items():
                self._aboard.add(domain)
                self._write(order)
            self._queued.clear()

    async def _live(self) -> None:
        """One process, from its start to its end."""
        self._process = process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "crawler.schedule.worker", str(self._collection)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_LONGEST_LINE,
            start_new_session=True,
            env=self._environment,
        )
        self._born = self._busy = time.monotonic()
        self._pass_on()
        refusal = await self._listen(process)
        code = await process.wait()
        self._process, self._life, self._leaving = None, None, False
        self._lost(refusal, code)
        if self._queued:
            self._pass_on()

    async def _listen(self, process: asyncio.subprocess.Process) -> str | None:
        assert process.stdout is not None  # noqa: S101 - it was made with a pipe
        refusal = None
        while line := await process.stdout.readline():
            match of_line(line):
                case Ended(domain, part):
                    self._aboard.discard(domain)
                    self._ended(domain, part)
                case Refused(reason):
                    refusal = reason
        return refusal

    def _lost(self, refusal: str | None, code: int) -> None:
        """The process is gone: answer for the sites that it had."""
        if refusal:
            part = Part("refused", detail=refusal)
        elif code == 0:
            part = Part("interrupted")
        else:
            part = Part("crashed", detail=f"the crawling process ended with status {code}")
        for domain in sorted(self._aboard):
            self._aboard.discard(domain)
            self._ended(domain, part)
