"""Every command as its own help says it."""

from collections.abc import Iterator
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

import crawler.cli  # noqa: F401 - adds the commands that fetch
from archive.cli import app

_WIDTH = 100


def commands_page() -> str:
    """The page of all commands, in the order of the help."""
    parts = [
        "# Commands",
        "What `cleancopy COMMAND --help` says. Exit codes are 0 for done, 1 for failed, 2 for bad usage.",
    ]
    for words, helped in _helped(get_command(app), "cleancopy", None):
        parts += [f"## {words}", f"```text\n{helped.rstrip()}\n```"]
    return "\n\n".join(parts) + "\n"


def _helped(command: Any, words: str, above: Any) -> Iterator[tuple[str, str]]:
    """The help of a command and of those in it."""
    context = typer.Context(command, info_name=words.rpartition(" ")[2], parent=above, terminal_width=_WIDTH)
    yield words, command.get_help(context)
    if isinstance(command, TyperGroup):
        for name in command.list_commands(context):
            yield from _helped(command.get_command(context, name), f"{words} {name}", context)
