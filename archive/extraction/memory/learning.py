"""The memories of all sites of a collection while they are learnt."""

import logging
from collections.abc import Iterator
from datetime import datetime

from archive.errors import ConfigurationError
from archive.extraction.memory.learner import SiteLearner
from archive.extraction.memory.observation import Observation
from archive.extraction.memory.shelf import MemoryShelf, is_file_name
from archive.extraction.memory.site_memory import SiteMemory

_log = logging.getLogger(__name__)
#: Texts that are counted over all sites at a time, at some 300 bytes each.
_MOST_COUNTED = 500_000
#: Pages between two looks at that.
_EVERY = 200


class Learning:
    """Fed with one page after the other. `anew` forgets what the shelf knows of the sites."""

    def __init__(self, shelf: MemoryShelf, *, anew: bool = False) -> None:
        self._shelf = shelf
        self._anew = anew
        self._learners: dict[str, SiteLearner | None] = {}
        self._added = 0

    def add(self, page: Observation) -> None:
        """Learn from a page."""
        learner = self._learner(page.site)
        if learner is not None and learner.add(page):
            self._added += 1
            if self._added % _EVERY == 0:
                self._keep_small()

    def sites(self) -> list[str]:
        """The sites that something was learnt of."""
        return [site for site, _ in self._fed()]

    def memories(self) -> Iterator[SiteMemory]:
        """What is known now of each site that something was learnt of."""
        for _, learner in self._fed():
            yield learner.memory()

    def _fed(self) -> Iterator[tuple[str, SiteLearner]]:
        for site in sorted(self._learners):
            learner = self._learners[site]
            if learner is not None and learner.added:
                yield site, learner

    def save(self, now: datetime) -> None:
        """Write what is known now, for captures that come after `now`."""
        for memory in self.memories():
            self._shelf.put(memory, now)

    def _learner(self, site: str) -> SiteLearner | None:
        if site not in self._learners:
            self._learners[site] = self._begin(site)
        return self._learners[site]

    def _begin(self, site: str) -> SiteLearner | None:
        if not is_file_name(site):
            return None
        try:
            return SiteLearner(SiteMemory(site) if self._anew else self._shelf.latest(site))
        except ConfigurationError as error:
            # A crawl must not end because someone edited this file; it is left as it is.
            _log.warning("Nothing is learnt of %s: %s", site, error)
            return None

    def _keep_small(self) -> None:
        learners = [learner for learner in self._learners.values() if learner is not None]
        if sum(learner.counted for learner in learners) > _MOST_COUNTED:
            for learner in learners:
                learner.forget_rare()
