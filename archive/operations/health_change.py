"""What a judgement is made of: states and changes."""

from dataclasses import dataclass
from enum import StrEnum


class HealthState(StrEnum):
    """How a site fares, the worst first."""

    BLOCKED = "blocked"
    """It refuses us: 403, 429, tests for robots, consent walls."""
    FAILING = "failing"
    """Its lists or most of its pages cannot be fetched, for other reasons."""
    SILENT = "silent"
    """It has listed no new article for longer than it ever does, or its lists are empty."""
    PAYWALL = "paywall"
    """Its pages show the beginnings of articles and an offer to subscribe."""
    OFF_LAYOUT = "off_layout"
    """Its pages lack what they had, or the selectors of its file find nothing."""
    CUT_SHORT = "cut_short"
    """Its articles have become short, or say that they are not free to read."""
    LIST_LOST = "list_lost"
    """One of its lists fails or is empty; others bring articles."""
    RETIRED = "retired"
    """Its file says that it is not to be crawled: blocked or deprecated."""
    NEW = "new"
    """There are too few runs to compare it with itself."""
    WELL = "well"
    """As ever."""

    @property
    def is_alarm(self) -> bool:
        """Whether somebody should look at the site."""
        return self not in (HealthState.RETIRED, HealthState.NEW, HealthState.WELL)


@dataclass(frozen=True, slots=True)
class HealthChange:
    """One thing that is not as it was: a sentence for people, with the state that it amounts to."""

    state: HealthState
    sentence: str


def percent(share: float) -> str:
    """`0.071` as `7 %`."""
    return f"{100 * share:.0f} %"
