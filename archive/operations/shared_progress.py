"""A crawl under way that several workers share, as the tables of its server say."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from archive.operations.crawl_progress import BACK, HostProgress
from archive.operations.shared_server import CLOCK, SILENT, connected

if TYPE_CHECKING:
    import psycopg

_HOSTS = f"""
SELECT f.host, COUNT(*) FILTER (WHERE state IN ('queued', 'held')),
    (SELECT COUNT(*) FROM hosts AS h WHERE h.host = f.host AND holder IS NOT NULL AND next_at > {CLOCK}),
    COUNT(*) FILTER (WHERE state = 'done'), COUNT(*) FILTER (WHERE state IN ('failed', 'gone')),
    COUNT(*) FILTER (WHERE changed >= {CLOCK} - %s AND state IN ('done', 'failed', 'gone')),
    GREATEST(MIN(due) FILTER (WHERE state = 'queued'), (SELECT until FROM resting AS r WHERE r.host = f.host)),
    MAX(kind) FILTER (WHERE state = 'queued' AND attempts > 0), COUNT(*) FILTER (WHERE state = 'held') > 0
FROM frontier AS f GROUP BY f.host ORDER BY 2 DESC, f.host
"""  # noqa: S608 - our own words
_WORKERS = f"""
SELECT w.name, w.articles, {CLOCK} - w.seen, {CLOCK} - w.began,
    (SELECT COUNT(*) FROM hosts WHERE holder = w.id AND next_at > {CLOCK}), runs.name, {{more}}
FROM workers AS w JOIN runs ON runs.id = w.run WHERE w.ended IS NULL AND runs.ended IS NULL ORDER BY w.name, w.id
"""  # noqa: S608
#: What tables of this version hold besides.
_MORE = f"""
w.machine, w.doing,
(SELECT MIN(host) FROM hosts WHERE holder = w.id AND next_at > {CLOCK})
"""  # noqa: S608
_HAS_MORE = (
    "SELECT 1 FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = 'workers' "
    "AND column_name = 'doing'"
)


@dataclass(frozen=True, slots=True)
class WorkerProgress:
    """One worker of a run: articles fetched, hosts held, of which `host` is one, seconds since it began and since it
    was last heard of; `doing` is what else it does."""

    name: str
    articles: int
    silent: float
    seconds: float
    hosts: int
    run: str
    machine: str = ""
    doing: str = ""
    host: str | None = None

    @property
    def is_silent(self) -> bool:
        """Whether it is taken for dead."""
        return self.silent > SILENT

    @property
    def state(self) -> str:
        """Whether it lives, in words."""
        return f"was last heard of {self.silent:.0f} s ago" if self.is_silent else "at work"

    @property
    def activity(self) -> str:
        """What it does now, in words."""
        if self.host is None or self.doing:
            return self.doing or "waits for something to do"
        return f"asks {self.host}" + (f" and {self.hosts - 1} more" if self.hosts > 1 else "")


@dataclass(frozen=True, slots=True)
class SharedProgress:
    """All hosts that the frontier knows, those with most to do first, and the workers of the run."""

    hosts: list[HostProgress]
    workers: list[WorkerProgress]


def shared_progress(url: str) -> SharedProgress:
    """How the crawl goes. Raises CollectionError where the server cannot be asked; ConfigurationError without the
    extra [postgres]."""
    with connected(url, read_only=True) as db:
        if db.execute("SELECT to_regclass('workers')").fetchone() == (None,):
            return SharedProgress([], [])
        hosts = [HostProgress(*row) for row in db.execute(_HOSTS, (BACK,))]
        return SharedProgress(hosts, _workers(db))


def shared_workers(url: str) -> list[WorkerProgress]:
    """The workers alone, which takes no look at what may be millions of URLs. Raises as `shared_progress`."""
    with connected(url, read_only=True) as db:
        is_new = db.execute("SELECT to_regclass('workers')").fetchone() == (None,)
        return [] if is_new else _workers(db)


def _workers(db: "psycopg.Connection[tuple[Any, ...]]") -> list[WorkerProgress]:
    more = _MORE if db.execute(_HAS_MORE).fetchone() else "'', '', NULL"
    return [WorkerProgress(*row) for row in db.execute(_WORKERS.replace("{more}", more).encode())]
