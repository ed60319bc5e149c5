"""Blocks as HTML: in the lists, quotes and tables that they stand in on their page, with links, emphasis and code.

Every block is one element of the class `block`, whose title tells its label, what decided it, and its place.
"""

from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

from archive.article_structure import Node, structure
from archive.block_reading import read_block
from archive.inline_parts import Cell, Part, cells_of, parts_of
from archive.places import LISTS, level_of
from archive.records import Block, BlockKind, Image, SpanKind
from archive.telling.unseen import DIRECTION_MARKS, visible

#: Below this confidence a block shows it beside its text: there labels are worth a second look.
UNSURE = 0.6
_TAGS = {SpanKind.STRONG: "strong", SpanKind.EMPHASIS: "em", SpanKind.CODE: "code"}
_CLASSES = {BlockKind.CODE: "pre", BlockKind.VERSE: "verse", BlockKind.CAPTION: "caption", BlockKind.HEADING: "heading"}


def blocks_html(blocks: Sequence[Block], images: Mapping[int, Image]) -> Markup:
    """Some blocks of one page. `images` are those above captions, by the captions' ids; they are linked, not shown."""
    return Markup("\n").join(map(_element, structure(blocks, images)))


def _element(node: Node) -> Markup:
    if node.block is not None:
        return _leaf(node.block, node.kind)
    inner = Markup("").join(map(_element, node.parts))
    if node.tag in LISTS:
        return _list(node)
    if node.tag == "table":
        return Markup("<table>{}</table>").format(inner)
    if node.image is not None:
        picture = Markup('<a class="picture" href="{}" rel="noopener noreferrer nofollow">{}</a>')
        told = picture.format(node.image.url, _shown(f"Picture: {node.image.alt or node.image.url}"))
        return Markup("<figure>{}{}</figure>").format(told, inner)
    return Markup("<blockquote>{}</blockquote>").format(inner)


def _list(node: Node) -> Markup:
    tag = node.tag if node.tag in ("ol", "dl") else "ul"
    start = Markup(' start="{}"').format(node.start) if tag == "ol" and node.start != 1 else ""
    items = (
        Markup("<{0}>{1}</{0}>").format(item.tag, Markup("").join(map(_element, item.parts))) for item in node.parts
    )
    return Markup("<{0}{1}>{2}</{0}>").format(tag, start, Markup("").join(items))


def _leaf(block: Block, kind: BlockKind | None) -> Markup:
    tag, inner = "p", _lines(parts_of(block))
    if kind is BlockKind.HEADING:
        tag = f"h{max(2, level_of(block))}"
    elif kind is BlockKind.CODE:
        tag, inner = "pre", _shown(read_block(block))
    elif kind is BlockKind.TABLE_ROW:
        tag, inner = "tr", Markup("").join(map(_cell, cells_of(block)))
    name = _CLASSES.get(kind, "") if kind else ""
    told = f"{block.label}, {block.rule}, confidence {block.confidence:.2f}\n{block.xpath or 'plain text'}"
    sure = Markup(' data-sure="{:.0f}%"').format(100 * block.confidence) if block.confidence < UNSURE else ""
    opening = Markup('<{} class="{}" dir="auto" title="{}"{}>')
    return opening.format(tag, f"block {name}".strip(), _shown(told), sure) + inner + Markup("</{}>").format(tag)


def _cell(cell: Cell) -> Markup:
    return Markup("<{0}>{1}</{0}>").format("th" if cell.is_header else "td", _lines(cell.parts))


def _lines(parts: Sequence[Part]) -> Markup:
    return Markup("").join(map(_part, parts))


def _part(part: Part) -> Markup:
    if part.kind is None:
        return _shown(part.text)
    if part.kind is SpanKind.LINK:
        link = Markup('<a href="{}" rel="noopener noreferrer nofollow">{}</a>')
        return link.format(part.href, _lines(part.parts)) if part.href else _lines(part.parts)
    return Markup("<{0}>{1}</{0}>").format(_TAGS[part.kind], _lines(part.parts))


def _shown(text: str) -> Markup:
    return escape(visible(text, DIRECTION_MARKS))
