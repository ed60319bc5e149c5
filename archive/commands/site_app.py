"""`cleancopy site`: the commands around site files."""

import typer

from archive.commands import site_explain, site_health, site_list, site_schema

app = typer.Typer(name="site", help="Site files: list, check and explain them.", no_args_is_help=True)
app.command("list")(site_list.list_sites)
app.command("schema")(site_schema.schema)
app.command("explain")(site_explain.explain_page)
app.command("health")(site_health.health)
