"""The commands that need no crawler, and how every command ends.

Exit codes: 0 done, 1 something failed, 2 bad usage or configuration.
"""

import os
import sys

import typer

from archive.commands import (
    alarms_app,
    clean,
    copy,
    export,
    extract,
    history,
    import_corpus,
    index,
    learn,
    replay,
    report,
    restore,
    schedule_app,
    schema,
    search,
    site_app,
    source,
    verify,
    wacz,
)
from archive.errors import CleancopyError, ConfigurationError
from archive.extraction.assembly import software_version
from archive.terminal import tell
from archive.web import Web

app = typer.Typer(
    name="cleancopy",
    help="Archives news sites faithfully as WARC and makes clean, labelled data sets from them.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(clean.clean)
app.command()(extract.extract)
app.command()(learn.learn)
app.command()(schema.schema)
app.command()(export.export)
app.command("import")(import_corpus.import_corpus)
app.command()(search.search)
app.command()(source.source)
app.command()(history.history)
app.command()(verify.verify)
app.command()(copy.copy)
app.command()(restore.restore)
app.command()(report.report)
app.command()(index.index)
app.command()(wacz.wacz)
app.command()(replay.replay)
app.add_typer(site_app.app)
app.add_typer(alarms_app.app)
app.add_typer(schedule_app.app)


def _version(shown: bool) -> None:
    if shown:
        typer.echo(f"cleancopy {software_version()}")
        raise typer.Exit


@app.callback()
def _root(version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Show it.")) -> None:
    pass


def run(web: Web | None = None) -> None:
    """Run a command line and leave the process with its exit code; errors of ours end in their sentence.

    `web` is what the crawler lends to commands that take a URL.
    """
    try:
        app(obj=web)
    except CleancopyError as error:
        tell(str(error))
        sys.exit(2 if isinstance(error, ConfigurationError) else 1)
    except BrokenPipeError:
        # The reader of the pipe has left, as `head` does. Python would complain once more when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
