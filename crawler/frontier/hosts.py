"""What is held in memory of a frontier's hosts: where URLs wait, and which run asks which, so that two runs that share
a process never ask one together."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from crawler.frontier.entry import Entry

#: Lists that are read at one host before anything else; from then on lists and pages take turns, so that lists without
#: end starve no article.
LISTS_FIRST = 20


class Waiting:
    """How many URLs are queued, by site and host."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.count()

    def add(self, site: str, hosts: Iterable[str], *, times: int = 1) -> None:
        """So many URLs of each host were queued, or taken where that is negative."""
        for host in hosts:
            self._counts[site][host] += times

    def at(self, site: str, host: str) -> bool:
        """Whether anything of a site waits at a host."""
        return self._counts[site][host] > 0

    def places(self, site: str | None) -> Iterator[tuple[str, str]]:
        """Where something waits, of a site or of all: host and site."""
        for name in [site] if site else list(self._counts):
            yield from ((host, name) for host, count in self._counts[name].items() if count > 0)

    def count(self, site: str | None = None) -> None:
        """Count anew what the table holds, of a site or of all."""
        for name in [site] if site else list(self._counts):
            self._counts[name].clear()
        counted = (
            "SELECT site, host, COUNT(*) FROM frontier WHERE state = 'queued' AND (? IS NULL OR site = ?) "
            "GROUP BY site, host"
        )
        for name, host, count in self._db.execute(counted, (site, site)):
            self._counts[name][host] = count


class Hosts:
    """Requests under way by host, the site whose run asks it, and when it was last asked (epoch seconds)."""

    def __init__(self) -> None:
        self.leased: Counter[str] = Counter()
        self._under_way: dict[int, str] = {}
        self._lists: Counter[str] = Counter()
        self._site: dict[str, str] = {}
        self._asked: dict[str, float] = {}
        self._rests: dict[str, float] = {}

    def rest(self, host: str, until: float) -> None:
        """Leave a host alone until then, in this process alone."""
        self._rests[host] = until

    def rests(self, host: str, now: float) -> bool:
        """Whether a host is left alone now."""
        return self._rests.get(host, 0.0) > now

    def resting(self, now: float) -> dict[str, float]:
        """The hosts that are left alone, each until when."""
        return {host: until for host, until in self._rests.items() if until > now}

    def owes_a_page(self, host: str) -> bool:
        """Whether so many lists were read at a host that a page is next, if one waits."""
        return self._lists[host] >= LISTS_FIRST

    def asking(self, host: str) -> str | None:
        """The site whose run asked a host last, unless that is over."""
        return self._site.get(host)

    def rested(self, host: str, since: float) -> bool:
        """Whether a host has not been asked later than that."""
        return self._asked.get(host, 0.0) <= since

    def take(self, entry: Entry, now: float) -> None:
        """A request begins."""
        host = entry.host
        self._under_way[entry.id] = host
        self.leased[host] += 1
        self._site[host], self._asked[host] = entry.site, now
        self._lists[host] = self._lists[host] + 1 if entry.is_list else min(self._lists[host], LISTS_FIRST - 1)

    def back(self, entry: Entry, now: float) -> None:
        """A request has ended; said more than once, it counts once."""
        if host := self._under_way.pop(entry.id, None):
            self.leased[host] -= 1
            self._asked[host] = now

    def under_way(self) -> list[int]:
        """The numbers of the URLs that are asked for."""
        return list(self._under_way)

    def leave(self, site: str) -> None:
        """The run of a site is over, and with it whatever it had under way."""
        hosts = {host for host, asking in self._site.items() if asking == site}
        for number in [number for number, host in self._under_way.items() if host in hosts]:
            del self._under_way[number]
        for host in hosts:
            del self._site[host], self.leased[host]
            self._rests.pop(host, None)
