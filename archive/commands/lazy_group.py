"""Groups of commands that load the one that is asked for: all of them together take most of a second."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pkgutil import resolve_name
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

from archive.errors import own_words
from archive.extraction.collector import loading
from archive.telling.unseen import one_line


def lazy_group(places: Mapping[str, str]) -> type[TyperGroup]:
    """What Typer takes as `cls`: a group of the commands in these places, `module:function`, or `module:app` where a
    command is a group itself. Their order is that of the help.

    The pattern is Click's: https://click.palletsprojects.com/en/stable/complex/#lazily-loading-subcommands.
    """

    class LazyGroup(TyperGroup):
        def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - as Typer calls it
            return list(places)

        def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
            # Of a name that is not known, Typer asks which of the commands that are loaded is like it.
            for name in [cmd_name] if cmd_name in places else places:
                if name not in self.commands:
                    self.commands[name] = _load(name, places[name], self.rich_markup_mode)
            return self.commands.get(cmd_name)

        def invoke(self, ctx: Any) -> Any:
            with _worded():
                return super().invoke(ctx)

        def make_context(self, *args: Any, **named: Any) -> Any:
            with _worded():
                return super().make_context(*args, **named)

    return LazyGroup


@contextmanager
def _worded() -> Iterator[None]:
    """What Click says of an argument it refuses, which it prints by itself."""
    try:
        yield
    except typer.TyperException as error:
        if message := getattr(error, "message", None):
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
