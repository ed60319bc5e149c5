"""Groups of commands that load the one that is asked for: all of them together take most of a second.

What they say of their commands in help and in a shell's completion stands in a table, so that it loads none.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pkgutil import resolve_name
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

from archive.commands.table import Command
from archive.errors import own_words
from archive.extraction.collector import loading
from archive.telling.unseen import one_line


def lazy_group(commands: Mapping[str, Command]) -> type[TyperGroup]:
    """What Typer takes as `cls`: a group of these commands. Their order is that of the help.

    The pattern is Click's: https://click.palletsprojects.com/en/stable/complex/#lazily-loading-subcommands.
    """

    class LazyGroup(TyperGroup):
        def __init__(self, **named: Any) -> None:
            super().__init__(**named)
            #: The names, from which Typer takes those that are like one that is not known.
            self.commands = {name: TyperCommand(name, short_help=one.does) for name, one in commands.items()}
            self._listed = TyperGroup(name=self.name, commands=dict(self.commands), params=self.params)

        def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - as Typer calls it
            return list(commands)

        def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
            known = self.commands.get(cmd_name)
            if known is not None and known.callback is None and not isinstance(known, TyperGroup):
                known = self.commands[cmd_name] = _load(cmd_name, commands[cmd_name].place, self.rich_markup_mode)
            return known

        def format_commands(self, ctx: Any, formatter: Any) -> None:
            self._listed.format_commands(ctx, formatter)

        def shell_complete(self, ctx: Any, incomplete: str) -> Any:
            return self._listed.shell_complete(typer.Context(self._listed, info_name=ctx.info_name), incomplete)

        def invoke(self, ctx: Any) -> Any:
            with _worded():
                return super().invoke(ctx)

        def make_context(self, *args: Any, **named: Any) -> Any:
            # To read the first option that there is, Typer loads Pydantic.
            with _worded(), loading():
                return super().make_context(*args, **named)

    return LazyGroup


@contextmanager
def _worded() -> Iterator[None]:
    """What Click says of an argument it refuses, which it prints by itself."""
    try:
        yield
    except typer.TyperException as error:
        # What is said where no argument is given is the help, which Typer wrote, on many lines.
        is_help = type(error).__name__ == "NoArgsIsHelpError"
        if not is_help and (message := getattr(error, "message", None)):
            own = isinstance(error, typer.BadParameter)  # Typer lets Pydantic read the options
            vars(error)["message"] = one_line(own_words(message) if own else message)
        raise


def _load(name: str, place: str, markup: Any) -> Any:
    with loading():
        found = resolve_name(place)
    app = typer.Typer(rich_markup_mode=markup)
    if isinstance(found, typer.Typer):
        app.add_typer(found, name=name)
    else:
        app.command(name)(found)
    return get_group(app).commands[name]
