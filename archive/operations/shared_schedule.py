"""The schedule of a collection whose frontier several machines share: its tables on their server, and who keeps it."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from archive.collection.folder import Collection
from archive.collection.settings_file import load_settings
from archive.errors import CollectionError, ConfigurationError
from archive.operations.schedule_store import Done, ScheduleStore, Tables

if TYPE_CHECKING:
    import psycopg

_CLOCK = "EXTRACT(EPOCH FROM clock_timestamp())::float8"
#: The tables of `schedule.sqlite`; on the server, where crawls have runs of their own, their names say whose they are.
_NAMES = re.compile(r"(?<=[ ,(])(sites|paused|asked|runs)(?=[ ,)]|$)")
#: Seconds without a word after which a scheduler is taken for dead here.
_SILENT = 60.0
_SCHEDULERS = f"""
SELECT machine, process, until > {_CLOCK}, {_CLOCK} - began, {_CLOCK} - seen FROM schedulers
WHERE seen > {_CLOCK} - 86400 ORDER BY until > {_CLOCK} DESC, machine, process
"""  # noqa: S608 - our own words


class Server(Protocol):
    """What a statement is sent to, as a transaction of its own."""

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> Any:
        """Run a statement whose values stand for question marks."""

    def run(self, work: Callable[[Any], Done]) -> Done:
        """Do something with a connection, as one transaction."""

    def close(self) -> None:
        """Be done with it."""


class OnServer:
    """The schedule's tables on a server. `allowed` is called in each transaction that changes one, and raises what
    keeps this process from it."""

    def __init__(self, server: Server, allowed: Callable[[Any], None] = lambda _: None) -> None:
        self._server = server
        self._allowed = allowed

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> Any:
        """Run one statement."""
        if statement.startswith("SELECT"):
            return self._server.execute(_renamed(statement), values)
        return self.together(lambda db: db.execute(statement, values))

    def together(self, work: Callable[[Tables], Done]) -> Done:
        """Do something as one transaction."""

        def whole(db: Any) -> Done:
            self._allowed(db)
            return work(_Within(db))

        return self._server.run(whole)

    def version(self) -> int:
        """Another number once something was asked for, paused or resumed."""
        asked = self._server.execute("SELECT id FROM schedule_asked ORDER BY id").fetchall()
        return hash((*asked, *self._server.execute("SELECT site FROM schedule_paused ORDER BY site").fetchall()))

    def close(self) -> None:
        """Be done with them."""
        self._server.close()


class _Within:
    """The same within a transaction."""

    def __init__(self, db: Any) -> None:
        self._db = db

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> Any:
        return self._db.execute(_renamed(statement).replace("%", "%%").replace("?", "%s"), values)

    def together(self, work: Callable[[Tables], Done]) -> Done:
        return work(self)

    def version(self) -> int:
        return 0

    def close(self) -> None:
        """It ends by itself."""


@lru_cache(maxsize=100)
def _renamed(statement: str) -> str:
    return _NAMES.sub(r"schedule_\1", statement)


class Briefly:
    """A connection for one command. Raises CollectionError where the server cannot be asked."""

    def __init__(self, url: str) -> None:
        self._open = ExitStack()
        self._db = self._open.enter_context(connected(url))
        self._db.autocommit = True

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> Any:
        """Run a statement, and have all that it gives."""
        return self.run(lambda db: _Rows(db.execute(statement.replace("%", "%%").replace("?", "%s"), values)))

    def run(self, work: Callable[[Any], Done]) -> Done:
        """Do something as one transaction."""
        with _as_collection_error(), self._db.transaction():
            return work(self._db)

    def close(self) -> None:
        """End the connection."""
        self._open.close()


class _Rows:
    """What a statement gave."""

    def __init__(self, cursor: Any) -> None:
        self._rows: list[tuple[Any, ...]] = cursor.fetchall() if cursor.description else []

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self._rows)

    def fetchone(self) -> tuple[Any, ...] | None:
        return self._rows[0] if self._rows else None

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self._rows


@contextmanager
def connected(url: str, *, read_only: bool = False) -> Iterator["psycopg.Connection[tuple[Any, ...]]"]:
    """A connection to the server of a shared frontier, committed at the end. Raises CollectionError where it cannot be
    asked, and ConfigurationError without the extra [postgres]."""
    try:
        import psycopg  # noqa: PLC0415 - of the extra [postgres]
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            "'frontier' in collection.yaml needs psycopg, which is not installed: pip install 'cleancopy[postgres]'"
        ) from error
    with _as_collection_error(), psycopg.connect(url, connect_timeout=10) as db:
        db.read_only = read_only or None
        yield db


@contextmanager
def _as_collection_error() -> Iterator[None]:
    import psycopg  # noqa: PLC0415 - of the extra [postgres]

    try:
        yield
    except psycopg.Error as error:
        raise CollectionError(f"the shared frontier cannot be read: {' '.join(str(error).split())[:300]}") from error


def open_schedule(collection: Collection) -> ScheduleStore | None:
    """The tables of a collection's schedule; None where none was ever kept. Raises CollectionError where they cannot be
    asked, and ConfigurationError for settings that are wrong where there is no file."""
    try:
        url = load_settings(collection).frontier
    except ConfigurationError:
        # Whoever keeps it goes on with what was in force before.
        if not collection.schedule.exists():
            raise
        url = None
    if url is None:
        return ScheduleStore(collection.schedule) if collection.schedule.exists() else None
    server = Briefly(url)
    if server.execute("SELECT to_regclass('schedule_runs')").fetchone() == (None,):
        server.close()
        return None
    return ScheduleStore(OnServer(server))


@dataclass(frozen=True, slots=True)
class Scheduler:
    """A process that keeps a shared schedule, or stands by: seconds since it began, and since it was last heard of."""

    machine: str
    process: int
    keeps: bool
    seconds: float
    silent: float

    @property
    def is_silent(self) -> bool:
        """Whether it is taken for dead."""
        return self.silent > _SILENT

    @property
    def state(self) -> str:
        """What it does, in words."""
        return "keeps the schedule" if self.keeps else "joins in, and stands by"


def schedulers(url: str) -> list[Scheduler]:
    """Those that were heard of in the last day, the one first that decides what is begun."""
    with closing(Briefly(url)) as server:
        if server.execute("SELECT to_regclass('schedulers')").fetchone() == (None,):
            return []
        return [Scheduler(*row) for row in server.execute(_SCHEDULERS)]
