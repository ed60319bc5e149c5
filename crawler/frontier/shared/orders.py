"""The crawls of sites that a schedule began: for other machines to join, and what each came to there."""

import json
from collections.abc import Mapping
from typing import Any

from archive.operations.shared_server import CLOCK
from crawler.frontier.shared.holding import LEASE
from crawler.frontier.shared.seat import Seat
from crawler.frontier.shared.server import Connection, Server
from crawler.frontier.shared.work import Joined, Part

#: Seconds from when a crawl was begun to when others join: most are over by then.
JOINED_AFTER = 5.0
#: Seconds for which reports are kept for machines that have no folder in common with the one that wrote them.
_KEPT_FOR = 30 * 86_400
#: Hosts that were given up were so for the last run of their site.
_ASKED_ANEW = (
    "UPDATE hosts SET given_up = NULL WHERE given_up IS NOT NULL "
    "AND EXISTS (SELECT 1 FROM frontier WHERE host = hosts.host AND site = %s)"
)


class Orders:
    """What whoever has the say lets all do."""

    def __init__(self, server: Server, seat: Seat) -> None:
        self._server = server
        self._seat = seat

    def give(self, site: str, order: str) -> None:
        """Let others join this crawl of a site. Raises SeatLostError."""

        def given(db: Connection) -> None:
            self._seat.require(db)
            db.execute(_ASKED_ANEW, (site,))
            db.execute("DELETE FROM orders WHERE site = %s", (site,))
            db.execute(f"INSERT INTO orders VALUES (%s, {CLOCK}, %s)", (site, order))  # noqa: S608

        self._server.run(given)

    def withdraw(self, site: str | None = None) -> None:
        """Let nobody join, or go on with, the crawl of a site; of any, without one. Raises SeatLostError."""

        def withdrawn(db: Connection) -> None:
            self._seat.require(db)
            db.execute("DELETE FROM orders WHERE CAST(%s AS TEXT) IS NULL OR site = %s", (site, site))

        self._server.run(withdrawn)

    def there(self) -> dict[str, tuple[str, bool]]:
        """The orders by site, and whether each is to be joined by now."""
        found = f"SELECT site, content, at < {CLOCK} - ? FROM orders"  # noqa: S608
        return {site: (order, ripe) for site, order, ripe in self._server.execute(found, (JOINED_AFTER,))}

    def reports_since(self, moment: float) -> list[tuple[str, float, str]]:
        """Reports that were written later than that: name, when, and what they say."""
        found = "SELECT name, written, content FROM reports WHERE written > ? ORDER BY written"
        return list(self._server.execute(found, (moment,)))


class SiteParts:
    """What the workers of one crawl of a site came to, by the name of its report."""

    def __init__(self, server: Server, joined: Joined) -> None:
        self._server = server
        self._joined = joined

    def begin(self, report: str, worker: str) -> None:
        """This worker takes part."""
        self._server.execute(
            "INSERT INTO order_parts VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (report, self._joined.token, worker)
        )

    def hand_in(self, report: str, part: Mapping[str, Any]) -> None:
        """What this worker came to."""
        self._server.execute(
            "UPDATE order_parts SET part = ? WHERE report = ? AND worker = ?",
            (json.dumps(part), report, self._joined.token),
        )

    def end(self, site: str, report: str) -> None:
        """Nothing is left to do in this crawl."""
        self._server.execute("DELETE FROM orders WHERE site = ? AND content ->> 'report' = ?", (site, report))

    def are_missing(self, report: str) -> bool:
        """Whether others that live have yet to hand in theirs."""
        missing = (
            f"SELECT 1 FROM order_parts AS p JOIN workers ON workers.id = p.worker WHERE report = ? "  # noqa: S608
            f"AND p.part IS NULL AND p.worker != ? AND workers.ended IS NULL AND seen > {CLOCK} - ?"
        )
        return self._server.execute(missing, (report, self._joined.token, LEASE)).fetchone() is not None

    def all(self, report: str) -> list[Part]:
        """The parts of all."""
        found = "SELECT name, part FROM order_parts WHERE report = ? ORDER BY worker"
        return [Part(name, 0, part and json.loads(part)) for name, part in self._server.execute(found, (report,))]

    def release(self, site: str) -> None:
        """Queue what was left alone of a site, for a later run."""
        self._server.execute("UPDATE frontier SET state = 'queued' WHERE state = 'held' AND site = ?", (site,))

    def keep(self, name: str, report: str) -> None:
        """The whole report, for machines with folders of their own."""

        def kept(db: Connection) -> None:
            db.execute(
                f"INSERT INTO reports VALUES (%s, {CLOCK}, %s) ON CONFLICT (name) DO UPDATE "  # noqa: S608
                "SET written = excluded.written, content = excluded.content",
                (name, report),
            )
            db.execute(f"DELETE FROM reports WHERE written < {CLOCK} - %s", (_KEPT_FOR,))  # noqa: S608
            db.execute("DELETE FROM order_parts WHERE report = %s", (name,))

        self._server.run(kept)
