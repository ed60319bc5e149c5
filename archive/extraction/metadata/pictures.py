"""The pictures of a page: what shows one, and where it comes from."""

from collections.abc import Iterator
from itertools import islice

from lxml import etree

from archive.extraction.flow import PICTURES
from archive.extraction.metadata.fact_text import web_address

#: Attributes with a picture's address, before all those of pictures that load once they come into view: until then
#: `src` may have a grey box.
_SOURCES = ("data-src", "data-original", "data-lazy-src", "data-full", "src", "data-srcset", "srcset")
#: Pictures of a box that are looked at.
_MOST = 6


def pictures_in(box: etree._Element) -> list[etree._Element]:
    """The first few pictures of a box, itself included; those of `<noscript>` only where it has no others."""
    found = list(islice(box.iter(*PICTURES), _MOST))
    return [one for one in found if next(one.iterancestors("noscript"), None) is None] or found


def is_one_picture(box: etree._Element) -> bool:
    """Whether a box holds one picture and no more."""
    return len(pictures_in(box)) == 1


def source_of(picture: etree._Element, url: str) -> str | None:
    """The absolute address of a picture on the page at `url`; None where it has none on the web."""
    return next(filter(None, (web_address(said, url) for said in _said(picture))), None)


def _said(picture: etree._Element) -> Iterator[str]:
    for name in _SOURCES:
        said = picture.get(name, "").strip()
        if name.endswith("srcset"):
            # The first candidate's address may hold commas, but ends before one (HTML, "Parsing a srcset attribute").
            said = said.partition(" ")[0].rstrip(",")
        # "{width}" stands for what a script would write there.
        if said and "{" not in said and not said.startswith("data:"):
            yield said
