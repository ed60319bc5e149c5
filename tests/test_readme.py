"""Every command and example of the README, run as it stands there against the demo site."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from archive.sites import load_site
from crawler.demo import DemoSite
from tests.scripted import environment, story

README = (Path(__file__).parent.parent / "README.md").read_text()
#: The site that the README speaks of.
SITE = "https://courier.example/"


def examples(language: str) -> list[str]:
    """The fenced examples in a language."""
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the reader of the README stands: `cleancopy` on the path, a few files beside them."""
    (tmp_path / "bin").mkdir()
    tool = tmp_path / "bin" / "cleancopy"
    tool.write_text(f'#!/bin/sh\nexec {sys.executable} -m crawler.cli "$@"\n')
    tool.chmod(0o755)
    (tmp_path / "page.html").write_text(story("Page"))
    (tmp_path / "pages.jsonl").write_text('{"id": "1", "text": "One line of text."}\n')
    (tmp_path / "urls.txt").write_text(SITE + "world/2026/11/17/ferry-talks-stall.html\n")
    return tmp_path


@pytest.mark.timeout(300)
def test_every_command_of_the_readme(folder: Path) -> None:
    lines = [line for example in examples("sh") for line in example.splitlines() if line.startswith("cleancopy")]
    assert len(lines) > 8
    with DemoSite() as demo:
        (folder / "urls.txt").write_text((folder / "urls.txt").read_text().replace(SITE, demo.url))
        for line in lines:
            command = line.replace(SITE, demo.url)
            if "crawl" in command or demo.url in command:
                command = command.replace("cleancopy clean", "cleancopy clean --allow-private")
                command = command.replace("cleancopy crawl", "cleancopy crawl --allow-private --delay 0")
            ran = subprocess.run(
                ["bash", "-c", command],
                cwd=folder,
                env={**environment(), "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"},
                capture_output=True,
                timeout=120,
                check=False,
            )
            assert ran.returncode == 0, f"{line}\n{ran.stderr.decode()}"


def test_the_python_example(folder: Path) -> None:
    for example in examples("python"):
        ran = subprocess.run(
            [sys.executable, "-c", example], cwd=folder, env=environment(), capture_output=True, timeout=60, check=False
        )
        assert ran.returncode == 0, ran.stderr.decode()
        assert "Page" in ran.stdout.decode()


def test_the_site_file_is_valid(tmp_path: Path) -> None:
    for example in examples("yaml"):
        path = tmp_path / "courier.example.yaml"
        path.write_text(example)
        assert load_site(path).name == "The Harbour Courier"


def test_the_make_targets_are_there() -> None:
    makefile = (Path(__file__).parent.parent / "Makefile").read_text()
    for target in re.findall(r"^    make (\w+)", README, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
