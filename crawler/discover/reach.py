"""Which hosts a site's file is for. What it permits, and what it has sent, reaches no further, wherever pages lead."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from archive.sites import Site
from archive.sites.host_names import looked_up

#: A host, as it is looked up, with a port.
Place = tuple[str, int]
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Reach:
    """A site's own hosts: its `domains` and what lies below them, on the usual ports, and the `places` that are named
    with all their URL. `open_places` are those of them that are named with http, without TLS."""

    domains: frozenset[str]
    places: frozenset[Place]
    open_places: frozenset[Place]
    is_open: bool

    def holds(self, url: str) -> bool:
        """Whether a URL is on one of these hosts."""
        place = place_of(url)
        if place is None or place in self.places:
            return place is not None
        host, port = place
        return port in _PORTS.values() and any(_is_below(host, domain) for domain in self.domains)

    def is_safe(self, url: str) -> bool:
        """Whether a secret may go to a URL: over TLS, or where the site is known to have none."""
        return self.holds(url) and (url.startswith("https:") or self.is_open or place_of(url) in self.open_places)


def reach_of(site: Site, asked: Iterable[str] = ()) -> Reach:
    """The own hosts of a site. `asked` are URLs that the user wants of it."""
    written, asked = list(_written(site)), list(asked)
    of_user = asked if site.home is None else []
    return Reach(
        domains=frozenset(filter(None, map(looked_up, (site.domain, *site.aliases)))),
        places=frozenset(filter(None, map(place_of, (site.front, *written, *asked)))),
        open_places=frozenset(filter(None, (place_of(url) for url in (*written, *of_user) if url[:5] == "http:"))),
        is_open=site.front.startswith("http:"),
    )


def _written(site: Site) -> Iterator[str]:
    """All other URLs that a site's file names."""
    lists = site.discover
    for url in (*lists.news_sitemaps, *lists.sitemaps, *lists.feeds):
        yield site.place(url)
    for url in (*(section.url for section in lists.sections), *(archive.url for archive in lists.archives)):
        yield site.place(url)
    for test in site.tests:
        yield test.url


def place_of(url: str) -> Place | None:
    """The host and port of a URL; None where it has none."""
    try:
        parts = urlsplit(url)
        host = looked_up(parts.hostname or "")
        return (host, parts.port or _PORTS[parts.scheme]) if host else None
    except (ValueError, KeyError):
        return None


def _is_below(host: str, domain: str) -> bool:
    if host == domain:
        return True
    return "." in domain and host.endswith("." + domain) and not _is_address(domain)


def _is_address(host: str) -> bool:
    try:
        return bool(ip_address(host))
    except ValueError:
        return False
