"""A record as Markdown (CommonMark 0.31, with the tables of GitHub), which reads back as the same words in the same
structure: text that would be markup is escaped, and links, emphasis and code are as on the page."""

import re
from collections.abc import Collection, Sequence

from archive.article_structure import Node, article_structure
from archive.block_reading import read_block
from archive.inline_parts import Cell, cells_of, parts_of
from archive.labels import Label
from archive.markdown_inline import cell, escaped, inline, one_line, picture
from archive.places import LISTS, kind_of_block, level_of
from archive.records import Block, BlockKind, Record

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_CLOSING_MARKS = re.compile(r"(?:(?<=\s)|^)#+$")
_INDENT = re.compile("^ +", re.M)


def as_markdown(record: Record, labels: Collection[Label | str] | None = None) -> str:
    """Title, standfirst, authors, date, and the text with its sub-headings, lists, quotes, tables, code and pictures.

    `labels` are those of the text's blocks; by default the text is that of the record.
    """
    nodes = article_structure(record, labels)
    parts = [f"# {_heading(one_line(record.title))}"] if record.title else []
    if record.standfirst and not any(node.block and node.block.label is Label.STANDFIRST for node in nodes):
        parts.append(f"*{one_line(record.standfirst)}*")
    credit = " · ".join(filter(None, [", ".join(record.authors), record.date_published]))
    text = "\n\n".join(filter(None, [*parts, escaped(credit), blocks_markdown(nodes)]))
    return text + "\n" if text else ""


def body_markdown(record: Record, labels: Collection[Label | str] | None = None) -> str:
    """The text alone, without an end of line."""
    return blocks_markdown(article_structure(record, labels))


def blocks_markdown(nodes: Sequence[Node]) -> str:
    """Some parts of an article, blank lines between them."""
    pieces: list[str] = []
    other = False
    for node, before in zip(nodes, [None, *nodes], strict=False):
        # A list right behind another is told from it by its marks.
        other = not other if before is not None and before.tag in LISTS and node.tag in LISTS else False
        pieces.append(_part(node, other))
    return "\n\n".join(pieces)


def _part(node: Node, other: bool = False) -> str:
    if node.block is not None:
        return _leaf(node.block)
    if node.tag in LISTS:
        return _list(node, other)
    if node.tag == "table":
        return _table(node)
    if node.image is not None:
        return f"{picture(node.image)}\n\n{blocks_markdown(node.parts)}"
    inner = blocks_markdown(node.parts)
    return _indented(inner, "> ", "> ", empty=">") if node.tag == "blockquote" else inner


def _leaf(block: Block) -> str:
    kind = kind_of_block(block)
    if kind is BlockKind.CODE:
        return _fenced(_CONTROLS.sub("", read_block(block)))
    if kind is BlockKind.HEADING:
        level = min(6, max(2, level_of(block)))
        return f"{'#' * level} {_heading(' '.join(inline(parts_of(block)).split()))}"
    if kind is BlockKind.TABLE_ROW:
        return _rows([cells_of(block)])
    return _INDENT.sub(lambda match: "\xa0" * len(match[0]), inline(parts_of(block)))


def _heading(text: str) -> str:
    return _CLOSING_MARKS.sub(lambda match: "\\" + match[0], text)


def _fenced(text: str) -> str:
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}\n{text}\n{fence}"


def _list(node: Node, other: bool) -> str:
    items = _items(node)
    is_tight = all(_is_tight(item) for item in items)
    written = []
    for number, item in enumerate(items, max(0, node.start)):
        mark = f"{number}{')' if other else '.'} " if node.tag == "ol" else "* " if other else "- "
        inner = "\n".join(map(_part, item)) if is_tight else blocks_markdown(item)
        written.append(_indented(inner, mark, " " * len(mark)))
    return ("\n" if is_tight else "\n\n").join(written)


def _items(node: Node) -> list[list[Node]]:
    """What each item holds; a description belongs to the term before it."""
    items: list[list[Node]] = []
    for item in node.parts:
        if item.tag == "dd" and items:
            items[-1] += item.parts
        else:
            items.append(list(item.parts))
    return items


def _is_tight(item: Sequence[Node]) -> bool:
    """Whether an item is one paragraph, with at most one list below it, that needs no blank line between."""
    first, *rest = item
    if first.block is None or first.kind in (BlockKind.CODE, BlockKind.TABLE_ROW) or len(rest) > 1:
        return False
    return not rest or (rest[0].tag in LISTS and (rest[0].tag != "ol" or rest[0].start == 1))


def _table(node: Node) -> str:
    captions = [part for part in node.parts if part.kind is not BlockKind.TABLE_ROW]
    rows = [cells_of(part.block) for part in node.parts if part.block and part.kind is BlockKind.TABLE_ROW]
    return "\n\n".join([*map(_part, captions), *([_rows(rows)] if rows else [])])


def _rows(rows: Sequence[Sequence[Cell]]) -> str:
    """A table; its first row is the head, for every table of Markdown has one."""
    width = max(map(len, rows))
    first, *rest = [[*(cell(one.parts) for one in row), *[""] * (width - len(row))] for row in rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in [first, ["---"] * width, *rest])


def _indented(text: str, first: str, rest: str, empty: str = "") -> str:
    begin, *lines = text.split("\n")
    return "\n".join([first + begin, *(rest + line if line else empty for line in lines)])
