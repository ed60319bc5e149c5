"""The benchmarks, all or those named: `python -m benchmarks [NAME...] [--corpus DIR]`, or `make bench` for all.

Each is a module of this folder and runs as a process of its own; `python -m benchmarks.NAME --help` has its options.
What they give the README and the cards of the models and data sets:

- `quality`: body text and labels beside other programs, cross-validated by site. Needs PyTorch.
- `metadata`: the share of right titles, publication dates and author lists.
- `sites`: body and authors with and without the bundled site files.
- `speed`: pages a second of `extract()` and of `clean --jsonl` as multiples of trafilatura; memory.
- `capture`: pages a second of a capture as multiples of bare Scrapy and scrapy-webarchive. Needs nginx.
- `crawl`: a crawl with extraction beside bare Scrapy and trafilatura's command; re-extraction; memory. Needs nginx.
- Only by name, for they take minutes to an hour:
  `browser`: capture of pages that need a browser beside the browser alone.
  `commands`: what verifying, indexing, searching, exporting and packing cost beside the field's programs.
  `explore`: how long the explorer takes for each of its views over 100,000 records.
  `verify`: verifying and indexing one large file, and who reads what we write.
  `damage`: whether records of damaged files are lost in silence.
  `museum`: whether one crawl through 200 odd servers ends and says what became of each URL.
  `kills`: whether crawls that are killed again and again lose anything.
  `distributed`: whether a Dask cluster whose workers and scheduler are killed makes the same records, and at what cost.
  `shared_frontier`: whether a crawl by many workers loses anything when they and their server are killed.
  `soak`: whether a scheduler that is killed loses anything.
  `fuzz`: whether hostile pages are raised at, take long or fill the memory.
  `drafts`: whether a drafted site file is ever worse than none.
  `kernels`: what the compiled kernels gain, and whether they give the same records.

One that cannot run, for want of the corpus, a program or a library, says so and the rest goes on. Exit 1 if one
failed, or if one that was named could not run; 2 for a name that is none.
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.corpus import DEFAULT


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One module, and what it needs: the corpus, programs on the path, libraries that `make` does not set up. A `long`
    one runs only by name."""

    name: str
    corpus: bool = True
    programs: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    long: bool = False

    def line(self) -> str:
        """The first paragraph of the module's docstring, as one line."""
        spec = find_spec(f"benchmarks.{self.name}")
        if spec is None or spec.origin is None:
            raise ImportError(f"benchmarks/{self.name}.py is not there")
        source = Path(spec.origin).read_text(encoding="utf-8")
        return " ".join(source.split('"""')[1].split("\n\n")[0].split())

    def wants(self, corpus: Path) -> Iterator[str]:
        """What is missing to run it, as sentences."""
        if self.corpus and not any(corpus.glob("*/*.html.gz")):
            yield f"no pages in {corpus}: give the corpus' folder with --corpus"
        for program in self.programs:
            if shutil.which(program) is None:
                yield f"{program} is not installed: apt install {program}"
        for library in self.libraries:
            if find_spec(library.partition("=")[0]) is None:
                yield f"{library} is not installed: pip install {library}"

    def command(self, corpus: Path) -> list[str]:
        """The command line that runs it."""
        options = ["--corpus", str(corpus)] if self.corpus else []
        return [sys.executable, "-m", f"benchmarks.{self.name}", *options]


BENCHMARKS = {
    found.name: found
    for found in (
        Benchmark("quality", libraries=("torch==2.13.0",)),
        Benchmark("metadata"),
        Benchmark("sites"),
        Benchmark("places", programs=("chromium",)),
        Benchmark("speed"),
        Benchmark("capture", corpus=False, programs=("nginx",)),
        Benchmark("crawl", programs=("nginx",)),
        Benchmark("browser", corpus=False, long=True),
        Benchmark("drafts", long=True),
        Benchmark("kernels", long=True),
        Benchmark("explore", corpus=False, long=True),
        Benchmark("commands", corpus=False, long=True),
        Benchmark("verify", corpus=False, long=True),
        Benchmark("damage", corpus=False, long=True),
        Benchmark("museum", corpus=False, long=True),
        Benchmark("kills", corpus=False, long=True),
        Benchmark("shared_frontier", corpus=False, programs=("pg_lsclusters",), long=True),
        Benchmark("distributed", corpus=False, libraries=("distributed",), long=True),
        Benchmark("soak", corpus=False, long=True),
        Benchmark("fuzz", corpus=False, long=True),
    )
}


def main(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Benchmarks; none: all.")] = None,
    corpus: Annotated[Path, typer.Option(help="The corpus folder.")] = DEFAULT,
    show: Annotated[bool, typer.Option("--list", help="List the benchmarks and run none.")] = False,
) -> None:
    """Run the benchmarks named, or all in order."""
    console = Console(soft_wrap=True, highlight=False)
    asked = [_named(name, console) for name in names or []]
    if show:
        for benchmark in asked or BENCHMARKS.values():
            console.print(f"{benchmark.name:16}{benchmark.line()}")
        return
    chosen = asked or [benchmark for benchmark in BENCHMARKS.values() if not benchmark.long]
    failed = [benchmark.name for benchmark in chosen if not _passes(benchmark, corpus, console, asked=bool(asked))]
    if failed:
        console.print(f"Not passed: {', '.join(failed)}")
    raise typer.Exit(bool(failed))


def _named(name: str, console: Console) -> Benchmark:
    if name in BENCHMARKS:
        return BENCHMARKS[name]
    close = get_close_matches(name, BENCHMARKS, n=1)
    hint = f" Did you mean '{close[0]}'?" if close else ""
    console.print(f"There is no benchmark '{name}'.{hint} There are: {', '.join(BENCHMARKS)}.")
    raise typer.Exit(2)


def _passes(benchmark: Benchmark, corpus: Path, console: Console, *, asked: bool) -> bool:
    console.print(f"\n{benchmark.name}: {benchmark.line()}", style="bold")
    if wants := list(benchmark.wants(corpus)):
        console.print(f"Not run: {'; '.join(wants)}.")
        return not asked
    return _run(benchmark.command(corpus), console)


def _run(command: Sequence[str], console: Console) -> bool:
    started = time.monotonic()
    code = subprocess.run(command, check=False).returncode
    console.print(f"{'passed' if code == 0 else f'FAILED, exit {code}'} after {time.monotonic() - started:.0f} s")
    return code == 0


if __name__ == "__main__":
    typer.run(main)
