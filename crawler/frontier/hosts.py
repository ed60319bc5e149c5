"""Which run asks which host, so that two runs that share a process never ask one together."""

from collections import Counter


class Hosts:
    """Requests under way by host, the site whose run asks it, and when it was last asked (epoch seconds)."""

    def __init__(self) -> None:
        self.leased: Counter[str] = Counter()
        self._site: dict[str, str] = {}
        self._asked: dict[str, float] = {}

    def asking(self, host: str) -> str | None:
        """The site whose run asked a host last, unless that is over."""
        return self._site.get(host)

    def rested(self, host: str, since: float) -> bool:
        """Whether a host has not been asked later than that."""
        return self._asked.get(host, 0.0) <= since

    def take(self, host: str, site: str, now: float) -> None:
        """A request begins."""
        self.leased[host] += 1
        self._site[host] = site
        self._asked[host] = now

    def back(self, host: str, now: float) -> None:
        """A request has ended."""
        self.leased[host] -= 1
        self._asked[host] = now

    def leave(self, site: str) -> None:
        """The run of a site is over, and with it whatever it had under way."""
        for host in [host for host, asking in self._site.items() if asking == site]:
            del self._site[host], self.leased[host]
