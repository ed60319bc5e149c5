"""Extraction in other processes: whatever a task does to its process costs that task."""

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator

import pytest

from archive.pipeline.pool import ExtractionPool, preload
from tests.pool_tasks import lost, work


def test_a_task_that_hangs_dies_or_starves_costs_that_task() -> None:
    with ExtractionPool(work, lost, workers=2, time_limit=2.0) as pool:
        found = list(pool.map(["a", "hang", "die", "starve", "raise", "b"]))
    assert found[0].startswith("a done by")
    assert found[1] == "hang lost: extraction: stopped after 2 s"
    assert found[2] == "die lost: extraction: the worker process died (exit code 11)"
    assert found[3] == "starve lost: extraction: more than 4000000000 bytes of memory needed"
    assert found[4] == "raise lost: extraction: ValueError: odd page"
    assert found[5].startswith("b done by")


def test_workers_begin_with_what_extraction_needs() -> None:
    preload(work.__module__)
    with ExtractionPool(work, lost, workers=1) as pool:
        assert list(pool.map(["loaded"])) == ["True"]


def test_workers_that_make_records_do_not_load_what_writes_archives_and_names_lists() -> None:
    code = (
        "import sys, archive.pipeline.record_lines; print({'warcio', 'fsspec', 'courlan', 'urllib3'} & {*sys.modules})"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout == "set()\n"


def test_results_come_in_order_and_tasks_are_read_only_a_little_ahead() -> None:
    read: list[int] = []

    def tasks() -> Iterator[str]:
        for number in range(100):
            read.append(number)
            yield str(number)

    with ExtractionPool(work, lost, workers=2) as pool:
        results = pool.map(tasks())
        first = next(results)
        assert len(read) <= 16
        found = [first, *results]
    assert [result.split()[0] for result in found] == [str(number) for number in range(100)]
    assert str(os.getpid()) not in {result.split()[-1] for result in found}


@pytest.mark.parametrize("told", [b"", pickle.dumps({"log_to_stderr": False})[:9]])
def test_a_worker_whose_program_ends_before_it_says_what_for_ends_without_a_word(told: bytes) -> None:
    code = f"""
import os
from multiprocessing import forkserver
from archive.pipeline.pool import preload
preload("tests.pool_tasks")
ended, said = forkserver.connect_to_new_process([])
os.write(said, {told!r})
os.close(said)
os.read(ended, 1)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=60)
    assert run.stderr == b""


def test_a_pool_without_a_task_begins_no_process() -> None:
    code = """
from archive.pipeline.pool import ExtractionPool
from multiprocessing.forkserver import _forkserver
from tests.pool_tasks import lost, work
with ExtractionPool(work, lost) as pool:
    assert not list(pool.map([]))
try:
    with ExtractionPool(work, lost):
        1 / 0
except ZeroDivisionError:
    print(_forkserver._forkserver_pid)
"""
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=60).stdout == b"None\n"
