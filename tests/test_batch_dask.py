"""Extraction on a Dask cluster over TCP whose workers and scheduler are killed."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import archive
from archive.batch import Pools, Settings, extract_file
from archive.batch.engines import Batch
from archive.errors import ConfigurationError
from tests.exchanges import page, response
from tests.foreign_warcs import HOST, record, write
from tests.scripted import Run

pytest.importorskip("distributed")
from archive.batch.dask_engine import on_dask
from benchmarks.dask_cluster import Cluster, cluster

WARCS = 8


@pytest.fixture(scope="module")
def at_work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A scheduler that has no worker yet."""
    with cluster(tmp_path_factory.mktemp("cluster"), 0) as begun:
        yield begun


def batch(folder: Path) -> Batch:
    """Files of an article each, whose records go to `out`."""
    for at in range(WARCS):
        content = record("response", f"{HOST}/2026/11/20/gulls-{at}", response(page(f"Gulls {at}")), 1)
        write(folder / f"in/w{at}.warc.gz", [content])
    paths = tuple(str(path) for path in sorted((folder / "in").iterdir()))
    return Batch(paths, str(folder / "out"), Settings(sites=(), jobs=1))


def records_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.jsonl")}


def other_code(folder: Path) -> Path:
    """A copy of the code with one more line."""
    root = Path(archive.__file__).parent.parent
    for name in ("archive", "configs", "crawler"):
        shutil.copytree(root / name, folder / "code" / name)
    with (folder / "code/archive/software.py").open("a") as file:
        file.write("\n# another line\n")
    return folder / "code"


def test_a_worker_that_would_make_other_records_is_refused(tmp_path: Path, at_work: Cluster) -> None:
    at_work.worker({"PYTHONPATH": str(other_code(tmp_path))})
    told: list[str] = []
    with pytest.raises(ConfigurationError, match="All workers were refused"):
        list(on_dask(batch(tmp_path), at_work.where, told.append))
    at_work.workers.pop().wait()
    assert "is refused, since its records would be others. Not the same as here: code." in told[-1]
    assert not records_in(tmp_path / "out")


def test_killed_workers_and_a_killed_scheduler_change_no_byte(tmp_path: Path, at_work: Cluster, cleancopy: Run) -> None:
    chance = random.Random(18)
    work = batch(tmp_path)
    with Pools(1) as pools:
        for path in work.locations:
            extract_file(path, tmp_path / "alone", work.settings, pools=pools)
    told: list[str] = []
    found = on_dask(work, at_work.where, told.append)
    for _ in range(2):
        at_work.worker()
    done = [next(found), next(found)]
    at_work.kill_worker(chance.randrange(2))
    done += [next(found), next(found)]
    at_work.restart_scheduler()
    at_work.worker(nanny=True)
    done += found
    assert "The scheduler is lost; what is not done goes to the next one at its address." in told
    assert {one.source for one in done} == set(work.locations)
    assert all(one.is_whole for one in done)
    again = cleancopy("extract", "in/*.warc.gz", "--output", "out", "--on", at_work.address)
    assert again.code == 0, again.err
    assert again.err.count("1 record is in") == again.err.count(" already.") == WARCS
    assert again.err.endswith(f"{WARCS} WARC files in, {WARCS} records files in out.\n")
    assert records_in(tmp_path / "out") == records_in(tmp_path / "alone")
    assert not list((tmp_path / "out").rglob("*.open")), "what was killed leaves nothing"
