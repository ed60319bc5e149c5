"""Which of the processes that keep one schedule decides what is begun: the others stand by."""

import os
from socket import gethostname

from archive.errors import CleancopyError
from archive.operations.shared_server import CLOCK
from crawler.frontier.shared.holding import LEASE
from crawler.frontier.shared.server import Connection, Server

#: Of PostgreSQL's advisory locks: held while it is settled who decides.
_SETTLING = 7_252_103
_OTHER = f"SELECT 1 FROM schedulers WHERE id != %s AND until > {CLOCK}"  # noqa: S608 - our own words
_DAY = 86_400


class SeatLostError(CleancopyError):
    """Another process decides by now: this one was away for longer than its lease."""


class Seat:
    """One process among the schedulers. Whoever has the say keeps it as long as it renews it, by the server's clock."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._number = 0

    def claim(self) -> bool:
        """Be heard of, and have or keep the say unless another has it; whether this process has it."""
        return self._server.run(self._claimed)

    def _claimed(self, db: Connection) -> bool:
        db.execute("SELECT pg_advisory_xact_lock(%s)", (_SETTLING,))
        seen = f"UPDATE schedulers SET seen = {CLOCK} WHERE id = %s"  # noqa: S608
        if not db.execute(seen, (self._number,)).rowcount:
            self._number = self._new(db)
        if db.execute(_OTHER, (self._number,)).fetchone():
            return False
        db.execute(f"UPDATE schedulers SET until = {CLOCK} + %s WHERE id = %s", (LEASE, self._number))  # noqa: S608
        return True

    def _new(self, db: Connection) -> int:
        db.execute(f"DELETE FROM schedulers WHERE seen < {CLOCK} - %s", (_DAY,))  # noqa: S608
        added = f"INSERT INTO schedulers (machine, process, began, seen) VALUES (%s, %s, {CLOCK}, {CLOCK}) RETURNING id"  # noqa: S608
        row = db.execute(added, (gethostname(), os.getpid())).fetchone()
        assert row is not None  # noqa: S101 - it gives one
        return int(row[0])

    def require(self, db: Connection) -> None:
        """In a transaction of the caller's: raises SeatLostError unless this process has the say until its end."""
        mine = f"SELECT 1 FROM schedulers WHERE id = %s AND until > {CLOCK} FOR SHARE"  # noqa: S608
        if db.execute(mine, (self._number,)).fetchone() is None:
            raise SeatLostError("Another process keeps the schedule by now.")

    def leave(self) -> None:
        """Be none of them any more."""
        self._server.execute("DELETE FROM schedulers WHERE id = ?", (self._number,))
