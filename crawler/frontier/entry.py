"""One URL of the frontier, as it stands in its table."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from archive.errors import CollectionError
from archive.exchange import Origin, Purpose


@dataclass(frozen=True, slots=True)
class Entry:
    """One URL of the frontier. `key` is its normalised form, `site` the domain of its configuration, `hops` the
    redirects that led to it, `etag` and `last_modified` what the server said last time, `captured` when it was first
    captured (epoch seconds), `runs` those in a row that failed at it."""

    key: str
    url: str
    origin: Origin
    site: str
    hops: int = 0
    priority: int = 0
    attempts: int = 0
    etag: str | None = None
    last_modified: str | None = None
    id: int = 0
    captured: float | None = None
    runs: int = 0

    @property
    def host(self) -> str:
        """Host and port, for fairness between servers; empty where an earlier version kept what is no URL."""
        try:
            return urlsplit(self.url).netloc.lower()
        except ValueError:
            return ""

    @property
    def is_list(self) -> bool:
        """Whether it leads to articles."""
        return self.origin.purpose not in (Purpose.ARTICLE, Purpose.PAGE) and not self.origin.purpose.is_extra


def new_row(entry: Entry) -> tuple[Any, ...]:
    """What a table keeps of an entry that is new to it: key, url, host, purpose, origin, site, hops, priority."""
    purpose = Purpose.REQUISITE if entry.origin.purpose.is_extra else entry.origin.purpose
    origin = json.dumps(entry.origin._asdict())
    return entry.key, entry.url, entry.host, purpose.value, origin, entry.site, entry.hops, entry.priority


def entry_of(row: tuple[Any, ...]) -> Entry:
    """The entry of a table row, in the order of the frontier's columns. Raises CollectionError for one that is none."""
    number, key, url, _host, _purpose, origin, site, hops, priority, attempts, etag, modified, captured, runs = row
    try:
        fields = json.loads(origin)
        fields["purpose"] = Purpose(fields["purpose"])
        told = Origin(**fields)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CollectionError(
            f"the frontier's entry of {url} does not say how the URL was found. Move state.sqlite away to begin anew."
        ) from error
    return Entry(key, url, told, site, hops, priority, attempts, etag, modified, number, captured, runs)


def redirected(entry: Entry, url: str, key: str) -> Entry:
    """The entry for where a redirect leads; its origin keeps the URL that was asked for first."""
    origin = entry.origin._replace(requested_url=entry.origin.requested_url or entry.url)
    return Entry(key, url, origin, entry.site, entry.hops + 1, entry.priority + 1)
