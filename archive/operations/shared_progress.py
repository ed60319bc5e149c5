"""A crawl under way that several workers share, as the tables of its server say."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from archive.errors import CollectionError, ConfigurationError
from archive.operations.crawl_progress import BACK, HostProgress

if TYPE_CHECKING:
    import psycopg

#: Seconds without a word after which a worker is taken for dead here.
_SILENT = 60.0
_CLOCK = "EXTRACT(EPOCH FROM clock_timestamp())::float8"
_HOSTS = f"""
SELECT f.host, COUNT(*) FILTER (WHERE state IN ('queued', 'held')),
    (SELECT COUNT(*) FROM hosts AS h WHERE h.host = f.host AND holder IS NOT NULL AND next_at > {_CLOCK}),
    COUNT(*) FILTER (WHERE state = 'done'), COUNT(*) FILTER (WHERE state IN ('failed', 'gone')),
    COUNT(*) FILTER (WHERE changed >= {_CLOCK} - %s AND state IN ('done', 'failed', 'gone')),
    GREATEST(MIN(due) FILTER (WHERE state = 'queued'), (SELECT until FROM resting AS r WHERE r.host = f.host)),
    MAX(kind) FILTER (WHERE state = 'queued' AND attempts > 0), COUNT(*) FILTER (WHERE state = 'held') > 0
FROM frontier AS f GROUP BY f.host ORDER BY 2 DESC, f.host
"""  # noqa: S608 - our own words
_WORKERS = f"""
SELECT w.name, w.articles, {_CLOCK} - w.seen, {_CLOCK} - w.began,
    (SELECT COUNT(*) FROM hosts WHERE holder = w.id AND next_at > {_CLOCK}), runs.name
FROM workers AS w JOIN runs ON runs.id = w.run WHERE w.ended IS NULL AND runs.ended IS NULL ORDER BY w.name, w.id
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class WorkerProgress:
    """One worker of a run: articles fetched, hosts held, seconds since it began and since it was last heard of."""

    name: str
    articles: int
    silent: float
    seconds: float
    hosts: int
    run: str

    @property
    def is_silent(self) -> bool:
        """Whether it is taken for dead."""
        return self.silent > _SILENT

    @property
    def state(self) -> str:
        """Whether it lives, in words."""
        return f"was last heard of {self.silent:.0f} s ago" if self.is_silent else "at work"


@dataclass(frozen=True, slots=True)
class SharedProgress:
    """All hosts that the frontier knows, those with most to do first, and the workers of the run."""

    hosts: list[HostProgress]
    workers: list[WorkerProgress]


def shared_progress(url: str) -> SharedProgress:
    """How the crawl goes. Raises CollectionError where the server cannot be asked; ConfigurationError without the
    extra [postgres]."""
    with _reading(url) as db:
        if db.execute("SELECT to_regclass('workers')").fetchone() == (None,):
            return SharedProgress([], [])
        hosts = [HostProgress(*row) for row in db.execute(_HOSTS, (BACK,))]
        return SharedProgress(hosts, _workers(db))


def shared_workers(url: str) -> list[WorkerProgress]:
    """The workers alone, which takes no look at what may be millions of URLs. Raises as `shared_progress`."""
    with _reading(url) as db:
        is_new = db.execute("SELECT to_regclass('workers')").fetchone() == (None,)
        return [] if is_new else _workers(db)


def _workers(db: "psycopg.Connection[tuple[Any, ...]]") -> list[WorkerProgress]:
    return [WorkerProgress(*row) for row in db.execute(_WORKERS)]


@contextmanager
def _reading(url: str) -> Iterator["psycopg.Connection[tuple[Any, ...]]"]:
    try:
        import psycopg  # noqa: PLC0415 - of the extra [postgres]
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            "'frontier' in collection.yaml needs psycopg, which is not installed: pip install 'cleancopy[postgres]'"
        ) from error
    try:
        with psycopg.connect(url, connect_timeout=10) as db:
            db.read_only = True
            yield db
    except psycopg.Error as error:
        raise CollectionError(f"the shared frontier cannot be read: {' '.join(str(error).split())[:300]}") from error
