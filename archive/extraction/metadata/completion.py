"""The article's fields of a record, images and licence among them: structured data where it is sane, then the labelled
page."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, islice
from typing import NamedTuple
from urllib.parse import urlsplit

from lxml import etree

from archive.extraction.attributes import among
from archive.extraction.flow import PICTURES
from archive.extraction.metadata import credits, page_dates
from archive.extraction.metadata.bylines import signing, unglued
from archive.extraction.metadata.fact_text import inner_text, plain, web_address
from archive.extraction.metadata.facts import Facts, LabelledText, value_of
from archive.extraction.metadata.languages import choose_language, primary
from archive.extraction.metadata.parted_text import apart
from archive.extraction.metadata.person_names import host_name
from archive.extraction.metadata.pictures import is_one_picture, pictures_in, source_of
from archive.extraction.metadata.titles import choose_title
from archive.labels import Label
from archive.records import Image
from archive.telling.kinds import Warned, WarningKind
from archive.telling.shield import note, shielded

_MAX_STANDFIRST, _MAX_IMAGES, _MAX_FIGURES = 3, 30, 60
_CODE = ("pre", "code")
#: Links above the story that are looked at; characters of a site's name.
_MOST_ABOVE, _LONGEST_NAME = 60, 50
#: Levels above a caption at which a box may hold its picture, and no other.
_NEAR_PICTURE = 2
#: The address of a site's first page.
_ROOT = re.compile(r"/|https?://[^/]+/?")
#: What programs set around a picture that stands between paragraphs.
_BOXES = frozenset(("p", "div", "section", "center", "a", "span"))
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|copyright)[\s©]{0,9}(?:\d{4}(?:\s{0,3}[-–,]\s{0,3}\d{2,4}){0,3})?[,\s]{0,9}(?:by\s{1,9})?([^\d.|,©·•]{3,60})",
    re.I,
)
#: What an attribute of a link to a licence holds.
LICENCES = (("rel", "license"),)
#: A licence linked in one of these is that of a picture or of another page.
_FOREIGN = ("figure", "figcaption", "aside")


class Metadata(NamedTuple):
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
    copyright_notice: str | None = None
    canonical_url: str | None = None


def complete(
    facts: Facts,
    blocks: Sequence[LabelledText],
    tree: etree._Element,
    url: str,
    *,
    site_name: str | None = None,
    language: str | None = None,
    captured: datetime | None = None,
    marked: Iterable[etree._Element] | None = None,
) -> Metadata:
    """The article's fields from what the page states and, where that is silent or unsound, from its blocks.

    `site_name` and `language` are the site's configured ones; a configured language yields to the page's own, and both
    to the text.
    `captured` (an aware time) refuses dates more than two days later. The tree is not changed. `marked` are its
    elements with an attribute of LICENCES, or more of them, if that is known.
    """
    blocks = shielded("authors", blocks, unglued, blocks)
    tongue = shielded("language", value_of(facts.language, language), _spoken, facts, blocks, language)
    sites = shielded("title", (), _site_names, facts, blocks, tree, url, site_name)
    bylines = shielded("authors", [], signing, blocks, tongue)
    dates = shielded(
        "date_published", (None, None), page_dates.choose_dates, facts, blocks, tree, url, tongue, captured
    )
    standfirsts = [plain(block.text) for block in blocks if block.label is Label.STANDFIRST]
    return Metadata(
        title=shielded("title", None, choose_title, facts, blocks, _headings(tree, url), sites),
        standfirst=" ".join(standfirsts[:_MAX_STANDFIRST]) or None,
        description=value_of(facts.description, None),
        authors=shielded("authors", (), credits.choose_authors, facts, blocks, bylines, tree, sites, tongue),
        byline=plain(bylines[0].text) if bylines else None,
        date_published=dates[0],
        date_modified=dates[1],
        language=tongue,
        publisher=value_of(facts.publisher, site_name),
        section=value_of(facts.section, None),
        keywords=value_of(facts.keywords, ()),
        images=shielded("images", (), choose_images, facts, blocks, url),
        is_accessible_for_free=value_of(facts.is_accessible_for_free, None),
        license=shielded("license", None, choose_licence, facts, tree.iter("a") if marked is None else marked, url),
        copyright_notice=value_of(facts.copyright_notice, None),
        canonical_url=value_of(facts.canonical_url, None),
    )


def _spoken(facts: Facts, blocks: Sequence[LabelledText], configured: str | None) -> str | None:
    """The text's language, with a warning where the page states one that it cannot be. Programs count for nothing."""
    stated = [fact.value for fact in facts.languages] + ([configured] if configured else [])
    body = (block for block in blocks if block.label is Label.BODY and not _is_code(block.element))
    head = (block for block in blocks if block.label in (Label.HEADLINE, Label.STANDFIRST))
    # A language is told by the first of them.
    told = chain(body, head)
    first = list(islice(told, 1))
    tongue = choose_language((block.text for block in (chain(first, told) if first else blocks)), stated)
    if tongue and facts.language and primary(facts.language.value) != primary(tongue):
        said = f"language: the page says {facts.language.value}, its text is {tongue}"
        note(Warned(WarningKind.LANGUAGE, said))
    return tongue


def _is_code(element: etree._Element | None) -> bool:
    return element is not None and (element.tag in _CODE or next(element.iterancestors(*_CODE), None) is not None)


def _headings(tree: etree._Element, url: str) -> list[etree._Element]:
    """The page's `<h1>` elements, without the site's or blog's name that leads to its first page."""
    headings = list(tree.iter("h1"))
    linked = [(one, next(one.iter("a"), next(one.iterancestors("a"), None))) for one in headings]
    targets = ((heading, "" if link is None else link.get("href") or "") for heading, link in linked)
    return [one for one, target in targets if not (_is_home(target, url) or _is_above(target, url))] or headings


def _site_names(
    facts: Facts, blocks: Sequence[LabelledText], tree: etree._Element, url: str, site_name: str | None
) -> tuple[str, ...]:
    """Everything this site is called: as configured, by the page, by its host, by links to its home page and its
    copyright notice."""
    stated = [
        site_name or "",
        value_of(facts.publisher, ""),
        *(fact.value for fact in facts.site_names),
        host_name(url),
    ]
    home = (
        link
        for link in islice(tree.iter("a"), _MOST_ABOVE)
        if _is_home(link.get("href"), url) or _is_headline_of_site(link, url)
    )
    names = [inner_text(link) for link in islice(home, 3)]
    names += _named_at_head(facts, blocks)
    notices = (block.text for block in blocks if block.label is Label.LEGAL_NOTICE)
    names += [match[1].strip() for text in notices if (match := _COPYRIGHT.search(text[:300]))]
    stated += [name for name in names if 3 <= len(name) <= _LONGEST_NAME]
    return tuple(dict.fromkeys(filter(None, stated)))


def _named_at_head(facts: Facts, blocks: Sequence[LabelledText]) -> list[str]:
    """The line at the page's head, among its menus, with which a title begins or ends."""
    if not blocks or blocks[0].label is not Label.NAVIGATION:
        return []
    first = blocks[0].text.split(maxsplit=1)[0]
    titles = [fact.value for fact in facts.titles if first in fact.value]
    line = apart(blocks[0]).split("\n")[0].strip() if titles else ""
    return [line] if any(title.startswith(line) or title.endswith(line) for title in titles) else []


def _is_headline_of_site(link: etree._Element, url: str) -> bool:
    """Whether a link is a headline that leads to the root of a site, wherever the page was found, or to a directory
    above the page: its name."""
    up, target = link.getparent(), link.get("href") or ""
    is_headline = up is not None and up.tag == "h1"
    return is_headline and (bool(_ROOT.fullmatch(target)) or _is_above(target, url))


def _is_above(target: str, url: str) -> bool:
    """Whether an address is that of a directory in which a page stands, at least two levels below: blogs share a
    host."""
    above = web_address(target, url) or ""
    return above.endswith("/") and url.startswith(above) and "/" in url[len(above) :].rstrip("/")


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
        beside = [block.element.getprevious(), block.element.getnext()] if block.label is Label.BODY else []
        figures = [one for one in beside if one is not None and _is_picture(one)]
        if block.label is Label.CAPTION:
            # Editors' programs set a picture and its caption in other boxes too.
            boxes = islice(block.element.iterancestors(), _NEAR_PICTURE)
            figures = list(block.element.iterancestors("figure")) or list(islice(filter(is_one_picture, boxes), 1))
        for figure in figures:
            if figure in seen or len(seen) >= _MAX_FIGURES:
                continue
            seen.add(figure)
            if image := _image(figure, block.text if block.label is Label.CAPTION else None, url):
                yield image


def _is_picture(element: etree._Element) -> bool:
    """Whether an element is a picture, or holds one and no text."""
    if element.tag in ("figure", "picture", *PICTURES):
        return True
    if element.tag not in _BOXES or len(element) == 0 or (element.text or "").strip():
        return False
    return is_one_picture(element) and not any(map(str.strip, map(str, element.itertext())))


def _image(figure: etree._Element, caption: str | None, url: str) -> Image | None:
    picture = next(iter(pictures_in(figure)), None)
    if picture is None or (target := source_of(picture, url)) is None:
        return None
    caption = caption or next((inner_text(element) for element in figure.iter("figcaption")), None)
    return Image(url=target, caption=plain(caption or "") or None, alt=plain(picture.get("alt") or "") or None)


def choose_licence(facts: Facts, marked: Iterable[etree._Element], url: str) -> str | None:
    """The stated licence, or the first that one of the page's links calls so (`<a rel=license>`)."""
    if facts.license:
        return facts.license.value
    called = (link for link in among(marked, LICENCES, "a") if "license" in link.get("rel", "").split())
    own = (link.get("href") for link in called if next(link.iterancestors(*_FOREIGN), None) is None)
    return next((target for address in own if address is not None and (target := web_address(address, url))), None)
