"""A console that shows what it is given and does nothing that a text tells it to, and its progress bars.

Apart from `terminal`, which loads this when something is said: Rich takes a tenth of a second to load, and results for
programs need none of it.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
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


@contextmanager
def drawn(console: Console, what: str, total: float | None, unit: str) -> Iterator["Drawn"]:
    """A progress bar, with what `terminal.progress` is told."""
    count = MofNCompleteColumn() if total is not None else TextColumn("{task.completed:.0f}")
    sized = (DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    counted = sized if unit == "bytes" else (count, TextColumn(unit, markup=False))
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), *counted)
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as shown:
        yield Drawn(shown, what, total)


class Drawn:
    """One line of progress on a terminal."""

    def __init__(self, shown: Progress, what: str, total: float | None) -> None:
        self._shown = shown
        self._task = shown.add_task(what, total=total)

    def advance(self, steps: float = 1) -> None:
        """So much more is done."""
        self._shown.advance(self._task, steps)

    def say(self, what: str) -> None:
        """Change what is said in front of the bar."""
        self._shown.update(self._task, description=what)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Table:
    """A table for people."""
    shown = Table(*head)
    for row in rows:
        shown.add_row(*row)
    return shown
