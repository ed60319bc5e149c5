"""A Dask scheduler and workers in processes of their own, to be killed."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


def free_port() -> int:
    """A port of loopback that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Cluster:
    """Starts and kills them. Workers have no nanny: a killed one stays away until `worker` starts another."""

    def __init__(self, folder: Path) -> None:
        self.port, self._folder = free_port(), folder
        self.where = f"127.0.0.1:{self.port}"
        self.address = f"dask://{self.where}"
        self.workers: list[subprocess.Popen[bytes]] = []
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard")

    def _start(self, part: str, *options: str, **environment: str) -> subprocess.Popen[bytes]:
        with (self._folder / f"{part}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.dask_{part}", *options],
                env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent), **environment},
                cwd=self._folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def worker(self, environment: Mapping[str, str] | None = None, *, nanny: bool = False) -> None:
        """Start a worker of one thread."""
        options = ["--nthreads", "1", "--no-dashboard", "--local-directory", str(self._folder / "dask")]
        address = f"tcp://{self.where}"
        kind = "--nanny" if nanny else "--no-nanny"
        self.workers.append(self._start("worker", address, *options, kind, **(environment or {})))

    def kill_worker(self, number: int) -> None:
        """SIGKILL."""
        self.workers[number].kill()
        self.workers.pop(number).wait()

    def restart_scheduler(self) -> None:
        """SIGKILL, and a new one at the same address. The workers that it had end; one that was just coming up joins
        the new one."""
        self.scheduler.kill()
        self.scheduler.wait()
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard")

    def close(self) -> None:
        """End all, with what they started."""
        for process in (*self.workers, self.scheduler):
            process.send_signal(signal.SIGKILL)
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
