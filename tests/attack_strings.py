"""Texts that make a backtracking engine work: derived from a pattern's own parts, for the tests of linear time."""

import re

# Python has no public parser of its patterns.
import re._constants as sre  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

#: What follows the repeated part, so that a match fails at the very end, and how many samples a part gives.
ENDS = ("\x00", " !", "a")
_FEW = 4
#: Attacks on one pattern: those with lists of words in forty languages have hundreds of repeats alike.
_MOST = 16
_IN_CATEGORY = {
    sre.CATEGORY_DIGIT: "1", sre.CATEGORY_NOT_DIGIT: "a -", sre.CATEGORY_SPACE: " \n", sre.CATEGORY_NOT_SPACE: "a1-",
    sre.CATEGORY_WORD: "a1", sre.CATEGORY_NOT_WORD: " -.",
}  # fmt: skip


def attacks(pattern: re.Pattern[Any]) -> Iterator[tuple[str, str]]:
    """A beginning and a part to be repeated behind it, for each repeat in a pattern and for what stands before it."""
    text = pattern.pattern.decode("latin-1") if isinstance(pattern.pattern, bytes) else pattern.pattern
    tree = parser.parse(text, pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else pattern.flags)
    found: dict[tuple[str, str], None] = {}
    for before, part in _repeats(tree, ("",)):
        found[before, part] = None
        found["", before + part] = None
        found["", before] = None
        found[before + part, "a"] = None
    for sample in islice(_samples(tree), _FEW):
        found["", sample] = None
        found["", sample[:-1]] = None
    yield from islice(((before, part) for before, part in found if part), _MOST)


def _repeats(tree: Sequence[tuple[Any, Any]], before: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each repeat that may go on for long, with samples of what stands before it."""
    before = list(before)
    for kind, value in tree:
        if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            most, inner = value[1], value[2]
            if most > 30:
                yield from ((start, part) for start in before[:2] for part in _samples(inner))
            yield from _repeats(inner, before[:2])
        elif kind is sre.SUBPATTERN:
            yield from _repeats(value[3], before[:2])
        elif kind is sre.BRANCH:
            for branch in value[1][:8]:
                yield from _repeats(branch, before[:1])
        elif kind is sre.ATOMIC_GROUP:
            yield from _repeats(value, before[:2])
        elif kind in (sre.ASSERT, sre.ASSERT_NOT):
            yield from _repeats(value[1], before[:2])
        samples = list(islice(_samples([(kind, value)]), 2))
        before = [start + sample for start in before[:2] for sample in samples] or before


def _samples(tree: Sequence[tuple[Any, Any]]) -> Iterator[str]:
    """A few texts that a part of a pattern matches."""
    texts = [""]
    for kind, value in tree:
        texts = [text + more for text in texts[:2] for more in _of_one(kind, value)[:_FEW]] or texts
    yield from dict.fromkeys(texts[:_FEW])


def _of_one(kind: Any, value: Any) -> list[str]:  # noqa: PLR0911 - one for each kind of part
    if kind is sre.LITERAL:
        return [chr(value)]
    if kind is sre.NOT_LITERAL:
        return [one for one in "a 1-" if ord(one) != value][:2]
    if kind is sre.ANY:
        return ["a", " ", "<"]
    if kind is sre.IN:
        return _of_class(value)
    if kind is sre.BRANCH:
        return [sample for branch in value[1][:_FEW] for sample in islice(_samples(branch), 1)]
    if kind is sre.SUBPATTERN:
        return list(_samples(value[3]))
    if kind is sre.ATOMIC_GROUP:
        return list(_samples(value))
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        least = value[0]
        return [sample * max(least, 1) for sample in _samples(value[2])] if least < 2000 else []
    return [""]


def _of_class(members: Sequence[tuple[Any, Any]]) -> list[str]:
    found: list[str] = []
    for kind, value in members:
        if kind is sre.NEGATE:
            banned = re.compile("[" + "".join(map(_written, members[1:])) + "]")
            return [one for one in "a 1-\n.,(/<\"'" if not banned.match(one)][:_FEW]
        found += [chr(value)] if kind is sre.LITERAL else [chr(value[0])] if kind is sre.RANGE else _IN_CATEGORY[value]
    return found


def _written(member: tuple[Any, Any]) -> str:
    kind, value = member
    if kind is sre.LITERAL:
        return re.escape(chr(value))
    if kind is sre.RANGE:
        return f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
    return {
        sre.CATEGORY_DIGIT: r"\d", sre.CATEGORY_NOT_DIGIT: r"\D", sre.CATEGORY_SPACE: r"\s",
        sre.CATEGORY_NOT_SPACE: r"\S", sre.CATEGORY_WORD: r"\w", sre.CATEGORY_NOT_WORD: r"\W",
    }[value]  # fmt: skip
