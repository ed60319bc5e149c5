"""Commands are loaded when they are asked for."""

import os
import re
import subprocess
import sys
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner

from archive.commands import options
from archive.commands.groups import app
from archive.commands.lazy_group import lazy_group
from archive.commands.overview import overview
from archive.commands.table import COMMANDS, GROUPS, KEY_COMMANDS, SCHEDULE_COMMANDS, SITE_COMMANDS, Command
from archive.sites.loading import SITES_VARIABLE
from tests.scripted import story

LOADED = (
    "import sys; from crawler.cli import main; sys.argv = ['cleancopy', *{}]\ntry: main()\nfinally: print(*sys.modules)"
)
APP = typer.Typer(
    cls=lazy_group(
        {
            "schema": Command("archive.commands.schema:of_records", "Print the JSON Schema of a record line."),
            "site": Command("archive.commands.groups:site", "Site files: list, check and explain them."),
        }
    ),
    rich_markup_mode=None,
)
#: How Typer's completion asks, in bash: https://typer.tiangolo.com/tutorial/options-autocompletion/
COMPLETE = "_CLEANCOPY_COMPLETE"


@APP.callback()
def root() -> None:
    """A program of two commands."""


def loaded(*arguments: str) -> set[str]:
    """The modules that a command line loads."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED.format(arguments)], capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stdout.split())


def test_a_command_loads_no_other_command() -> None:
    commands = {name for name in loaded("site", "list") if name.startswith(("archive.commands.", "crawler.commands."))}
    assert "archive.commands.site" in commands
    assert not commands - {
        "archive.commands.site",
        *(f"archive.commands.{name}" for name in ("options", "lazy_group", "groups", "lone_page", "overview", "table")),
    }


def test_how_to_crawl_is_said_without_what_a_crawl_needs() -> None:
    needless = {"scrapy", "twisted", "numpy", "archive.sites", "archive.pipeline.record_lines"}
    assert not loaded("crawl", "--help") & needless
    assert options.SITES_VARIABLE == SITES_VARIABLE


def test_help_names_every_command() -> None:
    helped = CliRunner().invoke(APP, ["--help"]).output
    assert "Print the JSON Schema of a record line." in helped
    assert "Site files: list, check and explain them." in helped


def test_help_loads_no_command_nor_what_draws_on_terminals() -> None:
    found = loaded("--help")
    assert not {name for name in found if name.startswith(("archive.commands.", "crawler.commands."))} - {
        "archive.commands.lone_page",
        "archive.commands.overview",
        "archive.commands.table",
    }
    assert not found & {
        "typer",
        "rich",
        "pydantic",
        "numpy",
        "lxml",
        "archive.extraction.extract",
        "importlib.metadata",
        "dataclasses",
        "sqlite3",
    }


@pytest.mark.parametrize("columns", ["40", "70", "200"])
@pytest.mark.parametrize("name", GROUPS, ids=" ".join)
def test_help_without_typer_is_that_of_typer(
    name: tuple[str, ...], columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    group: Any = get_command(app)
    context = group.make_context("cleancopy", [], resilient_parsing=True)
    for part in name:
        group = group.get_command(context, part)
        context = group.make_context(part, [], parent=context, resilient_parsing=True)
    assert overview([*name, "--help"]) == overview([*name, "-h"]) == group.get_help(context) + "\n"


def test_other_command_lines_are_left_to_typer() -> None:
    for arguments in ([], ["site"], ["site", "list", "--help"], ["clean", "-h"], ["--help", "site"], ["--version"]):
        assert overview(arguments) is None, arguments


@pytest.mark.parametrize("commands", [COMMANDS, SITE_COMMANDS, KEY_COMMANDS, SCHEDULE_COMMANDS])
def test_every_place_holds_a_command_and_says_what_it_does(commands: dict[str, Command]) -> None:
    for name, command in commands.items():
        assert resolve_name(command.place), name
        # In a terminal of 80 columns nothing is cut off.
        assert re.fullmatch(r"[A-Z].{9,62}\.", command.does), name
        assert len(f"  {'schedule'}  {command.does}") <= 78, name


def test_how_to_verify_is_said_without_extraction() -> None:
    needless = {"numpy", "archive.extraction.extract", "archive.extraction.metadata", "archive.pipeline.record_lines"}
    assert not loaded("verify", "--help") & needless


def test_how_to_clean_is_said_without_extraction() -> None:
    assert not loaded("clean", "--help") & {"numpy", "lxml", "archive.extraction.extract", "archive.records"}


def test_a_page_is_cleaned_without_what_few_pages_need(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    dated = '<meta property="article:published_time" content="2026-11-18T09:00:00Z"><title>'
    page.write_text(story("Page").replace("<title>", dated))
    found = loaded("clean", "--format", "json", str(page))
    assert "archive.extraction.extract" in found
    needless = {"charset_normalizer", "cssselect", "htmldate", "justext", "pebble", "rich", "scrapy", "trafilatura"}
    assert not found & {*needless, "yaml"}


def test_help_cuts_no_sentence_off() -> None:
    helped = CliRunner(env={"COLUMNS": "80"}).invoke(app, ["--help"]).output
    assert [
        name for name, command in COMMANDS.items() if not re.search(rf"  {name} +{re.escape(command.does)}\n", helped)
    ] == []


def test_a_group_without_a_command_shows_its_help_on_lines() -> None:
    done = CliRunner().invoke(APP, ["site"])
    assert done.exit_code == 2
    assert "\n  explain  Show what decided" in done.output


def completed(words: str) -> list[str]:
    """What a shell shows behind these words."""
    asked = {COMPLETE: "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split(" ")) - 1)}
    done = subprocess.run(
        [sys.executable, "-c", "from crawler.cli import main; import sys; sys.argv = ['cleancopy']; main()"],
        env={**os.environ, **asked}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    return done.stdout.split()


def test_a_shell_completes_commands_and_options() -> None:
    assert completed("cleancopy re") == ["restore", "report", "replay"]
    assert completed("cleancopy site he") == ["health"]
    assert completed("cleancopy schema --h") == ["--help"]
    assert {"--version", "--help"} <= set(completed("cleancopy --"))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_can_be_installed(shell: str) -> None:
    asked = {COMPLETE: f"source_{shell}"}
    done = subprocess.run(
        [sys.executable, "-c", "from crawler.cli import main; import sys; sys.argv = ['cleancopy']; main()"],
        env={**os.environ, **asked}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert COMPLETE in done.stdout


def test_a_misspelt_command_is_told_its_name() -> None:
    done = CliRunner().invoke(APP, ["site", "shcema"])
    assert done.exit_code == 2
    assert "schema" in done.output
    assert "Did you mean 'schema'" in CliRunner().invoke(APP, ["shcema"]).output
