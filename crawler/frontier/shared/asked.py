"""What is asked of the shared tables, after all that this worker found has been written into them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from archive.telling.kinds import Skipped
from crawler.frontier.dialect import POSTGRES, Rows
from crawler.frontier.entry import Entry
from crawler.frontier.questions import Questions, known_as
from crawler.frontier.shared.holding import Holding
from crawler.frontier.shared.server import Server

#: Keys whose states are remembered for a while: as many as the longest sitemap has.
_MOST = 50_000


class Written:
    """The tables, once `first` has been done."""

    def __init__(self, server: Server, first: Callable[[], None]) -> None:
        self._server = server
        self._first = first

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> Rows:
        """Run a statement."""
        self._first()
        return self._server.execute(statement, values)


class Foreseen:
    """States of keys that were looked up together: lists name thousands, and a question each takes as many turns."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._states: dict[str, tuple[str, str] | None] = {}

    def look_up(self, keys: Sequence[str]) -> None:
        """Ask for all of these."""
        self._states = dict.fromkeys(keys[:_MOST])
        rows = self._server.execute("SELECT key, state, url FROM frontier WHERE key = ANY(?)", (keys[:_MOST],))
        self._states.update((key, (state, url)) for key, state, url in rows)

    def state(self, key: str) -> tuple[str, str] | None:
        """State and URL of a key; None for one that is not known."""
        if key not in self._states:
            found = self._server.execute("SELECT state, url FROM frontier WHERE key = ?", (key,)).fetchone()
            return None if found is None else (found[0], found[1])
        return self._states[key]

    def queued(self, entry: Entry) -> None:
        """It is known now."""
        if entry.key in self._states:
            self._states[entry.key] = ("queued", entry.url)

    def forget(self) -> None:
        """Look everything up anew."""
        self._states.clear()


class QueuedAnew:
    """Told by renewals: what was looked up may be otherwise, and hosts that had nothing to do have."""

    def __init__(self, foreseen: Foreseen, holding: Holding) -> None:
        self._foreseen = foreseen
        self._holding = holding

    def add(self, site: str, hosts: Iterable[str], *, times: int = 1) -> None:  # noqa: ARG002 - as SQLite's is told
        """Something was queued at these hosts."""
        self._foreseen.forget()
        self._holding.fill(hosts)
        self._holding.wake()

    def count(self, site: str | None = None) -> None:  # noqa: ARG002
        """Something was queued at hosts of a site."""
        self._foreseen.forget()
        self._holding.fill(list(self._holding.hosts))
        self._holding.wake()


class SharedQuestions(Questions):
    """The same questions. What is known of an article is answered from what was looked up or found."""

    def __init__(self, tables: Written, foreseen: Foreseen, found: Mapping[str, Entry]) -> None:
        super().__init__(tables, POSTGRES)
        self._foreseen = foreseen
        self._found = found

    def why_known(self, key: str, url: str) -> Skipped:
        """What is known of an article that is not new, in words."""
        if key in self._found:
            return known_as("queued", self._found[key].url, url)
        return known_as(*(self._foreseen.state(key) or ("queued", url)), url)
