"""What a process of cleancopy's own does without. A program that imports cleancopy keeps what it has."""

import atexit
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from types import ModuleType

_THREADS = "OPENBLAS_NUM_THREADS"
#: Pydantic's own module that finds plugins. If it is called otherwise one day, processes begin a little later.
_PLUGINS = "pydantic.plugin._loader"


def start_lean() -> None:
    """Call this before numpy and Pydantic are imported."""
    # Sums are small and take one thread: numpy would start one for each core, which costs a tenth of a second.
    os.environ.setdefault(_THREADS, "1")
    # Pydantic looks through all that is installed for plugins, a thirtieth of a second: none shall change our records.
    if os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__") == "__all__":
        # It would still load what looks for them, and with that all that reads e-mail: as long once more.
        sys.modules.setdefault(_PLUGINS, _none_found())


def _none_found() -> ModuleType:
    stand_in = ModuleType(_PLUGINS)
    vars(stand_in)["get_plugins"] = tuple
    return stand_in


def has_one_thread() -> bool:
    """Whether numpy multiplies in one thread."""
    return os.environ.get(_THREADS) == "1"


def run_and_leave(program: Callable[[], None]) -> None:
    """Run a program that is all that this process does, and end the process with its exit code.

    What is to be done at exit is done, but what is held is not freed object by object: that takes a twelfth of the time
    in which one page is cleaned. Where the program ends in any other error, Python ends the process.
    """
    code: int | None = None

    def leave() -> None:
        if code is not None:
            # What cannot be written is Python's to tell of.
            with suppress(OSError, ValueError):
                for stream in filter(None, (sys.stdout, sys.stderr)):
                    stream.flush()
                os._exit(code)

    # Before all else that is registered, and so done after it; by then threads have been waited for.
    atexit.register(leave)
    try:
        program()
        code = 0
    except SystemExit as left:
        if isinstance(left.code, int | None):
            code = left.code or 0
        raise
