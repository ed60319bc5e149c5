"""One run of one site, from the moment that it was due to how it ended."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal


class RunOutcome(StrEnum):
    """How a run ended."""

    FINISHED = "finished"
    """Nothing was left to fetch, or its limit was reached."""
    STOPPED = "stopped"
    """A fault ended it, such as a full disk; `detail` says which."""
    CRASHED = "crashed"
    """The crawling process died under it several times."""
    SKIPPED = "skipped"
    """It was not begun; `detail` says why."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run, as the collection's `schedule.sqlite` keeps it.

    Times are in UTC; `started` is None while it waits for its turn, `ended` and `outcome` until it has ended. A run
    that gave way to others, or that a restart cut in two, has several `parts`, each with a report in crawls/;
    `report` is the name of the last one, and `articles` and `failed` count those of all parts. `missed` is how many
    later due times this run stands for as well, because nothing could run then.
    """

    id: int
    site: str
    due: datetime
    started: datetime | None = None
    ended: datetime | None = None
    outcome: RunOutcome | None = None
    parts: int = 0
    articles: int = 0
    failed: int = 0
    missed: int = 0
    detail: str | None = None
    report: str | None = None


Ending = Literal["finished", "interrupted", "stopped", "crashed", "refused"]


@dataclass(frozen=True, slots=True)
class Part:
    """How a part of a run ended: finished, interrupted (it goes on later), stopped by a fault (`detail`), crashed, or
    refused because another process uses the collection. Counts are those of the whole run so far."""

    ended: Ending
    articles: int | None = None
    failed: int | None = None
    detail: str | None = None
