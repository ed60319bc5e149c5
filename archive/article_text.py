"""The text of an article from its labelled blocks: which of them it holds, and how each reads.

A block's own text is what its page shows, letter by letter. The text of an article is for reading: raised figures are
not run into the word before them, and what is struck out, the readings of signs and the numbers of code's lines are
left out.
"""

from collections.abc import Collection, Sequence

from archive.body_place import standfirsts_in_place
from archive.labels import Label
from archive.raised import lowered, raised
from archive.records import Block, Record, Span, SpanKind

_LEFT_OUT = frozenset((SpanKind.DELETED, SpanKind.READING, SpanKind.LINE_NUMBER))
_CHANGED = _LEFT_OUT | {SpanKind.SUPERSCRIPT, SpanKind.SUBSCRIPT}
_CLOSING = tuple(".,;:!?)")
#: Characters around a part that tell how it reads.
_NEAR = 8


def text_of(record: Record, labels: Collection[Label | str] | None = None) -> str:
    """The text of a record: what its `text` holds, or all blocks of the given labels, in page order, joined by blank
    lines. Raises ValueError where a label is unknown."""
    return article_text(record.blocks, labels)


def article_text(blocks: Sequence[Block], labels: Collection[Label | str] | None = None) -> str:
    """The text of the chosen blocks, joined by blank lines."""
    return "\n\n".join(filter(None, map(read_block, chosen_blocks(blocks, labels))))


def chosen_blocks(blocks: Sequence[Block], labels: Collection[Label | str] | None = None) -> list[Block]:
    """The blocks of the given labels; by default the body, with a standfirst that stands in the body's own place."""
    if labels is not None:
        wanted = {Label(label) for label in labels}
        return [block for block in blocks if block.label in wanted]
    in_place = standfirsts_in_place(blocks)
    return [block for number, block in enumerate(blocks) if block.label is Label.BODY or number in in_place]


def read_block(block: Block) -> str:
    """A block as it reads: its text without what is struck out, and raised figures told from what they stand at."""
    changed = sorted((span for span in block.spans if span.kind in _CHANGED), key=lambda span: span.start)
    if not changed:
        return block.text
    text, at, pieces = block.text, 0, [""]
    gap = _gap(text, changed)
    for span in changed:
        if span.start < at:
            continue
        pieces.append(text[at : span.start])
        before, after = "".join(pieces[-3:])[-_NEAR:], text[span.end : span.end + _NEAR]
        at = span.end
        if span.kind is SpanKind.LINE_NUMBER:
            pieces[-1] = pieces[-1].rstrip(" ")
            at += gap
        elif span.kind in _LEFT_OUT:
            at += _leave_out(pieces, before, after)
        elif span.kind is SpanKind.SUPERSCRIPT:
            pieces.append(raised(text[span.start : at], before, after, is_linked=_is_linked(block, span)))
        else:
            pieces.append(lowered(text[span.start : at], before))
    return "".join([*pieces, text[at:]]).rstrip(" ")


def _gap(text: str, spans: Sequence[Span]) -> int:
    """How many characters stand between the number of each line and the line."""
    behind = [text[span.end : span.end + 1] for span in spans if span.kind is SpanKind.LINE_NUMBER]
    return int(bool(behind) and all(sign in (" ", "\t") for sign in behind))


def _leave_out(pieces: list[str], before: str, after: str) -> int:
    """Make one of the white space around a part that is left out: how many characters behind it go with it."""
    if before[-1:] == " " and after[:1] in _CLOSING:
        pieces[-1] = pieces[-1].removesuffix(" ")
    return int(before[-1:] in (" ", "") and after[:1] == " ")


def _is_linked(block: Block, raised_part: Span) -> bool:
    """Whether a raised part is a link, and not part of one."""
    links = [span for span in block.spans if span.kind is SpanKind.LINK]
    return any(raised_part.start <= link.start and link.end <= raised_part.end for link in links)
