"""The collector rests while a function runs, and only then."""

import gc

import pytest

from archive.extraction.collector import uncollected


@pytest.mark.parametrize("on_before", [True, False])
def test_it_is_as_before_afterwards(on_before: bool) -> None:
    was_on = gc.isenabled()
    try:
        (gc.enable if on_before else gc.disable)()
        assert uncollected(gc.isenabled)() is False
        assert gc.isenabled() is on_before
        with pytest.raises(ZeroDivisionError):
            uncollected(lambda: 1 / 0)()
        assert gc.isenabled() is on_before
    finally:
        (gc.enable if was_on else gc.disable)()
