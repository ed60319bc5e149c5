"""When each site is due next, what is paused, what was asked for, and every run: `schedule.sqlite`, or the same tables
on the server of a frontier that several machines share (archive.operations.shared_schedule).

The supervisor writes it; commands write what they ask of the supervisor, and read. What one method changes is durable
together or not at all.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

from archive.collection.sqlite_file import as_collection_error, open_database
from archive.operations.scheduled_run import Run, RunOutcome

_SCHEMA = """
CREATE TABLE IF NOT EXISTS sites (site TEXT PRIMARY KEY, schedule TEXT NOT NULL, due REAL);
CREATE TABLE IF NOT EXISTS paused (site TEXT PRIMARY KEY, since REAL NOT NULL);
CREATE TABLE IF NOT EXISTS asked (id INTEGER PRIMARY KEY, site TEXT NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY,
    site TEXT NOT NULL,
    due REAL NOT NULL,
    started REAL,
    ended REAL,
    outcome TEXT,
    parts INTEGER NOT NULL DEFAULT 0,
    articles INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    missed INTEGER NOT NULL DEFAULT 0,
    detail TEXT,
    report TEXT,
    UNIQUE (site, due)
);
CREATE INDEX IF NOT EXISTS runs_ended ON runs (ended);
CREATE UNIQUE INDEX IF NOT EXISTS runs_under_way ON runs (site) WHERE ended IS NULL;
"""
_COLUMNS = "id, site, due, started, ended, outcome, parts, articles, failed, missed, detail, report"
#: What stands for all sites in the table of paused ones; no domain is spelled so.
ALL = "*"


@dataclass(frozen=True, slots=True)
class KeptRun:
    """What is kept of a site's schedule: as it was when `due`, its next time, was computed."""

    schedule: str
    due: datetime | None


Done = TypeVar("Done")


class Tables(Protocol):
    """Where the tables are. Statements have question marks for their values."""

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> Any:
        """Run one statement; its rows can be fetched."""

    def together(self, work: Callable[["Tables"], Done]) -> Done:
        """Do something as one transaction."""

    def version(self) -> int:
        """Another number once another process has asked for something."""

    def close(self) -> None:
        """Be done with them."""


class _File:
    """`schedule.sqlite`."""

    def __init__(self, path: Path) -> None:
        with as_collection_error(path):
            self._db = open_database(path, _SCHEMA)

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> Any:
        return self._db.execute(statement, values)

    def together(self, work: Callable[[Tables], Done]) -> Done:
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            return work(self)

    def version(self) -> int:
        return int(self._db.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        self._db.close()


class ScheduleStore:
    """The tables of one collection. Raises CollectionError where they cannot be used."""

    def __init__(self, place: Path | Tables) -> None:
        self._db: Tables = _File(place) if isinstance(place, Path) else place

    def close(self) -> None:
        """Be done with them."""
        self._db.close()

    def version(self) -> int:
        """Another number once another process has changed something."""
        return self._db.version()

    def sites(self) -> dict[str, KeptRun]:
        """What is kept of each site."""
        return {site: KeptRun(said, _moment(due)) for site, said, due in self._db.execute("SELECT * FROM sites")}

    def set_sites(self, kept: dict[str, KeptRun]) -> None:
        """Replace what is kept, in one step."""

        def replace(db: Tables) -> None:
            db.execute("DELETE FROM sites")
            for site, each in kept.items():
                db.execute("INSERT INTO sites VALUES (?, ?, ?)", (site, each.schedule, _seconds(each.due)))

        self._db.together(replace)

    def set_due(self, site: str, due: datetime | None) -> None:
        """Set a site's next time."""
        self._db.execute("UPDATE sites SET due = ? WHERE site = ?", (_seconds(due), site))

    def begin(self, site: str, due: datetime, following: datetime | None, missed: int = 0) -> Run:
        """A site is due: make its run and set its next time, in one step, so that no crash runs it twice."""

        def begun(db: Tables) -> Run:
            db.execute("UPDATE sites SET due = ? WHERE site = ?", (_seconds(following), site))
            return _insert(db, site, due, missed)

        return self._db.together(begun)

    def begin_asked(self, site: str, now: datetime) -> Run | None:
        """A run that a person asked for; None where one is under way already."""

        def begun(db: Tables) -> Run | None:
            db.execute("DELETE FROM asked WHERE site = ?", (site,))
            if db.execute("SELECT 1 FROM runs WHERE site = ? AND ended IS NULL", (site,)).fetchone():
                return None
            return _insert(db, site, now, 0)

        return self._db.together(begun)

    def part_begins(self, run: int, now: datetime, report: str) -> Run:
        """A run, or its next part, goes to the crawler; its report will have this name."""
        self._db.execute(
            "UPDATE runs SET started = COALESCE(started, ?), parts = parts + 1, report = ? WHERE id = ?",
            (now.timestamp(), report, run),
        )
        return next(self._runs("id = ?", (run,)))

    def part_ends(self, run: int, articles: int, failed: int) -> None:
        """What a run has come to after all its parts so far."""
        self._db.execute("UPDATE runs SET articles = ?, failed = ? WHERE id = ?", (articles, failed, run))

    def end(self, run: int, now: datetime, outcome: RunOutcome, detail: str | None = None) -> Run:
        """A run has ended."""
        self._db.execute(
            "UPDATE runs SET ended = ?, outcome = ?, detail = ? WHERE id = ?",
            (now.timestamp(), outcome.value, detail, run),
        )
        return next(self._runs("id = ?", (run,)))

    def under_way(self) -> list[Run]:
        """Runs that have not ended, by their due time."""
        return list(self._runs("ended IS NULL ORDER BY due", ()))

    def history(self, site: str | None = None, *, most: int = 100) -> list[Run]:
        """The last runs that ended, the newest first."""
        where = "ended IS NOT NULL AND site = ?" if site else "ended IS NOT NULL"
        return list(self._runs(f"{where} ORDER BY ended DESC, id DESC LIMIT ?", (*([site] if site else []), most)))

    def ended_since(self, moment: datetime) -> list[Run]:
        """The runs that ended then or later, the oldest first."""
        return list(self._runs("ended >= ? ORDER BY ended, id", (moment.timestamp(),)))

    def articles_since(self, site: str, moment: datetime) -> int:
        """How many articles the runs of a site captured that began since then."""
        total = "SELECT COALESCE(SUM(articles), 0) FROM runs WHERE site = ? AND due >= ?"
        return int(self._db.execute(total, (site, moment.timestamp())).fetchone()[0])

    def forget(self, before: datetime) -> None:
        """Drop runs that ended before then; their reports stay in crawls/."""
        self._db.execute("DELETE FROM runs WHERE ended < ?", (before.timestamp(),))

    def ask(self, site: str, now: datetime) -> None:
        """Ask for a run of a site as soon as can be."""
        self._db.execute("INSERT INTO asked (site, at) VALUES (?, ?)", (site, now.timestamp()))

    def asked(self) -> list[str]:
        """The sites that a run was asked for."""
        return [site for (site,) in self._db.execute("SELECT site FROM asked GROUP BY site ORDER BY MIN(id)")]

    def pause(self, site: str, now: datetime) -> None:
        """Begin no more runs of a site, or of ALL, and halt the one under way."""
        self._db.execute("INSERT INTO paused VALUES (?, ?) ON CONFLICT DO NOTHING", (site, now.timestamp()))

    def resume(self, site: str) -> None:
        """Take back `pause`; for ALL, every one."""
        self._db.execute("DELETE FROM paused WHERE CAST(? AS TEXT) IN (site, '*')", (site,))

    def paused(self) -> dict[str, datetime]:
        """What is paused, and since when."""
        return {site: datetime.fromtimestamp(since, UTC) for site, since in self._db.execute("SELECT * FROM paused")}

    def _runs(self, where: str, values: tuple[Any, ...]) -> Iterator[Run]:
        for row in self._db.execute(f"SELECT {_COLUMNS} FROM runs WHERE {where}", values):  # noqa: S608 - ours alone
            yield _run(row)


def _insert(db: Tables, site: str, due: datetime, missed: int) -> Run:
    added = "INSERT INTO runs (site, due, missed) VALUES (?, ?, ?) RETURNING id"
    ((number,),) = db.execute(added, (site, due.timestamp(), missed)).fetchall()
    return Run(int(number), site, due, missed=missed)


def _run(row: tuple[Any, ...]) -> Run:
    number, site, due, started, ended, outcome, *rest = row
    times = (datetime.fromtimestamp(due, UTC), _moment(started), _moment(ended))
    return Run(number, site, *times, RunOutcome(outcome) if outcome else None, *rest)


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _seconds(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()
