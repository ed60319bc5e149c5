"""What stands within the lines of a block, as a tree: text, and links, emphasis and code around it."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from archive.block_reading import Reading, Set, reading_of
from archive.records import Block, SpanKind

#: Two of these that touch are one.
_JOINED = frozenset((SpanKind.STRONG, SpanKind.EMPHASIS, SpanKind.CODE))
_SHOWN = _JOINED | {SpanKind.LINK}


class Part(NamedTuple):
    """Text, where `kind` is None; else something set apart, with the parts that it holds."""

    kind: SpanKind | None
    text: str
    href: str | None = None
    parts: tuple["Part", ...] = ()


class Cell(NamedTuple):
    """A cell of a table's row."""

    parts: tuple[Part, ...]
    is_header: bool = False


def parts_of(block: Block) -> tuple[Part, ...]:
    """The parts of a block as it reads."""
    reading = reading_of(block)
    return _parts(reading, 0, len(reading.text))


def cells_of(block: Block) -> tuple[Cell, ...]:
    """The cells of a table's row, empty ones too."""
    reading = reading_of(block)
    ends = [place for place, sign in enumerate(reading.text) if sign == "\t"]
    headers = [one for one in reading.sets if one.kind is SpanKind.HEADER]
    filled = [
        Cell(_parts(reading, start + 1, end), any(one.start < end and start + 1 < one.end for one in headers))
        for start, end in pairwise([-1, *ends, len(reading.text)])
    ]
    if block.cells is None or sum(map(bool, block.cells)) != len(filled):
        return tuple(filled)
    of_text = iter(filled)
    return tuple(next(of_text) if text else Cell(()) for text in block.cells)


def _parts(reading: Reading, start: int, end: int) -> tuple[Part, ...]:
    inside = [one for one in reading.sets if one.kind in _SHOWN and one.start < end and start < one.end]
    return tuple(_tree(reading.text, sorted(inside, key=lambda one: (one.start, -one.end)), start, end))


def _tree(text: str, sets: Sequence[Set], start: int, end: int) -> Iterator[Part]:
    """The parts from `start` to `end`; of two that overlap, the later one is cut at the end of the earlier."""
    at = start
    rest = list(sets)
    while rest:
        first = rest.pop(0)
        begins, ends = max(first.start, at), min(first.end, end)
        while rest and rest[0].kind is first.kind and first.kind in _JOINED and rest[0].start <= ends:
            ends = max(ends, min(rest.pop(0).end, end))
        if begins >= ends:
            continue
        inner = [one for one in rest if one.start < ends]
        rest = [one for one in rest if one.end > ends]
        if begins > at:
            yield Part(None, text[at:begins])
        yield Part(first.kind, text[begins:ends], first.href, tuple(_tree(text, inner, begins, ends)))
        at = ends
    if at < end:
        yield Part(None, text[at:end])
