"""Extraction in other processes: a page that hangs or crashes the parser costs that page, not the crawl.

Workers are copies of one process (multiprocessing's fork server), which loads what they need, once for all.
"""

import gc
import os
import resource
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import CancelledError
from types import TracebackType
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from archive.errors import PageError
from archive.telling.kinds import WarningKind
from archive.telling.unseen import make_logs_harmless

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext

    from pebble import ProcessFuture, ProcessPool

Task = TypeVar("Task")
Result = TypeVar("Result")

#: Seconds a page may take. The slowest of 984 real pages took 3 s on a busy core.
TIME_LIMIT = 60.0
#: Bytes of memory that one worker may map, so that no page drags the machine down.
MEMORY_LIMIT = 4_000_000_000
#: Pages in work or waiting for their turn, for each worker: enough to keep it busy, few enough to stay flat.
_AHEAD = 8


def _worker_context(*modules: str) -> "ForkServerContext":
    """Where workers come from that have these modules loaded."""
    import multiprocessing  # noqa: PLC0415 - a hundredth of the time that one page takes, which needs no worker

    # Not fork: the crawl has threads and a reactor, which a copied process would inherit half-alive.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["archive.pipeline.preloaded", *modules])
    return context


def preload(module: str, *, early: bool = False) -> None:
    """Start loading what workers need that run functions of this module, while this process does something else; with
    `early`, a second before the first page, also what only some pages need.

    It takes half a second of a core. Where it has been started before, nothing happens.
    """
    _worker_context(module, *(["archive.pipeline.preloaded_early"] if early else []))
    from multiprocessing import forkserver  # noqa: PLC0415 - as above

    forkserver.ensure_running()


def _own_environment() -> dict[str, str]:
    """What the environment says to cleancopy."""
    return {name: value for name, value in os.environ.items() if name.startswith("CLEANCOPY_")}


def _start_worker(environment: Mapping[str, str]) -> None:
    # The fork server's is that of the moment at which it began.
    for name in _own_environment():
        del os.environ[name]
    os.environ.update(environment)
    # Ctrl-C is the crawl's to handle: it finishes what is captured.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # What is loaded by now stays: the collector need not look at it again.
    gc.freeze()
    make_logs_harmless()


class ExtractionPool(Generic[Task, Result]):
    """Runs one function over tasks in worker processes, each task within a time limit (seconds).

    The function must be importable (workers are new processes, not copies). Where a task dies, hangs or runs out
    of memory, `on_failure(task, PageError)` gives the result in its place.
    """

    def __init__(
        self,
        function: Callable[[Task], Result],
        on_failure: Callable[[Task, PageError], Result],
        *,
        workers: int | None = None,
        time_limit: float = TIME_LIMIT,
    ) -> None:
        self.workers = workers or os.cpu_count() or 1
        self._function = function
        self._on_failure = on_failure
        self._time_limit = time_limit
        self._pool: ProcessPool | None = None

    def submit(self, task: Task) -> "PendingResult[Task, Result]":
        """Queue one task."""
        future = self._begun().schedule(self._function, args=(task,), timeout=self._time_limit)
        return PendingResult(task, future, self._on_failure, self._time_limit)

    def _begun(self) -> "ProcessPool":
        """The processes, from the first task on."""
        if self._pool is None:
            # Meanwhile this process loads pebble, which with asyncio takes a twentieth of a second.
            preload(self._function.__module__)
            from pebble import ProcessPool  # noqa: PLC0415 - one page needs it not

            self._pool = ProcessPool(
                max_workers=self.workers,
                initializer=_start_worker,
                initargs=(_own_environment(),),
                context=_worker_context(self._function.__module__),
            )
        return self._pool

    def map(self, tasks: Iterable[Task]) -> Iterator[Result]:
        """Results in the order of the tasks, which are read only a little ahead."""
        pending: deque[PendingResult[Task, Result]] = deque()
        for task in tasks:
            pending.append(self.submit(task))
            if len(pending) >= _AHEAD * self.workers:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()

    def close(self) -> None:
        """Let the workers end once they have done what they were given; `with` waits for that."""
        if self._pool:
            self._pool.close()  # type: ignore[no-untyped-call]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is None:
            return
        if kind is None:
            self.close()
        else:
            self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()


class PendingResult(Generic[Task, Result]):
    """A task under way."""

    def __init__(
        self,
        task: Task,
        future: "ProcessFuture[Result]",
        on_failure: Callable[[Task, PageError], Result],
        time_limit: float,
    ) -> None:
        self.task = task
        self._future = future
        self._on_failure = on_failure
        self._time_limit = time_limit

    def done(self) -> bool:
        """Whether the result is there."""
        return self._future.done()

    def result(self) -> Result:
        """Wait for the result; for a task that was lost, what `on_failure` gives."""
        from pebble import ProcessExpired  # noqa: PLC0415 - loaded by the pool

        try:
            return self._future.result()
        except TimeoutError:
            lost = _lost(f"stopped after {self._time_limit:g} s", WarningKind.TIME_LIMIT)
        except ProcessExpired as error:
            lost = _lost(f"the worker process died (exit code {error.exitcode})")
        except MemoryError:
            lost = _lost(f"more than {MEMORY_LIMIT} bytes of memory needed", WarningKind.MEMORY_LIMIT)
        except CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 - the boundary: whatever a page does to a library ends here
            lost = _lost(f"{type(error).__name__}: {error}")
        return self._on_failure(self.task, lost)


def _lost(why: str, kind: WarningKind = WarningKind.EXTRACTION_FAILED) -> PageError:
    return PageError(f"extraction: {why}", kind)
