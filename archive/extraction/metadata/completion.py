"""The article's fields of a record, images and licence among them: structured data where it is sane, then the labelled
page."""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from archive.extraction.metadata import credits, page_dates
from archive.extraction.metadata.bylines import signing, stamping
from archive.extraction.metadata.fact_text import inner_text, plain, web_address
from archive.extraction.metadata.facts import Facts, LabelledText, value_of
from archive.extraction.metadata.languages import choose_language, primary
from archive.extraction.metadata.person_names import host_name
from archive.extraction.metadata.titles import choose_title
from archive.labels import Label
from archive.records import Image
from archive.telling.kinds import Warned, WarningKind
from archive.telling.shield import note, shielded

_MAX_HEADINGS, _MAX_STANDFIRST = 12, 3
_MAX_IMAGES, _MAX_FIGURES = 30, 60
_SOURCES = ("src", "data-src", "data-original", "data-lazy-src", "data-srcset", "srcset")
_CODE = ("pre", "code")
#: A headline's confidence from which it is sure; characters of a first paragraph; blocks and links above the story
#: that are looked at; characters of a site's name.
_SURE, _PARAGRAPH, _MOST_ABOVE, _LONGEST_NAME = 0.9, 100, 60, 50
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|copyright)[\s©]{0,9}(?:\d{4}(?:\s{0,3}[-–,]\s{0,3}\d{2,4}){0,3})?[,\s]{0,9}(?:by\s{1,9})?([^\d.|,©·•]{3,60})",
    re.I,
)
#: A licence linked in one of these is that of a picture or of another page.
_FOREIGN = ("figure", "figcaption", "aside")


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

    `site_name` and `language` are the site's configured ones; a configured language yields to the page's own, and both
    to the text.
    `captured` (an aware time) refuses dates more than two days later. The tree is not changed.
    """
    tongue = shielded("language", value_of(facts.language, language), spoken, facts, blocks, language)
    sites = site_names(facts, url, site_name)
    bylines = shielded("authors", [], signing, blocks, tongue)
    configured = [block.text for block in blocks if block.label is Label.BYLINE and block.configured]
    texts = [block.text for block in blocks]
    headings, links = _headings_and_links(tree, url)
    called = shielded("title", (), masthead, links, blocks, url)
    standfirsts = [plain(block.text) for block in blocks if block.label is Label.STANDFIRST]
    published, modified = _dates(facts, blocks, tree, url, tongue, captured)
    return Metadata(
        title=shielded("title", None, headline, facts, blocks, headings, (*sites, *called)),
        standfirst=" ".join(standfirsts[:_MAX_STANDFIRST]) or None,
        description=value_of(facts.description, None),
        authors=shielded("authors", (), credits.configured_authors, facts, configured, texts)
        or shielded("authors", (), credits.choose_authors, facts, bylines, texts, tree, (*sites, *called), tongue),
        byline=plain(bylines[0].text) if bylines else None,
        date_published=published,
        date_modified=modified,
        language=tongue,
        publisher=value_of(facts.publisher, site_name),
        section=value_of(facts.section, None),
        keywords=value_of(facts.keywords, ()),
        images=shielded("images", (), choose_images, facts, blocks, url),
        is_accessible_for_free=value_of(facts.is_accessible_for_free, None),
        license=shielded("license", None, choose_licence, facts, links, url),
        canonical_url=value_of(facts.canonical_url, None),
    )


def _dates(
    facts: Facts,
    blocks: Sequence[LabelledText],
    tree: etree._Element,
    url: str,
    tongue: str | None,
    captured: datetime | None,
) -> tuple[str | None, str | None]:
    """When the article was published and changed."""
    stamps = stamping(blocks)
    latest = captured + timedelta(days=2) if captured else None
    aside = [block for block in blocks if block.label not in (Label.DATE, Label.BYLINE, Label.BODY)]
    not_its = (*stamps.other, *aside)
    choose = page_dates.choose_dates
    return shielded("date_published", (None, None), choose, facts, stamps, tree, url, tongue, latest, not_its)


def headline(
    facts: Facts, blocks: Sequence[LabelledText], headings: Sequence[etree._Element], sites: Sequence[str]
) -> str | None:
    """The title, by the headline blocks, the `<h1>` elements and the lines above the story."""
    shown = [block for block in blocks if block.label is Label.HEADLINE]
    texts = [block.text for block in shown] + [text for one in headings[:_MAX_HEADINGS] if (text := inner_text(one))]
    sure = next((block.text for block in shown if block.confidence >= _SURE and _is_h1(block)), None)
    above = itertools.takewhile(lambda block: block.label is not Label.BODY or len(block.text) < _PARAGRAPH, blocks)
    lines = [line for block in itertools.islice(above, _MOST_ABOVE) for line in block.text.split("\n")]
    return choose_title(facts.titles, texts, sites, news=facts.is_news, lines=lines, sure=plain(sure) if sure else None)


def _is_h1(block: LabelledText) -> bool:
    return block.element is not None and block.element.tag == "h1"


def masthead(links: Sequence[etree._Element], blocks: Sequence[LabelledText], url: str) -> tuple[str, ...]:
    """What the page's links to its home page and its copyright notice call the site."""
    home = (link for link in links[:_MOST_ABOVE] if _is_home(link.get("href"), url))
    names = [inner_text(link) for link in itertools.islice(home, 3)]
    notices = (block.text for block in blocks if block.label is Label.LEGAL_NOTICE)
    names += [match[1].strip() for text in notices if (match := _COPYRIGHT.search(text[:300]))]
    return tuple(name for name in names if 3 <= len(name) <= _LONGEST_NAME)


def _is_home(target: str | None, url: str) -> bool:
    if not target or target == "/":
        return target == "/"
    bare = target.strip().partition("?")[0].rstrip("/")
    host = bare.partition("://")[2]
    if not bare.startswith(("http://", "https://")) or "/" in host:
        return False
    try:
        return host == urlsplit(url).netloc
    except ValueError:
        return False


def spoken(facts: Facts, blocks: Sequence[LabelledText], configured: str | None) -> str | None:
    """The text's language, with a warning where the page states one that it cannot be."""
    stated = [fact.value for fact in facts.languages] + ([configured] if configured else [])
    body = [block.text for block in blocks if block.label is Label.BODY and not is_code(block)]
    body += [block.text for block in blocks if block.label in (Label.HEADLINE, Label.STANDFIRST)]
    tongue = choose_language(body or [block.text for block in blocks], stated)
    if tongue and facts.language and primary(facts.language.value) != primary(tongue):
        said = f"language: the page says {facts.language.value}, its text is {tongue}"
        note(Warned(WarningKind.LANGUAGE, said))
    return tongue


def is_code(block: LabelledText) -> bool:
    """Whether a block is set as a program's text."""
    up = block.element
    return up is not None and (up.tag in _CODE or next(up.iterancestors(*_CODE), None) is not None)


def site_names(facts: Facts, url: str, site_name: str | None) -> tuple[str, ...]:
    """Everything this site is called: as configured, by the page, by its host."""
    stated = [fact.value for fact in facts.site_names]
    names = [site_name or "", value_of(facts.publisher, ""), *stated, host_name(url)]
    return tuple(dict.fromkeys(name for name in names if name))


def _headings_and_links(tree: etree._Element, url: str) -> tuple[list[etree._Element], list[etree._Element]]:
    """Each walk over the page takes a hundredth of all time: this is one for both."""
    headings: list[etree._Element] = []
    links: list[etree._Element] = []
    for element in tree.iter("h1", "a"):
        (links if element.tag == "a" else headings).append(element)
    return [heading for heading in headings if not _is_logo(heading, url)] or headings, links


def _is_logo(heading: etree._Element, url: str) -> bool:
    """Whether a heading is the site's name, linked to its home page."""
    link = next(heading.iter("a"), None)
    link = next(heading.iterancestors("a"), None) if link is None else link
    return link is not None and _is_home(link.get("href"), url)


def choose_images(facts: Facts, blocks: Sequence[LabelledText], url: str) -> tuple[Image, ...]:
    """Images of figures beside body blocks and captions, with the captions found there; then the stated ones."""
    found: dict[str, Image] = {}
    for image in (*_figures(blocks, url), *(fact.value for fact in facts.images)):
        # The same picture in other sizes differs in its query alone.
        key = image.url.partition("?")[0].partition("#")[0]
        known = found.get(key, image)
        found[key] = Image(
            url=known.url,
            caption=known.caption or image.caption,
            credit=known.credit or image.credit,
            alt=known.alt or image.alt,
        )
    return tuple(found.values())[:_MAX_IMAGES]


def _figures(blocks: Sequence[LabelledText], url: str) -> Iterator[Image]:
    """Images of the figures that hold a caption block or stand between body blocks."""
    seen: set[etree._Element] = set()
    for block in blocks:
        if block.element is None or block.label not in (Label.CAPTION, Label.BODY):
            continue
        for figure in _beside(block.element, block.label):
            if figure in seen or len(seen) >= _MAX_FIGURES:
                continue
            seen.add(figure)
            yield from _image(figure, block.text if block.label is Label.CAPTION else None, url)


def _beside(element: etree._Element, label: Label) -> Iterator[etree._Element]:
    if label is Label.CAPTION:
        yield from (ancestor for ancestor in element.iterancestors("figure"))
        return
    for sibling in (element.getprevious(), element.getnext()):
        if sibling is not None and sibling.tag in ("figure", "img", "picture"):
            yield sibling


def _image(figure: etree._Element, caption: str | None, url: str) -> Iterator[Image]:
    picture = figure if figure.tag == "img" else next(figure.iter("img"), None)
    target = _target(picture, url) if picture is not None else None
    if picture is None or target is None:
        return
    caption = caption or next((inner_text(element) for element in figure.iter("figcaption")), None)
    yield Image(url=target, caption=plain(caption or "") or None, alt=plain(picture.get("alt") or "") or None)


def _target(picture: etree._Element, url: str) -> str | None:
    for name in _SOURCES:
        value = (picture.get(name) or "").strip().split(",")[0].split(" ")[0]
        if value and not value.startswith("data:") and (target := web_address(value, url)):
            return target
    return None


def choose_licence(facts: Facts, links: Iterable[etree._Element], url: str) -> str | None:
    """The stated licence, or the first that one of the page's links calls so (`<a rel=license>`)."""
    if facts.license:
        return facts.license.value
    for link in links:
        called, address = link.get("rel"), link.get("href")
        if called is None or address is None or "license" not in called.split():
            continue
        if next(link.iterancestors(*_FOREIGN), None) is None and (target := web_address(address, url)):
            return target
    return None
