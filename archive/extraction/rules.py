"""What was decided of a block and by whom, as its `rule` says: the one place that knows how rules are written."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from archive.labels import Label

CORRECTED_RULE = "corrected"
_STRIP = re.compile(r"site:strip\[(\d+)\]")


class RuleKind(StrEnum):
    """Who decided. The values are stable; docs/kinds.md lists them."""

    SITE_SELECT = "site_select"
    """A selector of the site's file: `site:SELECTOR`."""
    SITE_STRIP = "site_strip"
    """A strip rule of the site's file, by its number from 0: `site:strip[2]`."""
    STRUCTURED = "structured"
    """The page's own metadata: `structured:title`, `structured:articleBody`."""
    JSON_LD = "json_ld"
    """Text that the page states and does not show: `json-ld:articleBody`."""
    SCRIPT = "script"
    """Text that only a script's data holds: `script:data`."""
    TRAFILATURA = "trafilatura"
    """trafilatura: `trafilatura:vote` where the label model was unsure, `trafilatura:rescue` where nothing else found a
    body, `trafilatura:whole` where the site's file asks for it."""
    MODEL = "model"
    """The label model alone: `model`."""
    MEMORY = "memory"
    """What the site's other pages told: `memory:text`, `memory:place`."""
    GENERAL = "general"
    """A rule for every site: `general:second-copy`, `general:next-story`, `general:breadcrumb`, `general:button`,
    `general:form` (what asks a reader for something), `general:amid` (a gap in the body that the model was unsure
    of), `general:read-more` (a line that leads to another story), `general:index` (the links of a page that holds
    no story), `general:contents` (a link to a heading further down), `general:page-repeat` (what a later page of a
    story says once more), `general:post-time` (the time of a live blog's post), `general:disclaimer` (one that ends
    the body), `general:appeal` (a line that asks or tells the reader something), `general:caption` (of a picture,
    by its place), `general:goes-on` (the next sentence of a story, of which the model was unsure), `general:headed`
    (what stands under a heading that says what it is, or the heading above it), `general:consent` (a box before the
    story that speaks of cookies), `general:spoken` (for screen readers alone), `general:teaser` (of another story),
    `general:count` (of slides or votes), `general:code-bar` (the name of code's language beside it),
    `general:headline`, `general:date`, `general:byline` and `general:server-message` (what no body begins with),
    `general:thread` (what is posted on a page that is a discussion: it is in the record's `text` whatever its
    label) and `general:post-head` (what stands between such posts), and for all of what came instead of a page
    `general:captcha`, `general:consent_wall` and the like."""
    IMPORTED = "imported"
    """A paragraph of a text that its importer vouches for (`--trust-text`): `imported`. It is in the record's `text`
    whatever its label, which the label model gave."""
    CORRECTED = "corrected"
    """What a person said (`cleancopy correct`): `corrected`. It goes before everything else."""
    OTHER = "other"
    """What a function of the site's own (`extract` in its file) wrote."""

    @property
    def is_of_site(self) -> bool:
        """Whether the site's file decided."""
        return self in (RuleKind.SITE_SELECT, RuleKind.SITE_STRIP)

    @property
    def is_unshown(self) -> bool:
        """Whether the page holds the block's text and does not show it."""
        return self in (RuleKind.JSON_LD, RuleKind.SCRIPT)


_BY_NAMESPACE = {
    "site": RuleKind.SITE_SELECT,
    "structured": RuleKind.STRUCTURED,
    "json-ld": RuleKind.JSON_LD,
    "script": RuleKind.SCRIPT,
    "trafilatura": RuleKind.TRAFILATURA,
    "model": RuleKind.MODEL,
    "memory": RuleKind.MEMORY,
    "general": RuleKind.GENERAL,
    "imported": RuleKind.IMPORTED,
    "corrected": RuleKind.CORRECTED,
}


@lru_cache(1024)
def kind_of(rule: str) -> RuleKind:
    """The kind of a block's `rule`."""
    if _STRIP.fullmatch(rule):
        return RuleKind.SITE_STRIP
    return _BY_NAMESPACE.get(rule.partition(":")[0], RuleKind.OTHER)


def is_selected(rule: str) -> bool:
    """Whether a selector of the site's file decided."""
    return kind_of(rule) is RuleKind.SITE_SELECT


def strip_rule(number: int) -> str:
    """The rule of a block that a strip rule decided; `number` is its place in the layout, from 0."""
    return f"site:strip[{number}]"


def strip_number(rule: str) -> int:
    """The number in such a rule. Raises ValueError for any other."""
    match = _STRIP.fullmatch(rule)
    if not match:
        raise ValueError(f"{rule!r} is no strip rule")
    return int(match[1])


def select_rule(selector: str) -> str:
    """The rule of a block that a selector decided."""
    return f"site:{selector}"


def selector_of(rule: str) -> str:
    """The selector in such a rule."""
    return rule.removeprefix("site:")


class Verdict(NamedTuple):
    """The label of a block, the rule or model that gave it, and how sure that is (0 to 1)."""

    label: Label
    rule: str
    confidence: float

    @property
    def is_of_site(self) -> bool:
        """Whether the site's file decided: nothing overrules it."""
        return self.rule.startswith("site:")


def places_of(label: Label, verdicts: Sequence[Verdict]) -> list[int]:
    """Which blocks have this label."""
    return [place for place, verdict in enumerate(verdicts) if verdict.label is label]


def relabelled(verdicts: Sequence[Verdict], label: Label, rules: Mapping[int, str]) -> list[Verdict]:
    """The verdicts, with the label at the places of `rules` changed by the rule that stands there. A site's own rules
    stand."""
    if not rules:
        return list(verdicts)
    return [
        Verdict(label, rules[place], verdict.confidence) if place in rules and not verdict.is_of_site else verdict
        for place, verdict in enumerate(verdicts)
    ]
