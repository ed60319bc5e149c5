"""Labelled blocks as the record holds them: each with its kind, its number or cells, its links and its place."""

import re
import sys
from collections.abc import Mapping, Sequence
from itertools import chain, islice
from typing import cast

from lxml import etree

from archive.capture_fields import names_of
from archive.extraction.blocks import TextBlock
from archive.extraction.inline import SPAN_KINDS, Addresses, number_in, set_apart
from archive.extraction.native import compiled
from archive.extraction.rules import Verdict
from archive.extraction.xpaths import Located, located
from archive.labels import Label
from archive.places import ITEMS
from archive.records import Block, BlockKind, Link, Span

_kernel = compiled("record_blocks")
#: What the kernel asks this module for, beside what is here.
__all__ = ("SPAN_KINDS", "Link", "Span", "names_of", "number_in")
_LINED = (BlockKind.PARAGRAPH, BlockKind.QUOTE, BlockKind.CODE, BlockKind.LIST_ITEM, BlockKind.OTHER)
_CELLS = ("td", "th")
_INTEGER = re.compile(r"\s*([+-]?\d{1,9})")
#: Columns of a row that are told; the HTML standard stops at a thousand (4.9.11).
_COLUMNS = 100
_VERSE_NAMES = frozenset(
    "verse verses poem poems poetry poesie poesia stanza stanzas strophe lyric lyrics songtext gedicht haiku".split()
)
_WORD = re.compile(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+")
#: Elements from a block's own upwards whose names are looked at, and characters of a name.
_NEAR, _LONGEST_NAME = 3, 400
#: Lines that make verse at least, and characters of the longest.
_LINES, _LONGEST = 3, 64
#: What addresses, figures, hours and code have, and verse seldom.
_NO_VERSE = re.compile(r"[\d{}<>=|\\@$#]|://|;\s*$|:\s*$|\(\)")


def record_blocks(
    blocks: Sequence[TextBlock], verdicts: Sequence[Verdict], tree: etree._Element, url: str
) -> list[Block]:
    """The blocks of a page's record."""
    addresses, forms = Addresses(tree, url), Forms()
    if _kernel:
        parts = _kernel.Parts(sys.modules[__name__], forms, addresses)
        return cast("list[Block]", parts.of(blocks, verdicts, located(blocks)))
    rows = zip(blocks, verdicts, located(blocks), strict=True)
    return [_record_block(block, verdict, where, addresses, forms) for block, verdict, where in rows]


def _record_block(block: TextBlock, verdict: Verdict, where: Located, addresses: Addresses, forms: "Forms") -> Block:
    links, spans, cells = set_apart(addresses, block)
    kind = forms.kind(block, where, verdict.label)
    fields = {
        "label": verdict.label,
        "kind": kind,
        "level": where.setting.level if kind is BlockKind.HEADING else None,
        "depth": where.setting.depth,
        "number": forms.number(block.element) if kind is BlockKind.LIST_ITEM else None,
        "text": block.text,
        "cells": forms.columns(block.element, cells) if kind is BlockKind.TABLE_ROW else None,
        "links": links,
        "spans": spans,
        "xpath": where.xpath,
        "rule": verdict.rule,
        "confidence": verdict.confidence,
        "page": None,
        "post": None,
    }
    return Block.built(fields)


class Forms:
    """The kinds of one page's blocks, in page order: the first block of a list item is the item, and cells of rows
    above take columns of those below. `begun` are the paths of the items so far."""

    def __init__(self) -> None:
        self.begun: set[str] = set()
        self._numbers: dict[etree._Element, dict[etree._Element, int]] = {}
        self._taken: dict[etree._Element | None, dict[int, int]] = {}

    def kind(self, block: TextBlock, where: Located, label: Label) -> BlockKind:
        """The kind of the next block."""
        kind, item = where.setting.kind, where.item
        if block.element.tag == "tr" and any(mark.element.tag in _CELLS for mark in block.marks):
            kind = BlockKind.TABLE_ROW
        elif "\n" in block.text and kind in _LINED and is_verse(block.text, block.element, kind):
            kind = BlockKind.VERSE
        if item is not None:
            if kind is BlockKind.LIST_ITEM and item in self.begun:
                return BlockKind.PARAGRAPH
            self.begun.add(item)
        is_caption = label is Label.CAPTION and kind in (BlockKind.PARAGRAPH, BlockKind.OTHER)
        return BlockKind.CAPTION if is_caption else kind

    def number(self, element: etree._Element) -> int | None:
        """The number of the item that an element stands in; None where its list has no order."""
        item: etree._Element | None = element
        while item is not None and item.tag not in ITEMS:
            item = item.getparent()
        ordered = None if item is None else item.getparent()
        if item is None or ordered is None or ordered.tag != "ol":
            return None
        if ordered not in self._numbers:
            self._numbers[ordered] = item_numbers(ordered)
        return self._numbers[ordered].get(item)

    def columns(self, row: etree._Element, texts: Mapping[etree._Element, str]) -> tuple[str, ...]:
        """The text of each column of a table's row."""
        found, self._taken[row.getparent()] = columns(row, texts, self._taken.get(row.getparent(), {}))
        return found


def item_numbers(ordered: etree._Element) -> dict[etree._Element, int]:
    """The numbers of an ordered list's items, as a browser counts them (HTML standard, 4.4.5 and 4.4.8)."""
    items = [child for child in ordered if child.tag == "li"]
    step = 1 if ordered.get("reversed") is None else -1
    start = _INTEGER.match(ordered.get("start", ""))
    number = int(start[1]) if start else 1 if step > 0 else len(items)
    found = {}
    for item in items:
        stated = _INTEGER.match(item.get("value", ""))
        found[item] = number = int(stated[1]) if stated else number
        number += step
    return found


def columns(
    row: etree._Element, texts: Mapping[etree._Element, str], taken: Mapping[int, int]
) -> tuple[tuple[str, ...], dict[int, int]]:
    """The text of each column of a table's row, and for how many rows more each is taken: a cell that spans several
    columns or rows leaves the others empty. `taken` is what the row above left."""
    told: list[str] = []
    spans: dict[int, int] = {}
    for cell in [*(child for child in row if child.tag in _CELLS), None]:
        while len(told) in taken and len(told) < _COLUMNS:
            told.append("")
        if cell is not None:
            wide, high = _span(cell, "colspan"), _span(cell, "rowspan")
            spans |= dict.fromkeys(range(len(told), len(told) + wide), high - 1) if high > 1 else {}
            told += [texts.get(cell, ""), *[""] * (wide - 1)]
    return tuple(told[:_COLUMNS]), {column: rows - 1 for column, rows in taken.items() if rows > 1} | spans


def _span(cell: etree._Element, name: str) -> int:
    stated = cell.get(name, "1").strip()
    return min(max(int(stated), 1), _COLUMNS) if stated.isascii() and stated.isdigit() and len(stated) < 6 else 1


def is_verse(text: str, element: etree._Element, kind: BlockKind) -> bool:
    """Whether lines of some kind are verse: by what their elements are called, or by how they look."""
    is_preformatted = kind is BlockKind.CODE
    for up in islice(chain([element], element.iterancestors()), _NEAR):
        names = f"{up.get('class', '')} {up.get('id', '')}"[:_LONGEST_NAME]
        if not _VERSE_NAMES.isdisjoint(map(str.lower, _WORD.findall(names))):
            return True
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) < _LINES or max(map(len, lines)) > _LONGEST:
        return False
    if is_preformatted and next(element.iter("code", "kbd", "samp"), None) is not None:
        return False
    odd = sum(bool(_NO_VERSE.search(line)) for line in lines)
    return not odd if is_preformatted else 4 * odd <= len(lines)
