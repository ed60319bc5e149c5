"""The links of a block, and which parts of it are set apart within its lines."""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any

from lxml import etree

from archive.extraction.addresses import Addresses
from archive.extraction.blocks import TextBlock, is_number
from archive.extraction.white_space import ink
from archive.records import SpanKind

_KINDS = {
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


class Inline:
    """What is told of one block: its links, its spans, and the texts of its cells."""

    def __init__(self, block: TextBlock, addresses: Addresses) -> None:
        self._block = block
        self._addresses = addresses
        self.links: list[dict[str, str]] = []
        self.spans: list[dict[str, Any]] = []
        self.cells: dict[etree._Element, str] = {}
        for mark, (start, end) in zip(block.marks, _places(block), strict=True):
            self._take(mark.element, start, end)

    def _take(self, element: etree._Element, start: int, end: int) -> None:
        text = self._block.text[start:end]
        if element.tag in ("td", "th"):
            self.cells[element] = text
        kind = _kind(element, text)
        if kind is None or not text:
            return
        if kind is SpanKind.LINK:
            href = self._addresses.of(element.get("href", ""))
            if href is None:
                return
            self.links.append({"text": text, "href": href})
            if text == self._block.text:
                return
        self.spans.append({"kind": kind, "start": start, "end": end})


def _kind(element: etree._Element, text: str) -> SpanKind | None:
    kind = _KINDS.get(str(element.tag))
    if kind is None and _LINE_NUMBER.fullmatch(text) and is_number(element):
        return SpanKind.LINE_NUMBER
    return kind


def _places(block: TextBlock) -> Iterator[tuple[int, int]]:
    """Where the marks of a block begin and end in its text: white space was folded there, so what is no white space is
    counted. No place begins or ends with white space."""
    pieces = block.pieces
    whole = 0, len(block.text)
    counted: Sequence[int] = ()
    inked: Sequence[int] = ()
    for mark in block.marks:
        end = len(pieces) if mark.end is None else mark.end
        if mark.start == 0 and end == len(pieces):
            yield whole
            continue
        if not counted:
            counted = [0, *accumulate(map(ink, pieces))]
            inked = [at for at, sign in enumerate(block.text) if not sign.isspace()]
        first, last = counted[mark.start], counted[end]
        yield (inked[first], inked[last - 1] + 1) if first < last else (0, 0)
