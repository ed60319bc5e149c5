"""What a helper library could not do: it costs its own field, and is said in the record's warnings.

Pages are hostile, and no library is proof against all of them. Every call of one goes through `shielded`.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import ParamSpec, TypeVar

from archive.telling.kinds import Warned, WarningKind

_P = ParamSpec("_P")
_T = TypeVar("_T")
_D = TypeVar("_D")

#: Characters of an error that are repeated: some quote the page.
_LONGEST = 200
_logger = logging.getLogger(__name__)
_gathered: ContextVar[list[Warned] | None] = ContextVar("gathered", default=None)


@contextmanager
def gathering() -> Iterator[None]:
    """What is noted in this belongs to one record."""
    token = _gathered.set([])
    try:
        yield
    finally:
        _gathered.reset(token)


def note(warning: Warned) -> None:
    """Say what was odd about a page: in the warnings of its record, or in the log where none is being made."""
    gathered = _gathered.get()
    if gathered is None:
        _logger.warning("%s", warning)
    elif warning not in gathered:
        gathered.append(warning)


def noted() -> tuple[Warned, ...]:
    """The warnings of the record that is being made."""
    return tuple(_gathered.get() or ())


def shielded(what: str, otherwise: _D, call: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T | _D:
    """The call's result; where it fails, `otherwise`, and a warning that names what was lost."""
    try:
        return call(*args, **kwargs)
    except Exception as error:  # noqa: BLE001 - whatever a page makes a library raise, the page's record must come out
        note(Warned(WarningKind.HELPER_FAILED, f"{what}: cannot be read: {failure(error)}"))
        return otherwise


def failure(error: Exception) -> str:
    """An error on one short line."""
    return " ".join(f"{type(error).__name__}: {error}"[:_LONGEST].split())
