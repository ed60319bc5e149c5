"""`cleancopy schedule now | pause | resume`: what a person asks of the process that keeps the schedule.

It is asked through the collection, so that it also holds after a restart.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import typer

from archive.collection.folder import Collection
from archive.commands.scheduled import CollectionArgument, scheduled_collection
from archive.commands.site_directories import SitesOption, use_directories
from archive.errors import ConfigurationError
from archive.operations.schedule_store import ALL, ScheduleStore
from archive.operations.scheduled_sites import read_roster
from archive.operations.scheduler_presence import keeper
from archive.terminal import tell

SiteArgument = Annotated[str, typer.Argument(metavar="SITE", help="A site of the collection.")]
AnySiteArgument = Annotated[str | None, typer.Argument(metavar="[SITE]", help="A site; without it, all sites.")]


def now(path: CollectionArgument, site: SiteArgument, sites: SitesOption = None) -> None:
    """Crawl a site as soon as can be, whatever its schedule says."""
    with _store(path, site, sites) as (collection, store):
        store.ask(site, datetime.now(UTC))
        paused = store.paused()
    if site in paused or ALL in paused:
        tell(f"{site} is paused: it is crawled once it is resumed.")
    elif keeper(collection) is None:
        tell(f"{site} is crawled once the schedule is kept: cleancopy schedule run {path}")
    else:
        tell(f"{site} is crawled now; one that is being crawled is not begun a second time.")


def pause(path: CollectionArgument, site: AnySiteArgument = None, sites: SitesOption = None) -> None:
    """Begin no more runs, of a site or of all, and halt what is under way. What comes due meanwhile is left out."""
    with _store(path, site, sites) as (_, store):
        store.pause(site or ALL, datetime.now(UTC))
    tell(f"{site or 'The whole collection'} is paused. cleancopy schedule resume takes it back.")


def resume(path: CollectionArgument, site: AnySiteArgument = None, sites: SitesOption = None) -> None:
    """Take back a pause: of a site, or all pauses. Runs that were halted go on."""
    with _store(path, site, sites) as (_, store):
        store.resume(site or ALL)
        whole = ALL in store.paused()
    tell(f"{site or 'The whole collection'} is resumed.")
    if whole:
        tell("The whole collection is paused still: cleancopy schedule resume without a site takes that back.")


@contextmanager
def _store(path: Path, site: str | None, folders: list[Path] | None) -> Iterator[tuple[Collection, ScheduleStore]]:
    use_directories(folders)
    collection = scheduled_collection(path)
    if site is not None:
        _require(collection, site)
    store = ScheduleStore(collection.schedule)
    try:
        yield collection, store
    finally:
        store.close()


def _require(collection: Collection, site: str) -> None:
    known = read_roster(collection).sites
    if site not in known:
        close = get_close_matches(site, known, n=1)
        hint = f"; did you mean '{close[0]}'?" if close else ""
        raise ConfigurationError(f"{site} is no site of {collection.settings}{hint}")
