"""What people wish of single pages: to be asked for again, at once or by a browser, or never."""

import sqlite3
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from heapq import merge
from itertools import islice
from pathlib import Path

from archive.collection.failure import Failed, FailureKind
from archive.collection.folder import Collection
from archive.collection.sqlite_file import as_collection_error, copy_of, shut_in
from archive.errors import CollectionError
from archive.explorer.fetching import FailedPage
from archive.sites.file_stamp import Stamp, stamp_of
from crawler.discover.urls import normalise
from crawler.frontier.renewal import RESTED
from crawler.frontier.tables import VERSION, open_tables

#: Before whatever else waits at a host.
_FIRST = 1_000
#: What pages need is left out: a page has a hundred of them. What was taken down is nobody's business any more.
_STATES = ("failed", "gone")
_SHOWN = f"purpose != 'requisite' AND kind IS NOT NULL AND kind != '{FailureKind.TAKEN_DOWN}'"


class FrontierWishes:
    """The explorer's `Fetching`, over the frontier of a collection."""

    def __init__(self) -> None:
        self._counted: dict[Path, tuple[list[Stamp], Counter[tuple[str, str]]]] = {}

    def counts(self, collection: Collection) -> Counter[tuple[str, str]]:
        """How many pages of each site failed, by kind of failure: counted again once the file has changed."""
        files = (collection.state, collection.state.with_name(collection.state.name + "-wal"))
        stamp, kept = [stamp_of(file.stat()) for file in files if file.exists()], self._counted.get(collection.path)
        if kept and kept[0] == stamp:
            return kept[1]
        counted = f"SELECT site, kind, COUNT(*) FROM frontier WHERE state IN {_STATES} AND {_SHOWN} GROUP BY site, kind"  # noqa: S608
        with _read(collection) as db:
            found = Counter({(site, kind): count for site, kind, count in db.execute(counted)})
        self._counted[collection.path] = stamp, found
        return found

    def failed(
        self, collection: Collection, *, site: str | None, kind: str | None, start: int, most: int
    ) -> Sequence[FailedPage]:
        """Pages that failed, those that were asked for last first. Each site's lie in this order in the index, and no
        more of them are read than are shown."""
        found = (
            "SELECT changed, id, url, site, kind, status, detail, attempts FROM frontier WHERE site = ?1 AND "  # noqa: S608
            f"state = ?2 AND {_SHOWN} AND (?3 IS NULL OR kind = ?3) ORDER BY changed DESC, id DESC"
        )
        sites = {of for of, why in self.counts(collection) if site in (None, of) and kind in (None, why)}
        with _read(collection) as db:
            each = (db.execute(found, (of, state, kind)) for of in sites for state in _STATES)
            newest = merge(*each, key=lambda row: row[:2], reverse=True)
            return [_page(*row) for row in islice(newest, start, start + most)]

    def ask_again(self, collection: Collection, url: str, *, browser: bool) -> None:
        """Let the next run ask for a page before all others, without conditions."""
        self._counted.pop(collection.path, None)
        with _changed(collection, url) as (db, number):
            db.execute(
                f"UPDATE frontier SET state = 'queued', attempts = 0, runs = 0, due = {RESTED}, etag = NULL, "  # noqa: S608
                "last_modified = NULL, target = NULL, priority = MAX(priority, ?), "
                "origin = json_set(origin, '$.is_for_browser', json(?)) WHERE id = ?",
                (_FIRST, "true" if browser else "false", number),
            )

    def ignore(self, collection: Collection, url: str) -> None:
        """Count a page as one that is not to be asked for."""
        with _changed(collection, url) as (db, number):
            db.execute(
                "UPDATE frontier SET state = 'failed', kind = ?, status = NULL, detail = NULL, changed = ? "
                "WHERE id = ?",
                (FailureKind.IGNORED.value, time.time(), number),
            )


def _page(changed: float, _: int, url: str, site: str, kind: str, *rest: int) -> FailedPage:
    return FailedPage(url, site, Failed(FailureKind(kind), *rest), datetime.fromtimestamp(changed, UTC))  # type: ignore[arg-type]


@contextmanager
def _read(collection: Collection) -> Iterator[sqlite3.Connection]:
    """The frontier as it is, also while a crawl writes it; an empty one where there is none, or one of an earlier
    version, which the next crawl brings up to date."""
    path = collection.state
    is_there = path.exists() and not collection.is_read_only
    with as_collection_error(path), closing(sqlite3.connect(path) if is_there else copy_of(path)) as db:
        shut_in(db)
        if db.execute("PRAGMA user_version").fetchone()[0] != VERSION:
            db.execute(
                "CREATE TEMP TABLE frontier (url, site, changed, kind, status, detail, attempts, state, purpose, id)"
            )
        yield db


@contextmanager
def _changed(collection: Collection, url: str) -> Iterator[tuple[sqlite3.Connection, int]]:
    """The frontier, to be changed at a URL. Raises CollectionError for one that it does not know, and while a crawl is
    under way."""
    with collection.lock(), as_collection_error(collection.state), closing(open_tables(collection.state)) as db:
        row = db.execute("SELECT id FROM frontier WHERE url = ?1 OR key = ?2 ORDER BY url != ?1", (url, normalise(url)))
        found = row.fetchone()
        if found is None:
            raise CollectionError(f"No crawl of this collection has asked for {url}; cleancopy crawl --urls does it.")
        yield db, found[0]
        db.execute("COMMIT")
