"""The article's fields of a record: structured data where it is sane, then the labelled page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from lxml import etree

from archive.extraction.metadata import credits, licences, page_dates, pictures
from archive.extraction.metadata.facts import Facts, value_of
from archive.extraction.metadata.labelled import LabelledText
from archive.extraction.metadata.sites import host_name
from archive.extraction.metadata.text import inner_text, plain
from archive.extraction.metadata.titles import choose_title
from archive.faults import shielded
from archive.labels import Label
from archive.records import Image

_MAX_HEADINGS, _MAX_STANDFIRST = 12, 3
#: Bylines that labelling is less sure of name no authors: with them .83 of the corpus' news pages have the right ones,
#: without .87, and of its blogs and guides .67 and .75.
_SURE = 0.6


@dataclass(frozen=True, slots=True)
class Metadata:
    """The article's fields, named as in `archive.records.Record`."""

    title: str | None = None
    standfirst: str | None = None
    description: str | None = None
    authors: tuple[str, ...] = ()
    byline: str | None = None
    date_published: str | None = None
    date_modified: str | None = None
    language: str | None = None
    publisher: str | None = None
    section: str | None = None
    keywords: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    is_accessible_for_free: bool | None = None
    license: str | None = None
    canonical_url: str | None = None

    def fields(self) -> dict[str, Any]:
        """The fields by name, as the record takes them."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def complete(
    facts: Facts,
    blocks: Sequence[LabelledText],
    tree: etree._Element,
    url: str,
    *,
    site_name: str | None = None,
    language: str | None = None,
    captured: datetime | None = None,
) -> Metadata:
    """The article's fields from what the page states and, where that is silent or unsound, from its blocks.

    `site_name` and `language` are the site's configured ones; a configured language yields to the page's own.
    `captured` (an aware time) refuses dates more than two days later. The tree is not changed.
    """
    tongue = value_of(facts.language, language)
    sites = site_names(facts, url, site_name)
    bylines = [block.text for block in blocks if block.label is Label.BYLINE and block.confidence >= _SURE]
    configured = [block.text for block in blocks if block.label is Label.BYLINE and block.configured]
    texts = [block.text for block in blocks]
    stamps = [block for kind in (Label.DATE, Label.BYLINE) for block in blocks if block.label is kind]
    latest = captured + timedelta(days=2) if captured else None
    headings, links = _headings_and_links(tree)
    published, modified = shielded(
        "date_published", (None, None), page_dates.choose_dates, facts, stamps, tree, url, tongue, latest
    )
    return Metadata(
        title=shielded(
            "title", None, choose_title, facts.titles, list(_titles(blocks, headings)), sites, news=facts.is_news
        ),
        standfirst=_standfirst(blocks),
        description=value_of(facts.description, None),
        authors=shielded("authors", (), credits.configured_authors, facts, configured, texts)
        or shielded("authors", (), credits.choose_authors, facts, bylines, texts, tree, sites),
        byline=plain(bylines[0]) if bylines else None,
        date_published=published,
        date_modified=modified,
        language=tongue,
        publisher=value_of(facts.publisher, site_name),
        section=value_of(facts.section, None),
        keywords=value_of(facts.keywords, ()),
        images=shielded("images", (), pictures.choose_images, facts, blocks, url),
        is_accessible_for_free=value_of(facts.is_accessible_for_free, None),
        license=shielded("license", None, licences.choose_licence, facts, links, url),
        canonical_url=value_of(facts.canonical_url, None),
    )


def site_names(facts: Facts, url: str, site_name: str | None) -> tuple[str, ...]:
    """Everything this site is called: as configured, by the page, by its host."""
    stated = [fact.value for fact in facts.site_names]
    names = [site_name or "", value_of(facts.publisher, ""), *stated, host_name(url)]
    return tuple(dict.fromkeys(name for name in names if name))


def _headings_and_links(tree: etree._Element) -> tuple[list[etree._Element], list[etree._Element]]:
    """Each walk over the page takes a hundredth of all time: this is one for both."""
    headings: list[etree._Element] = []
    links: list[etree._Element] = []
    for element in tree.iter("h1", "a"):
        (links if element.tag == "a" else headings).append(element)
    return headings, links


def _titles(blocks: Sequence[LabelledText], headings: Sequence[etree._Element]) -> Iterator[str]:
    yield from (block.text for block in blocks if block.label is Label.HEADLINE)
    yield from filter(None, map(inner_text, headings[:_MAX_HEADINGS]))


def _standfirst(blocks: Sequence[LabelledText]) -> str | None:
    texts = [plain(block.text) for block in blocks if block.label is Label.STANDFIRST]
    return " ".join(texts[:_MAX_STANDFIRST]) or None
