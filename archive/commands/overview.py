"""What the program and its groups say of themselves, without Typer, which takes a tenth of a second to load: four
fifths of what help takes with it. The words and the lines are Typer's own."""

import shutil
from collections.abc import Mapping, Sequence
from textwrap import fill

from archive.commands.table import GROUPS

_HELP = {"-h, --help": "Show this message and exit."}
#: What the program itself takes beside help.
_OPTIONS = {
    "--version": "Show it.",
    "--install-completion": "Install completion for the current shell.",
    "--show-completion": "Show completion for the current shell, to copy it or customize the installation.",
}


def overview(arguments: Sequence[str]) -> str | None:
    """The help that a command line asks for, or None if it asks for something else."""
    *group, asked = arguments or [""]
    if asked not in ("-h", "--help") or tuple(group) not in GROUPS:
        return None
    # As wide as Typer's: no line is longer than 78 characters, or shorter than a narrow terminal has.
    width = max(min(shutil.get_terminal_size().columns, 80) - 2, 50)
    usage = f"Usage: {' '.join(('cleancopy', *group))} "
    purpose, commands = GROUPS[tuple(group)]
    return "\n".join(
        (
            fill("[OPTIONS] COMMAND [ARGS]...", width, initial_indent=usage, subsequent_indent=" " * len(usage)),
            "",
            fill(purpose, width, initial_indent="  ", subsequent_indent="  "),
            "\nOptions:",
            *_listed(_HELP if group else _OPTIONS | _HELP, width),
            "\nCommands:",
            *_listed({name: command.does for name, command in commands.items()}, width),
            "",
        )
    )


def _listed(entries: Mapping[str, str], width: int) -> list[str]:
    """Names, with what each means beside it."""
    room = max(map(len, entries)) + 4
    return [
        fill(meaning, width, initial_indent=f"  {name}".ljust(room), subsequent_indent=" " * room)
        for name, meaning in entries.items()
    ]
