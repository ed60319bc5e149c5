"""What a crawl asks of a frontier, wherever it is kept: in the collection's own file (crawler.frontier.table) or on a
server that several machines share (crawler.frontier.shared)."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from archive.collection.failure import Failed
from archive.errors import CleancopyError
from crawler.frontier.entry import Entry
from crawler.frontier.hosts import Hosts
from crawler.frontier.questions import Questions
from crawler.frontier.renewal import Renewal
from crawler.frontier.wanted import Wanted


class HostLostError(CleancopyError):
    """This process was away for so long that another one may ask the host now: the request is not sent."""


class Store(Protocol):
    """Times are epoch seconds by the frontier's clock (`now`), which need not be this machine's.

    What is leased is this process's alone until it is given back: by `done`, `failed`, `gone` or `again`. What was
    fetched counts as done once a `commit` includes it, after the archive has been made durable.
    """

    hosts: Hosts
    questions: Questions
    renewal: Renewal

    def now(self) -> float:
        """The time by which all workers go."""

    def clear(self) -> None:
        """Forget every URL."""

    def add(self, entry: Entry) -> bool:
        """Queue a URL unless its key is known already; whether it was new."""

    def foresee(self, keys: Iterable[str]) -> None:
        """These are going to be added, most of them known: look all of them up at once where that is cheaper."""

    def redirect(self, entry: Entry, target: Entry) -> bool:
        """Queue where a leased URL leads, unless that is known; False if it leads back to this URL in the end."""

    def ask_once_more(self, key: str) -> None:
        """Queue a URL that was fetched, though it led to another one."""

    def renew(self, entry: Entry, *, began: float = math.inf) -> bool:
        """Queue a URL, known or not, unless it was read since then; whether it was not queued before."""

    def lease(
        self, now: float, most_per_host: int, wanted: Wanted = Wanted.ALL, *, site: str | None = None, gap: float = 0
    ) -> Entry | None:
        """The next URL to fetch; None if none is due that this process may ask for now."""

    def before_sending(self, host: str) -> Callable[[], None] | None:
        """What is to be called right before a request to a host is sent; raises HostLostError if it must not be."""

    def pace(self, host: str, gap: float) -> None:
        """This many seconds are kept between two requests to a host, by whoever asks it."""

    def leave(self, site: str) -> None:
        """The run of a site is over: what it had under way is queued again."""

    def done(self, entry: Entry, *, status: int, etag: str | None, last_modified: str | None, now: float) -> None:
        """A leased URL has been fetched."""

    def settle(
        self, entries: Sequence[Entry], status: int, etag: str | None, last_modified: str | None, now: float
    ) -> bool:
        """A URL was fetched, as the archive shows, by whichever of these keys it is known; False if that was known."""

    def account(self, warc: str) -> None:
        """Everything that this WARC file holds is known here."""

    def finished(self) -> int:
        """How many URLs have been fetched and not yet committed."""

    def failed(self, entry: Entry, why: Failed, *, now: float) -> None:
        """A leased URL will not be tried again in this run."""

    def gone(self, entry: Entry, why: Failed, *, now: float) -> None:
        """A leased article is not there (any more)."""

    def again(self, entry: Entry, why: Failed, *, due: float) -> None:
        """A leased URL failed and will be tried again at `due`."""

    def pause(self, host: str, until: float) -> None:
        """Let nothing of a host be due before then, whatever run it belongs to, and also after a crash."""

    def hold(self, site: str, refused: Sequence[Entry] = ()) -> None:
        """Let nothing of a site be leased until `release`, nor what it refused, which is queued once more."""

    def release(self, site: str) -> None:
        """Queue what is held of a site, for a later run."""

    def waiting(self, until: float, wanted: Wanted = Wanted.ALL, *, most: int = 1, site: str | None = None) -> int:
        """How many URLs are queued and due by then, counted up to `most`."""

    def leased(self) -> int:
        """How many URLs this process has under way."""

    def elsewhere(self) -> int:
        """How many articles other processes have fetched in the same run."""

    def commit(self, finished: int = 0) -> None:
        """Make everything durable, with the first so many fetched URLs as done. Raises CollectionError."""

    def close(self) -> None:
        """Commit and close."""
