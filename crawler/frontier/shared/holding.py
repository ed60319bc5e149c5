"""The hosts that one worker holds: it alone may ask them until its lease ends."""

import os
import time
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from crawler.frontier.shared.server import CLOCK, NOW, Server
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
    """A host: since when, until when nothing is due there, and the seconds between two requests."""

    since: float
    dry_until: float = 0.0
    gap: float = 0.0
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
        self._look_at = self._wake_at = 0.0

    def take(self, now: float, wanted: Wanted, sites: Sequence[str]) -> bool:
        """Take hosts where something is due; whether there were any."""
        asked, room = _now(), min(MOST, self.share) - len(self.hosts)
        if room <= 0 or asked < self._look_at:
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
            self.hosts[host] = Held(asked, gap=gap)
        if not found:
            self._look_at = asked + _DRY
        return bool(found)

    def free(self) -> list[str]:
        """The hosts that may be asked for more."""
        now, over = _now(), set(self.over())
        return [host for host, held in self.hosts.items() if held.dry_until <= now and host not in over]

    def dry(self, host: str) -> None:
        """Nothing is due at a host."""
        self.hosts[host].dry_until = _now() + _DRY

    def fill(self, hosts: Iterable[str]) -> None:
        """Something was queued there."""
        self._look_at = 0.0
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
            if held.dry_until > now or now >= held.since + SLICE or place < too_many
        ]

    @property
    def is_due(self) -> bool:
        """Whether the leases are to be renewed."""
        return bool(self.hosts) and _now() >= self._renew_at

    @property
    def is_sure(self) -> bool:
        """Whether no other process can hold what this one does."""
        return _now() < self._sure_until

    def kept(self, asked: float, hosts: Iterable[str]) -> None:
        """These were ours when the server was asked, and are for another lease; the others are lost."""
        still = set(hosts)
        self.hosts = {host: held for host, held in self.hosts.items() if host in still}
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
