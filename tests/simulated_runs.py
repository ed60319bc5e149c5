"""Made-up histories of a site's runs: ordinary weeks with all their chance, and what can happen to a site."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import exp
from random import Random

from archive.collection.site_figures import Ending, PageFigures, SiteFigures
from archive.operations.site_runs import ListSeen, RunKind, SiteRun
from archive.pipeline.page_figures import quartiles

#: A Monday.
START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
FEED = "https://site.example/feed.xml"


@dataclass(frozen=True, slots=True)
class Page:
    """What one article is like."""

    words: int
    author: bool = True
    date: bool = True
    byline_ruled: bool = True
    body_ruled: bool = True
    free: bool = True
    offers: bool = False


class SimulatedSite:
    """A site with its own habits, drawn from `seed`: how much it publishes, how often it names no author, how long its
    articles are. `every` is the time between two runs."""

    def __init__(
        self,
        seed: int,
        *,
        every: timedelta = timedelta(days=1),
        articles: float | None = None,
        anonymous: float | None = None,
    ) -> None:
        self.random = Random(seed)
        self._every = every
        self._articles = articles or self.random.choice((3.0, 8.0, 12.0, 40.0))
        drawn = self.random.choice((0.0, 0.05, 0.3))
        self._anonymous = drawn if anonymous is None else anonymous
        self._length = self.random.uniform(5.5, 6.8)
        self._number = 0

    def runs(self, days: int) -> list[SiteRun]:
        """The next so many days of runs."""
        count = round(timedelta(days=days) / self._every)
        return [self.run() for _ in range(count)]

    def run(self) -> SiteRun:
        """The next run, on an ordinary day."""
        found = self._published()
        mood = self._mood()
        return self.run_of([self._page(mood) for _ in range(found)])

    def run_of(self, pages: list[Page], *, listed: int | None = None) -> SiteRun:
        """The next run, with these new articles; the feed names `listed` or is as it was (None with none new)."""
        late = timedelta(minutes=self.random.uniform(-10, 10)) if self._every >= timedelta(days=1) else timedelta()
        began = START + self._number * self._every + late
        self._number += 1
        lost = sum(self.random.random() < 0.03 for _ in pages)
        read = pages[lost:]
        statuses = {"200": len(read) + 1} | ({"404": lost} if lost else {})
        figures = SiteFigures(
            found=len(pages),
            listed=20,
            feed_entries=20,
            feed_captured=20 - min(lost, 20),
            fetched=len(read),
            failed={"http_404": lost} if lost else {},
            statuses=statuses,
            lists=1,
            pages=figures_of(read) if read else None,
        )
        links = 20 if listed is None else listed
        unchanged = not pages and listed is None
        feed = ListSeen(FEED, "feed", None if unchanged else links, len(pages), None)
        return SiteRun(f"{began:%Y%m%d%H%M%S}000", began, RunKind.REGULAR, True, figures, (feed,))

    def _published(self) -> int:
        """A weekend has a quarter, a quiet day (one in fifteen) 0.6 of the articles. Days differ by a fifth besides."""
        at = START + self._number * self._every - self._every / 2
        rate = self._articles * (self._every / timedelta(days=1))
        rate *= 0.25 if at.weekday() >= 5 else 1.0
        if Random(f"{self._length} {at.date()}").random() < 1 / 15:
            rate *= 0.6
        return poisson(self.random, rate * self.random.gammavariate(20, 1 / 20))

    def _mood(self) -> float:
        """Some days have many agency stories without an author."""
        return min(0.9, self._anonymous * self.random.uniform(0.3, 2.0))

    def page(self) -> Page:
        """An ordinary article."""
        return self._page(self._anonymous)

    def _page(self, anonymous: float) -> Page:
        chance = self.random.random
        words = round(exp(self.random.gauss(self._length, 0.6)))
        named = chance() >= anonymous
        return Page(words, author=named, byline_ruled=named, date=chance() > 0.01, body_ruled=chance() > 0.02)


def figures_of(pages: list[Page]) -> PageFigures:
    """The figures of these pages; the site's file has selectors for body and byline."""
    low, middle, high = quartiles([page.words for page in pages])
    missing = {"author": sum(not page.author for page in pages), "date": sum(not page.date for page in pages)}
    missing["body"] = sum(not page.words for page in pages)
    ruled = {"byline": sum(page.byline_ruled for page in pages), "body": sum(page.body_ruled for page in pages)}
    return PageFigures(
        pages=len(pages),
        without=missing,
        words=middle,
        words_low=low,
        words_high=high,
        blocks=40 * len(pages),
        ruled_blocks=20 * ruled["body"],
        named={"body": len(pages), "byline": len(pages)},
        ruled=ruled,
        walled=sum(page.words < 150 and page.offers for page in pages),
    )


def poisson(random: Random, rate: float) -> int:
    """How many events happen where `rate` are expected (Knuth's way, in parts so that exp does not vanish)."""
    count, left = 0, random.random()
    while rate > 0:
        step = min(rate, 50.0)
        rate -= step
        left *= exp(step)
        while left > 1:
            count += 1
            left *= random.random()
    return count


def refused(run: SiteRun, *, after: int = 5) -> SiteRun:
    """The same run where the site answered so many requests with 403, and was left alone then."""
    figures = run.figures.model_copy(
        update={
            "fetched": 0,
            "pages": None,
            "failed": {"http_403": after},
            "statuses": {"200": 1, "403": after},
            "obstacles": {"refused": after},
            "ending": Ending.BLOCKED,
            "stopped": "the site blocks",
        }
    )
    return replace(run, figures=figures)
