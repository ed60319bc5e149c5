"""The list of benchmarks: every one is there, and one that cannot run does not end the rest."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import BENCHMARKS

HERE = Path(__file__).parent.parent


def run(*arguments: str, path: str = os.environ["PATH"]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks", *arguments]
    environment = os.environ | {"PATH": path}
    return subprocess.run(command, check=False, cwd=HERE, capture_output=True, text=True, env=environment)


def test_the_list_has_a_line_for_each() -> None:
    lines = run("--list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [*BENCHMARKS]
    assert all(line.endswith((".", "?")) for line in lines)


@pytest.mark.parametrize("name", BENCHMARKS)
def test_each_is_a_module_that_runs(name: str) -> None:
    source = (HERE / f"benchmarks/{name}.py").read_text()
    assert f"python -m benchmarks.{name}" in source
    assert 'if __name__ == "__main__":' in source
    assert ("--corpus" in source.split('"""')[1]) == BENCHMARKS[name].corpus


def test_an_unknown_name_is_a_wrong_usage() -> None:
    done = run("sped")
    assert done.returncode == 2
    assert "no benchmark 'sped'. Did you mean 'speed'?" in done.stdout


def test_what_is_missing_is_said_and_the_rest_goes_on(tmp_path: Path) -> None:
    done = run("speed", "capture", "--corpus", str(tmp_path), path=str(tmp_path))
    assert f"Not run: no pages in {tmp_path}: give the corpus' folder with --corpus." in done.stdout
    assert "Not run: nginx is not installed: apt install nginx." in done.stdout
    assert "Not passed: speed, capture" in done.stdout
    assert done.returncode == 1


def test_all_without_corpus_and_programs_is_no_failure(tmp_path: Path) -> None:
    done = run("--corpus", str(tmp_path), path=str(tmp_path))
    assert done.stdout.count("Not run: ") == sum(not benchmark.long for benchmark in BENCHMARKS.values())
    assert done.returncode == 0


def test_one_that_fails_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "page.html.gz").write_bytes(b"not gzip")
    done = run("metadata", "--corpus", str(tmp_path))
    assert "FAILED, exit 1" in done.stdout
    assert "Not passed: metadata" in done.stdout
    assert done.returncode == 1
