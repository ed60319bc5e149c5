"""The shared frontier as one worker has it."""

import math
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from archive.collection.failure import Failed
from crawler.frontier.dialect import POSTGRES
from crawler.frontier.entry import Entry, entry_of
from crawler.frontier.hosts import Hosts
from crawler.frontier.questions import Questions
from crawler.frontier.renewal import Renewal
from crawler.frontier.shared import statements
from crawler.frontier.shared.asked import Foreseen, QueuedAnew, SharedQuestions, Written
from crawler.frontier.shared.holding import LEASE, STOCK, Holding, moment
from crawler.frontier.shared.server import Connection, Server
from crawler.frontier.shared.work import Joined, Pulse, beat
from crawler.frontier.shared.writing import Fetched, Sheet, write
from crawler.frontier.wanted import Wanted


class SharedFrontier:
    """A `Store` for the URLs of these sites. What is found is held in memory until the next writing, which every
    question waits for; what was fetched until the archive is durable."""

    def __init__(self, server: Server, joined: Joined, sites: Sequence[str]) -> None:
        self.joined = joined
        self._server = server
        self._sites = list(sites)
        self._found: dict[str, Entry] = {}
        self._fetched: list[Fetched] = []
        self._foreseen = Foreseen(server)
        self._skew, self._articles = 0.0, 0
        self.hosts = Hosts()
        self.holding = Holding(server, joined.token, joined.run)
        tables = Written(server, self._write_found)
        self.questions: Questions = SharedQuestions(tables, self._foreseen, self._found)
        self.renewal = Renewal(tables, QueuedAnew(self._foreseen, self.holding), POSTGRES)
        self._pulse = Pulse(0.0, 0, 1, frozenset())
        self._write(Sheet())

    def now(self) -> float:
        """The server's time."""
        return time.time() + self._skew

    def clear(self) -> None:
        """Forget every URL; nobody else may be at work."""
        self._found.clear()
        self._foreseen.forget()
        self._server.execute("DELETE FROM frontier")

    def foresee(self, keys: Iterable[str]) -> None:
        """Look up all of them at once."""
        self._foreseen.look_up([key for key in keys if key not in self._found])

    def add(self, entry: Entry) -> bool:
        """Queue a URL unless its key is known already; whether it was new."""
        if entry.key in self._found or self._foreseen.state(entry.key):
            return False
        self._found[entry.key] = entry
        return True

    def renew(self, entry: Entry, *, began: float = math.inf) -> bool:
        """Queue a URL, known or not, unless it was read since then; whether it was not queued before."""
        if self.add(entry):
            return True
        self._write_found()
        changed = self._server.execute(statements.RENEW, (entry.priority, entry.key, began))
        self.holding.fill([entry.host])
        return bool(changed.rowcount)

    def redirect(self, entry: Entry, target: Entry) -> bool:
        """Queue where a leased URL leads, unless that is known; False if it leads back to this URL in the end."""
        self._server.execute("UPDATE frontier SET target = ? WHERE id = ?", (target.key, entry.id))
        if self._server.execute(statements.CHAIN, (target.key, entry.key)).fetchone():
            return False
        self.add(target)
        return True

    def ask_once_more(self, key: str) -> None:
        """Queue a URL that was fetched, though it led to another one."""
        found = self._server.execute(statements.ONCE_MORE, (key,)).fetchone()
        if found:
            self._fetched[:] = [one for one in self._fetched if one.id != found[0]]
            self.holding.fill([found[1]])

    def lease(
        self, now: float, most_per_host: int, wanted: Wanted = Wanted.ALL, *, site: str | None = None, gap: float = 0
    ) -> Entry | None:
        """The next URL to fetch, from the held host that has the fewest under way; other hosts are taken where those
        have nothing. A host is one run's alone."""
        if found := self._lease(now, most_per_host, wanted, site, gap):
            return found
        self._write_found()
        self.holding.take(now, wanted, [site] if site else self._sites)
        return self._lease(now, most_per_host, wanted, site, gap)

    def _lease(self, now: float, most: int, wanted: Wanted, site: str | None, gap: float) -> Entry | None:
        free = [host for host in self.holding.free() if self.hosts.leased[host] < most]
        for host in sorted(free, key=lambda one: self.hosts.leased[one]):
            if self.hosts.rests(host, now) or (site and not self._may_ask(host, site, now - gap)):
                continue
            if row := self._next(host, wanted, now, site):
                entry = entry_of(row)
                self.hosts.take(entry, now)
                return entry
            self.holding.dry(host)
        return None

    def _next(self, host: str, wanted: Wanted, now: float, site: str | None) -> tuple[Any, ...] | None:
        turns = (Wanted.PAGES, wanted) if wanted is Wanted.ALL and self.hosts.owes_a_page(host) else (wanted,)
        for kind in turns:
            ask = partial(self._due, host, kind, now, site)
            if row := self.holding.hosts[host].draw((kind, site), ask, self._busy()):
                return row
        return None

    def _due(self, host: str, kind: Wanted, now: float, site: str | None) -> list[tuple[Any, ...]]:
        values = (host, now, [site] if site else self._sites, self._busy(), STOCK)
        return self._server.execute(statements.NEXT.replace("%s", kind), values).fetchall()

    def _may_ask(self, host: str, site: str, since: float) -> bool:
        return self.hosts.asking(host) in (None, site) or (
            self.hosts.leased[host] == 0 and self.hosts.rested(host, since)
        )

    def _busy(self) -> list[int]:
        """What is queued still and must not be leased: it is under way, or was fetched and is not written down."""
        return [*self.hosts.under_way(), *(one.id for one in self._fetched)]

    def before_sending(self, host: str) -> Callable[[], None] | None:
        """A worker that was stopped for a while looks at its lease first."""
        return partial(self._still_ours, host) if host in self.holding.hosts else None

    def _still_ours(self, host: str) -> None:
        if not self.holding.is_sure:
            self._write(Sheet(), renew=True)
        self.holding.require(host)

    def pace(self, host: str, gap: float) -> None:
        """Kept in the host's row, for whoever asks it next."""
        if held := self.holding.hosts.get(host):
            held.gap = gap

    def leave(self, site: str) -> None:
        """The run of a site is over: what it had under way is queued as it was."""
        self.hosts.leave(site)

    def done(self, entry: Entry, *, status: int, etag: str | None, last_modified: str | None, now: float) -> None:
        """A leased URL has been fetched. It counts as done once a `commit` includes it."""
        is_article = entry.origin.purpose == "article" and 200 <= status < 300
        self._fetched.append(Fetched(entry.id, entry.host, status, etag, last_modified, now, is_article))
        self.hosts.back(entry, now)

    def settle(
        self, entries: Sequence[Entry], status: int, etag: str | None, last_modified: str | None, now: float
    ) -> bool:
        """A URL was fetched, as the archive shows, by whichever of these keys it is known; False if that was known."""
        if not any(self._foreseen.state(entry.key) for entry in entries):
            self.add(entries[0])
        self._write_found()
        keys = [entry.key for entry in entries]
        told = (status, etag, last_modified, now, status, now)
        changed = self._server.execute(statements.SETTLE, (*told, keys))
        return changed.rowcount > 0

    def account(self, warc: str) -> None:
        """Everything that this WARC file holds is known here."""
        self._server.execute("INSERT INTO accounted VALUES (?) ON CONFLICT DO NOTHING", (warc,))

    def finished(self) -> int:
        """How many URLs have been fetched and not yet committed; to be asked before the archive is made durable."""
        return len(self._fetched)

    def failed(self, entry: Entry, why: Failed, *, now: float) -> None:
        """A leased URL will not be tried again in this run."""
        self._give_up(entry, why, now, "failed")

    def gone(self, entry: Entry, why: Failed, *, now: float) -> None:
        """A leased article is not there (any more)."""
        self._give_up(entry, why, now, "gone")

    def _give_up(self, entry: Entry, why: Failed, now: float, state: str) -> None:
        told = (state, why.kind.value, why.status, why.detail, int(state == "gone"), now)
        self._server.execute(statements.FAILED, (*told, entry.id, self.joined.token))
        self.hosts.back(entry, now)

    def again(self, entry: Entry, why: Failed, *, due: float) -> None:
        """A leased URL failed and will be tried again at `due`."""
        values = (why.kind.value, why.status, why.detail, due, entry.id, entry.attempts, self.joined.token)
        self._server.execute(statements.AGAIN, values)
        self.hosts.back(entry, due)

    def pause(self, host: str, until: float) -> None:
        """Let nothing of a host be due before then, whatever run it belongs to, and also after a crash."""
        self._server.execute(statements.REST, (host, until))
        self._server.execute(statements.PUT_OFF, (until, host))
        self.holding.fill([host])

    def hold(self, site: str, refused: Sequence[Entry] = ()) -> None:
        """Let nothing of a site be leased, by any worker, for the rest of the run, nor what it refused."""
        self._write_found()
        self._server.execute(statements.HOLD_REFUSED, ([entry.id for entry in refused],))
        self._server.execute(statements.HOLD, (site,))
        self.holding.fill(list(self.holding.hosts))

    def release(self, site: str) -> None:
        """Others may be at work still: what is held is queued when the last of them leaves."""

    def waiting(self, until: float, wanted: Wanted = Wanted.ALL, *, most: int = 1, site: str | None = None) -> int:
        """How many URLs are queued and due by then, at whosever hosts, counted up to `most`."""
        self._write_found()
        values = (until, [site] if site else self._sites, self._left_alone(until), self._busy(), most)
        found = self._server.execute(statements.WAITING.replace("%s", wanted), values).fetchone()
        return int(found[0]) if found else 0

    def _left_alone(self, until: float) -> list[str]:
        own = {host for host, end in self.hosts.resting(until).items() if end == math.inf}
        return [*(own | self._pulse.given_up)]

    def leased(self) -> int:
        """How many URLs this worker has under way."""
        return sum(self.hosts.leased.values())

    def elsewhere(self) -> int:
        """How many articles the run's other workers have fetched, as they said about a second ago."""
        return self._pulse.elsewhere

    def commit(self, finished: int = 0) -> None:
        """Write everything down, with the first so many fetched URLs as done."""
        fetched = self._fetched[:finished]
        waits = {one.host for one in self._fetched[finished:]}
        done_with = {
            *self.holding.over(),
            *(host for host in self._left_alone(self.now()) if host in self.holding.hosts),
        }
        over = [host for host in done_with if not self.hosts.leased[host] and host not in waits]
        self._articles += sum(one.is_article for one in fetched)
        self._write(self._sheet(fetched, over), renew=self.holding.is_due)
        del self._fetched[:finished]

    def _sheet(self, fetched: Sequence[Fetched], given_back: Sequence[str]) -> Sheet:
        left_alone = self._left_alone(self.now())
        gaps = {host: self.holding.hosts[host].gap for host in given_back}
        return Sheet(list(self._found.values()), fetched, {}, gaps, [host for host in gaps if host in left_alone])

    def _write_found(self) -> None:
        if self._found:
            self._write(self._sheet((), ()))

    def _write(self, sheet: Sheet, *, renew: bool = False) -> None:
        joined, asked = self.joined, moment()
        held = {host: one.gap for host, one in self.holding.hosts.items() if host not in sheet.given_back}
        sheet = Sheet(sheet.found, sheet.fetched, held if renew else {}, sheet.given_back, sheet.given_up)

        def work(db: Connection) -> tuple[set[str], Pulse]:
            ours = write(db, sheet, token=joined.token, run=joined.run, lease=LEASE)
            return ours, beat(db, joined.token, joined.run, self._articles)

        ours, self._pulse = self._server.run(work)
        self._skew, self.holding.share = self._pulse.now - time.time(), self._pulse.share
        if renew:
            self.holding.kept(asked, ours)
        self.holding.gave(sheet.given_back)
        self.holding.fill({entry.host for entry in sheet.found})
        for entry in sheet.found:
            self._found.pop(entry.key, None)
            self._foreseen.queued(entry)

    def close(self) -> None:
        """Commit, and give back all hosts. The connection stays, for the run's report."""
        self._write(self._sheet((), list(self.holding.hosts)))
