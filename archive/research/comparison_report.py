"""What re-extraction would change in a collection, counted up in flat memory. Nothing is written."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import heappush, heappushpop
from pathlib import Path
from typing import Any

from archive.collection.folder import Collection
from archive.errors import WarcError
from archive.pipeline.record_lines import new_pool, record_lines
from archive.records import Record
from archive.research.record_differences import INNER, MAKING, Difference, differences, relabelled
from archive.research.record_pairs import Pair, pairs
from archive.research.text_changes import worded
from archive.research.word_differences import compare, count_words

#: Examples of each field, worst cases of each site and of all.
_EXAMPLES, _WORST_OF_SITE, _WORST = 3, 3, 10
#: Characters of a value, and of a word difference, that are kept.
_LONGEST_VALUE, _LONGEST_DIFFERENCE = 300, 4000


@dataclass(frozen=True, slots=True, order=True)
class Case:
    """A record whose text would change much; `words` is removed and added words together."""

    words: int
    url: str
    id: str
    site: str
    removed: int
    added: int
    difference: str

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        names = ("id", "url", "site", "removed", "added", "difference")
        return {name: getattr(self, name) for name in names}


@dataclass(slots=True)
class Counts:
    """The records of one site, or of all. `changed` are not the same bytes; in those of `content` something would
    change beside what they were made with and how sure their labels are."""

    records: int = 0
    changed: int = 0
    content: int = 0
    new: int = 0
    gone: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)
    worst: list[Case] = field(default_factory=list)

    def keep(self, case: Case, most: int) -> None:
        """Among the worst, if it is one of them."""
        (heappush if len(self.worst) < most else heappushpop)(self.worst, case)

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            **{name: getattr(self, name) for name in ("records", "changed", "content", "new", "gone")},
            "fields": dict(self.fields.most_common()),
            "words": {"removed": self.words["removed"], "added": self.words["added"]},
            "worst": [case.as_json() for case in sorted(self.worst, reverse=True)],
        }


@dataclass(slots=True)
class Comparison:
    """Take pairs in with `add`. `broken` counts old lines that are no records."""

    total: Counts = field(default_factory=Counts)
    sites: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    moves: Counter[tuple[str, str]] = field(default_factory=Counter)
    moved_words: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    made_with: dict[str, Counter[tuple[str, str]]] = field(default_factory=lambda: defaultdict(Counter))
    broken: int = 0

    def add(self, pair: Pair) -> None:
        """One capture."""
        self.broken += pair.broken
        record = pair.new or pair.old
        if record is None:
            return
        for counts in (self.total, self.sites[record.site or "unknown"]):
            counts.records += pair.new is not None
            counts.new += pair.new is not None and pair.old is None and not pair.same
            counts.gone += pair.new is None
        if pair.old and pair.new:
            self._changed(pair.old, pair.new)

    def _changed(self, old: Record, new: Record) -> None:
        found = differences(old, new)
        site = self.sites[new.site or "unknown"]
        for counts in (self.total, site):
            counts.changed += 1
            counts.content += any(one.field not in INNER for one in found)
            counts.fields.update(one.field for one in found)
        for one in found:
            self._example(one, new)
        for (before, after), (blocks, words) in relabelled(old, new).items():
            self.moves[before.value, after.value] += blocks
            self.moved_words[before.value, after.value] += words
        if old.text != new.text:
            self._text(old, new, site)

    def _example(self, one: Difference, record: Record) -> None:
        if one.field in MAKING:
            self.made_with[one.field][str(one.before), str(one.after)] += 1
        elif one.field != "text" and not one.field.startswith("blocks.") and len(self.examples[one.field]) < _EXAMPLES:
            values = {"before": _short(one.before), "after": _short(one.after)}
            self.examples[one.field].append({"id": record.id, "url": record.url, **values})

    def _text(self, old: Record, new: Record, site: Counts) -> None:
        pieces = compare(old.text, new.text)
        removed, added = count_words(pieces)
        for counts in (self.total, site):
            counts.words.update(removed=removed, added=added)
        told = worded(pieces).plain.strip()[:_LONGEST_DIFFERENCE]
        case = Case(removed + added, new.url or "", str(new.id or ""), new.site or "unknown", removed, added, told)
        site.keep(case, _WORST_OF_SITE)
        self.total.keep(case, _WORST)

    def as_json(self) -> Mapping[str, Any]:
        """Everything, for `--json`."""
        return {
            **self.total.as_json(),
            "broken": self.broken,
            "labels": [
                {"from": move[0], "to": move[1], "blocks": count, "words": self.moved_words[move]}
                for move, count in self.moves.most_common()
            ],
            "examples": dict(self.examples),
            "made_with": {
                name: [{"before": before, "after": after, "records": n} for (before, after), n in found.most_common()]
                for name, found in self.made_with.items()
            },
            "sites": {name: counts.as_json() for name, counts in sorted(self.sites.items())},
        }


def _short(value: Any) -> Any:
    text = value if isinstance(value, str) else str(value)
    return value if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def compare_collection(
    collection: Collection, faulty: Callable[[WarcError], None], progress: Callable[[], None] = lambda: None
) -> Comparison:
    """Extract the complete WARC files again and compare. `faulty` is told of files that cannot be read to their end,
    `progress` after each record."""
    collection.require()
    comparison = Comparison()
    with new_pool() as pool:
        for warc in collection.complete_warcs():
            try:
                for pair in pairs(_lines(collection.records_path(warc.name)), record_lines(collection, warc, pool)):
                    comparison.add(pair)
                    progress()
            except WarcError as error:
                faulty(error)
    return comparison


def _lines(path: Path) -> Iterator[bytes]:
    if path.exists():
        with path.open("rb") as lines:
            yield from lines
