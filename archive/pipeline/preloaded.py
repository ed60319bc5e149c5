"""What all workers need, loaded once: the process that workers are forked from imports this module.

Loading the model, the word lists and the patterns made from them takes a third of a second, which each worker would
spend anew, and memory that they share this way. A page that needs most of it is the simplest list of what there is.
What few pages need is left to the worker that meets one: htmldate, for those that state no date, would be an eighth of
the time in which all wait for the first worker, and is 3 MB.
"""

import sys
from contextlib import suppress
from pickle import UnpicklingError
from types import TracebackType

from archive.errors import ConfigurationError
from archive.extraction.collector import loading
from archive.own_process import start_lean

_PAGE = """<html lang="en"><head><title>Ferry leaves early</title></head><body><nav><a href="/news">News</a></nav>
<article><h1>Ferry leaves early</h1><p class="byline">By Mira Holt, photographs by Jonas Lind</p>
<p class="date">Published 5 January 2024 at 10:30 GMT, updated January 6, 2024</p><img src="/ferry.jpg" alt="The ferry">
<p>The ferry left the island at noon, and the people on the quay went home before the rain came. Nobody had told them
that it would leave so early, said the harbour master, and there was no other boat that day.</p>
<p>Read more: <a href="https://herald.example/tides">The tides of January</a></p></article></body></html>"""


class _Anywhere(str):
    """The file of the program that began the workers, wherever that is. A worker runs it first unless its own says that
    this was done: a script that uses all cores would begin itself again, and need not."""

    __slots__ = ()

    def __eq__(self, _other: object) -> bool:
        return True

    __hash__ = str.__hash__


def _report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What a worker says of an error before its work begins: nothing where the program that asked for it ended before
    it had said what for (multiprocessing.spawn._main reads that from a pipe). Nobody waits for such a worker."""
    if not isinstance(error, EOFError | UnpicklingError):
        sys.__excepthook__(kind, error, trace)


sys.excepthook = _report
if not hasattr(sys.modules["__main__"], "__file__"):
    # multiprocessing.spawn._fixup_main_from_path compares it.
    sys.modules["__main__"].__file__ = _Anywhere()

start_lean()
# A broken installation is the worker's to report, for the page that it was given.
with suppress(ConfigurationError), loading():
    # What gives workers their tasks.
    import pebble  # noqa: F401

    from archive.extraction.extract import extract

    extract(_PAGE, "https://herald.example/2024/ferry")
