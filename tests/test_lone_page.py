"""`cleancopy clean PAGE` without Typer."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from archive.commands.lone_page import lone_page

_RUN = """
import sys
from archive.cli import run
try:
    run()
finally:
    print("typer" in sys.modules)
"""


@pytest.mark.parametrize(
    "line",
    [
        "",
        "clean",
        "clean -",
        "clean --labels",
        "clean --format=json a.html",
        "clean a.html b.html",
        "clean tests",
        "a b",
    ],
)
def test_what_is_more_than_a_page_is_typers(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parent.parent)
    assert lone_page(line.split()) is None


def test_a_page_alone_is_not() -> None:
    assert lone_page(["clean", "https://a.example/b"]) == "https://a.example/b"


def _cleaned(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _RUN, "clean", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_both_ways_show_the_same(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "<title>Gulls</title><article><h1>Gulls</h1>" + "<p>The gulls are back at the harbour wall.</p>" * 9
    )
    empty = tmp_path / "empty.html"
    empty.write_text("<p></p>")
    for given in (page, empty, tmp_path / "none.html"):
        alone, long = _cleaned(str(given)), _cleaned("--format", "text", str(given))
        assert (alone.returncode, alone.stderr) == (long.returncode, long.stderr)
        assert alone.stdout.removesuffix("False\n") == long.stdout.removesuffix("True\n")
        assert alone.stdout.endswith("False\n")
        assert long.stdout.endswith("True\n")


def test_ctrl_c_ends_it_as_it_ends_all_else(tmp_path: Path) -> None:
    page = tmp_path / "page"
    os.mkfifo(page)
    for arguments in ([str(page)], ["--format", "text", str(page)]):
        process = subprocess.Popen([sys.executable, "-m", "crawler", "clean", *arguments], stderr=subprocess.PIPE)
        # Opened once it is read.
        with page.open("wb"):
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=60)
        assert (process.returncode, said) == (130, b"")
