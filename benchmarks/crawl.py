"""A crawl of real pages from start to end, beside bare Scrapy and trafilatura's own command on the same list of URLs.

    python -m benchmarks.crawl --corpus ../shared/corpus [--pages 500] [--rounds 3]

Needs nginx, which serves the pages gzipped on loopback; no delay, one request at a time, robots.txt obeyed. Each round
runs every program once, as a whole process, in turn; ratios are those of one round, and the median of them counts.
Before that: are all pages captured and extracted, is re-extraction identical, does memory stay flat?
"""

import shutil
import statistics
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from archive.records import read_records
from benchmarks.corpus import DEFAULT
from benchmarks.static_server import StaticServer, copy_pages
from benchmarks.timed import Timed, cleancopy, run

#: Of trafilatura's own command, in pages a second with extraction.
FLOOR = 2.0
#: Of the memory of a crawl of 100 pages, in one of 500. What grows is the allocator's noise.
FLAT = 1.15
_BARE, _CAPTURE, _WHOLE, _PEER = "bare Scrapy", "cleancopy, capture only", "cleancopy", "trafilatura's command"
_TRAFILATURA = """[DEFAULT]
DOWNLOAD_TIMEOUT = 30
MAX_FILE_SIZE = 20000000
MIN_FILE_SIZE = 10
SLEEP_TIME = 0
USER_AGENTS =
COOKIE =
MAX_REDIRECTS = 2
SSRF_PROTECTION = off
INSECURE_SSL_FALLBACK = on
MIN_EXTRACTED_SIZE = 250
MIN_OUTPUT_SIZE = 1
MIN_OUTPUT_COMM_SIZE = 1
MAX_TREE_SIZE =
EXTRACTION_TIMEOUT = 30
MIN_DUPLCHECK_SIZE = 100
MAX_REPETITIONS = 2
EXTENSIVE_DATE_SEARCH = on
EXTERNAL_URLS = off
"""


def main(
    corpus: Annotated[Path, typer.Option(help="The corpus folder.")] = DEFAULT,
    pages: Annotated[int, typer.Option(min=100, help="Pages to crawl.")] = 500,
    rounds: Annotated[int, typer.Option(min=1, help="Times that each program runs.")] = 3,
) -> None:
    """Check and compare; exit with 1 if a page is missing or a floor is not reached."""
    console = Console(soft_wrap=True)
    with TemporaryDirectory() as made:
        folder = Path(made)
        copy_pages(corpus, folder / "pages", pages)
        with StaticServer(folder, charset="off") as server:
            urls = [f"http://127.0.0.1:{server.port}/gzip/{number}.html" for number in range(pages)]
            _write_urls(folder, urls)
            misses = list(_check(folder, pages, console))
            times = _compare(folder, rounds)
    console.print(_table(times, pages))
    ratio = _ratio(times, _WHOLE, _PEER)
    if ratio < FLOOR:
        misses.append(f"{ratio:.2f} times the pages a second of trafilatura's command; the floor is {FLOOR}")
    for sentence in misses:
        console.print(sentence)
    raise typer.Exit(bool(misses))


def _write_urls(folder: Path, urls: list[str]) -> None:
    (folder / "urls.txt").write_text("\n".join(urls) + "\n")
    (folder / "few.txt").write_text("\n".join(urls[:100]) + "\n")
    (folder / "trafilatura.cfg").write_text(_TRAFILATURA)


def _check(folder: Path, pages: int, console: Console) -> Iterator[str]:
    """A sentence for each thing that is not as it must be."""
    few = run(_crawl("few.txt", "few"), folder)
    many = run(_crawl("urls.txt", "many"), folder)
    records = {path.name: path.read_bytes() for path in (folder / "many" / "records").glob("*.jsonl")}
    texts = [bool(record.text) for name in records for record in read_records(folder / "many" / "records" / name)]
    console.print(f"{len(texts)} of {pages} pages have a record, {sum(texts)} of them body text")
    console.print(f"peak memory of the crawl's process: {_mb(few.peak)} for 100 pages, {_mb(many.peak)} for {pages}")
    again = run(cleancopy("extract", "many"), folder)
    same = {path.name: path.read_bytes() for path in (folder / "many" / "records").glob("*.jsonl")} == records
    console.print(
        f"re-extraction {'gives the same bytes' if same else 'DIFFERS'}; peak memory of its process {_mb(again.peak)}"
    )
    if len(texts) != pages:
        yield f"{pages - len(texts)} pages have no record"
    if not same:
        yield "re-extraction gives other bytes"
    if many.peak > FLAT * few.peak:
        yield f"memory grows by {many.peak / few.peak - 1:.0%} from 100 to {pages} pages; the most is {FLAT - 1:.0%}"


def _mb(size: int) -> str:
    return f"{size / 1e6:.0f} MB"


def _crawl(urls: str, collection: str, *more: str) -> list[str]:
    return cleancopy("crawl", "--urls", urls, "--collection", collection, "--delay", 0, "--allow-private", *more)


def _compare(folder: Path, rounds: int) -> dict[str, list[Timed]]:
    programs: dict[str, Callable[[Path], Timed]] = {
        _BARE: lambda at: run([sys.executable, "-m", "benchmarks.bare_spider", "../urls.txt"], at),
        _CAPTURE: lambda at: run(_crawl("../urls.txt", "c", "--no-records"), at),
        _WHOLE: lambda at: run(_crawl("../urls.txt", "c"), at),
        _PEER: lambda at: run(_peer(), at),
    }
    times: dict[str, list[Timed]] = {name: [] for name in programs}
    for number in range(rounds):
        for name in [*programs][number % len(programs) :] + [*programs][: number % len(programs)]:
            at = folder / "work"
            at.mkdir()
            times[name].append(programs[name](at))
            shutil.rmtree(at)
    return times


def _peer() -> list[str]:
    program = str(Path(sys.executable).with_name("trafilatura"))
    options = ["--json", "--with-metadata", "--parallel", "2", "--config-file", "../trafilatura.cfg"]
    return [program, "-i", "../urls.txt", "-o", "out", *options]


def _ratio(times: dict[str, list[Timed]], name: str, other: str) -> float:
    """Pages a second as a multiple of another program's: the median over the rounds."""
    return statistics.median(
        theirs.seconds / own.seconds for own, theirs in zip(times[name], times[other], strict=True)
    )


def _table(times: dict[str, list[Timed]], pages: int) -> Table:
    table = Table("program", "pages/s", "of bare Scrapy", "of trafilatura's command", "CPU ms a page", title="Crawl")
    for name, runs in times.items():
        table.add_row(
            name,
            f"{pages / statistics.median(one.seconds for one in runs):.1f}",
            f"{_ratio(times, name, _BARE):.2f}",
            f"{_ratio(times, name, _PEER):.2f}",
            f"{1000 * statistics.median(one.cpu for one in runs) / pages:.0f}",
        )
    return table


if __name__ == "__main__":
    typer.run(main)
