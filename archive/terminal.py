"""Where commands write: results to standard output, everything else to standard error."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

#: Highlighting would colour every number and path of a sentence.
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def tell(sentence: str) -> None:
    """Say something that is not a result. Page text may stand in it: markup is not read."""
    err.print(sentence, markup=False)


def counted(count: int, noun: str) -> str:
    """`1 capture`, `2 captures`: for nouns that take an s."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


@contextmanager
def progress(what: str, total: float | None = None, unit: str = "") -> Iterator["Bar"]:
    """A progress bar on a terminal, nothing in a pipe. `total` is None where the end is not known; the unit "bytes"
    is shown as MB or GB."""
    count = MofNCompleteColumn() if total is not None else TextColumn("{task.completed:.0f}")
    counted = (DownloadColumn(),) if unit == "bytes" else (count, TextColumn(unit))
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), *counted)
    with Progress(*columns, TimeElapsedColumn(), console=err, transient=True, disable=not err.is_terminal) as shown:
        yield Bar(shown, what, total)


class Bar:
    """One line of progress."""

    def __init__(self, shown: Progress, what: str, total: float | None) -> None:
        self._shown = shown
        self._task = shown.add_task(what, total=total)

    def advance(self, steps: float = 1) -> None:
        """So much more is done."""
        self._shown.advance(self._task, steps)

    def say(self, what: str) -> None:
        """Change what is said in front of the bar."""
        self._shown.update(self._task, description=what)


def output_is_terminal() -> bool:
    """Whether a person reads standard output."""
    return sys.stdout.isatty()
