"""How a block reads.

A block's own text is what its page shows, letter by letter. As it reads, raised figures and the numbers of footnotes
are not run into the word before them, and what is struck out, the readings of signs and the numbers of code's lines are
left out.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from archive.raised import lowered, raised
from archive.records import Block, SpanKind

_LEFT_OUT = frozenset((SpanKind.DELETED, SpanKind.READING, SpanKind.LINE_NUMBER))
_CHANGED = _LEFT_OUT | {SpanKind.SUPERSCRIPT, SpanKind.SUBSCRIPT}
_CLOSING = tuple(".,;:!?)")
_SLASHES = ("/", "⁄")
#: Where the number of a footnote leads that a style sheet raises.
_NOTE = re.compile(r"[^#]*+#[\w:.-]{0,40}?(?:fn|note|cite)", re.I)
_NUMBER = re.compile(r"\d{1,3}")
#: Characters around a part that tell how it reads.
_NEAR = 8


class Edit(NamedTuple):
    """Characters `start` up to `end` of a block's text read as `text`."""

    start: int
    end: int
    text: str = ""


class Set(NamedTuple):
    """A part of a reading that is set apart; `href` is where a link leads."""

    kind: SpanKind
    start: int
    end: int
    href: str | None = None


class Reading(NamedTuple):
    """A block's text as it reads, and what of that is set apart: links, emphasis, code, headers."""

    text: str
    sets: tuple[Set, ...] = ()


def read_block(block: Block) -> str:
    """A block's text as it reads."""
    return _applied(block.text, _edits(block)).rstrip(" ") if block.spans else block.text


def reading_of(block: Block) -> Reading:
    """A block as it reads."""
    edits = _edits(block)
    text = _applied(block.text, edits).rstrip(" ")
    found = []
    for one in _set_apart(block):
        start, end = _moved(one.start, edits), min(_moved(one.end, edits), len(text))
        if one.kind not in _CHANGED and start < end:
            found.append(one._replace(start=start, end=end))
    return Reading(text, tuple(found))


def _set_apart(block: Block) -> Iterator[Set]:
    """The spans of a block with the addresses of its links; one that is the whole block has no span."""
    for link in block.links:
        if link.text == block.text:
            yield Set(SpanKind.LINK, 0, len(block.text), link.href)
    addresses = (link.href for link in block.links if link.text != block.text)
    for span in block.spans:
        yield Set(span.kind, span.start, span.end, next(addresses, None) if span.kind is SpanKind.LINK else None)


def _applied(text: str, edits: Sequence[Edit]) -> str:
    at, pieces = 0, []
    for edit in edits:
        pieces += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*pieces, text[at:]])


def _moved(place: int, edits: Sequence[Edit]) -> int:
    """Where a place of the block's text is in what is read."""
    number = bisect_right(edits, place, key=lambda edit: edit.start)
    if number and place < edits[number - 1].end:
        # Within what is changed: at its beginning.
        number, place = number - 1, edits[number - 1].start
    return place + sum(len(edit.text) - edit.end + edit.start for edit in edits[:number])


def _edits(block: Block) -> list[Edit]:
    """What reads otherwise than it stands there, in order; none within another."""
    changed = [one for one in _set_apart(block) if one.kind in _CHANGED or _is_note(block.text, one)]
    changed.sort(key=lambda one: (one.start, one.kind is SpanKind.LINK))
    found: list[Edit] = []
    # Most blocks have links alone.
    for edit in _changes(block, changed) if changed else ():
        if not found or edit.start >= found[-1].end:
            found.append(edit)
    return found


def _is_note(text: str, one: Set) -> bool:
    """Whether it is the number of a footnote, a link right behind a word."""
    if not one.href or not _NUMBER.fullmatch(text, one.start, one.end):
        return False
    before = text[one.start - 1 : one.start]
    return not (before.isspace() or before in "([") and bool(_NOTE.match(one.href))


def _changes(block: Block, changed: Sequence[Set]) -> Iterator[Edit]:
    text, links = block.text, [span for span in block.spans if span.kind is SpanKind.LINK]
    gap, raised_to = _gap(text, changed), -1
    for span in changed:
        part, before, after = (
            text[span.start : span.end],
            text[max(0, span.start - _NEAR) : span.start],
            text[span.end : span.end + _NEAR],
        )
        if span.kind is SpanKind.LINE_NUMBER:
            spaces = len(before) - len(before.rstrip(" "))
            yield Edit(span.start - spaces, span.end + gap)
        elif span.kind in _LEFT_OUT:
            yield _left_out(span, before, after)
        elif span.kind in (SpanKind.SUPERSCRIPT, SpanKind.LINK):
            raised_to = span.end
            is_linked = any(span.start <= link.start and link.end <= span.end for link in links)
            yield Edit(span.start, span.end, raised(part, before, after, is_linked=is_linked))
        else:
            is_lower_half = before[-1:] in _SLASHES and (before[-1] == "⁄" or raised_to == span.start - 1)
            yield Edit(span.start, span.end, lowered(part) if is_lower_half else part)


def _gap(text: str, spans: Sequence[Set]) -> int:
    """How many characters stand between the number of each line and the line."""
    behind = [text[span.end : span.end + 1] for span in spans if span.kind is SpanKind.LINE_NUMBER]
    return int(bool(behind) and all(sign in (" ", "\t") for sign in behind))


def _left_out(span: Set, before: str, after: str) -> Edit:
    """Leave out a part, and one of the white space around it."""
    if before[-1:] == " " and after[:1] in _CLOSING:
        return Edit(span.start - 1, span.end)
    return Edit(span.start, span.end + int(before[-1:] in (" ", "") and after[:1] == " "))
