"""`cleancopy schedule`: when sites are crawled, and the process that keeps to it."""

import typer

from archive.commands import schedule_install, schedule_list, schedule_orders, schedule_schema, schedule_status

app = typer.Typer(name="schedule", help="Crawls that run themselves: when, and how they went.", no_args_is_help=True)
app.command("list")(schedule_list.list_schedule)
app.command("now")(schedule_orders.now)
app.command("pause")(schedule_orders.pause)
app.command("resume")(schedule_orders.resume)
app.command("status")(schedule_status.status)
app.command("install")(schedule_install.install)
app.command("schema")(schedule_schema.schema)
