"""The commands that need no crawler, and how every command ends.

Exit codes: 0 done, 1 something failed, 2 bad usage or configuration.
"""

import os
import sqlite3
import sys
from io import TextIOWrapper

import typer

from archive.commands.lazy_group import Command, lazy_group
from archive.errors import CleancopyError, ConfigurationError
from archive.pipeline.web import Web
from archive.room import NO_ROOM, is_out_of_room
from archive.software import software_version
from archive.telling.terminal import put, tell, tell_crash
from archive.telling.unseen import make_logs_harmless

#: Where each command is, and what help says of it.
COMMANDS = {
    "clean": Command("archive.commands.clean:clean", "Clean a page, a text, a folder of pages, or many by --jsonl."),
    "extract": Command("archive.commands.extract:extract", "Rebuild records from the WARC files they were made of."),
    "learn": Command("archive.commands.learn:learn", "Learn each site's repeated text and places anew."),
    "schema": Command("archive.commands.schema:of_records", "Print the JSON Schema of a record line."),
    "export": Command("archive.commands.datasets:export", "Make a data set with its card and manifest, or check one."),
    "import": Command(
        "archive.commands.datasets:import_corpus", "Import pages and texts as WARC records, and make records."
    ),
    "search": Command("archive.commands.research:search", "Find articles by the words of their headline and text."),
    "source": Command("archive.commands.research:source", "Show where a record, or a passage of it, was captured."),
    "correct": Command("archive.commands.correct:correct", "Put right what a block is, or what a field holds."),
    "history": Command("archive.commands.research:history", "List the captures of a page and what changed."),
    "verify": Command("archive.commands.verify:verify", "Verify digests, references, index, records and signatures."),
    "copy": Command("archive.commands.copy:copy", "Copy what is new to all copies of a collection."),
    "restore": Command("archive.commands.copy:restore", "Rebuild a collection from a copy, and verify the whole."),
    "report": Command("archive.commands.report:report", "Write an HTML page on how a collection and its sites fare."),
    "index": Command("archive.commands.verify:index", "Rebuild the index and the store of payloads seen."),
    "wacz": Command("archive.commands.replay:wacz", "Pack a collection as WACZ, which replayweb.page opens."),
    "replay": Command("archive.commands.replay:replay", "Show captured pages in a browser, with pywb."),
    "key": Command("archive.cli:key", "Keys that sign packages and logs."),
    "log": Command("archive.commands.custody:log", "List crawls, imports, takedowns, exports and packages."),
    "site": Command("archive.cli:site", "Site files: list, draft, check and explain them."),
    "alarms": Command("archive.commands.alarms_app:app", "What is wrong with a collection, and who hears of it."),
    "schedule": Command("archive.cli:schedule", "Crawls that run themselves: when, and how they went."),
}
SITE_COMMANDS = {
    "list": Command("archive.commands.site:list_sites", "List the configured sites."),
    "schema": Command("archive.commands.schema:of_sites", "Print the JSON Schema of site files, for editors."),
    "explain": Command("archive.commands.site:explain_page", "Show what decided each block and field of a page."),
    "health": Command("archive.commands.report:health", "Show how sites fare and what changed."),
}
KEY_COMMANDS = {
    "new": Command("archive.commands.key:new", "Make a key that only you may read."),
    "show": Command("archive.commands.key:show", "Print a key's fingerprint."),
}
SCHEDULE_COMMANDS = {
    "list": Command("archive.commands.schedule:list_schedule", "Print the next run times of each site."),
    "now": Command("archive.commands.schedule:now", "Crawl a site as soon as can be."),
    "pause": Command("archive.commands.schedule:pause", "Begin no more runs, of a site or of all."),
    "resume": Command("archive.commands.schedule:resume", "Take back a pause."),
    "status": Command("archive.commands.schedule:status", "Say what each site does now, and when it is next due."),
    "install": Command("archive.commands.schedule:install", "Print a unit that keeps the schedule running."),
    "metrics": Command("archive.commands.metrics:metrics", "Serve a collection's figures for Prometheus."),
    "schema": Command("archive.commands.schema:of_settings", "Print the JSON Schema of collection.yaml, for editors."),
}
site = typer.Typer(
    cls=lazy_group(SITE_COMMANDS),
    name="site",
    help="Site files: list, draft, check and explain them.",
    no_args_is_help=True,
)
key = typer.Typer(
    cls=lazy_group(KEY_COMMANDS), name="key", help="Keys that sign packages and logs.", no_args_is_help=True
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
