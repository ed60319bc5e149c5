"""Capture of pages that need a browser, beside the same browser alone.

    python -m benchmarks.browser [--pages 20] [--rounds 3]

Needs nginx and Chromium. The pages show nothing until a script has fetched their story; each has a style sheet and six
pictures. The browser alone is driven by Playwright: it opens each page in a profile of its own, waits until nothing has
been under way for half a second, scrolls through it and takes its document, as the capture does. Each program runs as a
whole process, in turn; ratios are those of one round, and the median of them counts. Before that: do all records hold
their story?
"""

import shutil
import statistics
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from archive.records import read_records
from benchmarks.script_pages import write_script_pages
from benchmarks.static_server import StaticServer
from benchmarks.timed import Timed, cleancopy, run

#: Of the browser alone, in the time that a capture may take.
CEILING = 1.5
_ALONE, _CAPTURE = "the browser alone", "cleancopy crawl --browser"


def main(
    pages: Annotated[int, typer.Option(min=1, help="Pages to load.")] = 20,
    rounds: Annotated[int, typer.Option(min=1, help="Times that each program runs.")] = 3,
) -> None:
    """Check and compare; exit with 1 if a story is missing or the ceiling is broken."""
    console = Console(soft_wrap=True)
    with TemporaryDirectory() as made:
        folder = Path(made)
        write_script_pages(folder / "pages", pages)
        with StaticServer(folder) as server:
            urls = [f"http://127.0.0.1:{server.port}/identity/{number}.html" for number in range(pages)]
            (folder / "urls.txt").write_text("\n".join(urls) + "\n")
            texts = _texts(folder)
            times = _compare(folder, rounds)
    stories = sum(len(text) > 5000 for text in texts)
    ratio = statistics.median(b.seconds / a.seconds for a, b in zip(times[_ALONE], times[_CAPTURE], strict=True))
    console.print(_table(times, pages))
    console.print(f"{stories} of {pages} records hold their story; {ratio:.2f} times the browser alone")
    raise typer.Exit(stories != pages or ratio > CEILING)


def _crawl(folder: str) -> list[str]:
    options = ("--collection", "c", "--delay", 0, "--allow-private", "--browser")
    return cleancopy("crawl", "--urls", f"{folder}/urls.txt", *options)


def _texts(folder: Path) -> list[str]:
    run(_crawl("."), folder)
    paths = sorted((folder / "c" / "records").glob("*.jsonl"))
    return [record.text for path in paths for record in read_records(path)]


def _compare(folder: Path, rounds: int) -> dict[str, list[Timed]]:
    commands = {
        _ALONE: [sys.executable, "-m", "benchmarks.browser_alone", "../urls.txt"],
        _CAPTURE: _crawl(".."),
    }
    times: dict[str, list[Timed]] = {name: [] for name in commands}
    for number in range(rounds):
        for name in sorted(commands, reverse=bool(number % 2)):
            at = folder / "work"
            at.mkdir()
            times[name].append(run(commands[name], at))
            shutil.rmtree(at)
    return times


def _table(times: dict[str, list[Timed]], pages: int) -> Table:
    table = Table("program", "s a page", "CPU s a page", title=f"{pages} pages that need a browser")
    for name, runs in times.items():
        seconds, cpu = (statistics.median(getattr(one, what) for one in runs) / pages for what in ("seconds", "cpu"))
        table.add_row(name, f"{seconds:.2f}", f"{cpu:.2f}")
    return table


if __name__ == "__main__":
    typer.run(main)
