"""Commands run as whole processes: how long they take and how much memory their first process needs."""

import ctypes
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

#: Seconds between two looks at a process's memory.
_LOOK_EVERY = 0.05
#: Seconds after which a command is taken to hang.
_PATIENCE = 1800.0
#: prctl(2): orphans of a command become children of this process, so that their CPU time is counted.
_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True, slots=True)
class Timed:
    """One run: seconds of the clock, CPU seconds of all its processes, and the peak memory (bytes) of the process that
    was started, without those that it starts."""

    seconds: float
    cpu: float
    peak: int


def run(command: Sequence[str], folder: Path, *, output: Path | None = None) -> Timed:
    """Run a command in a folder; what it prints goes to `output`. Raises RuntimeError with its words if it fails."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1)
    others = _children()
    before, began = _children_cpu(), time.perf_counter()
    log = folder / "stderr.log"
    with (output or Path(os.devnull)).open("wb") as out, log.open("wb") as err:
        process = subprocess.Popen(
            command, cwd=folder, stdout=out, stderr=err, stdin=subprocess.DEVNULL, env=environment()
        )
        peak = _watch(process)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {log.read_text()[-2000:]}")
    seconds = time.perf_counter() - began
    _reap(others)
    return Timed(seconds, _children_cpu() - before, peak)


def environment() -> dict[str, str]:
    """The environment of a command, in whatever folder it runs: the code of this checkout, also where another one is
    installed, with bytecode kept, as an installed program has it; otherwise it is compiled anew in each process."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(Path(__file__).parent.parent)}


def cleancopy(*arguments: object) -> list[str]:
    """The command line of `cleancopy ARGUMENTS`, to be run in `environment()`."""
    return [sys.executable, "-m", "crawler", *map(str, arguments)]


def ran(*arguments: object, timeout: float | None = None) -> subprocess.CompletedProcess[str]:
    """How `cleancopy ARGUMENTS` ended, and what it said. Raises subprocess.TimeoutExpired after so many seconds."""
    return subprocess.run(
        cleancopy(*arguments), env=environment(), capture_output=True, text=True, check=False, timeout=timeout
    )


def _watch(process: subprocess.Popen[bytes]) -> int:
    peak, end = 0, time.monotonic() + _PATIENCE
    while process.poll() is None:
        peak = max(peak, _high_water(process.pid))
        if time.monotonic() > end:
            process.kill()
        time.sleep(_LOOK_EVERY)
    return peak


def _high_water(pid: int) -> int:
    """The most memory that a process has had resident so far (proc(5), VmHWM); 0 once it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), 0)


def _reap(others: set[int]) -> None:
    """Wait for what a command left behind, such as the server that starts its worker processes."""
    while left := _children() - others:
        for pid in left:
            os.waitpid(pid, 0)


def _children() -> set[int]:
    return {int(pid) for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()}


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
