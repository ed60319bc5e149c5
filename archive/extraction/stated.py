"""What a page's structured data states, beside what the page shows: which blocks repeat it, and the article's text.

One news page in five states its text (`articleBody` in JSON-LD). Where most of it is shown, it tells which blocks are
the story; where the page shows but the beginning, or nothing before a script has run, it is the story. So is what a
script carries as data (archive/extraction/script_text.py) on a page that shows no text without it.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import islice
from typing import NamedTuple

import numpy as np
from lxml import etree

from archive.extraction.blocks import TextBlock
from archive.extraction.features.neighbours import Matrix
from archive.extraction.features.word_rows import tokens_of
from archive.extraction.metadata.fact_text import plain_lines
from archive.extraction.metadata.json_ld import Node, read_nodes
from archive.extraction.rules import Verdict, places_of, relabelled
from archive.labels import Label
from archive.records import Block, BlockKind

#: The rule of a block whose label this evidence decided, and of text that the page states and does not show.
STATED_RULE, HIDDEN_RULE = "structured:articleBody", "json-ld:articleBody"
#: The rule of text that only a script's data holds.
SCRIPT_RULE = "script:data"
#: Letters of a stated text below which it is a summary.
_LEAST = 300
#: Letters behind what is shown of a text from which they are more of it: short news have few.
_REST = 120
#: Letters from which a block is not found in a long text by chance.
_LONG = 20
#: The share of the stated text that must be on the page: else it is another one.
_SHOWN = 0.7
#: What share of a block's runs of four words must be stated for the block to be, and below which it is not.
_IN, _OUT = 0.8, 0.3
#: How far the odds of body rise for a long block that is stated, and fall for long and short ones that are not. Of
#: long blocks that the model alone thought less than .2 likely to be body, 20 of 42 were body where they are stated;
#: of those above .8 only 29 of 149 where they are not (60 pages; short stated ones are left as they are).
_STATED, _UNSTATED, _UNSTATED_SHORT = 3.0, 5.0, 2.5
#: The share of the shown body that must be stated for the rest of the statement to go with it.
_SAME = 0.8
#: Blocks that ask for money before more is shown, and their share of the letters that are not shown, at most, where
#: some of the text is shown and where none is.
_GATE, _ASKED, _ALONE = 3, 0.4, 0.15
#: The confidence of text that no reader of the page has seen.
_UNSEEN = 0.9
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+")


class StatedBody:
    """A stated text, its paragraphs on lines of their own; `script` is the one that carries it as data, None where
    JSON-LD states it."""

    def __init__(self, text: str, script: etree._Element | None = None) -> None:
        self.text = text
        self.script = script
        self._letters = _letters_of(text)

    @cached_property
    def _shingles(self) -> frozenset[tuple[str, ...]]:
        return frozenset(_shingles(self.text))

    def evidence(self, texts: Sequence[str]) -> Matrix:
        """How far the log odds of body change for each of a page's blocks; nothing where this text is not shown."""
        letters = [_letters_of(text) for text in texts]
        shares = [self._share(text, alone) for text, alone in zip(texts, letters, strict=True)]
        long = np.array([len(alone) >= _LONG for alone in letters])
        stated = np.array(shares)
        shown = {alone: share * len(alone) for alone, share in zip(letters, shares, strict=True) if len(alone) >= _LONG}
        if len(self._letters) < _LEAST or sum(shown.values()) < _SHOWN * len(self._letters):
            return np.zeros(len(texts), np.float32)
        against = np.where(long, -_UNSTATED, -_UNSTATED_SHORT)
        change = np.where(stated > _IN, np.where(long, _STATED, 0.0), np.where(stated < _OUT, against, 0.0))
        return change.astype(np.float32)

    def _share(self, text: str, letters: str) -> float:
        if letters in self._letters:
            return 1.0
        found = _shingles(text)
        return sum(map(self._shingles.__contains__, found)) / len(found) if found else 0.0

    def has(self, text: str) -> bool:
        """Whether a text is one of its own."""
        return self._share(text, _letters_of(text)) > _IN

    def hidden(self, shown: Sequence[str]) -> tuple[str, ...]:
        """The paragraphs behind what the page shows of this text, given its body blocks in page order: none where
        it shows most, or shows another body."""
        letters = [_letters_of(text) for text in shown]
        total, end = sum(map(len, letters)), self._end(letters)
        same = sum(len(one) for one in letters if one[:_LONG] in self._letters)
        rest = len(self._letters) - end
        if rest < _REST or same < _SAME * total or end > _SHOWN * len(self._letters):
            return ()
        places = (place for place, character in enumerate(self.text, 1) if character.isalnum())
        start = next(islice(places, end - 1, None)) if end else 0
        # The end of the sentence's punctuation goes with what is shown.
        return tuple(line.strip() for line in self.text[start:].lstrip(".!?…»”\"' ").split("\n") if line.strip())

    def gate(self, shown: Sequence[str]) -> int:
        """How many of the last body blocks ask for money before the rest of this text can be read: a line or three that
        it has not, and short beside its rest; very short where nothing of it is shown."""
        behind = len(shown)
        while behind > 0 and not self.has(shown[behind - 1]):
            behind -= 1
        if not 0 < len(shown) - behind <= _GATE:
            return 0
        asked = sum(len(_letters_of(text)) for text in shown[behind:])
        rest = len(self._letters) - self._end([_letters_of(text) for text in shown[:behind]])
        most = _ASKED if behind > 0 else _ALONE
        return len(shown) - behind if asked < most * rest else 0

    def _end(self, letters: Sequence[str]) -> int:
        """How many letters of the text are shown, up to the last one that is."""
        end = 0
        for one in letters:
            begins = self._letters.find(one[:_LONG], end) if len(one) >= _LONG else -1
            if begins >= 0:
                end = begins + _alike(self._letters[begins : begins + len(one)], one)
        return end


def completed(blocks: Sequence[Block], stated: StatedBody, tree: etree._Element) -> list[Block]:
    """A page's blocks, and behind its body the paragraphs that it states and does not show."""
    body = [place for place, block in enumerate(blocks) if block.label is Label.BODY]
    gate = body[len(body) - stated.gate([blocks[place].text for place in body]) :]
    body = body[: len(body) - len(gate)]
    hidden = _unshown(stated.hidden([blocks[place].text for place in body]), blocks)
    script = (stated.script if stated.script is not None else script_stating(tree, hidden[0])) if hidden else None
    if script is None:
        return list(blocks)
    xpath = tree.getroottree().getpath(script)
    rule = HIDDEN_RULE if stated.script is None else SCRIPT_RULE
    said = {"label": Label.BODY, "kind": BlockKind.PARAGRAPH, "rule": rule, "confidence": _UNSEEN}
    rest = [Block.model_validate({**said, "text": text, "xpath": xpath}) for text in hidden]
    end = body[-1] + 1 if body else next(iter(gate), len(blocks))
    asking = {"label": Label.PROMOTION, "rule": rule, "confidence": _UNSEEN}
    behind = [block.model_copy(update=asking) if place in gate else block for place, block in enumerate(blocks)][end:]
    return [*blocks[:end], *rest, *behind]


def without_placeholders(verdicts: Sequence[Verdict], texts: Sequence[str], stated: StatedBody) -> list[Verdict]:
    """The verdicts on a page that carries its text in a script: what it shows of another text, as long as that is
    shorter, is what stands there until the script has run. A site's own rules stand."""
    body = places_of(Label.BODY, verdicts)
    if 2 * sum(len(texts[place]) for place in body) > len(stated.text):
        return list(verdicts)
    others = [place for place in body if not stated.has(texts[place])]
    return relabelled(verdicts, Label.NAVIGATION, dict.fromkeys(others, SCRIPT_RULE))


def _unshown(paragraphs: Sequence[str], blocks: Sequence[Block]) -> list[str]:
    """The paragraphs that no block shows, whatever its label and however the page cuts them."""
    if not paragraphs:
        return []
    shown = {run for block in blocks for run in _shingles(block.text)}
    letters = {_letters_of(block.text) for block in blocks}
    return [text for text in paragraphs if _letters_of(text) not in letters and not _is_shown(_shingles(text), shown)]


def _is_shown(runs: Sequence[tuple[str, ...]], shown: set[tuple[str, ...]]) -> bool:
    return bool(runs) and sum(run in shown for run in runs) > _IN * len(runs)


def script_stating(tree: etree._Element, text: str) -> etree._Element | None:
    """The JSON-LD script of a page whose articleBody holds this text."""
    return next((script for script in tree.iter("script") if states(script, text)), None)


def states(script: etree._Element, text: str) -> bool:
    """Whether a JSON-LD script's articleBody holds this text."""
    if "articleBody" not in (script.text or ""):
        return False
    return any(text in plain_lines(body) for node in read_nodes([script]) for body in _stated(node))


def _stated(node: Node) -> Iterator[str]:
    """The text of an article, and of a live blog's posts with their headlines."""
    updates = node.get("liveBlogUpdate")
    posts = [one for one in updates if isinstance(one, dict)] if isinstance(updates, list) else []
    for value in (node.get("articleBody"), *(post.get(key) for post in posts for key in ("headline", "articleBody"))):
        if isinstance(value, str):
            yield value


def _alike(left: str, right: str) -> int:
    """How many letters two texts have in common from their start."""
    pairs = enumerate(zip(left, right, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(left), len(right)))


def _letters_of(text: str) -> str:
    # As many letters as the text has, so that they tell places in it: folding would make two of a sharp s, and lowering
    # two of a dotted capital I alone.
    return "".join(filter(str.isalnum, text)).replace("\u0130", "i").lower()


def _shingles(text: str) -> list[tuple[str, ...]]:
    words = _WORD.findall(text.casefold())
    return list(zip(words, words[1:], words[2:], words[3:], strict=False))


class StatedFacts(NamedTuple):
    """What the page's structured data says, to compare blocks with: token sets, and the article's text."""

    titles: tuple[frozenset[str], ...] = ()
    description: frozenset[str] = frozenset()
    authors: tuple[frozenset[str], ...] = ()
    dates: tuple[str, ...] = ()
    publisher: frozenset[str] = frozenset()
    captions: tuple[frozenset[str], ...] = ()
    body: StatedBody | None = None

    @property
    def about(self) -> frozenset[str]:
        """The words of title and description."""
        return self.description.union(*self.titles)


def known_of(
    titles: Sequence[str],
    description: str | None,
    authors: Sequence[str],
    dates: Sequence[str | None],
    publisher: str | None,
    captions: Sequence[str] = (),
    body: str | None = None,
) -> StatedFacts:
    """Structured data as token sets. `dates` are ISO 8601; only their days are compared."""
    return StatedFacts(
        tuple(frozenset(tokens_of(title)) for title in titles if title),
        frozenset(tokens_of(description or "")),
        tuple(frozenset(tokens_of(name)) for name in authors if name),
        tuple(date[:10] for date in dates if date),
        frozenset(tokens_of(publisher or "")),
        tuple(frozenset(tokens_of(caption)) for caption in captions if caption),
        StatedBody(body) if body else None,
    )


def likeness(left: frozenset[str], right: frozenset[str]) -> float:
    """Jaccard likeness of two token sets, 0 where either is empty."""
    common = len(left & right)
    return common / (len(left) + len(right) - common) if common else 0.0


def compared(blocks: Sequence[TextBlock], sets: Sequence[frozenset[str]], known: StatedFacts) -> list[Sequence[float]]:
    """What of the structured data each block repeats; `page.NAMES` has the columns, from is_title on."""
    authors, said = known.authors, frozenset[str]().union(*known.authors)
    return [
        [words in known.titles for words in sets],
        like_any(sets, (known.description,)),
        [True in [name <= words for name in authors] for words in sets],
        [0.0 if words.isdisjoint(said) else max([len(n & words) for n in authors]) / len(words) for words in sets],
        [_date_share(block.text, known.dates) if len(block.text) < 200 else 0.0 for block in blocks],
        [bool(known.publisher) and known.publisher <= words for words in sets],
        like_any(sets, known.captions),
    ]


def opened(tokens: Sequence[list[str]], authors: Sequence[frozenset[str]]) -> list[float]:
    """Whether each block opens with an author's name."""
    if not authors:
        return [0.0] * len(tokens)
    return [any(frozenset(words[: len(name)]) == name for name in authors) for words in tokens]


def like_any(sets: Sequence[frozenset[str]], others: Sequence[frozenset[str]]) -> list[float]:
    """How like each block's words are to the likest of the others."""
    said = frozenset[str]().union(*others)
    return [0.0 if words.isdisjoint(said) else max([likeness(words, other) for other in others]) for words in sets]


def _date_share(text: str, dates: Sequence[str]) -> float:
    """How many of year, month and day of a known date stand in the text as numbers, at best."""
    found = _NUMBER.findall(text) if dates else ()
    if not found:
        return 0.0
    numbers = {int(number) for number in found[:12] if len(number) < 6}
    best = 0.0
    for date in dates:
        parts = date_parts(date)
        if len(parts) == 3 and parts[0] in numbers:
            best = max(best, (1 + (parts[1] in numbers) + (parts[2] in numbers)) / 3)
    return best


@lru_cache(maxsize=256)
def date_parts(date: str) -> tuple[int, ...]:
    """Year, month and day of a date, as far as it has them."""
    return tuple(int(part) for part in _NUMBER.findall(date)[:3])
