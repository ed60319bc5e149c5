"""Where a record's fields come from: the places of the page that have each value, in the order of trust."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from lxml import etree

from archive.collection.corrections import FIELDS, PageCorrections
from archive.extraction.metadata import Fact, Facts, parse_date
from archive.extraction.metadata.credits import configured_authors
from archive.extraction.metadata.date_roles import labelled_dates
from archive.extraction.metadata.fact_text import inner_text, plain, skeleton
from archive.extraction.page_reading import ReadPage
from archive.extraction.rules import is_selected
from archive.labels import Label
from archive.records import Block, Record
from archive.sites import Site

#: `<h1>` and `<time>` elements of a page that are compared.
_MOST = 12


class FieldSource(NamedTuple):
    """A place that has a field's value: `json-ld:headline`, `meta:author`, `byline block` ...; with its XPath where it
    is an element of the page."""

    place: str
    xpath: str | None = None


@dataclass(frozen=True, slots=True)
class FieldReason:
    """One field of a record and the places that have its value. No place: the value was put together from several."""

    name: str
    value: Any
    sources: tuple[FieldSource, ...]


def field_reasons(record: Record, read: ReadPage, site: Site, corrections: PageCorrections) -> tuple[FieldReason, ...]:
    """The record's fields that have a value, each with where it comes from. `site` is the configuration that made the
    record, but for its hook."""
    told = _Told(record, read, site)
    said = {name: (FieldSource(each.told),) for name, each in corrections.fields.items()}
    values = ((name, getattr(record, name)) for name in FIELDS)
    return tuple(
        FieldReason(name, value, said.get(name) or tuple(told.of(name)))
        for name, value in values
        if name in said or value not in (None, ())
    )


def _stated(fact: Fact[Any] | None) -> Iterator[FieldSource]:
    if fact:
        yield FieldSource(fact.source)


class _Told:
    """Compares one record with its page."""

    def __init__(self, record: Record, read: ReadPage, site: Site) -> None:
        self._record, self._site = record, site
        self._facts: Facts = read.facts
        self._tree = read.tree
        self._root = read.tree.getroottree()

    def of(self, name: str) -> Iterator[FieldSource]:
        """The places that have a field's value. Fields without a finder of their own are stated by the page alone."""
        finders: dict[str, Callable[[], Iterator[FieldSource]]] = {
            "title": self.title,
            "standfirst": lambda: self.blocks(Label.STANDFIRST),
            "authors": self.authors,
            "byline": lambda: islice(self.blocks(Label.BYLINE), 1),
            "date_published": lambda: self.date(self._record.date_published, self._facts.published),
            "date_modified": lambda: self.date(self._record.date_modified, self._facts.modified),
            "language": self.language,
            "publisher": self.publisher,
            "license": self.license,
        }
        return finders[name]() if name in finders else _stated(getattr(self._facts, name))

    def blocks(self, label: Label) -> Iterator[FieldSource]:
        yield from (FieldSource(f"{label.value} block", block.xpath) for block in self._labelled(label))

    def _labelled(self, *labels: Label) -> list[Block]:
        return [block for block in self._record.blocks if block.label in labels]

    def title(self) -> Iterator[FieldSource]:
        wanted = skeleton(self._record.title or "")
        for fact in self._facts.titles:
            if skeleton(fact.value) == wanted:
                yield FieldSource(fact.source)
        shown = [block for block in self._labelled(Label.HEADLINE) if wanted in skeleton(block.text)]
        yield from (FieldSource("headline block", block.xpath) for block in shown)
        if not shown:
            yield from self._headings(wanted)
        for fact in self._facts.titles:
            if skeleton(fact.value) != wanted and wanted in skeleton(fact.value):
                yield FieldSource(f"{fact.source}, in part")

    def _headings(self, wanted: str) -> Iterator[FieldSource]:
        for element in islice(self._tree.iter("h1"), _MOST):
            if wanted in skeleton(inner_text(element)):
                yield FieldSource("html:h1", self._root.getpath(element))

    def authors(self) -> Iterator[FieldSource]:
        """A byline that the site's selector found decides. Else all places count that name these authors."""
        chosen = [block for block in self._labelled(Label.BYLINE) if is_selected(block.rule)]
        if configured_authors(self._facts, [block.text for block in chosen], ()):
            yield from (FieldSource("byline block by the site's selector", block.xpath) for block in chosen)
            return
        names = [skeleton(name) for name in self._record.authors]
        for credit in self._facts.credits:
            if set(names) <= {skeleton(name) for name in credit.value}:
                yield FieldSource(credit.source)
        yield from self._naming("byline block", self._labelled(Label.BYLINE), names)

    @staticmethod
    def _naming(place: str, blocks: Sequence[Block], names: Sequence[str]) -> Iterator[FieldSource]:
        for block in blocks:
            if any(name in skeleton(block.text) for name in names):
                yield FieldSource(place, block.xpath)

    def date(self, value: str | None, stated: Sequence[Fact[str]]) -> Iterator[FieldSource]:
        same = [FieldSource(fact.source) for fact in stated if fact.value == value]
        same += [FieldSource("date block", block.xpath) for block in self._dated() if self._says(block, value)]
        yield from same or self._found_dates(value or "")

    def _dated(self) -> list[Block]:
        return self._labelled(Label.DATE, Label.BYLINE)

    def _says(self, block: Block, value: str | None) -> bool:
        return any(iso == value for iso, _ in labelled_dates(plain(block.text), self._record.language))

    def _found_dates(self, value: str) -> Iterator[FieldSource]:
        marked = [time for time in islice(self._tree.iter("time"), _MOST) if self._is_time(time, value)]
        yield from (FieldSource("html:time", self._root.getpath(time)) for time in marked)
        day = value[:10]
        if not marked and any(mark in (self._record.url or "") for mark in (day, day.replace("-", "/"))):
            yield FieldSource("the page's URL")
        elif not marked:
            yield FieldSource("searched in the page's markup")

    def _is_time(self, time: etree._Element, value: str) -> bool:
        stated = time.get("datetime") or inner_text(time)
        return parse_date(stated[:100], language=self._record.language) == value

    def language(self) -> Iterator[FieldSource]:
        if self._facts.language:
            yield from _stated(self._facts.language)
        else:
            yield FieldSource("the site file's language" if self._site.language else "guessed from the words")

    def publisher(self) -> Iterator[FieldSource]:
        yield from _stated(self._facts.publisher) if self._facts.publisher else [FieldSource("the site file's name")]

    def license(self) -> Iterator[FieldSource]:
        yield from _stated(self._facts.license) if self._facts.license else [FieldSource("html:a[rel=license]")]
