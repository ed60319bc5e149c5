"""What was decided of one block, and by whom."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from archive.extraction.rules import kind_of
from archive.labels import Label


class Verdict(NamedTuple):
    """A label, the rule or model that gave it, and how sure that is (0 to 1)."""

    label: Label
    rule: str
    confidence: float


def relabelled(verdicts: Sequence[Verdict], label: Label, rules: Mapping[int, str]) -> list[Verdict]:
    """The verdicts, with the label at the places of `rules` changed by the rule that stands there. A site's own rules
    stand."""
    return [
        Verdict(label, rules[place], verdict.confidence)
        if place in rules and not kind_of(verdict.rule).is_of_site
        else verdict
        for place, verdict in enumerate(verdicts)
    ]
