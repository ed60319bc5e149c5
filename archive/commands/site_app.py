"""`cleancopy site`: the commands around site files."""

import typer

from archive.commands.lazy_group import lazy_group

COMMANDS = {
    "list": "archive.commands.site_list:list_sites",
    "schema": "archive.commands.site_schema:schema",
    "explain": "archive.commands.site_explain:explain_page",
    "health": "archive.commands.site_health:health",
}
app = typer.Typer(
    cls=lazy_group(COMMANDS), name="site", help="Site files: list, check and explain them.", no_args_is_help=True
)
