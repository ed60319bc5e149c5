"""The one door to the terminal: results go to standard output, everything else to standard error.

Text from the web, from files and from arguments comes by here. Characters that would act on a terminal are shown
instead, and nothing in a text is taken for Rich's markup. Only results for programs stay as they are, in a pipe.
"""

import sys
import traceback
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol

from archive.telling.unseen import visible

if TYPE_CHECKING:
    from rich.status import Status

    from archive.telling.door import Door


@cache
def _console(stderr: bool) -> "Door":
    from archive.telling.door import Door  # noqa: PLC0415 - Rich takes a tenth of a second to load

    return Door(stderr=stderr)


class _Late:
    """A console that is made when it is first spoken to."""

    def __init__(self, stderr: bool) -> None:
        self._stderr = stderr

    def __getattr__(self, name: str) -> Any:
        return getattr(_console(self._stderr), name)


if TYPE_CHECKING:
    out = err = Door()
else:
    out, err = _Late(stderr=False), _Late(stderr=True)


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
    from archive.telling.door import table  # noqa: PLC0415 - as above

    out.print(table(head, ([*row[: len(head) - 1], "\n".join(row[len(head) - 1 :])] for row in rows)))


def tell_crash(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What Python says of an exception that nobody expected, for `sys.excepthook`."""
    tell("".join(traceback.format_exception(kind, error, trace)).rstrip("\n"))


def waiting(what: str) -> "AbstractContextManager[Status]":
    """A spinner with a few words, for what has no steps. On a terminal only."""
    from rich.text import Text  # noqa: PLC0415 - as above

    return err.status(Text(what))


def counted(count: int, noun: str) -> str:
    """`1 capture`, `2 captures`: for nouns that take an s."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


class Bar(Protocol):
    """One line of progress."""

    def advance(self, steps: float = 1) -> None:
        """So much more is done."""

    def say(self, what: str) -> None:
        """Change what is said in front of the bar."""


class _Silent:
    """Progress that nobody watches."""

    def advance(self, steps: float = 1) -> None:
        pass

    def say(self, what: str) -> None:
        pass


@contextmanager
def progress(what: str, total: float | None = None, unit: str = "") -> Iterator[Bar]:
    """A progress bar on a terminal, nothing in a pipe. `total` is None where the end is not known; the unit "bytes"
    is shown as MB or GB, with the rate and the time left."""
    if not sys.stderr.isatty():
        yield _Silent()
        return
    from archive.telling.door import drawn  # noqa: PLC0415 - as above

    with drawn(_console(stderr=True), what, total, unit) as bar:
        yield bar


def output_is_terminal() -> bool:
    """Whether a person reads standard output."""
    return sys.stdout.isatty()
