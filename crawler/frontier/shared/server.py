"""The connection to a PostgreSQL server: made again where it breaks, and brought to this version's tables."""

import re
import time
from collections.abc import Callable, Iterable, Sequence
from importlib.resources import files
from typing import Any, TypeVar

import psycopg
from psycopg.types.string import TextLoader

from archive.errors import CollectionError
from archive.operations.shared_server import with_percents

#: Seconds for which a server that does not answer is asked again: longer than a restart takes.
PATIENCE = 120.0
_PAUSE = 0.2
#: Seconds for which a server may be starting, or not be there, when a worker begins.
_STARTS = 15.0
#: The server's clock at a statement's start, which an index can be searched with.
NOW = "EXTRACT(EPOCH FROM now())::float8"
#: Of PostgreSQL's advisory locks: held while tables are made, and while a run is begun or ended.
MIGRATING, JOINING = 7_252_101, 7_252_102
_MIGRATION = re.compile(r"(\d{4})_\w{1,80}\.sql")

Connection = psycopg.Connection[tuple[Any, ...]]
Done = TypeVar("Done")


class Server:
    """One connection, for one thread. Whatever is done by it may be done twice where the connection breaks, and must
    come to the same then. Raises CollectionError where the server is away for longer than a restart takes."""

    def __init__(self, url: str, *, patience: float = PATIENCE) -> None:
        self._url = url
        self._patience = patience
        self._db = self._first_connection()
        try:
            migrate(self._db)
        except BaseException:
            self._db.close()
            raise

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> psycopg.Cursor[tuple[Any, ...]]:
        """Run one statement, whose values stand for question marks, as a transaction of its own."""
        return self._try(lambda db: db.execute(with_percents(statement), values))

    def run(self, work: Callable[[Connection], Done]) -> Done:
        """Do something as one transaction."""

        def whole(db: Connection) -> Done:
            with db.transaction():
                return work(db)

        return self._try(whole)

    def _try(self, work: Callable[[Connection], Done]) -> Done:
        deadline = time.monotonic() + self._patience
        while True:
            try:
                if self._db.closed:
                    self._db = self._connect()
                return work(self._db)
            except psycopg.OperationalError as error:
                # Two that wait for each other, or a server that is away.
                if time.monotonic() > deadline:
                    raise CollectionError(f"the shared frontier cannot be used: {_said(error)}.") from error
                time.sleep(_PAUSE)
            except psycopg.Error as error:
                raise CollectionError(f"the shared frontier refuses: {_said(error)}.") from error

    def _first_connection(self) -> Connection:
        deadline = time.monotonic() + min(_STARTS, self._patience)
        while True:
            try:
                return self._connect()
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline:
                    raise CollectionError(
                        f"the shared frontier cannot be reached: {_said(error)}. 'frontier' in collection.yaml says "
                        "where it is; the password is taken from ~/.pgpass or PGPASSWORD."
                    ) from error
                time.sleep(_PAUSE)

    def _connect(self) -> Connection:
        db = psycopg.connect(self._url, autocommit=True, connect_timeout=10, application_name="cleancopy")
        # Entries read the text themselves.
        db.adapters.register_loader("json", TextLoader)
        return db

    def close(self) -> None:
        """End the connection."""
        self._db.close()


def _said(error: psycopg.Error) -> str:
    return " ".join(str(error).split()).rstrip(".")[:300]


def migrations() -> list[tuple[int, str]]:
    """The steps by which the tables came to be, with their numbers."""
    found = ((_MIGRATION.fullmatch(file.name), file) for file in (files(__package__) / "migrations").iterdir())
    return sorted((int(match[1]), file.read_text(encoding="utf-8")) for match, file in found if match)


def migrate(db: Connection, steps: Iterable[tuple[int, str]] | None = None) -> None:
    """Take the steps that a database has not taken yet, all or none; one process at a time. Raises CollectionError for
    tables of a later version."""
    known = list(migrations() if steps is None else steps)
    with db.transaction():
        db.execute("SELECT pg_advisory_xact_lock(%s)", (MIGRATING,))
        db.execute("CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY)")
        taken = {int(number) for (number,) in db.execute("SELECT number FROM migrations")}
        newest = max(number for number, _ in known)
        if max(taken, default=0) > newest and steps is None:
            raise CollectionError(
                f"the shared frontier was written by a later version of cleancopy (tables {max(taken)}, not {newest})."
            )
        for number, step in known:
            if number not in taken:
                db.execute(step)
                db.execute("INSERT INTO migrations VALUES (%s)", (number,))
