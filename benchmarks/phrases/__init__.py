"""Phrases that stand around articles, by language and label, written for this project: what models learn words from.

The corpus' labelled pages have few notes, biographies and appeals, and of most languages no more than some pages. In
each language's file `names`, `papers`, `places`, `topics` and `dates` fill the holes of the phrases (`{name}` ...
); the other keys are labels.
"""

import random
import re
from bisect import bisect_left, bisect_right
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from archive.labels import Label

#: What fills a hole.
_LISTS = {"name": "names", "name2": "names", "paper": "papers", "place": "places", "topic": "topics", "date": "dates"}
_HOLE = re.compile(r"\{(\w+)\}")
#: A phrase has at least this share of the words that it stands for, and at most so many times them.
_LEAST, _MOST = 0.4, 2.5


class Phrases:
    """The phrases of one language."""

    def __init__(self, path: Path) -> None:
        self._lists: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
        self._by_size = {
            label: sorted((len(phrase.split()), phrase) for phrase in self._lists[label])
            for label in Label
            if label in self._lists
        }

    def like(self, label: Label, words: int, dice: random.Random) -> str | None:
        """A phrase of this label, about so many words long; None where there is none."""
        rows = self._by_size.get(label, [])
        chosen = rows[bisect_left(rows, (_LEAST * words,)) : bisect_right(rows, (_MOST * words, "\U0010ffff"))]
        return _HOLE.sub(lambda hole: self._filling(hole[1], dice), dice.choice(chosen)[1]) if chosen else None

    def _filling(self, hole: str, dice: random.Random) -> str:
        if hole in _LISTS:
            return str(dice.choice(self._lists[_LISTS[hole]]))
        digits = "".join(dice.choices("0123456789", k=dice.randint(1, 4)))
        made = {
            "year": str(dice.randint(1999, 2026)),
            "number": digits.lstrip("0") or "12",
            "email": dice.choice(("news", "tips", "info", "redaktion", "press")) + "@paper.example",
            "phone": f"+{dice.randint(1, 99)} {dice.randint(10, 999)} {dice.randint(100000, 9999999)}",
            "url": f"www.paper.example/{digits}",
        }
        return made[hole]


@cache
def phrases() -> dict[str, Phrases]:
    """The phrases by the code of their language."""
    return {path.stem: Phrases(path) for path in sorted(Path(__file__).parent.glob("*.yaml"))}
