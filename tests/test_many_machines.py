"""The recipes of `docs/many-machines.md`, as they stand there."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from archive.batch import Pools, extract_file
from archive.records import read_records
from tests.foreign_warcs import news_records, wget_records, write
from tests.reader import examples
from tests.scripted import PATIENCE, Run, environment

PAGE = (Path(__file__).parent.parent / "docs" / "many-machines.md").read_text()
SPARK, DATATROVE = examples(PAGE, "python")
#: What `sbatch` does, on one machine: each task of the array with its number, and whether all went well.
SBATCH = """#!/bin/bash
tasks=$(sed -n 's/^#SBATCH --array=//p' "$1")
cpus=$(sed -n 's/^#SBATCH --cpus-per-task=//p' "$1")
failed=0
for task in $(seq "${tasks%-*}" "${tasks#*-}"); do
    SLURM_ARRAY_TASK_ID=$task SLURM_CPUS_PER_TASK=$cpus bash "$1" || failed=1
done
exit $failed
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two WARC files and the list of them."""
    warcs(tmp_path)
    (tmp_path / "warcs.txt").write_text("warcs/news.warc.gz\nwarcs/wget.warc.gz\n")
    return tmp_path


def warcs(folder: Path) -> list[Path]:
    records = {"news": news_records(), "wget": wget_records()}
    return [write(folder / f"warcs/{name}.warc.gz", each) for name, each in records.items()]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The records files as one process makes them."""
    folder = tmp_path_factory.mktemp("alone")
    with Pools(1) as pools:
        for path in warcs(folder):
            extract_file(str(path), folder / "records", pools=pools)
    return made(folder)


def run(folder: Path, *command: str, **more: str) -> str:
    """What a command says, which must end well; `more` is added to its environment."""
    path = f"{folder / 'bin'}:/usr/bin:/bin"
    done = subprocess.run(
        command,
        cwd=folder,
        env={**environment(), "PATH": path, **more},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def program(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def made(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "records").glob("*.jsonl")}


def test_the_slurm_array(folder: Path, alone: dict[str, bytes], cleancopy: Run) -> None:
    program(folder / "bin/cleancopy", f'#!/bin/sh\nexec {sys.executable} -m crawler "$@"\n')
    program(folder / "bin/sbatch", SBATCH)
    (script,) = examples(PAGE, "bash")
    assert "--array=1-200" in script
    (folder / "extract.sh").write_text(script.replace("--array=1-200", "--array=1-2"))
    run(folder, "sbatch", "extract.sh")
    assert made(folder) == alone
    assert len(made(folder)) == 2
    (line,) = [line for line in PAGE.split("`") if line.startswith("cleancopy extract --from")]
    after = cleancopy(*line.split()[1:])
    assert after.err.count(" already") == 2
    assert after.err.endswith("2 WARC files in, 2 records files in records.\n")


def test_the_datatrove_pipeline(folder: Path, alone: dict[str, bytes]) -> None:
    pytest.importorskip("datatrove")
    (folder / "pipeline.py").write_text(DATATROVE)
    run(folder, sys.executable, "pipeline.py")
    assert made(folder) == alone
    written = "".join(path.read_text() for path in (folder / "documents").iterdir())
    titles = [one.title for path in (folder / "records").glob("*.jsonl") for one in read_records(path)]
    assert titles
    assert all(f'"title":"{title}"' in written for title in titles)


@pytest.mark.skipif(not shutil.which("java"), reason="Spark runs on Java")
def test_the_spark_job(folder: Path, alone: dict[str, bytes]) -> None:
    spark = Path(pytest.importorskip("pyspark").__file__).parent.parent
    (folder / "job.py").write_text(SPARK.replace(".builder", '.builder.master("local[2]")'))
    found = os.pathsep.join([environment()["PYTHONPATH"], str(spark)])
    said = run(folder, sys.executable, "job.py", PYTHONPATH=found, PYSPARK_PYTHON=sys.executable)
    assert said.endswith("2 WARC files in, 2 whole; gaps: []\n")
    assert made(folder) == alone
