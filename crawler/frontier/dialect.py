"""What the frontier's questions and renewals need of a database, so that they are written once for SQLite and
PostgreSQL: the values of a statement stand for question marks in both."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from crawler.frontier.tables import LISTS


class Rows(Protocol):
    """What a statement gave."""

    @property
    def rowcount(self) -> int:
        """How many rows it changed."""

    def fetchone(self) -> Any:
        """The next row as a tuple, or None."""

    def fetchall(self) -> list[Any]:
        """All rows that are left."""

    def __iter__(self) -> Iterator[Any]: ...


class Database(Protocol):
    """Where the tables are."""

    def execute(self, statement: str, values: Sequence[Any] = ..., /) -> Rows:
        """Run a statement."""


class Queued(Protocol):
    """Told where URLs have been queued."""

    def add(self, site: str, hosts: Iterable[str], *, times: int = 1) -> None:
        """So many of each host."""

    def count(self, site: str | None = None) -> None:
        """Some of a site, or of all."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """What the databases say differently: where lists are looked for, and the list that led to a row's URL."""

    lists: str
    via: str


SQLITE = Dialect(LISTS, "json_extract(origin, '$.via')")
POSTGRES = Dialect("frontier", "origin ->> 'via'")
