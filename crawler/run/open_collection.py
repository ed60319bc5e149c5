"""What a process holds of a collection while it crawls: its archive, frontier and records. One run uses it, or many."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from pathlib import Path

from archive.collection.catalogue import Catalogue
from archive.collection.folder import Collection
from archive.collection.workers import is_of
from archive.exchange import Capture, Origin
from archive.pipeline.earlier_pages import capture_before
from archive.pipeline.record_lines import LiveRecords
from archive.warc.writer import WarcWriter
from crawler.frontier.store import Store
from crawler.frontier.table import Frontier
from crawler.run.recovery import Needs, reconcile

#: Seconds between two times that the archive and the frontier are made durable.
SYNC_EVERY = 1.0


@dataclass(frozen=True, slots=True)
class Shared:
    """What several processes share of a collection, as one of them has it: `prefix` begins the names of its WARC files,
    `others` are the names of the workers whose files are not to be touched."""

    catalogue: Catalogue
    frontier: Store
    prefix: str
    others: Set[str]


class OpenCollection:
    """Opened under the collection's lock, closed before it is given back."""

    def __init__(
        self,
        collection: Collection,
        info: Mapping[str, str],
        stage: LiveRecords | None,
        shared: Shared | None = None,
    ) -> None:
        """`info` goes into each WARC file's warcinfo record; without a `stage` no records are made. `shared` is what
        other processes use as well; without it the collection is this process's alone."""
        self.collection = collection
        self.catalogue = shared.catalogue if shared else collection.catalogue()
        self.writer = WarcWriter(
            collection.archive,
            info=info,
            prefix=shared.prefix if shared else "cleancopy",
            on_close=self._warc_closed,
            catalogue=self.catalogue,
        )
        self.frontier: Store = shared.frontier if shared else Frontier(collection.state)
        self._others = shared.others if shared else frozenset()
        self.stage = stage
        self._saving = asyncio.Lock()

    def catch_up(self, tell: Callable[[str], None], needs: Needs | None = None) -> None:
        """Take note of what the archive holds and an earlier process had no time to write down. `needs` says what a
        page needs, if that is to be captured too."""
        for fault in self.catalogue.catch_up(self.collection.complete_warcs()):
            tell(f"{fault}. `cleancopy verify` tells more; what could be read of it is in the index.")
        if settled := reconcile(self.frontier, self._own_warcs(), needs):
            tell(f"{settled} captures of an earlier run are in the archive already and are not fetched again.")

    def _own_warcs(self) -> Iterator[Path]:
        """All but what other workers are writing, or have just written."""
        yield from (path for path in self.collection.warcs() if not is_of(path, self._others))

    def captured(self, origin: Origin) -> Capture | None:
        """The page before this one of a story, as it was captured."""
        return capture_before(self.collection, origin)

    def _warc_closed(self, path: Path) -> None:
        self.frontier.account(path.name)
        if self.stage:
            self.stage.warc_closed(path.name)

    async def keep_durable(self) -> None:
        """Sync and commit until cancelled."""
        while True:
            await asyncio.sleep(SYNC_EVERY)
            await self.checkpoint()

    async def checkpoint(self) -> None:
        """Make the archive durable, then count as done what was fetched before that began."""
        async with self._saving:
            finished, noted = self.frontier.finished(), self.catalogue.noted()
            await asyncio.to_thread(self.writer.sync)
            self.catalogue.durable(noted)
            self.frontier.commit(finished)

    def close(self) -> None:
        """Archive first, then what was fetched. The frontier stays open, so that it can be asked how things ended."""
        finished = self.frontier.finished()
        self.writer.close()
        self.catalogue.close()
        self.frontier.commit(finished)
