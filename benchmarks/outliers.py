"""Pages that cost far more than their size explains.

    python -m benchmarks.outliers --corpus ../shared/corpus [--rounds 3] [--every 1]

The cost of a page is fitted by what it has: a sum for any page, so much for each KB, so much for each block. Each page
counts by its own cost, so that a small page's fit is as good as a large one's. Printed are the fit, and the pages whose
cost is highest beside it. CPU time counts, of each page the least of the rounds. Exits with 1 where a page costs more
than twice the fit.
"""

import time
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table

from archive.extraction.extract import extract
from benchmarks.corpus import DEFAULT, Page, read_corpus

#: How many times its fit a page may cost.
MOST = 2.0
#: Of how many pages the table speaks, and how often the fit is weighed anew.
_SHOWN, _TURNS = 15, 20


class Cost(NamedTuple):
    """What a page has, and what its extraction costs in milliseconds."""

    name: str
    kilobytes: float
    blocks: int
    milliseconds: float


def main(
    corpus: Annotated[Path, typer.Option(help="The corpus folder.")] = DEFAULT,
    rounds: Annotated[int, typer.Option(min=1, help="How often each page is extracted.")] = 3,
    every: Annotated[int, typer.Option(min=1, help="One page of so many is looked at.")] = 1,
) -> None:
    """Print the fit and the pages furthest above it."""
    console = Console(soft_wrap=True)
    pages = islice(read_corpus(corpus), 0, None, every)
    costs = [cost(page, rounds) for page in track(pages, "extracting", console=console, transient=True)]
    parts = fitted(costs)
    ratios = np.array([one.milliseconds for one in costs]) / (_seen(costs) @ parts)
    console.print("a page costs {:.2f} ms, and {:.4f} for each KB, {:.4f} for each block".format(*parts))
    console.print(table(costs, ratios))
    raise typer.Exit(bool(ratios.max() > MOST))


def cost(page: Page, rounds: int) -> Cost:
    """The least that the page cost in some rounds, after one that loads what such pages need."""
    record = extract(page.raw, page.url or None)
    spent = []
    for _ in range(rounds):
        started = time.process_time()
        extract(page.raw, page.url or None)
        spent.append(time.process_time() - started)
    return Cost(page.name, len(page.raw) / 1000, len(record.blocks), 1000 * min(spent))


def _seen(costs: list[Cost]) -> NDArray[np.float64]:
    return np.array([(1.0, one.kilobytes, one.blocks) for one in costs])


def fitted(costs: list[Cost]) -> NDArray[np.float64]:
    """Milliseconds a page, a KB and a block: least squares of the ratio to the fit, found by turns."""
    seen, spent = _seen(costs), np.array([one.milliseconds for one in costs])
    weights = 1 / spent
    for _ in range(_TURNS):
        parts: NDArray[Any] = np.linalg.lstsq(seen * weights[:, None], spent * weights)[0]
        weights = 1 / np.maximum(seen @ parts, spent.min())
    return parts


def table(costs: list[Cost], ratios: NDArray[np.float64]) -> Table:
    """The pages with the highest ratio of cost to fit."""
    made = Table("page", "KB", "blocks", "ms", "times its fit", title=f"{(ratios > MOST).sum()} over {MOST}")
    for number in np.argsort(-ratios)[:_SHOWN]:
        one = costs[number]
        made.add_row(
            one.name, f"{one.kilobytes:.0f}", str(one.blocks), f"{one.milliseconds:.1f}", f"{ratios[number]:.2f}"
        )
    return made


if __name__ == "__main__":
    typer.run(main)
