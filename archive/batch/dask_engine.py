"""Units on a Dask cluster.

Only paths travel, never pages. A unit that was under way on a worker that died is run again by Dask; where the
scheduler died, those that are not done go to the next one at the same address. Both may leave an attempt at work
somewhere: attempts never meet, and all leave the same bytes.
"""

import multiprocessing
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import PurePosixPath
from queue import Empty, SimpleQueue

from distributed import Client, Future, KilledWorker, get_worker

from archive.batch.digests import Digests, digests_here
from archive.batch.engines import Batch
from archive.batch.unit import Pools, Result, Settings, extract_file
from archive.errors import CleancopyError, CollectionError, ConfigurationError

#: Seconds in which a scheduler must answer and a worker must be there: one that died is started anew by whatever keeps
#: it, and a machine of a cloud takes minutes to come up.
PATIENCE = 300.0
#: Seconds between two looks for workers that have come.
_LOOK = 2.0


class RefusedWorkerError(CleancopyError):
    """A worker would make other records than this machine. `address` is the worker's."""

    def __init__(self, sentence: str, address: str) -> None:
        super().__init__(sentence, address)
        self.address = address

    def __str__(self) -> str:
        return str(self.args[0])


class _LostError(Exception):
    """The scheduler is gone, and what it had with it."""


class DaemonError(ConfigurationError):
    """A worker may not have child processes."""


_held = threading.local()


def run_unit(location: str, folder: str | None, settings: Settings, expected: Digests) -> Result:
    """One unit, on a worker. Raises RefusedWorkerError on one whose digests are not the expected ones."""
    if multiprocessing.current_process().daemon:
        raise DaemonError(
            "Dask's workers may not have child processes here, which extraction needs for its limits of time and "
            "memory. Start them with DASK_DISTRIBUTED__WORKER__DAEMON=False in the environment."
        )
    pools = _pools(settings, expected)
    return extract_file(location, folder, settings, pools=pools)


def _pools(settings: Settings, expected: Digests) -> Pools:
    """The processes of this thread, kept from unit to unit: new ones where anything that they have read has changed."""
    settings.use_sites()
    here = digests_here(settings.collection)
    if differing := here.differing(expected):
        address = get_worker().address
        raise RefusedWorkerError(
            f"The worker {address} is refused, since its records would be others. Not the same as here: "
            f"{', '.join(differing)}.",
            address,
        )
    key = (settings, here)
    if getattr(_held, "key", None) != key:
        if old := getattr(_held, "pools", None):
            old.close()
        _held.key, _held.pools = key, Pools(settings.jobs or 1)
    return _held.pools  # type: ignore[no-any-return] # a thread's own attribute


def on_dask(batch: Batch, address: str, tell: Callable[[str], None]) -> Iterator[Result]:
    """The result of each unit, as they come; `address` is HOST:PORT of the scheduler. Raises CollectionError where no
    scheduler or no worker is there for PATIENCE seconds."""
    batch.settings.use_sites()
    cluster = _Cluster(batch, digests_here(batch.settings.collection), tell)
    while cluster.waiting:
        client = _client(address, tell)
        try:
            yield from cluster.through(client)
        finally:
            # One that looks for a lost scheduler anew says while it is closed that it is ("ConnectionPool is closed").
            with suppress(TimeoutError, OSError, RuntimeError):
                client.close(timeout=5)


def _client(address: str, tell: Callable[[str], None]) -> Client:
    try:
        client = Client(f"tcp://{address}", timeout=PATIENCE, set_as_default=False, name="cleancopy")
    except (OSError, TimeoutError, ValueError) as error:
        raise CollectionError(
            f"No Dask scheduler answers at {address}: {str(error) or type(error).__name__}"
        ) from error
    try:
        if not client.nthreads():
            tell(f"The scheduler at {address} has no worker yet.")
        client.wait_for_workers(1, timeout=PATIENCE)
    except (OSError, TimeoutError) as error:
        client.close(timeout=5)
        raise CollectionError(f"The Dask scheduler at {address} has no worker. Start some and go on.") from error
    return client


class _Cluster:
    """The units that are still to be done, and those under way with one client."""

    def __init__(self, batch: Batch, expected: Digests, tell: Callable[[str], None]) -> None:
        self.waiting = deque(batch.locations)
        self._batch = batch
        self._expected = expected
        self._tell = tell
        self._running: dict[Future[Result], str] = {}
        self._done: SimpleQueue[Future[Result]] = SimpleQueue()
        self._refused: set[str] = set()

    def through(self, client: Client) -> Iterator[Result]:
        """Results until all is done or the scheduler is lost."""
        self._hand_over(client)
        while self._running:
            result = None
            try:
                result = self._result(client, self._done.get(timeout=_LOOK))
            except Empty:
                pass
            except _LostError:
                self._take_back()
                return
            with suppress(OSError):
                self._hand_over(client)
            if result:
                yield result

    def _hand_over(self, client: Client) -> None:
        """Give each thread of a worker a unit. One that waited behind another would be blamed with it for its worker's
        death; a worker that comes later finds what is left."""
        threads = max(1, sum(client.nthreads().values()))
        while self.waiting and len(self._running) < threads:
            future = self._submit(client, self.waiting[0])
            self._running[future] = self.waiting.popleft()
            future.add_done_callback(self._done.put)

    def _take_back(self) -> None:
        self.waiting.extendleft(self._running.values())
        self._running.clear()
        self._done = SimpleQueue()
        self._tell("The scheduler is lost; what is not done goes to the next one at its address.")
        time.sleep(1)

    def _submit(self, client: Client, location: str) -> Future[Result]:
        name = f"{PurePosixPath(location).name}-{time.monotonic_ns()}"
        work = (location, self._batch.folder, self._batch.settings, self._expected)
        return client.submit(run_unit, *work, key=name, pure=False)

    def _result(self, client: Client, future: Future[Result]) -> Result | None:
        """What a unit came to; None if it is to be done again, elsewhere."""
        try:
            result: Result | None = future.result()
        except Exception as error:
            if future.status != "error":
                raise _LostError from error
            result = self._fault(client, self._running[future], error)
        del self._running[future]
        return result

    def _fault(self, client: Client, location: str, error: Exception) -> Result | None:
        if isinstance(error, DaemonError):
            raise error
        if isinstance(error, RefusedWorkerError):
            self._refuse(client, error)
            self.waiting.append(location)
            return None
        said = str(error) or type(error).__name__
        if isinstance(error, KilledWorker):
            said = f"it killed {error.allowed_failures + 1} workers"
        return Result(location, "", failure=f"{location}: no records could be made: {said}")

    def _refuse(self, client: Client, error: RefusedWorkerError) -> None:
        if error.address not in self._refused:
            self._refused.add(error.address)
            self._tell(str(error))
        # Also one that has come back under its address.
        client.retire_workers([error.address], close_workers=True)
        if not client.nthreads():
            raise ConfigurationError("All workers were refused. Give them the same version, site files and memory.")
