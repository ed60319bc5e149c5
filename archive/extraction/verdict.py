"""What was decided of one block, and by whom."""

from typing import NamedTuple

from archive.labels import Label


class Verdict(NamedTuple):
    """A label, the rule or model that gave it, and how sure that is (0 to 1)."""

    label: Label
    rule: str
    confidence: float
