"""The article's images: those that structured data states, and those that stand beside its text."""

from collections.abc import Iterator, Sequence

from lxml import etree

from archive.extraction.metadata.facts import Facts
from archive.extraction.metadata.labelled import LabelledText
from archive.extraction.metadata.text import inner_text, plain
from archive.extraction.metadata.values import web_address
from archive.labels import Label
from archive.records import Image

_MAX_IMAGES, _MAX_FIGURES = 30, 60
_SOURCES = ("src", "data-src", "data-original", "data-lazy-src", "data-srcset", "srcset")


def choose_images(facts: Facts, blocks: Sequence[LabelledText], url: str) -> tuple[Image, ...]:
    """Images of figures beside body blocks and captions, with the captions found there; then the stated ones."""
    found: dict[str, Image] = {}
    for image in (*_figures(blocks, url), *(fact.value for fact in facts.images)):
        # The same picture in other sizes differs in its query alone.
        key = image.url.partition("?")[0].partition("#")[0]
        found[key] = _merged(found[key], image) if key in found else image
    return tuple(found.values())[:_MAX_IMAGES]


def _merged(first: Image, second: Image) -> Image:
    return Image(
        url=first.url,
        caption=first.caption or second.caption,
        credit=first.credit or second.credit,
        alt=first.alt or second.alt,
    )


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
        if value and not value.startswith("data:") and (absolute := web_address(value, url)):
            return absolute
    return None
