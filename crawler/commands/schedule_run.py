"""`cleancopy schedule run`: keep a collection's schedule."""

import asyncio

from archive.commands.scheduled import CollectionArgument, scheduled_collection
from archive.commands.site_directories import SitesOption, use_directories
from archive.schedule.presence import keeping
from archive.terminal import tell
from crawler.schedule.service import Service


def run(path: CollectionArgument, sites: SitesOption = None) -> None:
    """Crawl every site of a collection when it is due, until SIGTERM or Ctrl-C. A restart goes on where it stopped."""
    use_directories(sites)
    collection = scheduled_collection(path)
    with keeping(collection):
        asyncio.run(Service(collection, tell).run())
