"""Python's garbage collector, held off while a page is read and while modules are loaded.

A page makes some 50,000 objects that die together and hardly any cycles, so that looking for cycles among them is time
lost: a twelfth of it (measured on 120 pages). What modules make stays until the process ends. Looking through that
takes a crawl a third of a second: .13 s of the .7 in which it loads, and .2 s once more at its end.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def resting() -> Iterator[None]:
    """The collector rests in this, and goes on afterwards if it was on before."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


#: Makes of a function the same one, during which the collector rests; it goes on afterwards if it was on before.
uncollected = resting()


@contextmanager
def loading() -> Iterator[None]:
    """Load modules in this: the collector rests, and never looks at what is there afterwards."""
    with resting():
        try:
            yield
        finally:
            gc.freeze()
