"""A crawl under way, host by host: what waits, how fast it goes, and what is waited for. Read from the frontier, which
the crawling process makes durable every second."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from archive.collection.folder import Collection
from archive.collection.sqlite_file import as_collection_error, copy_of, shut_in

#: Seconds that are looked back on for the rate.
BACK = 60.0
_HOSTS = """
SELECT host, TOTAL(state IN ('queued', 'held')), TOTAL(state = 'leased'), TOTAL(state = 'done'),
    TOTAL(state IN ('failed', 'gone')), TOTAL(changed >= ?1 AND state IN ('done', 'failed', 'gone')),
    MAX(MIN(CASE state WHEN 'queued' THEN due END), COALESCE((SELECT until FROM resting WHERE host = f.host), 0)),
    MAX(CASE WHEN state = 'queued' AND attempts THEN kind END), TOTAL(state = 'held')
FROM frontier AS f GROUP BY host ORDER BY 2 DESC, host
"""


@dataclass(frozen=True, slots=True)
class HostProgress:
    """One host: URLs that wait, are asked for, are done and failed, and how many came to something in the last minute.
    `due` (epoch seconds) is when it may be asked next; `trouble` is the kind of failure of what is to be tried again;
    a host is held while its site is left alone."""

    host: str
    queued: int
    under_way: int
    done: int
    failed: int
    last_minute: int
    due: float | None
    trouble: str | None
    is_held: bool

    def state(self, now: float, *, running: bool) -> str:
        """What happens to it, in a few words."""
        if not running:
            return "left for the next run" if self.queued else "done"
        if self.is_held:
            return "left alone: it refused"
        if self.under_way:
            return "is asked"
        if not self.queued:
            return "done"
        why = f" ({self.trouble})" if self.trouble else ""
        if self.due and self.due > now:
            return f"waits until {datetime.fromtimestamp(self.due, UTC):%Y-%m-%d %H:%M:%S} UTC{why}"
        return f"waits for its turn{why}"


def progress_of(collection: Collection, now: float) -> list[HostProgress]:
    """All hosts that a collection's frontier knows, those with most to do first; none before the first crawl. Raises
    CollectionError for a frontier that cannot be read."""
    if not collection.state.exists():
        return []
    with as_collection_error(collection.state), _reading(collection) as db:
        return [
            HostProgress(host, int(queued), int(leased), int(done), int(failed), int(late), due, trouble, held > 0)
            for host, queued, leased, done, failed, late, due, trouble, held in db.execute(_HOSTS, (now - BACK,))
        ]


@contextmanager
def _reading(collection: Collection) -> Iterator[sqlite3.Connection]:
    path: Path = collection.state
    read_only = f"file:{str(path.resolve()).replace('%', '%25').replace('?', '%3f').replace('#', '%23')}?mode=ro"
    opened = copy_of(path) if collection.is_read_only else sqlite3.connect(read_only, uri=True, timeout=30)
    with closing(opened) as db:
        shut_in(db)
        yield db
