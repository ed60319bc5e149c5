"""The links of a block and where they lead, and which parts of it are set apart within its lines."""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate
from urllib.parse import urljoin

from lxml import etree

from archive.extraction.blocks import TextBlock
from archive.extraction.flow import is_number
from archive.extraction.metadata.fact_text import WHOLE
from archive.extraction.runs import ink, inked
from archive.records import Link, Span, SpanKind

SPAN_KINDS = {
    "a": SpanKind.LINK,
    **dict.fromkeys(("b", "strong"), SpanKind.STRONG),
    **dict.fromkeys(("em", "i"), SpanKind.EMPHASIS),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), SpanKind.CODE),
    "sup": SpanKind.SUPERSCRIPT,
    "sub": SpanKind.SUBSCRIPT,
    **dict.fromkeys(("del", "s", "strike"), SpanKind.DELETED),
    **dict.fromkeys(("rt", "rp"), SpanKind.READING),
    "th": SpanKind.HEADER,
}
_LINE_NUMBER = re.compile(r"\s*\d{1,6}\s*")
#: Characters of the longest address that is kept.
_LONGEST = 2_000
_SCHEMES = ("http://", "https://", "mailto:")
#: How the most frequent addresses begin that lead nowhere.
_NOWHERE = ("javascript:", "tel:")
_DROPPED = str.maketrans(dict.fromkeys("\t\r\n"))


class Addresses(dict[str, str | None]):
    """Where the links of a page lead: the absolute address of each `href`, as the page's `<base>` and URL make it; None
    where that is nowhere, or not of http, https or mailto. What begins with a slash begins at the `origin`, if there is
    one."""

    def __init__(self, tree: etree._Element, url: str) -> None:
        super().__init__({"": None, "#": None})
        bases = (base.get("href") for head in tree.iterchildren("head") for base in head.iterchildren("base"))
        self._base = _joined(url, next((href for href in bases if href is not None), "")) or url
        self.origin, self._page = _taken_apart(self._base)

    def __missing__(self, href: str) -> str | None:
        """Find an address, and remember it."""
        target = href.strip().replace(" ", "%20")
        # Translating takes as long as all else here, and few addresses have such characters.
        target = target if target.isprintable() else target.translate(_DROPPED)
        if target in ("", "#") or len(target) > _LONGEST or target.startswith(_NOWHERE):
            found = None
        elif target[0] == "#":
            found = self._page + target
        elif self.origin and target[0] == "/" and target[:2] != "//" and "/." not in target:
            # To join two addresses takes a hundred times as long as this.
            found = self.origin + target
        else:
            is_whole = target.startswith(_SCHEMES) and "[" not in target
            found = target if is_whole else _joined(self._base, target)
        self[href] = found if found and found.startswith(_SCHEMES) else None
        return self[href]


def _taken_apart(base: str) -> tuple[str, str]:
    """How the addresses begin that a slash, or a place in the page, is joined to; empty where nothing can be."""
    if whole := WHOLE.fullmatch(base):
        return whole["site"], whole["page"]
    root, place = _joined(base, "/") or "", _joined(base, "#-") or "#-"
    return root[:-1] if root.startswith(("http://", "https://")) else "", place[:-2]


def _joined(base: str, target: str) -> str | None:
    try:
        return urljoin(base, target)
    except ValueError:
        return None


#: What is told of one block: its links and spans, and the texts of its cells.
Told = tuple[tuple[Link, ...], tuple[Span, ...], dict[etree._Element, str]]


def set_apart(addresses: Addresses, block: TextBlock) -> Told:
    """The links of a block, its spans, and the texts of its cells. What is all of the block needs no span if it is a
    link."""
    links: list[Link] = []
    spans: list[Span] = []
    cells: dict[etree._Element, str] = {}
    for mark, (start, end) in zip(block.marks, _places(block), strict=True):
        element, text = mark.element, block.text[start:end]
        kind = SPAN_KINDS.get(str(element.tag)) or number_in(text, element)
        if element.tag in ("td", "th"):
            cells[element] = text
        href = addresses[element.get("href", "")] if kind is SpanKind.LINK else ""
        if kind is None or not text or href is None:
            continue
        if kind is SpanKind.LINK:
            links.append(Link.built({"text": text, "href": href}))
        if kind is not SpanKind.LINK or text != block.text:
            spans.append(Span.built({"kind": kind, "start": start, "end": end}))
    return tuple(links), tuple(spans), cells


def number_in(text: str, element: etree._Element) -> SpanKind | None:
    """The kind of a part that is the number of a line of code; None of any other."""
    return SpanKind.LINE_NUMBER if _LINE_NUMBER.fullmatch(text) and is_number(element) else None


def _places(block: TextBlock) -> Iterator[tuple[int, int]]:
    """Where the marks of a block begin and end in its text: white space was folded there, so what is no white space is
    counted. No place begins or ends with white space."""
    pieces = block.pieces
    whole = 0, len(block.text)
    counted: Sequence[int] = ()
    shown: Sequence[int] = ()
    for mark in block.marks:
        end = len(pieces) if mark.end is None else mark.end
        if mark.start == 0 and end == len(pieces):
            yield whole
            continue
        if not counted:
            counted = [0, *accumulate(map(ink, pieces))]
            shown = inked(block.text)
        first, last = counted[mark.start], counted[end]
        yield (shown[first], shown[last - 1] + 1) if first < last else (0, 0)
