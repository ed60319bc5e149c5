"""Labelled blocks as the record holds them: each with its kind, its links and its place."""

from collections.abc import Iterator, Sequence
from typing import Any

from lxml import etree

from archive.extraction.addresses import Addresses
from archive.extraction.blocks import TextBlock
from archive.extraction.cells import Tables
from archive.extraction.inline import Inline
from archive.extraction.list_numbers import ListNumbers
from archive.extraction.rules import Verdict
from archive.extraction.verse import is_verse
from archive.extraction.xpaths import xpaths
from archive.labels import Label
from archive.places import ITEMS, Place, place_of
from archive.records import BlockKind

_LINED = (BlockKind.PARAGRAPH, BlockKind.QUOTE, BlockKind.CODE, BlockKind.LIST_ITEM, BlockKind.OTHER)
_NOWHERE = Place()


def block_rows(
    blocks: Sequence[TextBlock], verdicts: Sequence[Verdict], tree: etree._Element, url: str
) -> Iterator[dict[str, Any]]:
    """The fields of `archive.records.Block`, block by block."""
    addresses, forms = Addresses(tree, url), _Forms()
    for block, (label, rule, confidence), xpath in zip(blocks, verdicts, xpaths(blocks), strict=True):
        row = forms.of(block, place_of(xpath) if xpath else _NOWHERE, label)
        row |= {"label": label, "text": block.text, "xpath": xpath, "rule": rule, "confidence": confidence}
        if (href := _only_link(block)) is not None:
            # Half of a page's blocks are one link and nothing else.
            address = addresses.of(href)
            row["links"] = [{"text": block.text, "href": address}] if address else []
        elif block.marks:
            inline = Inline(block, addresses)
            row |= {"links": inline.links, "spans": inline.spans}
            if row["kind"] is BlockKind.TABLE_ROW:
                row["cells"] = forms.tables.row(block.element, inline.cells)
        yield row


def _only_link(block: TextBlock) -> str | None:
    """Where the one link leads that a block is as a whole; None where there is more to tell of it."""
    if len(block.marks) != 1:
        return None
    mark = block.marks[0]
    is_whole = mark.start == 0 and mark.end in (None, len(block.pieces))
    return mark.element.get("href", "") if is_whole and mark.element.tag == "a" else None


class _Forms:
    """The kinds of one page's blocks, in page order: the first block of a list item is the item."""

    def __init__(self) -> None:
        self.tables = Tables()
        self._numbers = ListNumbers()
        self._begun: set[str] = set()

    def of(self, block: TextBlock, place: Place, label: Label) -> dict[str, Any]:
        """Kind, level, depth and number of the next block."""
        kind = self._kind(block, place)
        row: dict[str, Any] = {"kind": kind}
        if kind is BlockKind.HEADING:
            row["level"] = place.level
        if place.around:
            row["depth"] = place.depth
        if (item := place.item) is not None:
            is_first = item.path not in self._begun
            self._begun.add(item.path)
            if kind is BlockKind.LIST_ITEM and not is_first:
                row["kind"] = BlockKind.PARAGRAPH
            elif kind is BlockKind.LIST_ITEM:
                row["number"] = self._number(block.element)
        if label is Label.CAPTION and kind in (BlockKind.PARAGRAPH, BlockKind.OTHER):
            row["kind"] = BlockKind.CAPTION
        return row

    def _kind(self, block: TextBlock, place: Place) -> BlockKind:
        if block.element.tag == "tr" and any(mark.element.tag in ("td", "th") for mark in block.marks):
            return BlockKind.TABLE_ROW
        kind = place.kind
        if "\n" in block.text and kind in _LINED:
            preformatted = kind is BlockKind.CODE
            if is_verse(block.text, block.element, is_preformatted=preformatted):
                return BlockKind.VERSE
        return kind

    def _number(self, element: etree._Element) -> int | None:
        at: etree._Element | None = element
        while at is not None and at.tag not in ITEMS:
            at = at.getparent()
        return None if at is None else self._numbers.of(at)
