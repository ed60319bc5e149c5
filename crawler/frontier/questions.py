"""What a frontier can be asked; nothing here changes it."""

from collections.abc import Iterable, Iterator, Sequence

from archive.collection.failure import Failed, FailureKind
from archive.telling.kinds import SkipKind, Skipped
from crawler.frontier.dialect import SQLITE, Database, Dialect
from crawler.frontier.entry import Entry, entry_of
from crawler.frontier.tables import IS_LIST

#: The columns of an entry, in the order that `entry_of` takes them.
COLUMNS = "id, key, url, host, purpose, origin, site, hops, priority, attempts, etag, last_modified, captured, runs"

_KNOWN = {
    "done": Skipped(SkipKind.CAPTURED, "captured already"),
    "failed": Skipped(SkipKind.FAILED, "failed before"),
    "gone": Skipped(SkipKind.GONE, "gone before (HTTP 404 or 410)"),
}


class Questions:
    """Asked of the table, in whichever database it is. Times are epoch seconds."""

    def __init__(self, db: Database, dialect: Dialect = SQLITE) -> None:
        self._db = db
        self._dialect = dialect

    def left(self, site: str) -> tuple[int, int]:
        """How many articles and lists of a site are queued, and how many of them are lists."""
        queued = f"SELECT COUNT(*), COUNT(*) FILTER (WHERE {IS_LIST}) FROM frontier"  # noqa: S608
        found = self._db.execute(
            f"{queued} WHERE purpose != 'requisite' AND site = ? AND state = 'queued'", (site,)
        ).fetchone()
        return int(found[0]), int(found[1])

    def captured_of(self, keys: Iterable[str]) -> int:
        """How many of these articles have been fetched, or led to one that was."""
        fetched = "SELECT 1 FROM frontier WHERE key = ? AND (state = 'done' OR captured IS NOT NULL)"
        return sum(1 for key in keys if self._db.execute(fetched, (key,)).fetchone())

    def failures(self, since: float, most: int, site: str | None = None) -> list[tuple[str, Failed]]:
        """URLs that failed since then, of a site or of all, at most so many, requisites last, and why."""
        found = (
            "SELECT url, kind, status, detail, attempts FROM frontier WHERE state IN ('failed', 'gone') "
            "AND changed >= ? AND kind IS NOT NULL AND (CAST(? AS TEXT) IS NULL OR site = ?) "
            "ORDER BY purpose = 'requisite', id LIMIT ?"
        )
        rows = self._db.execute(found, (since, site, site, most))
        return [(url, Failed(FailureKind(kind), *rest)) for url, kind, *rest in rows]

    def since(self, moment: float, site: str | None = None) -> dict[str, int]:
        """How many articles of a site were fetched ("done") and how many failed since then."""
        found = (
            "SELECT CASE WHEN state = 'done' THEN state ELSE 'failed' END, COUNT(*) FROM frontier "
            "WHERE purpose = 'article' AND changed >= ? "
            "AND (state IN ('failed', 'gone') OR state = 'done' AND status BETWEEN 200 AND 299) "
            "AND (CAST(? AS TEXT) IS NULL OR site = ?) GROUP BY 1"
        )
        return dict(self._db.execute(found, (moment, site, site)))

    def came(self, moment: float, site: str) -> bool:
        """Whether anything of a site was fetched since then."""
        found = "SELECT 1 FROM frontier WHERE site = ? AND state = 'done' AND changed >= ? LIMIT 1"
        return self._db.execute(found, (site, moment)).fetchone() is not None

    def articles(self) -> Iterator[Entry]:
        """The articles that are to be fetched, in the order that they will be."""
        rows = self._db.execute(
            f"SELECT {COLUMNS} FROM frontier WHERE state = 'queued' AND purpose = 'article' "  # noqa: S608
            "ORDER BY priority DESC, id"
        )
        yield from map(entry_of, rows)

    def lists(self) -> Iterator[Entry]:
        """The lists that could be read or are still to be, in the order that they were found."""
        rows = self._db.execute(
            f"SELECT {COLUMNS} FROM {self._dialect.lists} WHERE state != 'failed' AND {IS_LIST} ORDER BY id"  # noqa: S608
        )
        yield from map(entry_of, rows)

    def counts(self, site: str | None = None) -> dict[str, int]:
        """How many URLs, of a site or of all, are in each state."""
        counted = "SELECT state, COUNT(*) FROM frontier WHERE (CAST(? AS TEXT) IS NULL OR site = ?) GROUP BY state"
        return dict(self._db.execute(counted, (site, site)))

    def why_known(self, key: str, url: str) -> Skipped:
        """What is known of an article that is not new, in words."""
        state, other = self._db.execute("SELECT state, url FROM frontier WHERE key = ?", (key,)).fetchone()
        return known_as(state, other, url)

    def accounted(self) -> set[str]:
        """The WARC files whose captures are all known here."""
        return {name for (name,) in self._db.execute("SELECT warc FROM accounted")}

    def waits(self, now: float) -> tuple[str, float] | None:
        """The host that is asked next of those that are to be left alone for now, and when."""
        found = "SELECT host, due FROM frontier WHERE state = 'queued' AND due > ? ORDER BY due LIMIT 1"
        row = self._db.execute(found, (now,)).fetchone()
        return (row[0], float(row[1])) if row else None

    def due_later(self, site: str, ages: Sequence[float]) -> int:
        """How many captured articles of a site are to be asked for again, these many seconds after their capture."""
        if not ages:
            return 0
        waiting = "SELECT COUNT(*) FROM frontier WHERE site = ? AND state = 'done' AND captured + ? > changed"
        return int(self._db.execute(waiting, (site, max(ages))).fetchone()[0])


def known_as(state: str, other: str, url: str) -> Skipped:
    """What it means, in words, that an article is in this state, by this other address perhaps."""
    if state in _KNOWN:
        return _KNOWN[state]
    said = "listed already" if other == url else "another address of an article that is listed already"
    return Skipped(SkipKind.LISTED, said)
