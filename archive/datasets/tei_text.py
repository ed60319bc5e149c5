"""The text of an article in TEI's elements, as far as the schema that trafilatura ships has them: it has no tables, so
these are lists of rows, which are lists of cells."""

import re
from collections.abc import Sequence

from lxml import etree

from archive.article_structure import Node
from archive.block_reading import read_block
from archive.inline_parts import Cell, Part, cells_of, parts_of
from archive.places import LISTS, level_of
from archive.records import Block, BlockKind, SpanKind

#: Characters that XML 1.0 does not allow (section 2.2).
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_RENDITIONS = {SpanKind.STRONG: "#b", SpanKind.EMPHASIS: "#i", SpanKind.CODE: "#t"}


def clean(text: str | None) -> str:
    """A text without what XML cannot hold."""
    return _NOT_XML.sub("", text or "")


def tei_parts(nodes: Sequence[Node]) -> list[etree._Element]:
    """The elements of some parts of an article."""
    return [_element(node) for node in nodes]


def _element(node: Node) -> etree._Element:
    if node.block is not None:
        return _leaf(node.block, node.kind)
    if node.tag in LISTS:
        return _list(node)
    if node.tag == "table":
        return _table(node)
    if node.tag == "blockquote":
        return _holder("quote", tei_parts(node.parts))
    picture = etree.Element("ab", type="figure")
    if node.image is not None:
        graphic = etree.SubElement(picture, "graphic", url=clean(node.image.url))
        if node.image.alt:
            etree.SubElement(graphic, "desc").text = clean(node.image.alt)
    for part in node.parts:
        _fill(etree.SubElement(picture, "note", type="caption"), parts_of(part.block) if part.block else ())
    return picture


def _leaf(block: Block, kind: BlockKind | None) -> etree._Element:
    if kind is BlockKind.CODE:
        code = etree.Element("ab", type="code")
        code.text = clean(read_block(block))
        return code
    if kind is BlockKind.HEADING:
        return _fill(etree.Element("ab", type="header", rend=f"h{level_of(block)}"), parts_of(block))
    if kind is BlockKind.VERSE:
        return _holder("lg", [_fill(etree.Element("l"), line) for line in _lines(parts_of(block))])
    if kind is BlockKind.TABLE_ROW:
        return _row(cells_of(block))
    if kind is BlockKind.CAPTION:
        return _fill(etree.Element("ab", type="caption"), parts_of(block))
    return _fill(etree.Element("p"), parts_of(block))


def _list(node: Node) -> etree._Element:
    found = etree.Element("list", rend=node.tag)
    for number, item in enumerate(node.parts, node.start):
        written = etree.SubElement(found, "item")
        if node.tag == "ol":
            written.set("n", str(number))
        elif node.tag == "dl":
            written.set("rend", item.tag)
        first, *rest = item.parts
        if first.block is not None and first.kind is BlockKind.LIST_ITEM:
            _fill(written, parts_of(first.block))
        else:
            written.append(_element(first))
        written.extend(tei_parts(rest))
    return found


def _table(node: Node) -> etree._Element:
    captions = [part.block for part in node.parts if part.block and part.kind is not BlockKind.TABLE_ROW]
    table = etree.Element("list", type="table")
    for caption in captions:
        _fill(etree.SubElement(table, "head"), parts_of(caption))
    for part in node.parts:
        if part.block is not None and part.kind is BlockKind.TABLE_ROW:
            etree.SubElement(table, "item").append(_row(cells_of(part.block)))
    if len(table) == len(captions):
        etree.SubElement(table, "item")
    return table


def _row(cells: Sequence[Cell]) -> etree._Element:
    row = etree.Element("list", type="row")
    for cell in cells:
        item = etree.SubElement(row, "item")
        if cell.is_header:
            item.set("rend", "header")
        _fill(item, cell.parts)
    return row


def _holder(tag: str, parts: Sequence[etree._Element]) -> etree._Element:
    found = etree.Element(tag)
    found.extend(parts)
    return found


def _fill(element: etree._Element, parts: Sequence[Part]) -> etree._Element:
    """Put parts into an element; what ends a line ends it here too."""
    for part in parts:
        if part.kind is None:
            first, *more = clean(part.text).split("\n")
            _append(element, first)
            for line in more:
                etree.SubElement(element, "lb").tail = line
        elif part.kind is SpanKind.LINK:
            _fill(etree.SubElement(element, "ref", target=clean(part.href)), part.parts)
        else:
            _fill(etree.SubElement(element, "hi", rend=_RENDITIONS[part.kind]), part.parts)
    return element


def _append(element: etree._Element, text: str) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def _lines(parts: Sequence[Part]) -> list[list[Part]]:
    """The lines of verse; what goes on over the end of one is set apart in both."""
    lines: list[list[Part]] = [[]]
    for part in parts:
        texts = [[Part(None, text)] for text in part.text.split("\n")] if part.kind is None else _lines(part.parts)
        for number, inner in enumerate(texts):
            if number:
                lines.append([])
            text = "".join(one.text for one in inner)
            if text:
                lines[-1] += inner if part.kind is None else [part._replace(text=text, parts=tuple(inner))]
    return lines
