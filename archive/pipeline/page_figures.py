"""From records to the figures of a run's pages."""

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

from archive.collection.site_figures import PageFigures
from archive.extraction.rules import is_selected, kind_of
from archive.labels import Label
from archive.records import Record
from archive.sites import Layout

#: Words of a body below which it may be a beginning alone: three paragraphs, which walls often leave.
_SHORT = 150
FIELDS = ("body", "title", "date", "author")


@dataclass(frozen=True, slots=True)
class PageSeen:
    """What health wants to know of one record; small, for it goes from one process to another."""

    words: int
    without: tuple[str, ...]
    blocks: int
    ruled_blocks: int
    named: tuple[str, ...]
    ruled: tuple[str, ...]
    limited: bool
    walled: bool


def page_seen(record: Record, layout: Layout | None) -> PageSeen | None:
    """The figures of one record; None where something else came than a page. `layout` is the one that its site's file
    has for the day of its capture."""
    if record.obstacle:
        return None
    words = len(record.text.split())
    rules = Counter(block.rule for block in record.blocks)
    selected = set(filter(is_selected, rules))
    labels = {block.label.value for block in record.blocks if block.rule in selected} if selected else ()
    has = (words, record.title, record.date_published or record.date_modified, record.authors)
    return PageSeen(
        words=words,
        without=tuple(name for name, value in zip(FIELDS, has, strict=True) if not value),
        blocks=len(record.blocks),
        ruled_blocks=sum(count for rule, count in rules.items() if kind_of(rule).is_of_site),
        named=tuple(label.value for label, _ in layout.selectors()) if layout else (),
        ruled=tuple(sorted(labels)),
        limited=record.is_accessible_for_free is False,
        walled=_is_walled(record, words),
    )


def _is_walled(record: Record, words: int) -> bool:
    """Whether a page shows but the beginning of an article, and an offer to subscribe, or says that it is not free."""
    if not 0 < words < _SHORT:
        return False
    return record.is_accessible_for_free is False or any(block.label is Label.PROMOTION for block in record.blocks)


def quartiles(values: Sequence[int]) -> tuple[float, float, float] | tuple[None, None, None]:
    """The lower quartile, the median and the upper quartile."""
    if len(values) < 2:
        return (values[0],) * 3 if values else (None,) * 3
    low, middle, high = quantiles(values, n=4, method="inclusive")
    return low, middle, high


class PageTally:
    """Sums up the pages of one site in one run: `records` have been made, `waiting` are to come. Four bytes a page stay
    in memory."""

    def __init__(self) -> None:
        self.waiting = 0
        self.records = 0
        self._words = array("I")
        self._counts: Counter[str] = Counter()
        self._without: Counter[str] = Counter()
        self._named: Counter[str] = Counter()
        self._ruled: Counter[str] = Counter()

    def expect(self) -> None:
        """A page will be added."""
        self.waiting += 1

    def add(self, page: PageSeen | None) -> None:
        """Count one page; None for what was no page."""
        self.waiting -= 1
        self.records += 1
        self._counts["without_text"] += page is None or not page.words
        if page is None:
            return
        self._words.append(page.words)
        self._without.update(page.without)
        self._named.update(page.named)
        self._ruled.update(page.ruled)
        self._counts["blocks"] += page.blocks
        self._counts["ruled_blocks"] += page.ruled_blocks
        self._counts["limited"] += page.limited
        self._counts["walled"] += page.walled

    def figures(self) -> PageFigures:
        """The sums."""
        low, middle, high = quartiles(self._words)
        return PageFigures(
            pages=len(self._words),
            without=dict(self._without),
            words=middle,
            words_low=low,
            words_high=high,
            named=dict(self._named),
            ruled=dict(self._ruled),
            **self._counts,
        )
