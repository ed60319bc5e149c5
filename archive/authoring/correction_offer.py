"""A page's corrections as keys for its site's file: a test that holds them, and rules that make them needless.

A correction mends one capture; a rule mends all pages of the kind. Every rule is tried on the page first, and is
offered where it brings the page closer to what was said of it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from archive.authoring.draft_candidates import names_of
from archive.authoring.draft_yaml import plain_yaml
from archive.authoring.phrases import opening
from archive.collection.corrections import PageCorrections
from archive.exchange import Capture
from archive.extraction.blocks import TextBlock
from archive.extraction.extract import extract_capture
from archive.extraction.memory.site_memory import SiteMemory
from archive.extraction.model import load_model
from archive.extraction.page_reading import read_page
from archive.extraction.site_rules import around
from archive.extraction.xpaths import xpaths
from archive.labels import Label
from archive.records import Record
from archive.sites import Layout, Site, StripRule
from archive.sites.patterns import is_found

#: Labels whose selectors say more than a label: who wrote the article, and where its head stands.
_BY_SELECTOR = (Label.HEADLINE, Label.STANDFIRST, Label.BYLINE, Label.DATE)
_TESTED = ("title", "authors", "date_published", "date_modified")
#: Elements from a block's own upwards whose names are tried, and selectors that are, for one block.
_NEAR, _MOST = 5, 12
#: Characters of the longest text that is offered as a pattern.
_LONGEST = 120
_SPECIAL = re.compile(r"[\\.^$*+?{}\[\]|()]")


@dataclass(frozen=True, slots=True)
class Offer:
    """Keys of a site file, `layouts` and `tests`, as far as there are any; `remarks` say, in sentences, what is not in
    them and what to look at."""

    content: Mapping[str, Any]
    remarks: tuple[str, ...]

    def text(self) -> str:
        """The keys as YAML."""
        return plain_yaml(dict(self.content)) if self.content else ""


def offer(capture: Capture, site: Site, corrections: PageCorrections, memory: SiteMemory | None = None) -> Offer:
    """What a page's corrections are worth to its site's file. Raises PageError where there is nothing to read."""
    trial = _Trial(capture, site, memory, corrections)
    remarks: list[str] = []
    for number, label in trial.corrected:
        if trial.best.blocks[number].label is not label and not trial.mend(number, label):
            remarks.append(f"No rule was found for block {number + 1} ({label}): nothing lasting names its place.")
    if trial.wrong and trial.rules:
        remarks.append(f"With these rules {trial.wrong} blocks of the page are not yet what was said of them.")
    if trial.rules and trial.layout != Layout():
        remarks.append("The site's file has a layout for this page: add the keys below it there, before its own.")
    test = _test(trial.right, trial.alone, corrections, trial.corrected)
    content = {"layouts": [_plain(trial.rules)]} if trial.rules else {}
    return Offer({**content, **({"tests": [test]} if len(test) > 1 else {})}, tuple(remarks))


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule that may be written: `key` is the label's, or `strip`."""

    key: str
    selector: str | StripRule

    def into(self, layout: Layout) -> Layout:
        """The layout with the rule before its own."""
        return layout.model_copy(update={self.key: (self.selector, *getattr(layout, self.key))})


class _Trial:
    """Rules tried on one page. `right` is the record as it was corrected, `alone` without that, `best` with the rules
    chosen so far; `corrected` are the numbers and labels of the blocks."""

    def __init__(self, capture: Capture, site: Site, memory: SiteMemory | None, corrections: PageCorrections) -> None:
        self._capture, self._site, self._memory = capture, site, memory
        self.right = extract_capture(capture, site, load_model(), memory, corrections)
        self.alone = self.best = extract_capture(capture, site, load_model(), memory)
        self.layout = site.layout(capture.date) or Layout()
        self.rules: list[_Rule] = []
        said = corrections.over([(block.xpath, block.text) for block in self.right.blocks])
        self.corrected = [(number, each.label) for number, each in sorted(said.items()) if each.label]
        blocks = read_page(capture).page.blocks if said else []
        self._blocks = {(place, block.text): block for place, block in zip(xpaths(blocks), blocks, strict=True)}
        self._now = self.layout

    @property
    def wrong(self) -> int:
        """How many blocks have another label than they should."""
        return _differences(self.best, self.right)

    def mend(self, number: int, label: Label) -> bool:
        """Choose the rule that leaves the fewest blocks wrong; whether there is one that leaves fewer than now."""
        wrong = self.right.blocks[number]
        block = self._blocks.get((wrong.xpath, wrong.text))
        tried = [(rule, self._with(rule)) for rule in _rules(block, label)] if block else []
        sound = [(rule, record) for rule, record in tried if record.blocks[number].label is label]
        if not sound:
            return False
        rule, record = min(sound, key=lambda pair: _differences(pair[1], self.right))
        if _differences(record, self.right) >= self.wrong:
            return False
        self.best, self._now = record, rule.into(self._now)
        self.rules.append(rule)
        return True

    def _with(self, rule: _Rule) -> Record:
        site = self._site.model_copy(update={"layouts": (rule.into(self._now),)})
        return extract_capture(self._capture, site, load_model(), self._memory)


def _differences(one: Record, other: Record) -> int:
    pairs = zip(one.blocks, other.blocks, strict=False)
    return sum(mine.label is not theirs.label for mine, theirs in pairs) + abs(len(one.blocks) - len(other.blocks))


def _rules(block: TextBlock, label: Label) -> Iterator[_Rule]:
    """Rules that may give a block this label: by a name of its place, the nearest first, then by its text."""
    names = (name for element in islice(around(block), _NEAR) for name in names_of(element))
    for name in islice(dict.fromkeys(names), _MOST):
        if label in _BY_SELECTOR:
            yield _Rule(label.value, name)
        else:
            yield _Rule("strip", StripRule(label=label, select=(name,)))
    pattern = f"^{_SPECIAL.sub(lambda sign: chr(92) + sign[0], block.text)}$"
    if len(block.text) <= _LONGEST and block.text.isprintable() and is_found(pattern, block.text):
        yield _Rule("strip", StripRule(label=label, text=pattern))


def _plain(rules: Sequence[_Rule]) -> dict[str, Any]:
    """A layout of these rules as a file says it. Those chosen last stand first, as they were tried."""
    found: dict[str, Any] = {}
    for rule in reversed(rules):
        if isinstance(rule.selector, str):
            found.setdefault(rule.key, []).append(rule.selector)
        else:
            said = rule.selector.model_dump(mode="json", exclude_defaults=True)
            one = {key: value[0] for key, value in said.items() if key == "select"}
            found.setdefault("strip", []).append(said | one)
    return found


def _test(
    right: Record, alone: Record, corrections: PageCorrections, corrected: Sequence[tuple[int, Label]]
) -> dict[str, Any]:
    test: dict[str, Any] = {"url": right.url}
    plain = right.model_dump(mode="json", include={*_TESTED} & corrections.fields.keys())
    test |= {name: value for name, value in plain.items() if value is not None}
    for number, label in corrected:
        phrase = opening(_folded(right.blocks[number].text))
        if label is Label.BODY:
            test.setdefault("contains", []).append(phrase)
            continue
        if phrase in _folded(alone.text) and phrase not in _folded(right.text):
            test.setdefault("not_contains", []).append(phrase)
        test.setdefault("labels", {}).setdefault(label.value, []).append(phrase)
    return test


def _folded(text: str) -> str:
    return " ".join(text.split())
