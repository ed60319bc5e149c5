"""Lines added to a file: all or none, one process at a time, behind whole lines alone, and never through a link."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive.collection.locked_file import append, locked
from tests.scripted import PATIENCE, environment

#: Adds so many lines, each with the number of lines that it saw.
_ADDER = """
import sys
from pathlib import Path
from archive.collection.locked_file import append
for _ in range(int(sys.argv[2])):
    append(Path(sys.argv[1]), lambda lines: f"{sum(1 for _ in lines)}\\n".encode())
"""


def line(content: bytes) -> Callable[[object], bytes]:
    return lambda _: content + b"\n"


def test_lines_follow_each_other(tmp_path: Path) -> None:
    path = tmp_path / "log"
    append(path, line(b"one"))
    append(path, lambda lines: b"".join(lines).upper() + b"two\n")
    assert path.read_bytes() == b"one\nONE\ntwo\n"
    assert path.stat().st_mode & 0o777 == 0o644 & ~os.umask(os.umask(0))


@pytest.mark.parametrize("whole", [b"", b"one\n", b"one\ntwo\n"])
@pytest.mark.parametrize("torn", [b"", b"{", b"x" * 200_000, b"\0"])
def test_what_a_crash_left_of_a_line_goes(tmp_path: Path, whole: bytes, torn: bytes) -> None:
    path = tmp_path / "log"
    path.write_bytes(whole + torn)
    seen: list[bytes] = []

    def made(lines: Iterator[bytes]) -> bytes:
        seen.extend(lines)
        return b"new\n"

    append(path, made)
    assert path.read_bytes() == whole + b"new\n"
    assert b"".join(seen) == whole


@pytest.mark.parametrize("aim", ["outside", "nowhere"])
def test_a_link_is_not_followed(tmp_path: Path, aim: str) -> None:
    (tmp_path / "outside").write_text("mine")
    (tmp_path / "log").symlink_to(tmp_path / aim)
    with pytest.raises(OSError, match="symbolic links"):
        append(tmp_path / "log", line(b"one"))
    assert (tmp_path / "outside").read_text() == "mine"
    assert not (tmp_path / "nowhere").exists()


def test_processes_add_one_after_the_other(tmp_path: Path) -> None:
    path = tmp_path / "log"
    command = [sys.executable, "-c", _ADDER, str(path), "40"]
    adders = [subprocess.Popen(command, env=environment()) for _ in range(3)]
    assert [each.wait(PATIENCE) for each in adders] == [0, 0, 0]
    assert path.read_bytes().split() == [str(number).encode() for number in range(120)]


def test_who_waited_adds_to_the_file_that_took_the_place(tmp_path: Path) -> None:
    path, new = tmp_path / "log", tmp_path / "new"
    path.write_bytes(b"0\n1\n")
    with locked(path):
        adder = subprocess.Popen([sys.executable, "-c", _ADDER, str(path), "1"], env=environment())
        with pytest.raises(subprocess.TimeoutExpired):
            adder.wait(0.5)
        new.write_bytes(b"0\n")
        new.replace(path)
    assert adder.wait(PATIENCE) == 0
    assert path.read_bytes() == b"0\n1\n"


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"one\n")
    real, calls = os.pwrite, iter([1])

    def full(descriptor: int, content: bytes, at: int) -> int:
        if next(calls, 0):
            return real(descriptor, content[:2], at)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(OSError, match="No space"):
        append(path, line(b"two"))
    assert path.read_bytes() == b"one\n"
