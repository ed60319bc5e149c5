"""Counting what repeats on sites' pages, one page after the other, in flat memory."""

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Self

from archive.errors import ConfigurationError
from archive.extraction.features.neighbours import Matrix
from archive.extraction.memory.article import KnownArticles
from archive.extraction.memory.recall import Observation
from archive.extraction.memory.shelf import MemoryShelf, is_file_name
from archive.extraction.memory.site_memory import MemoryFact, SiteMemory, as_written

_log = logging.getLogger(__name__)
#: Articles on which a text must stand to be remembered.
LEAST_PAGES = 2
#: Articles from which counts are halved, so that memory follows a site's redesigns.
MOST_ARTICLES = 400
#: Texts that are counted at a time; most stand on one page only and are dropped when there are too many.
_MOST_COUNTED = 20_000
#: Texts and places that a file holds, those on most pages first.
_MOST_TEXTS, _MOST_PLACES = 1500, 500
#: Articles that a file names, to know their captures again.
_MOST_NAMED = 200
#: Texts that are counted over all sites at a time, at some 300 bytes each.
_MOST_OF_ALL = 500_000
#: Pages between two looks at that.
_EVERY = 200


class _Count:
    """One text or place being counted; `beliefs` is the sum over its pages."""

    __slots__ = ("beliefs", "blocks", "distinct", "excerpt", "pages", "place")

    def __init__(self, pages: float, blocks: float, distinct: float, beliefs: Matrix, excerpt: str, place: str) -> None:
        self.pages, self.blocks, self.distinct = pages, blocks, distinct
        self.beliefs = beliefs
        self.excerpt, self.place = excerpt, place

    @classmethod
    def of(cls, fact: MemoryFact) -> Self:
        """Go on from what is known."""
        pages = float(fact.pages)
        beliefs = fact.beliefs * fact.pages
        return cls(pages, float(fact.blocks), float(fact.distinct), beliefs, fact.excerpt, fact.place)

    def add(self, blocks: int, beliefs: Matrix) -> None:
        self.pages += 1
        self.blocks += blocks
        self.beliefs += beliefs

    def halve(self) -> None:
        self.pages, self.blocks, self.distinct = self.pages / 2, self.blocks / 2, self.distinct / 2
        self.beliefs /= 2

    def fact(self) -> MemoryFact:
        return MemoryFact(
            round(self.pages),
            as_written(self.beliefs / self.pages),
            self.excerpt,
            self.place,
            round(self.blocks),
            round(self.distinct),
        )


class SiteLearner:
    """The memory of one site while it is learnt; goes on from an earlier one."""

    def __init__(self, start: SiteMemory) -> None:
        self._site, self._model = start.site, start.model
        self.articles = float(start.articles)
        self._texts = {key: _Count.of(fact) for key, fact in start.texts.items()}
        self._places = {key: _Count.of(fact) for key, fact in start.places.items()}
        self._known = KnownArticles(start.latest)
        self.added = 0

    def add(self, observation: Observation) -> bool:
        """Count a page; whether it was counted: an article that was seen before is not."""
        if self._known.has(observation.article):
            return False
        self._known.add(observation.article)
        self._model = observation.model
        self.articles += 1
        self.added += 1
        for row in zip(*observation.places, observation.place_beliefs, strict=True):
            self._count(self._places, *row)
        for key, blocks, excerpt, place, beliefs in zip(*observation.texts, observation.text_beliefs, strict=True):
            if self._count(self._texts, key, blocks, excerpt, place, beliefs) and place in self._places:
                self._places[place].distinct += 1
        self._keep_small()
        return True

    @property
    def counted(self) -> int:
        """How many texts are being counted."""
        return len(self._texts)

    def forget_rare(self, pages: float = 1) -> None:
        """Drop texts and places that were seen on one page only, or on so many."""
        self._texts, self._places = _above(self._texts, pages), _above(self._places, pages)

    def memory(self) -> SiteMemory:
        """What is known now."""
        return SiteMemory(
            self._site,
            self._model,
            round(self.articles),
            _facts(self._texts, _MOST_TEXTS),
            _facts(self._places, _MOST_PLACES),
            list(self._known.latest(_MOST_NAMED)),
        )

    @staticmethod
    def _count(counts: dict[str, _Count], key: str, blocks: int, excerpt: str, place: str, beliefs: Matrix) -> bool:
        """Whether this is the first time."""
        count = counts.get(key)
        if count is not None:
            count.add(blocks, beliefs)
            return False
        # A row is a view of its page's matrix, which would stay in memory with it.
        counts[key] = _Count(1.0, float(blocks), 0.0, beliefs.copy(), excerpt, place)
        return True

    def _keep_small(self) -> None:
        if self.articles >= MOST_ARTICLES:
            self.articles /= 2
            # Those that halving leaves on one page: most of them, and so they go before it.
            self.forget_rare(2)
            for count in (*self._texts.values(), *self._places.values()):
                count.halve()
            self._known = KnownArticles(self._known.latest(_MOST_NAMED))
        if len(self._texts) > _MOST_COUNTED:
            self._texts = _most(_above(self._texts, 1), _MOST_COUNTED // 2)
        if len(self._places) > _MOST_COUNTED:
            self._places = _most(_above(self._places, 1), _MOST_COUNTED // 2)


def _most(counts: Mapping[str, _Count], most: int) -> dict[str, _Count]:
    """Those on most pages."""
    order = sorted(counts, key=lambda key: (-counts[key].pages, key))
    return {key: counts[key] for key in order[:most]}


def _facts(counts: Mapping[str, _Count], most: int) -> dict[str, MemoryFact]:
    return {key: count.fact() for key, count in _most(_above(counts, LEAST_PAGES - 1), most).items()}


def _above(counts: Mapping[str, _Count], pages: float) -> dict[str, _Count]:
    return {key: count for key, count in counts.items() if count.pages > pages}


class Learning:
    """The memories of all sites of a collection while they are learnt; `anew` forgets what the shelf knows of them."""

    def __init__(self, shelf: MemoryShelf, *, anew: bool = False) -> None:
        self._shelf = shelf
        self._anew = anew
        self._learners: dict[str, SiteLearner | None] = {}
        self._added = 0

    def add(self, page: Observation) -> None:
        """Learn from a page."""
        if page.site not in self._learners:
            self._learners[page.site] = self._begin(page.site)
        learner = self._learners[page.site]
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
        if sum(learner.counted for learner in learners) > _MOST_OF_ALL:
            for learner in learners:
                learner.forget_rare()
