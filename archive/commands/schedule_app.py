"""`cleancopy schedule`: when sites are crawled, and the process that keeps to it."""

import typer

from archive.commands.lazy_group import lazy_group

COMMANDS = {
    "list": "archive.commands.schedule_list:list_schedule",
    "now": "archive.commands.schedule_orders:now",
    "pause": "archive.commands.schedule_orders:pause",
    "resume": "archive.commands.schedule_orders:resume",
    "status": "archive.commands.schedule_status:status",
    "install": "archive.commands.schedule_install:install",
    "schema": "archive.commands.schedule_schema:schema",
}
app = typer.Typer(
    cls=lazy_group(COMMANDS),
    name="schedule",
    help="Crawls that run themselves: when, and how they went.",
    no_args_is_help=True,
)
