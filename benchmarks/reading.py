"""What readers of this project said of further pages of the corpus: `readings.jsonl`.

It keeps no text of the pages: of each block its label, and a digest by which it is found again where blocks are cut
differently later.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from hashlib import sha256
from itertools import groupby
from pathlib import Path

from archive.extraction.page_reading import visible_blocks
from archive.extraction.parsing import parse_page
from archive.labels import Label

FILE = Path(__file__).with_name("readings.jsonl")
#: Hexadecimal digits of a block's digest: enough to tell the blocks of one page apart.
_DIGITS = 4
Labels = list[Label | None]


@dataclass(frozen=True, slots=True)
class Reading:
    """One page as a reader labelled it: for each block its label and the digest of its text."""

    page: str
    labels: tuple[Label | None, ...]
    digests: tuple[str, ...]

    @classmethod
    def of(cls, page: str, texts: Sequence[str], labels: Labels) -> "Reading":
        """A reader's labels for the blocks of a page."""
        return cls(page, tuple(labels), tuple(map(digest, texts)))

    @classmethod
    def from_line(cls, line: str) -> "Reading":
        """One line of the file."""
        kept = json.loads(line)
        labels = [None if label == "?" else Label(label) for label, count in kept["runs"] for _ in range(count)]
        joined = kept["digests"]
        digests = [joined[place : place + _DIGITS] for place in range(0, len(joined), _DIGITS)]
        return cls(kept["page"], tuple(labels), tuple(digests))

    def to_line(self) -> str:
        """As the file keeps it."""
        runs = [[label, len(list(run))] for label, run in groupby(label or "?" for label in self.labels)]
        return json.dumps({"page": self.page, "runs": runs, "digests": "".join(self.digests)})

    def over(self, texts: Sequence[str]) -> Labels:
        """The labels of a page's blocks; None where the reader was unsure, or did not see this block."""
        found: Labels = [None] * len(texts)
        now = [digest(text) for text in texts]
        for ours, theirs, size in SequenceMatcher(None, now, self.digests, autojunk=False).get_matching_blocks():
            found[ours : ours + size] = self.labels[theirs : theirs + size]
        return found


def digest(text: str) -> str:
    """What a block is found again by: its text but for white space."""
    return sha256("".join(text.split()).encode()).hexdigest()[:_DIGITS]


@cache
def readings(file: Path = FILE) -> dict[str, Reading]:
    """All readings by page."""
    if not file.exists():
        return {}
    return {one.page: one for one in map(Reading.from_line, file.read_text(encoding="utf-8").splitlines())}


def labels_read(name: str, html: str) -> tuple[tuple[Label, str], ...] | None:
    """What a reader said of a page's blocks, with their texts; None where nobody has read it."""
    reading = readings().get(name)
    if reading is None:
        return None
    texts = [block.text for block in visible_blocks(parse_page(html))[0]]
    return tuple((label, text) for label, text in zip(reading.over(texts), texts, strict=True) if label)
