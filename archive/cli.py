"""The commands that need no crawler, and how every command ends.

Exit codes: 0 done, 1 something failed, 2 bad usage or configuration.
"""

import os
import sqlite3
import sys
from io import TextIOWrapper

import typer

from archive.commands.lazy_group import lazy_group
from archive.errors import CleancopyError, ConfigurationError
from archive.pipeline.web import Web
from archive.room import NO_ROOM, is_out_of_room
from archive.software import software_version
from archive.telling.terminal import put, tell, tell_crash
from archive.telling.unseen import make_logs_harmless

#: Where each command is.
COMMANDS = {
    "clean": "archive.commands.clean:clean",
    "extract": "archive.commands.extract:extract",
    "learn": "archive.commands.learn:learn",
    "schema": "archive.commands.schema:of_records",
    "export": "archive.commands.datasets:export",
    "import": "archive.commands.datasets:import_corpus",
    "search": "archive.commands.research:search",
    "source": "archive.commands.research:source",
    "correct": "archive.commands.correct:correct",
    "history": "archive.commands.research:history",
    "verify": "archive.commands.verify:verify",
    "copy": "archive.commands.copy:copy",
    "restore": "archive.commands.copy:restore",
    "report": "archive.commands.report:report",
    "index": "archive.commands.verify:index",
    "wacz": "archive.commands.replay:wacz",
    "replay": "archive.commands.replay:replay",
    "key": "archive.cli:key",
    "log": "archive.commands.custody:log",
    "site": "archive.cli:site",
    "alarms": "archive.commands.alarms_app:app",
    "schedule": "archive.cli:schedule",
}
SITE_COMMANDS = {
    "list": "archive.commands.site:list_sites",
    "schema": "archive.commands.schema:of_sites",
    "explain": "archive.commands.site:explain_page",
    "health": "archive.commands.report:health",
}
KEY_COMMANDS = {"new": "archive.commands.key:new", "show": "archive.commands.key:show"}
SCHEDULE_COMMANDS = {
    "list": "archive.commands.schedule:list_schedule",
    "now": "archive.commands.schedule:now",
    "pause": "archive.commands.schedule:pause",
    "resume": "archive.commands.schedule:resume",
    "status": "archive.commands.schedule:status",
    "install": "archive.commands.schedule:install",
    "schema": "archive.commands.schema:of_settings",
}
site = typer.Typer(
    cls=lazy_group(SITE_COMMANDS), name="site", help="Site files: list, check and explain them.", no_args_is_help=True
)
key = typer.Typer(
    cls=lazy_group(KEY_COMMANDS), name="key", help="The key that signs packages and logs.", no_args_is_help=True
)
schedule = typer.Typer(
    cls=lazy_group(SCHEDULE_COMMANDS),
    name="schedule",
    help="Crawls that run themselves: when, and how they went.",
    no_args_is_help=True,
)
app = typer.Typer(
    cls=lazy_group(COMMANDS),
    name="cleancopy",
    help="Archives news sites faithfully as WARC and makes clean, labelled data sets from them.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(shown: bool) -> None:
    if shown:
        put(f"cleancopy {software_version()}\n")
        raise typer.Exit


@app.callback()
def _root(version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Show it.")) -> None:
    pass


def run(web: Web | None = None) -> None:
    """Run a command line and leave the process with its exit code; errors of ours end in their sentence.

    `web` is what the crawler lends to commands that take a URL.
    """
    if isinstance(sys.stdout, TextIOWrapper):
        # Where the encoding lacks a character it stands as `\u203a`. Python does so on standard error by itself.
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.excepthook = tell_crash
    make_logs_harmless()
    try:
        app(obj=web)
    except CleancopyError as error:
        tell(str(error))
        sys.exit(2 if isinstance(error, ConfigurationError) else 1)
    except BrokenPipeError:
        # The reader of the pipe has left, as `head` does. Python would complain once more when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except (OSError, sqlite3.Error) as error:
        if not is_out_of_room(error):
            raise
        tell(NO_ROOM)
        sys.exit(1)
