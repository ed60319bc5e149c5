"""Where a passage stands in a record."""

from collections.abc import Callable, Sequence

from archive.block_reading import read_block
from archive.body_place import standfirsts_in_place
from archive.labels import Label
from archive.records import Block, Record


def find_passage(record: Record, passage: str) -> tuple[int, ...]:
    """The numbers (from 0) of the blocks that hold a passage; none if it is nowhere. White space does not count.

    A passage may run over several blocks: first the text is searched, as if nothing stood between its blocks, then
    everything that the page shows.
    """
    numbered = list(enumerate(record.blocks))
    in_place = standfirsts_in_place(record.blocks)
    text = [(number, block) for number, block in numbered if block.label is Label.BODY or number in in_place]
    return _search(text, passage, read_block) or _search(numbered, passage, lambda block: block.text)


def _search(blocks: Sequence[tuple[int, Block]], passage: str, read: Callable[[Block], str]) -> tuple[int, ...]:
    wanted = _folded(passage)
    texts = [_folded(read(block)) for _, block in blocks]
    start = " ".join(texts).find(wanted) if wanted else -1
    if start < 0:
        return ()
    end = start + len(wanted)
    found = []
    at = 0
    for (number, _), text in zip(blocks, texts, strict=True):
        if at < end and at + len(text) > start:
            found.append(number)
        at += len(text) + 1
    return tuple(found)


def _folded(text: str) -> str:
    return " ".join(text.split())
