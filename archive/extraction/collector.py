"""Python's garbage collector, held off while a page is read and while modules are loaded.

A page makes some 50,000 objects that die together and hardly any cycles, so that looking for cycles among them is time
lost: a twelfth of it (measured on 120 pages). What modules make stays until the process ends. Looking through that
takes a crawl a third of a second: .13 s of the .7 in which it loads, and .2 s once more at its end.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")


def uncollected(function: Callable[_P, _T]) -> Callable[_P, _T]:
    """The same function, during which the collector rests; it goes on afterwards if it was on before."""

    @wraps(function)
    def resting(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        was_on = gc.isenabled()
        gc.disable()
        try:
            return function(*args, **kwargs)
        finally:
            if was_on:
                gc.enable()

    return resting


@contextmanager
def loading() -> Iterator[None]:
    """Load modules in this: the collector rests, and never looks at what is there afterwards."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
