"""The hosts that one worker holds: it alone may ask them until its lease ends."""

import math
import os
import time
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from archive.operations.shared_server import CLOCK
from crawler.frontier.shared.server import NOW, Connection, Server
from crawler.frontier.store import HostLostError
from crawler.frontier.wanted import Wanted

#: Seconds after which a dead worker's hosts fall free, the gap of each added; CLEANCOPY_LEASE says another number.
LEASE = float(os.environ.get("CLEANCOPY_LEASE", "60"))
#: The part of a lease after which it is renewed, and after which nothing is sent without asking the server.
_RENEWED, _SURE = 1 / 6, 0.8
#: Hosts that a worker holds at most, twice as many as Scrapy asks at a time; and that it takes at once.
MOST, AT_ONCE = 64, 16
#: Seconds after which a host is given back, so that others get their turn where more wait than can be held.
SLICE = 120.0
#: Seconds for which a host is held that was had for one request alone: longer than a request may take.
LENT = 90.0
#: Seconds for which a host is not looked at again that had nothing due, and the server where no host was free.
_DRY = 1.0
#: URLs of a host that are asked for at once, and seconds for which they are kept: each question takes a turn.
STOCK, _STOCKED_FOR = 8, 5.0
#: Seconds between two looks for hosts that sleep though something is queued there.
_WAKEN = 10.0
_TAKE = f"""
UPDATE hosts SET holder = ?, next_at = {CLOCK} + ? + hosts.gap
FROM (
    SELECT host FROM hosts AS h WHERE next_at <= {NOW} AND given_up IS DISTINCT FROM ? AND EXISTS (
        SELECT 1 FROM frontier WHERE host = h.host AND state = 'queued' AND due <= ? AND site = ANY(?) AND %s
    ) ORDER BY next_at LIMIT ? FOR UPDATE SKIP LOCKED
) AS free
WHERE hosts.host = free.host RETURNING hosts.host, hosts.gap
"""  # noqa: S608 - our own words
_BORROW = f"""
UPDATE hosts SET holder = %s, next_at = {CLOCK} + %s + gap
WHERE host = %s AND CASE WHEN holder IS NULL THEN free_at ELSE next_at END <= {CLOCK} RETURNING gap
"""  # noqa: S608
#: What was queued while its host was being given back could sleep with it.
_WAKE = """
UPDATE hosts SET next_at = free_at WHERE next_at = 'Infinity'
AND EXISTS (SELECT 1 FROM frontier WHERE host = hosts.host AND state = 'queued')
"""


def _now() -> float:
    """Seconds that go on while a machine is asleep."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


Row = tuple[Any, ...]


@dataclass(slots=True)
class Held:
    """A host: since when, until when nothing is due there, and the seconds between two requests; `leased_gap` are those
    of them that its lease covers. It is not given back before `lent_until`. With a `site` it was taken for that one's
    run: two that share a process have no host in common."""

    since: float
    site: str | None = None
    dry_until: float = 0.0
    gap: float = 0.0
    leased_gap: float = 0.0
    lent_until: float = 0.0
    _stock: list[Row] = field(default_factory=list)
    _stocked: tuple[object, float] = (None, 0.0)

    def draw(self, what: object, ask: Callable[[], list[Row]], busy: Container[int]) -> Row | None:
        """The next URL of this kind that is not under way; `ask` gives some, in order."""
        if not self._stock or self._stocked[0] != what or self._stocked[1] <= _now():
            self._stock, self._stocked = ask(), (what, _now() + _STOCKED_FOR)
        while self._stock:
            row = self._stock.pop(0)
            if row[0] not in busy:
                return row
        return None

    def fill(self) -> None:
        """There may be something else to do."""
        self.dry_until = 0.0
        self._stock.clear()


class Holding:
    """Of the worker with this token, in one run. `share` is how many hosts it holds where others have nothing to do."""

    def __init__(self, server: Server, token: int, run: int) -> None:
        self._server = server
        self._token = token
        self._run = run
        self.hosts: dict[str, Held] = {}
        self.share = MOST
        self._sure_until = self._renew_at = 0.0
        self._wake_at = 0.0
        self._look_at: dict[str | None, float] = {}

    def take(self, now: float, wanted: Wanted, sites: Sequence[str], site: str | None = None) -> bool:
        """Take hosts where something of these sites is due, with a `site` for its run alone; whether there were any."""
        asked, own = _now(), sum(held.site == site for held in self.hosts.values())
        room = min(MOST, self.share) - own
        if room <= 0 or asked < self._look_at.get(site, 0.0):
            return False
        if asked >= self._wake_at:
            self._wake_at = asked + _WAKEN
            self._server.execute(_WAKE)
        if not self.hosts:
            # Those that are held were held for as long as the oldest of them at the least.
            self._renewed(asked)
        values = (self._token, LEASE, self._run, now, list(sites), min(room, AT_ONCE))
        found = self._server.execute(_TAKE.replace("%s", wanted), values).fetchall()
        for host, gap in found:
            self.hosts[host] = Held(asked, site, gap=gap, leased_gap=gap)
        if not found:
            self._look_at[site] = asked + _DRY
        return bool(found)

    def borrow(self, host: str) -> bool:
        """Take this host for a while, whatever is due there; whether it is had now."""
        asked = _now()
        if host not in self.hosts:
            if not self.hosts:
                self._renewed(asked)
            found = self._server.run(lambda db: self._borrowed(db, host))
            if found is None:
                return False
            # Once its time is over it is given back.
            self.hosts[host] = Held(asked - SLICE, dry_until=asked + _DRY, gap=found, leased_gap=found)
        self.hosts[host].lent_until = asked + LENT
        return True

    def _borrowed(self, db: Connection, host: str) -> float | None:
        db.execute("INSERT INTO hosts (host) VALUES (%s) ON CONFLICT DO NOTHING", (host,))
        row = db.execute(_BORROW, (self._token, LEASE, host)).fetchone()
        return None if row is None else float(row[0])

    def free(self, site: str | None = None) -> list[str]:
        """The hosts that may be asked for more, in the run of a site or in that of all."""
        now, over = _now(), set(self.over())
        mine = ((host, held) for host, held in self.hosts.items() if held.site == site)
        return [host for host, held in mine if held.dry_until <= now and host not in over]

    def leave(self, site: str) -> None:
        """The run of a site is over: its hosts are given back with the next writing."""
        for held in self.hosts.values():
            if held.site == site:
                held.since = -math.inf

    def dry(self, host: str) -> None:
        """Nothing is due at a host."""
        self.hosts[host].dry_until = _now() + _DRY

    def fill(self, hosts: Iterable[str]) -> None:
        """Something was queued there."""
        self._look_at.clear()
        for host in hosts:
            if host in self.hosts:
                self.hosts[host].fill()

    def wake(self) -> None:
        """Something was queued at hosts that may sleep."""
        self._wake_at = 0.0

    def over(self) -> list[str]:
        """The hosts to be given back once nothing is under way there."""
        now, too_many = _now(), len(self.hosts) - self.share
        return [
            host
            for place, (host, held) in enumerate(self.hosts.items())
            if held.lent_until <= now and (held.dry_until > now or now >= held.since + SLICE or place < too_many)
        ]

    @property
    def is_due(self) -> bool:
        """Whether the leases are to be renewed."""
        return bool(self.hosts) and _now() >= self._renew_at

    def is_sure(self, host: str) -> bool:
        """Whether no other process can hold a host that this one does, nor ask it before its gap is over."""
        held = self.hosts.get(host)
        return _now() < self._sure_until and (held is None or held.gap <= held.leased_gap)

    def kept(self, asked: float, hosts: Iterable[str]) -> None:
        """These were ours when the server was asked, and are for another lease; the others are lost."""
        still = set(hosts)
        self.hosts = {host: held for host, held in self.hosts.items() if host in still}
        for held in self.hosts.values():
            held.leased_gap = held.gap
        self._renewed(asked)

    def _renewed(self, asked: float) -> None:
        self._sure_until, self._renew_at = asked + LEASE * _SURE, asked + LEASE * _RENEWED

    def gave(self, hosts: Iterable[str]) -> None:
        """These are others' now."""
        for host in hosts:
            self.hosts.pop(host, None)

    def require(self, host: str) -> None:
        """Raises HostLostError unless this worker holds a host."""
        if host not in self.hosts:
            raise HostLostError(f"{host} is another worker's now: this one was away for longer than {LEASE:g} s.")


def moment() -> float:
    """Now, by the clock of `Holding`."""
    return _now()
