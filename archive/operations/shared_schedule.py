"""The schedule of a collection whose frontier several machines share: its tables on their server, and who keeps it."""

import re
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from archive.collection.folder import Collection
from archive.collection.settings_file import load_settings
from archive.errors import ConfigurationError
from archive.operations.schedule_store import Done, ScheduleStore, Tables
from archive.operations.shared_server import CLOCK, SILENT, Briefly, with_percents

#: The tables of `schedule.sqlite`; on the server, where crawls have runs of their own, their names say whose they are.
_NAMES = re.compile(r"(?<=[ ,(])(sites|paused|asked|runs)(?=[ ,)]|$)")
_SCHEDULERS = f"""
SELECT machine, process, until > {CLOCK}, {CLOCK} - began, {CLOCK} - seen FROM schedulers
WHERE seen > {CLOCK} - 86400 ORDER BY until > {CLOCK} DESC, machine, process
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
        return self._db.execute(with_percents(_renamed(statement)), values)

    def together(self, work: Callable[[Tables], Done]) -> Done:
        return work(self)

    def version(self) -> int:
        return 0

    def close(self) -> None:
        """It ends by itself."""


@lru_cache(maxsize=100)
def _renamed(statement: str) -> str:
    return _NAMES.sub(r"schedule_\1", statement)


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
        return self.silent > SILENT

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
