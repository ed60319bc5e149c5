"""The text of an article from its labelled blocks: which of them it holds, and how each reads.

A block's own text is what its page shows, letter by letter. The text of an article is for reading: raised figures are
not run into the word before them, and what is struck out, the readings of signs and the numbers of code's lines are
left out.
"""

from collections import Counter
from collections.abc import Collection, Sequence

from archive.labels import Label
from archive.places import place_of
from archive.raised import lowered, raised
from archive.records import Block, Record, Span, SpanKind

_LEFT_OUT = frozenset((SpanKind.DELETED, SpanKind.READING, SpanKind.LINE_NUMBER))
_CHANGED = _LEFT_OUT | {SpanKind.SUPERSCRIPT, SpanKind.SUBSCRIPT}
_CLOSING = tuple(".,;:!?)")
#: The share of the body's words that a box must hold to be its own.
_OWN_BOX = 0.2


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
    boxes = _body_boxes(blocks) if any(block.label is Label.STANDFIRST for block in blocks) else ()
    return [
        block
        for block in blocks
        if block.label is Label.BODY or (block.label is Label.STANDFIRST and _box_of(block) in boxes)
    ]


def _body_boxes(blocks: Sequence[Block]) -> Collection[str]:
    """The elements that hold a good part of the body's paragraphs, by their paths; plain text stands in one."""
    words: Counter[str] = Counter()
    for block in blocks:
        if block.label is Label.BODY:
            words[_box_of(block)] += len(block.text)
    return {box for box, count in words.items() if count >= _OWN_BOX * words.total()}


def _box_of(block: Block) -> str:
    return place_of(block.xpath).box if block.xpath else ""


def read_block(block: Block) -> str:
    """A block as it reads: its text without what is struck out, and raised figures told from what they stand at."""
    changed = [span for span in block.spans if span.kind in _CHANGED]
    if not changed:
        return block.text
    text = block.text
    numbered = [text[span.end : span.end + 1] for span in changed if span.kind is SpanKind.LINE_NUMBER]
    gap = 1 if numbered and not "".join(numbered).strip(" \t") and all(numbered) else 0
    for span in sorted(changed, key=lambda span: span.start, reverse=True):
        before, part, after = text[: span.start], text[span.start : span.end], text[span.end :]
        if span.kind is SpanKind.SUPERSCRIPT:
            part = raised(part, before, after, is_linked=_is_linked(block, span))
        elif span.kind is SpanKind.SUBSCRIPT:
            part = lowered(part, before)
        else:
            before, part, after = _without(before, after, gap if span.kind is SpanKind.LINE_NUMBER else None)
        text = before + part + after
    return text.strip() if text[:1] == " " or text[-1:] == " " else text


def _without(before: str, after: str, gap: int | None) -> tuple[str, str, str]:
    """What stands around a part that is left out: the white space around it makes one. Behind the number of a line,
    `gap` characters go with it."""
    if gap is not None:
        return before.rstrip(" "), "", after[gap:]
    if before[-1:] == " " and after[:1] in _CLOSING:
        return before[:-1], "", after
    doubled = before[-1:] in (" ", "") and after[:1] == " "
    return before, "", after[1:] if doubled else after


def _is_linked(block: Block, raised_part: Span) -> bool:
    """Whether a raised part is a link, and not part of one."""
    links = [span for span in block.spans if span.kind is SpanKind.LINK]
    return any(raised_part.start <= link.start and link.end <= raised_part.end for link in links)
