"""Commands are loaded when they are asked for."""

import subprocess
import sys

import typer
from typer.testing import CliRunner

from archive.cli import COMMANDS
from archive.commands import options
from archive.commands.lazy_group import lazy_group
from archive.sites.loading import SITES_VARIABLE

LOADED = (
    "import sys; from crawler.cli import main; sys.argv = ['cleancopy', *{}]\ntry: main()\nfinally: print(*sys.modules)"
)
APP = typer.Typer(cls=lazy_group({"schema": "archive.commands.schema:of_records", "site": "archive.cli:site"}))


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
    assert not commands - {"archive.commands.site", "archive.commands.options", "archive.commands.lazy_group"}


def test_how_to_crawl_is_said_without_what_a_crawl_needs() -> None:
    needless = {"scrapy", "twisted", "numpy", "archive.sites", "archive.pipeline.record_lines"}
    assert not loaded("crawl", "--help") & needless
    assert options.SITES_VARIABLE == SITES_VARIABLE


def test_help_names_every_command() -> None:
    helped = CliRunner().invoke(APP, ["--help"]).output
    assert "Print the JSON Schema of a record line." in helped
    assert "Site files: list, check and explain them." in helped


def test_every_place_holds_a_command() -> None:
    loaded_all = loaded("--help")
    assert {place.partition(":")[0] for place in COMMANDS.values()} <= loaded_all


def test_a_misspelt_command_is_told_its_name() -> None:
    done = CliRunner().invoke(APP, ["site", "shcema"])
    assert done.exit_code == 2
    assert "schema" in done.output
    assert "Did you mean 'schema'" in CliRunner().invoke(APP, ["shcema"]).output
