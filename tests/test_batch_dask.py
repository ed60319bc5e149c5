"""Extraction on a Dask cluster over TCP whose workers and scheduler are killed."""

import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

import archive
from archive.batch import Pools, extract_file
from tests.exchanges import page, response
from tests.foreign_warcs import HOST, record, write
from tests.scripted import PATIENCE, environment

pytest.importorskip("distributed")
from benchmarks.dask_cluster import cluster

WARCS = 12


def warcs(folder: Path) -> list[Path]:
    """Files of two articles each."""
    return [
        write(
            folder / f"w{at:02}.warc.gz",
            [
                record("response", f"{HOST}/2026/11/20/gulls-{at}-{one}", response(page(f"Gulls {at} {one}")), one + 1)
                for one in range(2)
            ],
        )
        for at in range(WARCS)
    ]


def extracting(folder: Path, address: str) -> subprocess.Popen[str]:
    """`cleancopy extract in/*.warc.gz --output out --on ADDRESS`, begun."""
    return subprocess.Popen(
        [sys.executable, "-m", "crawler", "extract", "in/*.warc.gz", "--output", "out", "--on", address],
        cwd=folder,
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(folder: Path, count: int) -> None:
    """Until so many records files are there."""
    until = time.monotonic() + PATIENCE
    while len(list(folder.glob("*.jsonl"))) < count:
        assert time.monotonic() < until
        time.sleep(0.02)


def records_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.jsonl")}


def test_killed_workers_and_a_killed_scheduler_change_no_byte(tmp_path: Path) -> None:
    chance = random.Random(18)
    files = warcs(tmp_path / "in")
    with Pools(1) as pools:
        for path in files:
            extract_file(str(path), tmp_path / "alone", pools=pools)
    with cluster(tmp_path, 2) as at_work:
        running = extracting(tmp_path, at_work.address)
        wait_for(tmp_path / "out", 2)
        at_work.kill_worker(chance.randrange(2))
        at_work.worker()
        wait_for(tmp_path / "out", 5)
        at_work.restart_scheduler()
        at_work.worker()
        _, said = running.communicate(timeout=PATIENCE)
        assert running.returncode == 0, said
    assert f"{WARCS} WARC files in, {WARCS} records files in out." in said
    assert "The scheduler is lost" in said
    assert records_in(tmp_path / "out") == records_in(tmp_path / "alone")
    assert len(list((tmp_path / "out/results").iterdir())) == WARCS
    assert not list((tmp_path / "out").rglob("*.open")), "what was killed leaves nothing"


def other_code(folder: Path) -> Path:
    """A copy of the code with one more line."""
    root = Path(archive.__file__).parent.parent
    for name in ("archive", "configs", "crawler"):
        shutil.copytree(root / name, folder / "code" / name, ignore=shutil.ignore_patterns("__pycache__"))
    with (folder / "code/archive/software.py").open("a") as file:
        file.write("\n# another line\n")
    return folder / "code"


def test_a_worker_that_would_make_other_records_is_refused(tmp_path: Path) -> None:
    warcs(tmp_path / "in")
    with cluster(tmp_path, 0) as at_work:
        at_work.worker({"PYTHONPATH": str(other_code(tmp_path))})
        running = extracting(tmp_path, at_work.address)
        _, said = running.communicate(timeout=PATIENCE)
    assert running.returncode == 2, said
    assert "is refused: its code differ" in said
    assert not list((tmp_path / "out").glob("*.jsonl"))
