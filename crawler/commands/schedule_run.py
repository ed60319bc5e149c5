"""`cleancopy schedule run`: keep a collection's schedule."""

import os
import sys
from typing import Annotated

import typer

from archive.collection.settings_file import require_own_frontier
from archive.commands.options import CollectionArgument, SitesOption, use_directories
from archive.commands.schedule import scheduled_collection


def run(
    path: CollectionArgument,
    sites: SitesOption = None,
    metrics: Annotated[
        str | None, typer.Option("--metrics", metavar="HOST:PORT", help="Serve metrics for Prometheus there.")
    ] = None,
) -> None:
    """Crawl every site of a collection when it is due, until SIGTERM or Ctrl-C. A restart goes on where it stopped."""
    use_directories(sites)
    require_own_frontier(scheduled_collection(path), "`cleancopy schedule run`")
    sys.stdout.flush()
    # Another program in the same process, so that systemd and whoever signals it need know nothing of this.
    address = [metrics] if metrics else []
    os.execv(sys.executable, [sys.executable, "-m", "crawler.schedule", str(path), *address])  # noqa: S606
