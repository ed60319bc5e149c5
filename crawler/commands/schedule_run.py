"""`cleancopy schedule run`: keep a collection's schedule."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from archive.collection import Collection
from archive.commands.scheduled import CollectionArgument, scheduled_collection
from archive.commands.site_directories import SitesOption, use_directories
from archive.schedule.presence import keeping
from archive.terminal import tell
from crawler.schedule.service import Service


def run(
    path: CollectionArgument,
    sites: SitesOption = None,
    metrics: Annotated[
        str | None, typer.Option("--metrics", metavar="HOST:PORT", help="Serve metrics for Prometheus there.")
    ] = None,
) -> None:
    """Crawl every site of a collection when it is due, until SIGTERM or Ctrl-C. A restart goes on where it stopped."""
    use_directories(sites)
    collection = scheduled_collection(path)
    with keeping(collection), _metrics(collection, metrics):
        asyncio.run(Service(collection, tell).run())


@contextmanager
def _metrics(collection: Collection, address: str | None) -> Iterator[None]:
    if address is None:
        yield
        return
    from archive.metrics import served_metrics  # noqa: PLC0415 - of the extra [schedule]

    with served_metrics(collection, address) as port:
        tell(f"Metrics: http://{address.rpartition(':')[0]}:{port}/metrics")
        yield
