"""The collector rests while a function runs, and only then."""

import gc
import subprocess
import sys

import pytest

from archive.extraction.collector import loading, uncollected


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


def test_what_is_loaded_is_looked_at_no_more() -> None:
    was_on = gc.isenabled()
    kept = gc.get_freeze_count()
    try:
        gc.enable()
        with loading():
            assert not gc.isenabled()
            made: list[list[int]] = [[] for _ in range(1000)]
        assert gc.isenabled()
        assert gc.get_freeze_count() >= kept + len(made)
    finally:
        gc.unfreeze()
        (gc.enable if was_on else gc.disable)()


def test_what_is_taken_from_the_package_is_loaded_while_it_rests() -> None:
    code = (
        "import gc, archive\n"
        "passes = sum(step['collections'] for step in gc.get_stats())\n"
        "archive.extract\n"
        # One once it is on again: without the rest there are dozens.
        "assert sum(step['collections'] for step in gc.get_stats()) <= passes + 1, gc.get_stats()\n"
        "assert gc.isenabled() and not gc.get_freeze_count()"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
