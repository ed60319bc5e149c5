"""The pictures of a gallery with their captions: also those of slides that are not shown yet, of what opens a picture
(`data-caption`), and of `ImageGallery` in JSON-LD."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from lxml import etree

from archive.extraction.attributes import among
from archive.extraction.blocks import TextBlock
from archive.extraction.metadata.fact_text import plain, web_address
from archive.extraction.metadata.json_ld import read_nodes, scripts_with, texts, types
from archive.extraction.metadata.pictures import pictures_in, source_of
from archive.labels import Label
from archive.records import Block, Image

#: Pictures from which on they are a gallery, and the most that are kept of one.
_LEAST, _MOST = 3, 300
#: Levels above a caption at which its picture is looked for.
_LEVELS = 4
_CAPTIONS = ("data-caption", "data-sub-html", "data-gallery-caption", "data-lightbox-caption", "data-pswp-caption")
#: Attributes of what opens a picture with its caption.
CAPTIONED = tuple((name, "") for name in _CAPTIONS)
_OPENED = ("a", "img", "figure", "li")
_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif")


def with_gallery(
    images: Sequence[Image],
    blocks: Sequence[Block],
    shown: Sequence[TextBlock],
    marked: Sequence[etree._Element],
    url: str,
) -> tuple[Image, ...]:
    """The images of an article, with those of its galleries and their captions. `shown` are the blocks of the page as
    they stand in the tree, and `marked` its elements with an attribute of CAPTIONED or SCRIPTS, or more of them."""
    known: dict[str, Image] = {}
    for image in images:
        _take(image, known)
    galleries = (_beside_captions(blocks, shown, url), _opened(marked, url), _stated(marked, url))
    for gallery in (list(islice(one, _MOST)) for one in galleries):
        for image in gallery:
            # One or two are no gallery, but tell what the article's own pictures show.
            if len(gallery) >= _LEAST or _key(image) in known:
                _take(image, known)
    return tuple(known.values())


def _take(image: Image, known: dict[str, Image]) -> None:
    before = known.setdefault(_key(image), image)
    if not before.caption and image.caption:
        said = {"caption": image.caption, "credit": before.credit or image.credit}
        known[_key(image)] = before.model_copy(update=said)


def _key(image: Image) -> str:
    return image.url.partition("?")[0]


def _beside_captions(blocks: Sequence[Block], shown: Sequence[TextBlock], url: str) -> Iterator[Image]:
    """A picture that stands alone with a caption, in whatever element holds both."""
    for block, seen in zip(blocks, shown, strict=False):
        if block.label is not Label.CAPTION:
            continue
        for above in islice(seen.element.iterancestors(), _LEVELS):
            pictures = pictures_in(above)
            if pictures:
                address = source_of(pictures[0], url) if len(pictures) == 1 else None
                if address:
                    yield Image(url=address, caption=plain(block.text), alt=plain(pictures[0].get("alt") or "") or None)
                break


def _opened(marked: Sequence[etree._Element], url: str) -> Iterator[Image]:
    """Pictures whose captions are shown once they are opened."""
    for element in among(marked, CAPTIONED, *_OPENED)[:_MOST]:
        caption = next((plain(_unmarked(said)) for name in _CAPTIONS if (said := element.get(name))), "")
        picture = next(iter(pictures_in(element)), None)
        whole = element.get("href") or ""
        is_picture = whole.lower().partition("?")[0].endswith(_ENDINGS)
        address = web_address(whole, url) if is_picture else (None if picture is None else source_of(picture, url))
        if caption and address:
            yield Image(url=address, caption=caption)


def _unmarked(said: str) -> str:
    """A caption without the markup that it may hold."""
    if "<" not in said:
        return said
    try:
        return " ".join("".join(map(str, etree.HTML(said).itertext())).split())
    except (etree.XMLSyntaxError, AttributeError, ValueError):
        return ""


def _stated(marked: Sequence[etree._Element], url: str) -> Iterator[Image]:
    for script in scripts_with(marked, "Gallery"):
        # A gallery without captions says nothing of its pictures.
        for node in read_nodes([script] if "caption" in (script.text or "") else []):
            if any(kind.endswith("Gallery") for kind in types(node)):
                yield from islice(_pictures(node, url), _MOST)


def _pictures(node: dict[str, Any], url: str) -> Iterator[Image]:
    for key in ("associatedMedia", "image", "hasPart", "itemListElement"):
        value = node.get(key)
        for item in value if isinstance(value, list) else [value]:
            picture = item.get("item", item) if isinstance(item, dict) else None
            address = texts(picture.get("contentUrl") or picture.get("url")) if isinstance(picture, dict) else ""
            if isinstance(picture, dict) and address and (whole := web_address(address, url)):
                caption = texts(picture.get("caption")) or texts(picture.get("description"))
                yield Image(url=whole, caption=caption or None, credit=texts(picture.get("creditText")) or None)
