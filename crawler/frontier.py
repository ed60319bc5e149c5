"""The frontier: every URL that a collection knows, what is to be done with it, and what became of it.

Kept in the collection's `state.sqlite`. A URL is queued, leased to a fetch under way, done or failed. What
happens between two commits is lost together or kept together, so that a crash loses no URL: what was leased
is queued again when the collection is next opened.
"""

import json
import math
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path

from archive.errors import CollectionError
from crawler.entry import Entry, entry_of

_SCHEMA = """
CREATE TABLE IF NOT EXISTS frontier (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    host TEXT NOT NULL,
    purpose TEXT NOT NULL,
    origin TEXT NOT NULL,
    site TEXT NOT NULL,
    hops INTEGER NOT NULL DEFAULT 0,
    target TEXT,
    priority INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'leased', 'done', 'failed')),
    attempts INTEGER NOT NULL DEFAULT 0,
    due REAL NOT NULL DEFAULT 0,
    reason TEXT,
    status INTEGER,
    etag TEXT,
    last_modified TEXT,
    changed REAL NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS frontier_next ON frontier (host, state, priority DESC, id);
CREATE TABLE IF NOT EXISTS accounted (warc TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS lists_read_with (site TEXT PRIMARY KEY, digest TEXT NOT NULL);
"""
_DONE = (
    "UPDATE frontier SET state = 'done', reason = NULL, status = ?, etag = COALESCE(?, etag), "
    "last_modified = COALESCE(?, last_modified), changed = ? WHERE id = ?"
)
_COLUMNS = "id, key, url, host, purpose, origin, site, hops, priority, attempts, etag, last_modified"


class Wanted(StrEnum):
    """What a lease may be: lists lead to articles. The value is the condition on an entry's purpose."""

    ALL = "1"
    ARTICLES = "purpose = 'article'"
    LISTS = "purpose != 'article'"
    NOTHING = "0"


class Frontier:
    """The table and, in memory, how many URLs each host has waiting. Times are epoch seconds, given by callers."""

    def __init__(self, path: Path) -> None:
        try:
            self._db = sqlite3.connect(path, isolation_level=None)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.executescript(_SCHEMA)
            self._db.execute("BEGIN")
            self._db.execute("UPDATE frontier SET state = 'queued', due = 0 WHERE state = 'leased'")
        except sqlite3.Error as error:
            raise CollectionError(f"{path} cannot be used: {error}. Move it away to begin a new frontier.") from error
        self._waiting: Counter[str] = Counter(
            dict(self._db.execute("SELECT host, COUNT(*) FROM frontier WHERE state = 'queued' GROUP BY host"))
        )
        self._leased: Counter[str] = Counter()
        self._finished: list[tuple[int, str | None, str | None, float, int]] = []

    def clear(self) -> None:
        """Forget every URL."""
        self._db.execute("DELETE FROM frontier")
        self._waiting.clear()

    def add(self, entry: Entry) -> bool:
        """Queue a URL unless its key is known already; whether it was new."""
        row = self._db.execute(
            "INSERT OR IGNORE INTO frontier (key, url, host, purpose, origin, site, hops, priority) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                entry.key,
                entry.url,
                entry.host,
                entry.origin.purpose.value,
                json.dumps(asdict(entry.origin)),
                entry.site,
                entry.hops,
                entry.priority,
            ),
        )
        if row.rowcount:
            self._waiting[entry.host] += 1
        return bool(row.rowcount)

    def redirect(self, entry: Entry, target: Entry) -> bool:
        """Queue where a leased URL leads, unless that is known; False if it leads back to this URL in the end."""
        self._db.execute("UPDATE frontier SET target = ? WHERE id = ?", (target.key, entry.id))
        if self._leads_to(target.key, entry.key):
            return False
        self.add(target)
        return True

    def _leads_to(self, start: str, end: str) -> bool:
        chain = (
            "WITH RECURSIVE chain(key, step) AS (SELECT ?, 0 UNION ALL SELECT target, step + 1 FROM chain "
            "JOIN frontier USING (key) WHERE target IS NOT NULL AND step < 20) SELECT 1 FROM chain WHERE key = ?"
        )
        return self._db.execute(chain, (start, end)).fetchone() is not None

    def renew(self, entry: Entry, *, began: float = math.inf) -> None:
        """Queue a URL, known or not: feeds, sitemaps and sections are read anew in every run, but once in the run that
        began at that time, however often they are named."""
        if not self.add(entry):
            changed = self._db.execute(
                "UPDATE frontier SET state = 'queued', attempts = 0, due = 0, priority = ? "
                "WHERE key = ? AND state IN ('done', 'failed') AND changed < ?",
                (entry.priority, entry.key, began),
            )
            self._waiting[entry.host] += changed.rowcount

    def renew_found_in(self, url: str, *, began: float = math.inf) -> None:
        """Queue the lists that a list led to when it was last read: it has not changed, they may have. Those that were
        read since the run began are not read again."""
        self._db.execute(
            "UPDATE frontier SET state = 'queued', attempts = 0, due = 0 WHERE state IN ('done', 'failed') "
            "AND purpose IN ('feed', 'sitemap', 'section') AND json_extract(origin, '$.via') = ? AND changed < ?",
            (url, began),
        )
        self._count_waiting()

    def retry_failed(self) -> int:
        """Queue failed articles once more, for a new run; how many."""
        count = self._db.execute(
            "UPDATE frontier SET state = 'queued', attempts = 0, due = 0 "
            "WHERE state = 'failed' AND purpose = 'article' AND reason != 'robots.txt forbids it' "
            "AND (status IS NULL OR status = 429 OR status >= 500)"
        ).rowcount
        self._count_waiting()
        return count

    def read_lists_anew(self, site: str, digest: str) -> None:
        """Ask for a site's lists without conditions once what is taken from them has changed (`digest`): a server
        that says "not modified" would hide what the new rules want."""
        row = self._db.execute("SELECT digest FROM lists_read_with WHERE site = ?", (site,)).fetchone()
        if row != (digest,):
            self._db.execute(
                "UPDATE frontier SET etag = NULL, last_modified = NULL WHERE site = ? AND purpose != 'article'", (site,)
            )
            self._db.execute("INSERT OR REPLACE INTO lists_read_with VALUES (?, ?)", (site, digest))

    def _count_waiting(self) -> None:
        rows = self._db.execute("SELECT host, COUNT(*) FROM frontier WHERE state = 'queued' GROUP BY host")
        self._waiting = Counter(dict(rows))

    def lease(self, now: float, most_per_host: int, wanted: Wanted = Wanted.ALL) -> Entry | None:
        """The next URL to fetch, from the host that has the fewest under way; None if none is due."""
        hosts = [host for host, count in self._waiting.items() if count > 0 and self._leased[host] < most_per_host]
        for host in sorted(hosts, key=lambda name: self._leased[name]):
            row = self._db.execute(
                f"SELECT {_COLUMNS} FROM frontier WHERE host = ? AND state = 'queued' AND due <= ? "  # noqa: S608
                f"AND {wanted} ORDER BY priority DESC, id LIMIT 1",
                (host, now),
            ).fetchone()
            if row:
                return self._take(entry_of(row))
        return None

    def _take(self, entry: Entry) -> Entry:
        self._db.execute("UPDATE frontier SET state = 'leased' WHERE id = ?", (entry.id,))
        self._waiting[entry.host] -= 1
        self._leased[entry.host] += 1
        return entry

    def done(self, entry: Entry, *, status: int, etag: str | None, last_modified: str | None, now: float) -> None:
        """A leased URL has been fetched. It counts as done once a `commit` includes it."""
        self._finished.append((status, etag, last_modified, now, entry.id))
        self._leased[entry.host] -= 1

    def settle(
        self, entries: Sequence[Entry], status: int, etag: str | None, last_modified: str | None, now: float
    ) -> bool:
        """A URL was fetched, as the archive shows, by whichever of these keys it is known; False if that was known."""
        marks = ", ".join("?" * len(entries))
        known = self._db.execute(
            f"SELECT id, state FROM frontier WHERE key IN ({marks})",  # noqa: S608
            [entry.key for entry in entries],
        ).fetchall()
        if not known:
            self.add(entries[0])
            return self.settle(entries[:1], status, etag, last_modified, now)
        self._db.executemany(_DONE, [(status, etag, last_modified, now, number) for number, _ in known])
        self._count_waiting()
        return any(state != "done" for _, state in known)

    def accounted(self) -> set[str]:
        """The WARC files whose captures are all known here."""
        return {name for (name,) in self._db.execute("SELECT warc FROM accounted")}

    def account(self, warc: str) -> None:
        """Everything that this WARC file holds is known here."""
        self._db.execute("INSERT OR IGNORE INTO accounted VALUES (?)", (warc,))

    def finished(self) -> int:
        """How many URLs have been fetched and not yet committed; to be asked before the archive is made durable."""
        return len(self._finished)

    def failed(self, entry: Entry, reason: str, *, status: int | None, now: float) -> None:
        """A leased URL will not be tried again in this run."""
        self._db.execute(
            "UPDATE frontier SET state = 'failed', reason = ?, status = ?, attempts = attempts + 1, changed = ? "
            "WHERE id = ?",
            (reason, status, now, entry.id),
        )
        self._leased[entry.host] -= 1

    def again(self, entry: Entry, reason: str, *, due: float) -> None:
        """A leased URL failed and will be tried again at `due`."""
        self._db.execute(
            "UPDATE frontier SET state = 'queued', reason = ?, attempts = attempts + 1, due = ? WHERE id = ?",
            (reason, due, entry.id),
        )
        self._leased[entry.host] -= 1
        self._waiting[entry.host] += 1

    def pause(self, host: str, until: float) -> None:
        """Let nothing of a host be due before then."""
        self._db.execute("UPDATE frontier SET due = MAX(due, ?) WHERE host = ? AND state = 'queued'", (until, host))

    def waiting(self, until: float, wanted: Wanted = Wanted.ALL, *, most: int = 1) -> int:
        """How many URLs are queued and due by then, counted up to `most`."""
        queued = f"SELECT 1 FROM frontier WHERE state = 'queued' AND due <= ? AND {wanted} LIMIT ?"  # noqa: S608
        return int(self._db.execute(f"SELECT COUNT(*) FROM ({queued})", (until, most)).fetchone()[0])  # noqa: S608

    def leased(self) -> int:
        """How many URLs are under way."""
        return sum(self._leased.values())

    def commit(self, finished: int = 0) -> None:
        """Make everything durable, with the first so many fetched URLs as done. Raises CollectionError if the disk
        does not take it."""
        try:
            self._db.executemany(_DONE, self._finished[:finished])
            self._db.execute("COMMIT")
            self._db.execute("BEGIN")
        except sqlite3.Error as error:
            raise CollectionError(f"the frontier cannot be written: {error}") from error
        del self._finished[:finished]

    def close(self) -> None:
        """Commit and close. What was fetched and not committed is queued again when this is next opened."""
        self.commit()
        self._db.execute("COMMIT")
        self._db.close()

    def failures(self, since: float, most: int) -> list[tuple[str, str]]:
        """(URL, reason) of URLs that failed since then, at most so many."""
        found = "SELECT url, reason FROM frontier WHERE state = 'failed' AND changed >= ? ORDER BY id LIMIT ?"
        return list(self._db.execute(found, (since, most)))

    def articles(self) -> Iterator[Entry]:
        """The articles that are to be fetched, in the order that they will be."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM frontier WHERE state = 'queued' AND purpose = 'article' "  # noqa: S608
            "ORDER BY priority DESC, id"
        )
        yield from map(entry_of, rows)

    def counts(self) -> dict[str, int]:
        """How many URLs are in each state."""
        return dict(self._db.execute("SELECT state, COUNT(*) FROM frontier GROUP BY state"))
