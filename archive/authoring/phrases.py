"""Short phrases that tell whether a page came out right: enough to test by, too little to be a copy."""

from collections.abc import Iterator, Sequence

from archive.block_reading import read_block
from archive.labels import Label
from archive.records import Block, Record

#: Words of a phrase, and the least that a block must have to give one.
_WORDS, _LEAST = 8, 12
#: Characters of a phrase in scripts that put no space between words.
_CHARACTERS = 24


def telling_phrases(record: Record) -> tuple[str, ...]:
    """How the body begins and how it ends: a selector that takes too little loses the one or the other."""
    body = [" ".join(read_block(block).split()) for block in record.blocks if block.label is Label.BODY]
    longer = [text for text in body if len(text.split()) >= _LEAST or len(text) > 2 * _CHARACTERS] or body
    if not longer:
        return ()
    return tuple(dict.fromkeys((opening(longer[0]), ending(longer[-1]))))


def opening(text: str) -> str:
    """The first words of a text."""
    words = text.split()
    return " ".join(words[:_WORDS]) if _has_spaces(text) else text[:_CHARACTERS]


def ending(text: str) -> str:
    """The last words of a text."""
    words = text.split()
    return " ".join(words[-_WORDS:]) if _has_spaces(text) else text[-_CHARACTERS:]


def _has_spaces(text: str) -> bool:
    return text.count(" ") * 20 > len(text)


def openings(blocks: Sequence[Block], most: int = 1) -> Iterator[str]:
    """How the first of some blocks begin."""
    yield from (opening(" ".join(block.text.split())) for block in blocks[:most])
