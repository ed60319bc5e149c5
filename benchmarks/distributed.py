"""Extraction on a Dask cluster whose workers and scheduler are killed, beside one process.

    python -m benchmarks.distributed [--warcs 200] [--pages 2] [--workers 4] [--kills 6]

Made-up WARC files are extracted by one process, and twice by workers in processes of their own over TCP. The second
time a worker is killed (SIGKILL) at random moments and another started; halfway the scheduler is killed too. All
records files must be there with the same bytes. What starting costs is taken from runs of a few files, one for each
worker. CPU seconds and memory are of whole process trees, looked at twice a second: what a process does after the last
look at it is not counted. Exits with 1 if a file is missing or another.
"""

import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.dask_cluster import Cluster, cluster
from tests.exchanges import page, response
from tests.foreign_warcs import HOST, record, write

_TICK, _PAGE = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
#: Seconds between two looks, and after which a run is taken to hang.
_LOOK, _PATIENCE = 0.5, 3600.0


class Watched:
    """CPU seconds and the highest memory (bytes) of this process's descendants, while the context lasts."""

    def __init__(self) -> None:
        self._cpu: dict[tuple[int, int], float] = {}
        self.peak = 0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    @property
    def cpu(self) -> float:
        """Seconds."""
        return sum(self._cpu.values())

    def __enter__(self) -> "Watched":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._end.wait(_LOOK):
            memory, family = 0, {os.getpid()}
            for pid, parent, began, cpu, size in sorted(_processes(), key=lambda one: one[2]):
                if parent in family or (pid, began) in self._cpu:
                    family.add(pid)
                    self._cpu[pid, began] = cpu
                    memory += size
            self.peak = max(self.peak, memory)


def _processes() -> list[tuple[int, int, int, float, int]]:
    """Each process: its id, its parent's, when it began, its CPU seconds and its memory (bytes)."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(") ")[2].split()
        except OSError:
            continue
        cpu = (int(fields[11]) + int(fields[12])) / _TICK
        found.append((int(path.parent.name), int(fields[1]), int(fields[19]), cpu, int(fields[21]) * _PAGE))
    return found


def main(
    warcs: Annotated[int, typer.Option(help="WARC files.")] = 200,
    pages: Annotated[int, typer.Option(help="Pages of each.")] = 2,
    workers: Annotated[int, typer.Option(help="Workers, a process each.")] = 4,
    kills: Annotated[int, typer.Option(help="Workers that are killed.")] = 6,
    seed: Annotated[int, typer.Option(help="Of the moments of the kills.")] = 18,
) -> None:
    """Compare the records files and the cost."""
    console = Console(soft_wrap=True, highlight=False)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for at in range(warcs):
            write(folder / "in" / f"w{at:04}.warc.gz", [_page(at, one) for one in range(pages)])
        start, alone = _alone(folder, "start", workers), _alone(folder, "alone")
        console.print(f"one process: {_said(alone)}; start-up, {workers} WARC files: {_said(start)}")
        first, many = _many(folder, "first", workers, workers), _many(folder, "undisturbed", workers)
        console.print(f"{workers} workers: {_said(many)}; start-up, {workers} WARC files: {_said(first)}")
        more = (many.cpu - first.cpu) / (alone.cpu - start.cpu) - 1
        console.print(f"cost over one process, beyond start-up: {more:+.1%} CPU")
        chance = random.Random(seed)
        killed = _many(folder, "killed", workers, disturb=partial(_disturb, warcs=warcs, kills=kills, chance=chance))
        console.print(f"{workers} workers, {kills} of them and the scheduler killed: {_said(killed)}")
        wrong = {label: _wrong(folder / "alone", folder / label) for label in ("undisturbed", "killed")}
        for label, names in wrong.items():
            console.print(f"{label}: {warcs - len(names)} of {warcs} records files the same; not: {names or 'none'}")
        raise typer.Exit(int(any(wrong.values())))


def _said(seen: Watched) -> str:
    return f"{seen.cpu:.1f} s CPU, {seen.peak / 1e6:.0f} MB at most"


def _alone(folder: Path, output: str, count: int | None = None) -> Watched:
    """The first WARC files, or all, by one process."""
    with Watched() as seen:
        _wait(_extract(folder, output, count, "processes", "--jobs", "1"))
    return seen


def _many(
    folder: Path,
    output: str,
    workers: int,
    count: int | None = None,
    disturb: Callable[[Cluster, subprocess.Popen[bytes], Path], None] = lambda *_: None,
) -> Watched:
    """The same by workers that were all there before."""
    with Watched() as seen, cluster(folder, workers) as at_work:
        at_work.wait(workers)
        running = _extract(folder, output, count, at_work.address)
        disturb(at_work, running, folder / output)
        _wait(running)
    return seen


def _page(at: int, one: int) -> bytes:
    url = f"{HOST}/2026/11/20/gulls-{at}-{one}-came-back-to-the-pier"
    return record("response", url, response(page(f"Gulls {at} {one}", 600)), at * 1000 + one + 1)


def _extract(folder: Path, output: str, count: int | None, engine: str, *options: str) -> subprocess.Popen[bytes]:
    warcs = [f"in/{path.name}" for path in sorted((folder / "in").iterdir())[:count]]
    command = (sys.executable, "-m", "crawler", "extract", *warcs, "--output", output, "--on", engine)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    with (folder / f"{output}.log").open("wb") as log:
        return subprocess.Popen([*command, *options], cwd=folder, env=environment, stderr=log)


def _wait(running: subprocess.Popen[bytes]) -> None:
    if running.wait(_PATIENCE):
        raise SystemExit(f"extraction ended with {running.returncode}")


def _disturb(
    at_work: Cluster, running: subprocess.Popen[bytes], out: Path, *, warcs: int, kills: int, chance: random.Random
) -> None:
    """Kill as the work goes on: each worker once so many files are there, the scheduler halfway."""
    moments = sorted(chance.sample(range(1, max(warcs * 9 // 10, kills + 1)), kills))
    scheduler_lives = True
    while moments and running.poll() is None:
        time.sleep(0.05)
        there = len(list(out.glob("*.jsonl")))
        if scheduler_lives and there >= warcs // 2:
            scheduler_lives = False
            count = len(at_work.workers)
            at_work.restart_scheduler()
            for _ in range(count):
                at_work.worker()
        if there >= moments[0]:
            moments.pop(0)
            at_work.kill_worker(chance.randrange(len(at_work.workers)))
            at_work.worker()


def _wrong(alone: Path, many: Path) -> list[str]:
    """The names of the records files that are not the same, or not there."""
    names = {path.name for folder in (alone, many) for path in folder.glob("*.jsonl*")}
    return sorted(name for name in names if _content(alone / name) != _content(many / name))


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


if __name__ == "__main__":
    typer.run(main)
