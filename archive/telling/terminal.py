"""The one door to the terminal: results go to standard output, everything else to standard error.

Text from the web, from files and from arguments comes by here. Characters that would act on a terminal are shown
instead, and nothing in a text is taken for Rich's markup. Only results for programs stay as they are, in a pipe.
"""

import sys
import traceback
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.segment import Segment
from rich.status import Status
from rich.table import Table
from rich.text import Text

from archive.telling.unseen import visible


class Door(Console):
    """A console that shows what it is given, and does nothing that a text tells it to."""

    def __init__(self, **options: Any) -> None:
        # Highlighting would colour every number and path of a sentence.
        super().__init__(highlight=False, soft_wrap=True, markup=False, emoji=False, **options)

    def render_str(self, text: str, **options: Any) -> Text:
        """Before Rich drops some control characters without a trace."""
        return super().render_str(visible(text), **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Whatever is printed comes by here, also the cells of a table."""
        given = _shown(renderable) if isinstance(renderable, Text) else renderable
        for segment in super().render(given, options):
            yield segment if segment.control else Segment(visible(segment.text), segment.style)


def _shown(text: Text) -> Text:
    """The same with its styles, before it is cut to a width."""
    if visible(text.plain) == text.plain:
        return text
    pieces = text.divide(range(1, len(text)))
    return text.blank_copy().join(map(_one_shown, pieces))


def _one_shown(character: Text) -> Text:
    """One character, or the several that stand for it, in its styles."""
    shown = Text(visible(character.plain), character.style)
    for span in character.spans:
        shown.stylize(span.style)
    return shown


out = Door()
err = Door(stderr=True)


def tell(sentence: str) -> None:
    """Say something that is not a result. Lines after the first are set in: none can pass for a sentence of its own."""
    err.print(sentence.replace("\n", "\n  "))


def put(result: str | bytes) -> None:
    """Write a result for programs: in a pipe as it is, on a terminal so that it can be looked at."""
    if sys.stdout.isatty():
        sys.stdout.write(visible(result.decode("utf-8", "replace") if isinstance(result, bytes) else result))
    elif isinstance(result, bytes):
        sys.stdout.flush()
        sys.stdout.buffer.write(result)
    else:
        sys.stdout.write(result)


def put_rows(rows: Iterable[Sequence[str]]) -> None:
    """Write lines with tabs between their cells, for `cut` and for people: no cell has a tab, a line break or an
    unseen character."""
    for row in rows:
        sys.stdout.write("\t".join(" ".join(visible(cell).split()) for cell in row) + "\n")


def put_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write a table for people; in a pipe the same rows with tabs between their cells. Cells beyond the last column
    stand below each other in it."""
    if not output_is_terminal():
        put_rows(rows)
        return
    table = Table(*head)
    for row in rows:
        table.add_row(*row[: len(head) - 1], "\n".join(row[len(head) - 1 :]))
    out.print(table)


def tell_crash(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What Python says of an exception that nobody expected, for `sys.excepthook`."""
    tell("".join(traceback.format_exception(kind, error, trace)).rstrip("\n"))


def waiting(what: str) -> AbstractContextManager[Status]:
    """A spinner with a few words, for what has no steps. On a terminal only."""
    return err.status(Text(what))


def counted(count: int, noun: str) -> str:
    """`1 capture`, `2 captures`: for nouns that take an s."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


@contextmanager
def progress(what: str, total: float | None = None, unit: str = "") -> Iterator["Bar"]:
    """A progress bar on a terminal, nothing in a pipe. `total` is None where the end is not known; the unit "bytes"
    is shown as MB or GB, with the rate and the time left."""
    count = MofNCompleteColumn() if total is not None else TextColumn("{task.completed:.0f}")
    sized = (DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    counted = sized if unit == "bytes" else (count, TextColumn(unit, markup=False))
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), *counted)
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
