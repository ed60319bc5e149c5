"""What extraction costs, beside trafilatura on the same pages in the same run.

    python -m benchmarks.speed --corpus ../shared/corpus [--rounds 5] [--pages 100] [--lines 800]

One core: whole `extract()`, page to record, against `trafilatura.extract(with_metadata=True)` and without metadata.
Every round has pages of its own, so that nothing is remembered from an earlier one; the programs take turns every ten
pages, and CPU time counts, so that what else the machine does meets all of them alike.

All cores: `cleancopy clean --jsonl` against a loop over `trafilatura.extract()` (no metadata) in one process, both
whole processes that read the same file, by the clock and start-up included.

Memory: of the filter's first process for the lines, and for four times as many; and of this process while `extract()`
goes over the pages. Exits with 1 if `extract()` is less than 1.4 times as fast as trafilatura with metadata, or if
memory grows.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from itertools import chain, cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import trafilatura
import typer
from rich.console import Console
from rich.table import Table

from archive.extraction.extract import extract
from benchmarks.corpus import DEFAULT, Page, read_corpus
from benchmarks.timed import Timed, cleancopy, run

#: Pages a second of extract() as a multiple of trafilatura's with metadata, at the least.
FLOOR = 1.4
#: Memory for four times the lines, as a multiple. What grows is the allocator's noise.
FLAT = 1.15
#: Pages after which the next program takes its turn: a fraction of a second.
_TURN = 10
Program = Callable[[bytes, str], object]
PROGRAMS: dict[str, Program] = {
    "cleancopy, extract()": extract,
    "trafilatura, with metadata": lambda page, url: trafilatura.extract(page, url=url or None, with_metadata=True),
    "trafilatura": lambda page, url: trafilatura.extract(page, url=url or None),
}
_OURS, _WITH_METADATA, _PLAIN = PROGRAMS
_LOOP = """
import json, sys, trafilatura
for line in open(sys.argv[1], "rb"):
    given = json.loads(line)
    print(json.dumps({"id": given["id"], "text": trafilatura.extract(given["html"])}))
"""


def main(
    corpus: Annotated[Path, typer.Option(help="The corpus folder.")] = DEFAULT,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds, each of other pages.")] = 5,
    pages: Annotated[int, typer.Option(min=_TURN, help="Pages of a round.")] = 100,
    lines: Annotated[int, typer.Option(min=_TURN, help="Lines for the filter.")] = 800,
) -> None:
    """Print the three tables; exit with 1 where a floor is not reached."""
    console = Console(soft_wrap=True)
    every = [page for page in read_corpus(corpus) if page.url]
    sample = every[:: max(1, len(every) // (rounds * pages))]
    warm_up(sample[-1])
    spent = [one_round(part) for part in (sample[number::rounds][:pages] for number in range(rounds))]
    console.print(core_table(spent))
    grown = own_growth(sample)
    console.print(f"memory of one process over {len(sample)} pages of extract(): {grown:+.1f} MB after the first 100")
    with TemporaryDirectory() as folder:
        filtered, peer, many = whole_processes(Path(folder), every, lines)
    console.print(filter_table(filtered, peer, lines))
    growth = many.peak / statistics.median(one.peak for one in filtered)
    console.print(f"peak memory of the filter's first process: {growth:.2f} times for {4 * lines} lines")
    raise typer.Exit(_verdict(spent, growth, console))


def warm_up(page: Page) -> None:
    """Load what each program loads on its first page."""
    for program in PROGRAMS.values():
        program(page.raw, page.url)


def one_round(pages: Sequence[Page]) -> dict[str, float]:
    """CPU milliseconds a page of each program."""
    spent = dict.fromkeys(PROGRAMS, 0.0)
    names = [*PROGRAMS]
    for start in range(0, len(pages), _TURN):
        first = start // _TURN % len(names)
        for name in names[first:] + names[:first]:
            started = time.process_time()
            for page in pages[start : start + _TURN]:
                PROGRAMS[name](page.raw, page.url)
            spent[name] += time.process_time() - started
    return {name: 1000 * seconds / len(pages) for name, seconds in spent.items()}


def ratios(spent: Sequence[dict[str, float]], peer: str) -> list[float]:
    """Pages a CPU second of extract() as multiples of a peer's, one a round."""
    return [one[peer] / one[_OURS] for one in spent]


def core_table(spent: Sequence[dict[str, float]]) -> Table:
    """Programs as rows: what a page costs, and extract() as a multiple."""
    table = Table("program", "CPU ms a page", "pages/s a core", "extract() is faster by", title="One core")
    for name in PROGRAMS:
        cost = statistics.median(one[name] for one in spent)
        faster = "" if name == _OURS else spread(ratios(spent, name))
        table.add_row(name, f"{cost:.1f}", f"{1000 / cost:.0f}", faster)
    return table


def spread(values: Sequence[float]) -> str:
    """The median, and the least and the most."""
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def own_growth(pages: Sequence[Page]) -> float:
    """How many megabytes this process grows from the hundredth page to the last."""
    start = 0.0
    for number, page in enumerate(pages):
        if number == min(100, len(pages) // 2):
            start = _resident()
        extract(page.raw, page.url)
    return _resident() - start


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def whole_processes(folder: Path, pages: Sequence[Page], lines: int) -> tuple[list[Timed], list[Timed], Timed]:
    """Three runs of the filter and of the peer, in turn, and one of the filter over four times the lines."""
    write_lines(folder / "pages.jsonl", pages, lines)
    write_lines(folder / "many.jsonl", pages, 4 * lines)
    ours = cleancopy("clean", "--jsonl", "pages.jsonl")
    theirs = [sys.executable, "-c", _LOOP, "pages.jsonl"]
    runs = [(run(ours, folder), run(theirs, folder)) for _ in range(3)]
    many = run(cleancopy("clean", "--jsonl", "many.jsonl"), folder)
    return [ours for ours, _ in runs], [theirs for _, theirs in runs], many


def write_lines(path: Path, pages: Sequence[Page], count: int) -> None:
    """So many input lines of the filter; pages come again where there are too few."""
    with path.open("w") as file:
        for number, page in enumerate(islice(chain.from_iterable(cycle([pages])), count)):
            file.write(json.dumps({"id": number, "url": page.url, "html": page.html}) + "\n")


def filter_table(ours: Sequence[Timed], theirs: Sequence[Timed], lines: int) -> Table:
    """Both programs, by the clock."""
    title = f"All {os.cpu_count()} cores, {lines} lines"
    table = Table("program", "pages/s", "CPU ms a page", "is faster by", title=title)
    faster = spread([their.seconds / own.seconds for own, their in zip(ours, theirs, strict=True)])
    for name, runs, ratio in (("clean --jsonl", ours, faster), ("trafilatura in one process", theirs, "")):
        seconds = statistics.median(one.seconds for one in runs)
        cpu = statistics.median(one.cpu for one in runs)
        table.add_row(name, f"{lines / seconds:.1f}", f"{1000 * cpu / lines:.1f}", ratio)
    return table


def _verdict(spent: Sequence[dict[str, float]], growth: float, console: Console) -> bool:
    ratio = statistics.median(ratios(spent, _WITH_METADATA))
    misses = []
    if ratio < FLOOR:
        misses.append(f"extract() makes {ratio:.2f} times trafilatura's pages a second; the floor is {FLOOR}")
    if growth > FLAT:
        misses.append(f"the filter's memory is {growth:.2f} times for four times the lines; the most is {FLAT}")
    for sentence in misses:
        console.print(sentence)
    return bool(misses)


if __name__ == "__main__":
    typer.run(main)
