"""The server of a frontier that several machines share, as commands ask it that crawl nothing."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from archive.errors import CollectionError, ConfigurationError
from archive.operations.schedule_store import Done

if TYPE_CHECKING:
    import psycopg

#: The server's clock at the moment itself.
CLOCK = "EXTRACT(EPOCH FROM clock_timestamp())::float8"
#: Seconds without a word after which a process is taken for dead where it is only looked at.
SILENT = 60.0


@lru_cache(maxsize=500)
def with_percents(statement: str) -> str:
    """A statement whose values stand for question marks, as psycopg writes it."""
    return statement.replace("%", "%%").replace("?", "%s")


class Briefly:
    """A connection for one command. Raises CollectionError where the server cannot be asked."""

    def __init__(self, url: str) -> None:
        self._open = ExitStack()
        self._db = self._open.enter_context(connected(url))
        self._db.autocommit = True

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> Any:
        """Run a statement, and have all that it gives."""
        return self.run(lambda db: _Rows(db.execute(with_percents(statement), values)))

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
