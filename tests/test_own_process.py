"""How a process of cleancopy's own begins and ends."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

_PROGRAM = """
import atexit, sys, threading, time
from archive.own_process import run_and_leave

class Held:
    def __del__(self):
        print("freed")

held = Held()

def late():
    time.sleep(0.1)
    print("thread")

def program():
    atexit.register(print, "exit")
    threading.Thread(target=late).start()
    print("program")
    {ending}

run_and_leave(program)
"""


def _end(ending: str, output: Any = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _PROGRAM.format(ending=ending)]
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return subprocess.run(command, stdout=output, stderr=subprocess.PIPE, text=True, check=False, timeout=60, env=kept)


def test_a_program_ends_with_all_that_was_to_be_done_and_nothing_freed() -> None:
    ended = _end("")
    assert (ended.returncode, ended.stdout) == (0, "program\nthread\nexit\n")


def test_exit_codes_are_kept() -> None:
    assert [_end(f"sys.exit({code})").returncode for code in ("3", "None", "True")] == [3, 0, 1]


def test_any_other_end_is_pythons() -> None:
    for ending, said in (("1 / 0", "ZeroDivisionError"), ("sys.exit('a sentence')", "a sentence")):
        ended = _end(ending)
        assert ended.returncode == 1
        assert said in ended.stderr
        assert ended.stdout.endswith("exit\nfreed\n")


def test_output_that_cannot_be_written_is_told_of() -> None:
    with Path("/dev/full").open("w") as full:
        ended = _end("", full)
    assert ended.returncode == 120
    assert "No space left on device" in ended.stderr


def test_it_begins_without_what_finds_plugins() -> None:
    program = """
import sys
from archive.own_process import start_lean
start_lean()
from pydantic import BaseModel
class Gull(BaseModel):
    name: str
print(Gull(name="Ann").name, "importlib.metadata" in sys.modules)
"""
    begun = []
    for wanted in (None, "", "__all__"):
        kept = {name: value for name, value in os.environ.items() if name != "PYDANTIC_DISABLE_PLUGINS"}
        given: dict[str, str] = {} if wanted is None else {"PYDANTIC_DISABLE_PLUGINS": wanted}
        command = [sys.executable, "-c", program]
        begun.append(subprocess.run(command, capture_output=True, text=True, check=True, env=kept | given).stdout)
    # Whoever wants plugins still has them.
    assert begun == ["Ann False\n", "Ann True\n", "Ann False\n"]
