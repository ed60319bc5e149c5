"""The corpus' truth laid over our own blocks: what training learns from."""

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

from archive.labels import Label
from benchmarks.corpus import Page

_TOKEN = re.compile(r"\w+")


def _words(text: str) -> list[str]:
    return _TOKEN.findall(text.lower())


def align_labels(texts: Sequence[str], truth: Sequence[tuple[Label, str]]) -> list[Label | None]:
    """The true label of each block: that of the same text in the same order, else of most of its words. None
    where the truth has no such text."""
    ours = [" ".join(_words(text)) for text in texts]
    theirs = [" ".join(_words(text)) for _, text in truth]
    found: list[Label | None] = [None] * len(ours)
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    for kind, a1, a2, b1, b2 in matcher.get_opcodes():
        if kind == "equal":
            found[a1:a2] = [label for label, _ in truth[b1:b2]]
        elif kind == "replace":
            found[a1:a2] = _by_words(ours[a1:a2], truth[b1:b2])
    return found


def _by_words(texts: Sequence[str], truth: Sequence[tuple[Label, str]]) -> list[Label | None]:
    left = [(index, word) for index, text in enumerate(texts) for word in text.split()]
    right = [(label, word) for label, text in truth for word in _words(text)]
    votes: list[Counter[Label]] = [Counter() for _ in texts]
    matcher = SequenceMatcher(None, [word for _, word in left], [word for _, word in right], autojunk=False)
    for block in matcher.get_matching_blocks():
        for step in range(block.size):
            votes[left[block.a + step][0]][right[block.b + step][0]] += 1
    return [
        vote.most_common(1)[0][0] if vote and vote.total() * 2 >= len(text.split()) else None
        for vote, text in zip(votes, texts, strict=True)
    ]


def align_body(texts: Sequence[str], page: Page) -> list[bool | None]:
    """Whether each block is body by the page's truth; None where that is open (optional, ambiguous)."""
    assert page.body is not None
    sure = _shingle_set([part.text for part in page.body if not part.optional])
    either = _shingle_set([part.text for part in page.body if part.optional] + list(page.standfirst))
    lines = Counter(" ".join(_words(part.text)) for part in page.body if not part.optional)
    words = [_words(text) for text in texts]
    found = [_verdict(block, sure, either) for block in words]
    body = [index for index, value in enumerate(found) if value is True and len(words[index]) > 7]
    first, last = (body[0], body[-1]) if body else (0, -1)
    for index, block in enumerate(words):
        if len(block) < 4:
            near = first - 2 <= index <= last + 6
            known = bool(block) and lines[" ".join(block)] > 0
            inside = bool(block) and " ".join(block) in sure[1]
            found[index] = True if near and known else (None if near and inside and first <= index <= last else False)
    return _drop_repeats(found, texts)


Shingles = tuple[set[tuple[str, ...]], str]


def _shingle_set(paragraphs: Sequence[str]) -> Shingles:
    found: set[tuple[str, ...]] = set()
    words = [word for text in paragraphs for word in _words(text)]
    for index in range(len(words) - 3):
        found.add(tuple(words[index : index + 4]))
    return found, " ".join(words)


def _verdict(words: list[str], sure: Shingles, either: Shingles) -> bool | None:
    shingles = [tuple(words[index : index + 4]) for index in range(len(words) - 3)]
    if not shingles:
        return False
    share = sum(shingle in sure[0] for shingle in shingles) / len(shingles)
    if sum(shingle in either[0] for shingle in shingles) / len(shingles) > 0.5:
        return None
    return True if share >= 0.6 else (None if share > 0.3 else False)


def _drop_repeats(found: list[bool | None], texts: Sequence[str]) -> list[bool | None]:
    """A text that stands twice is body where it stands closest to other body blocks; the other is open."""
    places: dict[str, list[int]] = {}
    for index, value in enumerate(found):
        if value:
            places.setdefault(texts[index], []).append(index)
    for repeated in places.values():
        if len(repeated) > 1:
            density = {i: sum(1 for j in range(i - 5, i + 6) if 0 <= j < len(found) and found[j]) for i in repeated}
            best = max(repeated, key=lambda i: density[i])
            for index in repeated:
                if index != best:
                    found[index] = None
    return found
