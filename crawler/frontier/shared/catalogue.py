"""What workers know of WARC files: the index of their folder, and the payloads that all of them have seen."""

from collections.abc import Callable, Iterable
from pathlib import Path

from archive.collection.catalogue import Catalogue
from archive.collection.payloads import SeenPayloads
from archive.collection.workers import Workplace
from archive.errors import WarcError
from archive.warc.sighting import Original
from crawler.frontier.shared.server import Connection, Server

#: Of the folder's WARC files, those that are in its index; made anew if it is gone.
_TAKEN_IN = "taken-in.sqlite"
_FIRST = "SELECT digest, record_id, url, date FROM originals WHERE digest = ? AND form = ?"
_LATEST = "SELECT digest, record_id, url, date FROM latest WHERE asked = ?"
_KEEP = "INSERT INTO originals VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"
_KEEP_LATEST = (
    "INSERT INTO latest VALUES (%s, %s, %s, %s, %s) ON CONFLICT (asked) DO UPDATE "
    "SET digest = excluded.digest, record_id = excluded.record_id, url = excluded.url, date = excluded.date"
)


class SharedPayloads(SeenPayloads):
    """The originals, on the server; the files that are accounted for are this folder's."""

    def __init__(self, path: Path, server: Server) -> None:
        super().__init__(path)
        self._server = server

    def _first(self, digest: str, form: str) -> Original | None:
        if mine := self._noted.get((digest, form)):
            return mine
        row = self._server.execute(_FIRST, (digest, form)).fetchone()
        return Original(*row) if row else None

    def _latest_of(self, url: str) -> Original | None:
        if mine := self._latest.get(url):
            return mine
        row = self._server.execute(_LATEST, (url,)).fetchone()
        return Original(*row) if row else None

    def noted(self) -> int:
        """How many are known to this process alone."""
        return len(self._noted)

    def keep(self, noted: int | None = None) -> None:
        """What was noted is on disk now, or so many of it."""
        ripe = dict(list(self._noted.items())[:noted])
        # What the page itself was last seen as may be newer than these; it then waits for them.
        latest = self._latest if len(ripe) == len(self._noted) else {}

        def write(db: Connection) -> None:
            with db.cursor() as cursor:
                # In one order, or two workers that keep the same would wait for each other.
                cursor.executemany(
                    _KEEP,
                    [(one.digest, form, one.record_id, one.url, one.date) for (_, form), one in sorted(ripe.items())],
                )
                cursor.executemany(
                    _KEEP_LATEST,
                    [(asked, one.digest, one.record_id, one.url, one.date) for asked, one in sorted(latest.items())],
                )

        if ripe or latest:
            self._server.run(write)
        for key in ripe:
            del self._noted[key]
        if latest:
            self._latest.clear()

    def clear(self) -> None:
        """Forget everything: some of it may refer to what is not there any more."""
        super().clear()
        self._server.execute("DELETE FROM originals")
        self._server.execute("DELETE FROM latest")


class SharedCatalogue(Catalogue):
    """One worker at a time changes the index."""

    def __init__(self, workplace: Workplace, server: Server) -> None:
        collection = workplace.collection
        path = collection.path / ".workers" / _TAKEN_IN
        self._payloads = SharedPayloads(path, server)
        super().__init__(collection.index, path, self._payloads)
        self._workplace = workplace

    def noted(self) -> int:
        """How many payloads have been noted that only this process knows."""
        return self._payloads.noted()

    def durable(self, noted: int) -> None:
        """The first so many of them are on disk."""
        self._payloads.keep(noted)

    def keep(self, path: Path) -> None:
        """The file being written is complete."""
        with self._workplace.indexing():
            super().keep(path)

    def catch_up(self, warcs: Iterable[Path], progress: Callable[[int], None] = lambda _: None) -> list[WarcError]:
        """Take in files that are new."""
        with self._workplace.indexing():
            return super().catch_up(warcs, progress)
