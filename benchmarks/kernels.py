"""What the compiled kernels gain, and whether they give the same records.

    python -m benchmarks.kernels --corpus ../shared/corpus [--pages 100] [--rounds 3]

Two processes extract the same pages in turn, one of them without kernels. CPU time counts, and of each page the least
of the rounds, so that what else the machine does meets both alike. Exits with 1 where a record differs by a byte, or
where the kernels gain less than they must to be worth their lines.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from archive.extraction.native import PURE, compiled
from benchmarks.corpus import DEFAULT

#: Pages a CPU second with kernels as a multiple of those without, at the least.
FLOOR = 1.5
_WORKER = """
import hashlib, sys, time
from itertools import islice
from pathlib import Path
from archive import extract
from benchmarks.corpus import read_corpus
pages = list(islice(read_corpus(Path(sys.argv[1])), 0, 15 * int(sys.argv[2]), 15))
extract(pages[0].raw)
print(len(pages), flush=True)
for line in sys.stdin:
    page = pages[int(line)]
    started = time.process_time()
    record = extract(page.raw, page.url or None)
    print(time.process_time() - started, hashlib.sha256(record.to_line()).hexdigest(), flush=True)
"""


class Worker:
    """A process that extracts pages by their numbers, with the kernels or without."""

    def __init__(self, corpus: Path, pages: int, pure: str) -> None:
        command = [sys.executable, "-c", _WORKER, str(corpus), str(pages)]
        environment = {**os.environ, PURE: pure}
        self._process: Any = subprocess.Popen(
            command, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.pages = int(self._line())
        self.least: dict[int, float] = {}
        self.digests: dict[int, str] = {}

    def extract(self, number: int) -> None:
        """Extract one page, and note its time and the digest of its record."""
        print(number, file=self._process.stdin, flush=True)
        seconds, digest = self._line().split()
        self.least[number] = min(float(seconds), self.least.get(number, float(seconds)))
        self.digests[number] = digest

    def _line(self) -> str:
        line: str = self._process.stdout.readline()
        return line

    def end(self) -> None:
        """Let the process end."""
        self._process.communicate()


def different(workers: Sequence[Worker]) -> list[int]:
    """The numbers of pages whose records are not the same."""
    first, second = (worker.digests for worker in workers)
    return [number for number, digest in first.items() if second[number] != digest]


def main(
    corpus: Annotated[Path, typer.Option(help="The corpus folder.")] = DEFAULT,
    pages: Annotated[int, typer.Option(min=2, help="Pages.")] = 100,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds.")] = 3,
) -> None:
    """Print both costs and the gain; exit with 1 where a record differs or the gain is too small."""
    console = Console(soft_wrap=True)
    if compiled("gates") is None:
        console.print("no kernels are built here: make kernels")
        raise typer.Exit(1)
    workers = [Worker(corpus, pages, pure) for pure in ("0", "1")]
    for _ in range(rounds):
        for number in range(workers[0].pages):
            for worker in workers:
                worker.extract(number)
    for worker in workers:
        worker.end()
    compiled_cost, pure_cost = (sum(worker.least.values()) / worker.pages for worker in workers)
    differing = different(workers)
    costs = {"compiled": round(1000 * compiled_cost, 1), "python": round(1000 * pure_cost, 1)}
    console.print(f"CPU ms a page: {json.dumps(costs)}; {pure_cost / compiled_cost:.2f} times as fast")
    console.print(f"records that differ: {len(differing)} of {workers[0].pages}")
    raise typer.Exit(bool(differing) or pure_cost / compiled_cost < FLOOR)


if __name__ == "__main__":
    typer.run(main)
