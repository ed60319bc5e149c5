"""How fast pages are captured, beside bare Scrapy and scrapy-webarchive, from a server that sends gzip and one that
does not.

    python -m benchmarks.capture [--pages FOLDER] [--peer FOLDER]

Needs nginx. The pages are made up; --pages takes others (`*.html.gz`). The peer is optional:

    pip install --no-deps --target FOLDER scrapy-webarchive==0.5.3 warc-knot==0.2.5
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.capture_spider import BARE, CAPTURE, CODINGS, PEER, PEER_DEFAULT, Block
from benchmarks.static_server import StaticServer, copy_pages, write_pages

#: Of bare Scrapy's pages a second, for each coding of the server.
FLOORS = {"gzip": 0.8, "identity": 0.7}
#: Times the pages a second of scrapy-webarchive as its users run it.
PEER_FLOOR = 1.5
_BLOCK = 100


def main(
    rounds: Annotated[int, typer.Option(min=1, help="Blocks of 100 pages for each mode.")] = 15,
    pages: Annotated[Path | None, typer.Option(help="A folder with pages, *.html.gz.")] = None,
    peer: Annotated[Path | None, typer.Option(help="A folder with scrapy-webarchive.")] = None,
) -> None:
    """Compare, and exit with 1 if a floor is not reached."""
    modes = [BARE, CAPTURE, *([PEER, PEER_DEFAULT] if peer else [])]
    with tempfile.TemporaryDirectory() as folder:
        blocks = measure(Path(folder), rounds, pages, peer, modes)
    shares = {(coding, mode): share(blocks, coding, mode) for coding in CODINGS for mode in modes}
    Console().print(table(blocks, modes))
    missed = list(misses(shares))
    for sentence in missed:
        Console().print(sentence)
    raise typer.Exit(bool(missed))


def measure(folder: Path, rounds: int, pages: Path | None, peer: Path | None, modes: list[str]) -> list[Block]:
    """Serve and crawl."""
    count = _BLOCK * (rounds + 1)
    (copy_pages(pages, folder / "pages", count) if pages else write_pages(folder / "pages", count))
    paths = [os.environ.get("PYTHONPATH", ""), str(Path(__file__).parent.parent), str(peer or "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
    blocks: list[Block] = []
    with StaticServer(folder) as server, Progress(disable=not sys.stderr.isatty(), transient=True) as progress:
        (folder / "out").mkdir()
        program = [sys.executable, "-m", "benchmarks.capture_spider", str(server.port), str(_BLOCK), str(rounds)]
        task = progress.add_task("Capturing", total=rounds * len(CODINGS) * len(modes))
        with subprocess.Popen(
            [*program, str(folder / "out"), *modes], env=environment, stdout=subprocess.PIPE, text=True
        ) as crawl:
            for line in crawl.stdout or ():
                blocks.append(Block(**json.loads(line)))
                progress.advance(task)
        if crawl.returncode or len(blocks) < rounds * len(CODINGS) * len(modes):
            raise typer.Exit(1)
    shutil.rmtree(folder / "out")
    return blocks


def share(blocks: list[Block], coding: str, mode: str, measure: str = "seconds") -> float:
    """Pages a second as a share of bare Scrapy's: the median over the rounds, each against its own."""
    times: dict[str, dict[int, float]] = {
        one: {block.round: getattr(block, measure) for block in blocks if (block.coding, block.mode) == (coding, one)}
        for one in (BARE, mode)
    }
    return statistics.median(times[BARE][number] / times[mode][number] for number in times[mode])


def table(blocks: list[Block], modes: list[str]) -> Table:
    """What was measured."""
    found = Table("server sends", "mode", "pages/s", "of bare Scrapy", "of bare Scrapy, CPU", title="Capture")
    for coding in CODINGS:
        for mode in modes:
            own = [block for block in blocks if (block.coding, block.mode) == (coding, mode)]
            pace = statistics.median(block.pages / block.seconds for block in own)
            wall, cpu = share(blocks, coding, mode), share(blocks, coding, mode, "cpu")
            found.add_row(coding, mode, f"{pace:.0f}", f"{wall:.2f}", f"{cpu:.2f}")
        found.add_section()
    return found


def misses(shares: dict[tuple[str, str], float]) -> list[str]:
    """A sentence for each floor that is not reached."""
    found = []
    for coding, floor in FLOORS.items():
        own = shares[coding, CAPTURE]
        if own < floor:
            found.append(f"{coding}: {own:.2f} of bare Scrapy; the floor is {floor}.")
        theirs = shares.get((coding, PEER_DEFAULT))
        if theirs and own / theirs < PEER_FLOOR:
            found.append(f"{coding}: {own / theirs:.2f} times scrapy-webarchive; the floor is {PEER_FLOOR}.")
    return found


if __name__ == "__main__":
    typer.run(main)
