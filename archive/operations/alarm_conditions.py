"""What can be wrong, and what begins and ends from one look to the next: pure functions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class AlarmKind(StrEnum):
    """What an alarm is about."""

    BLOCKS = "blocks"
    """A site refuses us."""
    ERRORS = "errors"
    """A site's lists or pages cannot be fetched, or its runs break off."""
    SILENCE = "silence"
    """A site lists no new articles for longer than it ever does."""
    DRIFT = "drift"
    """A site's pages are no longer what its file or its past says."""
    LATE = "late"
    """A run has not begun though it is due."""
    DISK = "disk"
    """Little room is left."""
    VERIFICATION = "verification"
    """Files of the collection or of a copy are not what they were."""
    COPY = "copy"
    """A copy could not be made."""


Key = tuple[AlarmKind, str]


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that is wrong: about which site, place or disk, in a sentence for people."""

    kind: AlarmKind
    subject: str
    sentence: str

    @property
    def key(self) -> Key:
        """What makes it the same condition at another look, whatever its sentence says then."""
        return self.kind, self.subject


class Event(StrEnum):
    """What a message says of a condition."""

    BEGIN = "begin"
    END = "end"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class AlarmChange:
    """A condition that has begun or ended."""

    event: Event
    condition: Condition


def changes(in_force: Mapping[Key, Condition], now: Iterable[Condition]) -> list[AlarmChange]:
    """What has begun and what has ended. Of several conditions with the same key the first counts."""
    found: dict[Key, Condition] = {}
    for condition in now:
        found.setdefault(condition.key, condition)
    ended = [AlarmChange(Event.END, condition) for key, condition in in_force.items() if key not in found]
    begun = [AlarmChange(Event.BEGIN, condition) for key, condition in found.items() if key not in in_force]
    return ended + begun
