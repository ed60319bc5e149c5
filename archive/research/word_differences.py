"""Two texts compared word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

#: A word with the white space behind it; the blank line between two paragraphs is a word of its own.
_WORD = re.compile(r"\n\n|(?:(?!\n\n)\S)+(?:(?!\n\n)\s)*|\s")
#: Words on one side of a change that are compared one by one: the time grows with their square.
_LONGEST = 3000


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words: kept (`removed` and `added` are equal), or replaced, with either side perhaps empty."""

    removed: str
    added: str

    @property
    def kept(self) -> bool:
        """Whether nothing changed here."""
        return self.removed == self.added


def compare(old: str, new: str) -> list[Piece]:
    """The pieces of two texts in order: joined, the removed sides give the old text and the added sides the new."""
    if old == new:
        return [Piece(old, new)] if old else []
    return list(_joined(_paragraphs(old.split("\n\n"), new.split("\n\n"))))


def _paragraphs(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    """Whole paragraphs first: between two versions of an article most are equal."""
    ends = (_with_ends(old), _with_ends(new))
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, *ends, autojunk=False).get_opcodes():
        removed, added = "".join(ends[0][i1:i2]), "".join(ends[1][j1:j2])
        if kind == "replace":
            yield from _words(removed, added)
        else:
            yield Piece(removed, added)


def _with_ends(paragraphs: Sequence[str]) -> list[str]:
    return [paragraph + "\n\n" for paragraph in paragraphs[:-1]] + [paragraphs[-1]]


def _words(old: str, new: str) -> Iterator[Piece]:
    before, after = _WORD.findall(old), _WORD.findall(new)
    if max(len(before), len(after)) > _LONGEST:
        yield Piece(old, new)
        return
    for _, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        yield Piece("".join(before[i1:i2]), "".join(after[j1:j2]))


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Neighbours of one kind as one piece."""
    held: Piece | None = None
    for piece in pieces:
        if held is not None and held.kept == piece.kept:
            held = Piece(held.removed + piece.removed, held.added + piece.added)
            continue
        if held is not None:
            yield held
        held = piece
    if held is not None:
        yield held


def count_words(pieces: Sequence[Piece]) -> tuple[int, int]:
    """How many words were removed and added."""
    changed = [piece for piece in pieces if not piece.kept]
    return sum(len(piece.removed.split()) for piece in changed), sum(len(piece.added.split()) for piece in changed)
