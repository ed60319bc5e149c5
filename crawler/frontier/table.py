"""The frontier: every URL that a collection knows, what is to be done with it, and what became of it.

Kept in the collection's `state.sqlite`. A URL is queued, leased to a fetch under way, held while its site is left
alone, done, failed or gone; an article that was captured may be due again later. What happens between two commits is
lost together or kept together, so that a crash loses no URL: what was leased is queued again when the collection is
next opened.
"""

import math
import sqlite3
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from archive.collection.failure import Failed
from archive.errors import CollectionError
from crawler.frontier.entry import Entry, entry_of, new_row
from crawler.frontier.hosts import Hosts, Waiting
from crawler.frontier.questions import COLUMNS, Questions
from crawler.frontier.renewal import RESTED, Renewal
from crawler.frontier.tables import open_tables
from crawler.frontier.wanted import Wanted

_DONE = (
    "UPDATE frontier SET state = 'done', kind = NULL, detail = NULL, status = ?1, etag = COALESCE(?2, etag), "
    "last_modified = COALESCE(?3, last_modified), changed = ?4, gone = 0, runs = 0, captured = COALESCE(captured, "
    "CASE WHEN purpose = 'article' AND ?1 BETWEEN 200 AND 299 THEN ?4 END) WHERE id = ?5"
)


class Frontier:
    """What is to be fetched is leased and given back here; `questions` reads the table, `renewal` queues again what is
    in it. Times are epoch seconds, given by callers."""

    def __init__(self, path: Path) -> None:
        self._db = open_tables(path)
        self._db.execute(
            f"UPDATE frontier SET state = 'queued', due = {RESTED} WHERE state IN ('leased', 'held')"  # noqa: S608
        )
        self._waiting = Waiting(self._db)
        self.hosts = Hosts()
        self._held: set[str] = set()
        self._finished: list[tuple[int, str | None, str | None, float, int]] = []
        self.questions = Questions(self._db)
        self.renewal = Renewal(self._db, self._waiting)

    def now(self) -> float:
        """This machine's time: nobody else crawls here."""
        return time.time()

    def foresee(self, keys: Iterable[str]) -> None:
        """Looking up one costs no more than looking up many."""

    def before_sending(self, host: str) -> None:
        """Nothing."""

    def pace(self, host: str, gap: float) -> None:
        """The process keeps it."""

    def elsewhere(self) -> int:
        """None: nobody else crawls here."""
        return 0

    def clear(self) -> None:
        """Forget every URL."""
        self._db.execute("DELETE FROM frontier")
        self._waiting.count()

    def add(self, entry: Entry) -> bool:
        """Queue a URL unless its key is known already; whether it was new."""
        row = self._db.execute(
            "INSERT OR IGNORE INTO frontier (key, url, host, purpose, origin, site, hops, priority, due) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, COALESCE((SELECT until FROM resting WHERE host = ?), 0))",
            (*new_row(entry), entry.host),
        )
        if row.rowcount:
            self._waiting.add(entry.site, [entry.host])
        return bool(row.rowcount)

    def redirect(self, entry: Entry, target: Entry) -> bool:
        """Queue where a leased URL leads, unless that is known; False if it leads back to this URL in the end."""
        self._db.execute("UPDATE frontier SET target = ? WHERE id = ?", (target.key, entry.id))
        if self._leads_to(target.key, entry.key):
            return False
        self.add(target)
        return True

    def ask_once_more(self, key: str) -> None:
        """Queue a URL that was fetched, though it led to another one."""
        row = self._db.execute(
            "UPDATE frontier SET state = 'queued', target = NULL WHERE key = ? AND state IN ('leased', 'done') "
            "RETURNING id, site, host",
            (key,),
        ).fetchone()
        if row:
            # It may not have been committed as done yet, and is not to be then.
            self._finished[:] = [(*told[:-1], 0) if told[-1] == row[0] else told for told in self._finished]
            self._waiting.add(row[1], [row[2]])

    def _leads_to(self, start: str, end: str) -> bool:
        chain = (
            "WITH RECURSIVE chain(key, step) AS (SELECT ?, 0 UNION ALL SELECT target, step + 1 FROM chain "
            "JOIN frontier USING (key) WHERE target IS NOT NULL AND step < 20) SELECT 1 FROM chain WHERE key = ?"
        )
        return self._db.execute(chain, (start, end)).fetchone() is not None

    def renew(self, entry: Entry, *, began: float = math.inf) -> bool:
        """Queue a URL, known or not: feeds, sitemaps and sections are read anew in every run, but once in the run that
        began at that time, however often they are named. Whether it was not queued before."""
        if self.add(entry):
            return True
        changed = self._db.execute(
            f"UPDATE frontier SET state = 'queued', attempts = 0, due = {RESTED}, priority = ? "  # noqa: S608
            "WHERE key = ? AND state IN ('done', 'failed') AND changed < ?",
            (entry.priority, entry.key, began),
        )
        self._waiting.add(entry.site, [entry.host], times=changed.rowcount)
        return bool(changed.rowcount)

    def lease(
        self, now: float, most_per_host: int, wanted: Wanted = Wanted.ALL, *, site: str | None = None, gap: float = 0
    ) -> Entry | None:
        """The next URL to fetch, from the host that has the fewest under way; None if none is due.

        With a `site` only its URLs, and from no host that another site's run is asking; a host that was asked by
        another run is left alone for `gap` seconds first.
        """
        free = [
            (host, name)
            for host, name in self._waiting.places(site)
            if self.hosts.leased[host] < most_per_host and not self.hosts.rests(host, now)
        ]
        for host, name in sorted(free, key=lambda pair: self.hosts.leased[pair[0]]):
            if site and not self._may_ask(host, site, now - gap):
                continue
            row = self._next(host, name, wanted, now)
            if row and name in self._held:
                self._hold(name)
            elif row:
                return self._take(entry_of(row), now)
        return None

    def _next(self, host: str, site: str, wanted: Wanted, now: float) -> tuple[Any, ...] | None:
        turns = (Wanted.PAGES, wanted) if wanted is Wanted.ALL and self.hosts.owes_a_page(host) else (wanted,)
        for kind in turns:
            found: tuple[Any, ...] | None = self._db.execute(
                f"SELECT {COLUMNS} FROM {kind.table} WHERE host = ? AND state = 'queued' AND due <= ? "  # noqa: S608
                f"AND site = ? AND {kind} ORDER BY priority DESC, id LIMIT 1",
                (host, now, site),
            ).fetchone()
            if found:
                return found
        return None

    def _may_ask(self, host: str, site: str, since: float) -> bool:
        asking = self.hosts.asking(host)
        if asking == site:
            return True
        busy = asking is not None and (self.hosts.leased[host] > 0 or self._waiting.at(asking, host))
        return not busy and self.hosts.rested(host, since)

    def _take(self, entry: Entry, now: float) -> Entry:
        self._db.execute("UPDATE frontier SET state = 'leased' WHERE id = ?", (entry.id,))
        self._waiting.add(entry.site, [entry.host], times=-1)
        self.hosts.take(entry, now)
        return entry

    def leave(self, site: str) -> None:
        """The run of a site is over: what it had under way is queued again, and its hosts are free for others. Only
        after a commit of all that it fetched."""
        self._db.execute(
            f"UPDATE frontier SET state = 'queued', due = {RESTED} WHERE state = 'leased' AND site = ?",  # noqa: S608
            (site,),
        )
        self.hosts.leave(site)
        self._waiting.count(site)

    def done(self, entry: Entry, *, status: int, etag: str | None, last_modified: str | None, now: float) -> None:
        """A leased URL has been fetched. It counts as done once a `commit` includes it."""
        self._finished.append((status, etag, last_modified, now, entry.id))
        self.hosts.back(entry, now)

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
        self._waiting.count()
        return any(state != "done" for _, state in known)

    def account(self, warc: str) -> None:
        """Everything that this WARC file holds is known here."""
        self._db.execute("INSERT OR IGNORE INTO accounted VALUES (?)", (warc,))

    def finished(self) -> int:
        """How many URLs have been fetched and not yet committed; to be asked before the archive is made durable."""
        return len(self._finished)

    def failed(self, entry: Entry, why: Failed, *, now: float) -> None:
        """A leased URL will not be tried again in this run."""
        self._db.execute(
            "UPDATE frontier SET state = 'failed', kind = ?, status = ?, detail = ?, attempts = attempts + 1, "
            "runs = runs + 1, changed = ? WHERE id = ?",
            (why.kind.value, why.status, why.detail, now, entry.id),
        )
        self.hosts.back(entry, now)

    def gone(self, entry: Entry, why: Failed, *, now: float) -> None:
        """A leased article is not there (any more)."""
        self.failed(entry, why, now=now)
        self._db.execute("UPDATE frontier SET state = 'gone', gone = gone + 1 WHERE id = ?", (entry.id,))

    def again(self, entry: Entry, why: Failed, *, due: float) -> None:
        """A leased URL failed and will be tried again at `due`."""
        self._db.execute(
            "UPDATE frontier SET state = 'queued', kind = ?, status = ?, detail = ?, attempts = attempts + 1, due = ? "
            "WHERE id = ?",
            (why.kind.value, why.status, why.detail, due, entry.id),
        )
        self.hosts.back(entry, due)
        self._waiting.add(entry.site, [entry.host])

    def pause(self, host: str, until: float) -> None:
        """Let nothing of a host be due before then, whatever run it belongs to, and also after a crash."""
        self._db.execute("INSERT OR REPLACE INTO resting VALUES (?, ?)", (host, until))
        self._db.execute("UPDATE frontier SET due = MAX(due, ?) WHERE host = ? AND state = 'queued'", (until, host))
        self.commit()

    def hold(self, site: str, refused: Sequence[Entry] = ()) -> None:
        """Let nothing of a site be leased until `release`, nor what it refused, which is queued once more."""
        again = "UPDATE frontier SET state = 'held', attempts = 0, runs = MAX(runs - 1, 0) WHERE id = ?"
        self._db.executemany(f"{again} AND state = 'failed'", [(entry.id,) for entry in refused])
        self._held.add(site)
        self._hold(site)

    def _hold(self, site: str) -> None:
        self._db.execute("UPDATE frontier SET state = 'held' WHERE site = ? AND state = 'queued'", (site,))
        self._waiting.count(site)

    def release(self, site: str) -> None:
        """Queue what is held of a site, for a later run."""
        self._held.discard(site)
        self._db.execute(
            f"UPDATE frontier SET state = 'queued', due = {RESTED} WHERE site = ? AND state = 'held'",  # noqa: S608
            (site,),
        )
        self._waiting.count(site)

    def waiting(self, until: float, wanted: Wanted = Wanted.ALL, *, most: int = 1, site: str | None = None) -> int:
        """How many URLs are queued and due by then, of a site or of all, counted up to `most`."""
        left = [host for host, end in self.hosts.resting(until).items() if end == math.inf]
        others = f"AND host NOT IN ({', '.join('?' * len(left))})" if left else ""
        of_site = "AND site = ?" if site else ""
        queued = f"SELECT 1 FROM {wanted.table} WHERE state = 'queued' AND due <= ? {of_site} {others} AND {wanted}"  # noqa: S608
        values = (until, *([site] if site else []), *left, most)
        return int(self._db.execute(f"SELECT COUNT(*) FROM ({queued} LIMIT ?)", values).fetchone()[0])  # noqa: S608

    def leased(self) -> int:
        """How many URLs are under way."""
        return sum(self.hosts.leased.values())

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
