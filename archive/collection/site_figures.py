"""What one crawl run came to on one site, in numbers; kept in the run's report in crawls/."""

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator

from archive.collection.failure import NO_ANSWER

_FORMERLY = {"size": "too_large", "address": "private_address"}


class _Frozen(BaseModel):
    # Reports of later versions may say more.
    model_config = ConfigDict(frozen=True, extra="ignore")


class Ending(StrEnum):
    """How a run left a site."""

    DONE = "done"
    """What was asked for was fetched, as far as it could be."""
    BLOCKED = "blocked"
    """The site refused several requests in a row."""
    PUT_OFF = "put_off"
    """The site asked to wait for longer than a run waits."""
    FAILED = "failed"
    """None of its lists or pages could be fetched."""


class PageFigures(_Frozen):
    """What extraction made of the pages of a run.

    `without` counts pages that lack body, title, date or author. `words` is the median of the body's words,
    `words_low` and `words_high` are the quartiles. `blocks` and `ruled_blocks` count the visible blocks, and those
    that the site's file decided. By label, `named` counts the pages for which the site's file had selectors, `ruled`
    those where these found something. `limited` counts pages that say that they are not free to read,
    `without_text` records that have no body text, also of what came instead of a page. `walled` counts pages that show
    the beginning of an article and an offer to subscribe; None in reports that did not count them yet.
    """

    pages: int = 0
    without: dict[str, int] = {}
    words: float | None = None
    words_low: float | None = None
    words_high: float | None = None
    blocks: int = 0
    ruled_blocks: int = 0
    named: dict[str, int] = {}
    ruled: dict[str, int] = {}
    limited: int = 0
    without_text: int = 0
    walled: int | None = None


class SiteFigures(_Frozen):
    """One site in one run.

    `found` counts articles that were new in its lists, `listed` all of the articles that they named, `feed_entries`
    those of feeds and news sitemaps, and `feed_captured` how many of these were captured when the run ended; both
    are None where no feed was read or none had changed. `fetched` counts captured articles; of those that were
    asked for again `revised` had changed, `unchanged` had not. `gone` counts those that answered 404 or 410.
    `failed` counts by kind (of FailureKind, or `http_404` and the like where a status is all that came), `statuses`
    the answers by HTTP status, `obstacles` by kind of obstacle. `stopped` is why the run left the site alone before
    it was done, as a sentence. `left` is how many of its URLs are queued for a later run, `lists_left` how many of
    them are lists. `pages` is None where no records were made.
    """

    found: int = 0
    listed: int = 0
    feed_entries: int | None = None
    feed_captured: int | None = None
    fetched: int = 0
    revised: int = 0
    unchanged: int = 0
    gone: int = 0
    failed: dict[str, int] = {}
    statuses: dict[str, int] = {}
    obstacles: dict[str, int] = {}
    lists: int = 0
    lists_failed: int = 0
    lists_unchanged: int = 0
    lists_left: int = 0
    left: int = 0
    ending: Ending = Ending.DONE
    stopped: str | None = None
    pages: PageFigures | None = None

    @field_validator("failed")
    @classmethod
    def _named_anew(cls, failed: dict[str, int]) -> dict[str, int]:
        """Reports of earlier versions name two kinds otherwise."""
        return {_FORMERLY.get(kind, kind): count for kind, count in failed.items()}

    @property
    def extracted(self) -> int:
        """Pages that have a body."""
        return self.pages.pages - self.pages.without.get("body", 0) if self.pages else 0

    @property
    def without_text(self) -> int:
        """Records that have no body text: of pages, and of what came instead of one."""
        return self.pages.without_text if self.pages else 0

    @property
    def why_undone(self) -> str | None:
        """What a run that could not do what it was to do says of the site; None for one that could."""
        if self.ending is Ending.DONE:
            return None
        left = f" {self.left} of its URLs are left for a later run." if self.left else ""
        kinds = ", ".join(f"{count} × {kind}" for kind, count in self.failed.items())
        return f"{self.stopped or f'nothing could be fetched ({kinds})'}.{left}"

    @property
    def tries(self) -> int:
        """What was asked and answered, or failed without an answer."""
        answers = sum(self.statuses.values())
        return answers + sum(count for kind, count in self.failed.items() if kind in NO_ANSWER)

    @property
    def faults(self) -> int:
        """What failed, for whatever reason."""
        return sum(self.failed.values())

    @property
    def blocked(self) -> int:
        """Answers that were obstacles."""
        return sum(self.obstacles.values())

    @property
    def blocked_share(self) -> float | None:
        """The share of answers that were obstacles."""
        answers = sum(self.statuses.values())
        return self.blocked / answers if answers else None

    @property
    def fault_share(self) -> float | None:
        """The share of requests that failed."""
        return self.faults / self.tries if self.tries else None

    def as_dict(self) -> dict[str, Any]:
        """As it stands in a report."""
        return self.model_dump(mode="json") | {"extracted": self.extracted}
