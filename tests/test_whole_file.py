"""Files get their name once they are whole, whoever else makes the same one."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from archive.collection.folder import Collection
from archive.whole_file import Attempt, is_attempt, remove_left, whole_file

#: Writes so many lines slowly, as a crawl does; says so when half is written.
WRITER = """
import sys, time
from pathlib import Path
from archive.collection.records_file import RecordsFile
file = RecordsFile(Path(sys.argv[1]))
for number in range(2000):
    file.write(b"%d " % number + sys.argv[2].encode() * 50 + b"\\n")
    if number == 1000:
        file._attempt.file.flush()
        print("half", flush=True)
        sys.stdin.readline()
file.close()
"""


def start(path: Path, letter: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), letter], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout
    assert process.stdout.readline() == b"half\n"
    return process


def whole(letter: str) -> bytes:
    return b"".join(b"%d " % number + letter.encode() * 50 + b"\n" for number in range(2000))


def test_two_processes_make_one_file_and_one_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    killed, other = start(path, "a"), start(path, "b")
    assert len(list(tmp_path.iterdir())) == 2
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    for left in tmp_path.iterdir():
        remove_left(left)
    assert len(list(tmp_path.iterdir())) == 1
    other.communicate(b"\n")
    assert other.returncode == 0
    assert [each.name for each in tmp_path.iterdir()] == ["x.jsonl"]
    assert path.read_bytes() == whole("b")


def test_recovery_leaves_what_a_living_process_writes(tmp_path: Path) -> None:
    collection = Collection(tmp_path)
    collection.create()
    dead = collection.records / "a.jsonl.77-0123abcd.open"
    dead.write_bytes(b"{")
    in_archive = collection.archive / "a.warc.gz.77-0123abcd.open"
    in_archive.write_bytes(b"half of a file that was restored")
    living = Attempt(collection.records / "a.jsonl")
    with collection.lock():
        assert collection.recover() == []
    assert not dead.exists()
    assert list(collection.archive.iterdir()) == []
    living.file.write(b"line\n")
    living.keep()
    assert (collection.records / "a.jsonl").read_bytes() == b"line\n"


def test_an_error_leaves_the_older_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"old")
    with pytest.raises(TypeError), whole_file(path) as file:
        file.writelines([b"new", "no bytes"])  # type: ignore[list-item]
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("x", b"old")]


def test_permissions_follow_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        with whole_file(tmp_path / "x") as file:
            file.write(b"new")
    finally:
        os.umask(before)
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o640


def test_names_of_warcs_are_no_attempts(tmp_path: Path) -> None:
    assert not is_attempt(tmp_path / "news-20261126000000-00000-ab12.warc.gz.open")
    attempt = Attempt(tmp_path / "x")
    assert is_attempt(attempt.open_path)
    attempt.drop()
    assert list(tmp_path.iterdir()) == []
