"""The groups of commands, as Typer has them."""

import typer

from archive.commands.lazy_group import lazy_group
from archive.commands.table import GROUPS
from archive.software import software_version
from archive.telling.terminal import put


def _group(*name: str) -> typer.Typer:
    purpose, commands = GROUPS[name]
    return typer.Typer(
        cls=lazy_group(commands),
        name=" ".join(name) or "cleancopy",
        help=purpose,
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"]},
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )


app, site, key, schedule = _group(), _group("site"), _group("key"), _group("schedule")


def _version(shown: bool) -> None:
    if shown:
        put(f"cleancopy {software_version()}\n")
        raise typer.Exit


@app.callback()
def _root(version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Show it.")) -> None:
    pass
