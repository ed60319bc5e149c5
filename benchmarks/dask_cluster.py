"""A Dask scheduler and workers in processes of their own, to be killed."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from distributed import Client

_ROOT = Path(__file__).parent.parent
_PAGE = (_ROOT / "docs/many-machines.md").read_text().splitlines()
#: The lines that start a scheduler and workers, and what they have in their environment.
_SCHEDULER, _EXPORTED, _WORKER = (
    next(line.removeprefix(begin) for line in _PAGE if line.startswith(begin))
    for begin in ("    dask scheduler ", "    export ", "    dask worker ")
)


def free_port() -> int:
    """A port of loopback that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Cluster:
    """Starts and kills them, by the commands that docs/many-machines.md gives."""

    def __init__(self, folder: Path) -> None:
        self.port, self._folder = free_port(), folder
        self.where = f"127.0.0.1:{self.port}"
        self.address = f"dask://{self.where}"
        self.workers: list[subprocess.Popen[bytes]] = []
        self._scheduler = self._start_scheduler()

    def _start_scheduler(self) -> subprocess.Popen[bytes]:
        options = _SCHEDULER.replace("8786", str(self.port))
        return self._start("scheduler", options, "--host", "127.0.0.1")

    def _start(self, part: str, documented: str, *options: str, **environment: str) -> subprocess.Popen[bytes]:
        told = dict(word.split("=", 1) for word in _EXPORTED.split())
        with (self._folder / f"{part}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", part, *documented.split(), *options, "--no-dashboard"],
                env={**os.environ, "PYTHONPATH": str(_ROOT), **told, **environment},
                cwd=self._folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def worker(self, environment: Mapping[str, str] | None = None, *, nanny: bool = False) -> None:
        """Start a worker of one thread. Without a nanny a killed one stays away until another is started."""
        documented = _WORKER.replace("HOST:8786", self.where).replace("--nworkers auto", "")
        options = ("--local-directory", str(self._folder / "dask"), "--nanny" if nanny else "--no-nanny")
        self.workers.append(self._start("worker", documented, *options, **(environment or {})))

    def wait(self, workers: int) -> None:
        """Until so many workers have come."""
        with Client(f"tcp://{self.where}", set_as_default=False) as client:
            client.wait_for_workers(workers)

    def kill_worker(self, number: int) -> None:
        """SIGKILL."""
        self.workers[number].kill()
        self.workers.pop(number).wait()

    def restart_scheduler(self) -> None:
        """SIGKILL, and a new one at the same address. The workers that it had end; one that was just coming up joins
        the new one."""
        self._scheduler.kill()
        self._scheduler.wait()
        self._scheduler = self._start_scheduler()

    def close(self) -> None:
        """End all, with what they started."""
        for process in (*self.workers, self._scheduler):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[Cluster]:
    """A scheduler and so many workers, until the context ends."""
    made = Cluster(folder)
    try:
        for _ in range(workers):
            made.worker()
        yield made
    finally:
        made.close()
