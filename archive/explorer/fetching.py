"""What the explorer asks of whoever fetches pages: the archive itself knows no crawler."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from archive.collection.failure import Failed
from archive.collection.folder import Collection


@dataclass(frozen=True, slots=True)
class FailedPage:
    """A page that could not be fetched, and when it was last asked for (UTC)."""

    url: str
    site: str
    why: Failed
    at: datetime


class Fetching(Protocol):
    """The pages that are still to be fetched, or could not be. What changes them raises CollectionError where a crawl
    is under way, or the collection cannot be written to."""

    def counts(self, collection: Collection) -> Counter[tuple[str, str]]:
        """How many pages of each site (first) failed, by kind of failure (second)."""

    def failed(
        self, collection: Collection, *, site: str | None, kind: str | None, start: int, most: int
    ) -> Sequence[FailedPage]:
        """Pages that failed, those that were asked for last first."""

    def ask_again(self, collection: Collection, url: str, *, browser: bool) -> None:
        """Let the next run ask for a page before all others; with `browser`, let a browser load it."""

    def ignore(self, collection: Collection, url: str) -> None:
        """Never ask for a page again, unless somebody wishes for it."""
