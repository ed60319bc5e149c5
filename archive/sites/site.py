"""What a site file may say. A file with a name alone works; everything else has a default.

The docstrings below each key are what editors show: they go into the JSON Schema.
"""

import json
from datetime import UTC, date, datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urljoin

from pydantic import BeforeValidator, ConfigDict, Field, PrivateAttr, field_validator, model_validator

from archive.labels import Label
from archive.sites.browsing import BrowserUse, Browsing
from archive.sites.layout import Layout
from archive.sites.listings import Discover
from archive.sites.schedule import ScheduleValue
from archive.sites.site_headers import Cookies, Headers
from archive.sites.site_values import (
    TRAFILATURA,
    Count,
    Country,
    Day,
    Hook,
    Host,
    Language,
    Number,
    Patterns,
    Revisits,
    Stamp,
    Texts,
    Truth,
    WebUrl,
)
from archive.sites.strict import Strict


class State(StrEnum):
    """Whether a site can be crawled."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    DEPRECATED = "deprecated"


def _as_status(value: Any) -> Any:
    return {"state": value} if isinstance(value, str) else value


class Status(Strict):
    """Whether a site can be crawled, since when, and why not."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"required": ["state"], "properties": {"state": {"enum": ["blocked", "deprecated"]}}},
            "then": {
                "required": ["since", "reason"],
                "properties": {"since": {"type": "string"}, "reason": {"type": "string", "minLength": 1}},
            },
        }
    )

    state: State = State.ACTIVE
    """active; blocked: the site refuses crawlers; deprecated: it is gone or no longer wanted."""
    since: Day | None = None
    """The day from which this holds."""
    reason: str | None = None
    """Why, in a sentence; shown to whoever tries to crawl the site."""

    @model_validator(mode="after")
    def _gives_reasons(self) -> Self:
        if self.state is not State.ACTIVE and not (self.since and self.reason):
            raise ValueError(f"expected 'since' and 'reason' with {self.state.value}")
        return self


class Articles(Strict):
    """Regular expressions, searched in the URL, that tell articles from other pages."""

    include: Patterns = ()
    """Only URLs in which one of these is found are articles."""
    exclude: Patterns = ()
    """URLs in which one of these is found are never articles."""


class Crawl(Strict):
    """How a site is fetched."""

    delay: Number | None = Field(default=None, ge=0, le=3600)
    """Seconds from one host's answer to the next request to it; a longer Crawl-delay in robots.txt is kept to."""
    concurrency: Count = Field(default=1, ge=1, le=16)
    """Requests to one host at a time, where there is no delay; with one it is asked once it has answered."""
    requisites: Truth = False
    """Also capture what pages need to be shown: style sheets, pictures, scripts."""
    browser: BrowserUse | None = None
    """Load articles in Chromium, so that their scripts run: always, or when-empty, where there is no text without."""
    documents: Truth = False
    """Also capture the documents that articles link to: PDF files, tables, slides. They have no records."""
    headers: Headers = Field(default_factory=dict)
    """Headers for the site's own hosts. Secret ones are {env: CLEANCOPY_SITE_NAME} or {file: /PATH/cleancopy-NAME}."""
    cookies: Cookies = Field(default_factory=dict)
    """Cookies, as of a login, each as {env: CLEANCOPY_SITE_NAME} or {file: /PATH/cleancopy-NAME}."""
    secrets: Literal["redact", "keep"] = "redact"
    """Whether captures of requests hold what is secret in them; redact: [redacted] stands in its place."""
    keep_cookies: Truth = True
    """Send back the cookies that the site sets, for the time of a run, as browsers do; false where it counts by them
    how many pages it has shown."""
    certificates: Literal["accept", "refuse"] = "accept"
    """What becomes of a server whose certificate does not hold; accept: it is captured, and the report and the record
    say so."""
    obey_robots: Truth = True
    """False only where the site has allowed it: robots.txt is then not kept to."""
    allow_private: Truth = False
    """Allow addresses that are not public, for the site's own hosts."""

    @model_validator(mode="after")
    def _says_cookies_once(self) -> Self:
        if self.cookies and any(name.lower() == "cookie" for name in self.headers):
            raise ValueError("expected 'cookies' or the header Cookie, and not both")
        return self


class PageTest(Strict):
    """What must come out of one page. `cleancopy site check` runs it on a saved capture."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 2})

    url: WebUrl
    """The page."""
    title: str | None = None
    authors: Texts | None = None
    """All authors in their order."""
    date_published: Stamp | None = None
    """As in the record, or its beginning: 2026-11-18."""
    date_modified: Stamp | None = None
    contains: Texts = ()
    """Phrases that the body must hold."""
    not_contains: Texts = ()
    """Phrases that the body must not hold."""
    labels: dict[Label, Texts] = Field(default_factory=dict)
    """Phrases that must stand in a block of this label."""

    @property
    def expectations(self) -> int:
        """How many things it expects: each field, phrase and labelled phrase is one."""
        fields = (self.title, self.authors, self.date_published, self.date_modified)
        phrases = len(self.contains) + len(self.not_contains) + sum(map(len, self.labels.values()))
        return sum(field is not None for field in fields) + phrases

    @model_validator(mode="after")
    def _tests_something(self) -> Self:
        if self.model_fields_set <= {"url"}:
            raise ValueError("expected something to test: title, authors, contains, not_contains, labels or a date")
        return self


class Shared(Strict):
    """What sites on the same content system have in common; a file of `systems/` holds this."""

    # Constructed: where no file is read, nothing that checks one need be made.
    discover: Discover = Discover.model_construct()
    articles: Articles = Articles.model_construct()
    crawl: Crawl = Crawl.model_construct()
    browser: Browsing = Browsing.model_construct()
    """What the browser does on a page, where `crawl: browser` asks for one."""
    layouts: tuple[Layout, ...] = ()
    """Where each kind of text stands on a page. With dates, one for each time that the site looked different."""
    extract: Hook | None = None
    """A Python function, package.module:function, that has the last word on a record; or `trafilatura`, whose verdict
    on what is body is taken wholly then."""

    @property
    def hook(self) -> str | None:
        """The Python function that `extract` names; None where there is none."""
        return None if self.extract == TRAFILATURA else self.extract

    @field_validator("layouts")
    @classmethod
    def _one_layout_a_day(cls, layouts: tuple[Layout, ...]) -> tuple[Layout, ...]:
        dated = [(layout.valid_from or date.min, layout.valid_until or date.max) for layout in layouts]
        for number, (start, end) in enumerate(dated):
            if any(start < other_end and other_start < end for other_start, other_end in dated[:number]):
                raise ValueError("expected layouts whose dates (valid_from, valid_until) do not overlap")
        return layouts


class Site(Shared):
    """One news site. `domain` comes from the file's name; what it inherits is resolved into it."""

    domain: str
    name: str | None = None
    """What the site calls itself."""
    language: Language | None = None
    """The language of pages that do not say theirs, such as 'de'."""
    country: Country | None = None
    """Where it is published, such as 'DE'."""
    status: Annotated[Status, BeforeValidator(_as_status, json_schema_input_type=Literal["active"] | Status)] = (
        Status.model_construct()
    )
    home: WebUrl | None = None
    """The home page; without it, https://DOMAIN/."""
    aliases: tuple[Host, ...] = ()
    """Other hosts of the same site, such as example.com beside example.co.uk."""
    revisit: Revisits = ()
    """When a captured article is asked for again: [1h, 1d, 7d] after its first capture."""
    schedule: ScheduleValue | None = None
    """When the site is crawled by itself (`cleancopy schedule`): "*/30 * * * *", 6h, or keys and values."""
    tests: tuple[PageTest, ...] = ()
    """Pages and what must come out of them."""
    _file: Path | None = PrivateAttr(default=None)

    def __eq__(self, other: object) -> bool:
        """Whether both say the same, wherever that is said."""
        return isinstance(other, Site) and self.__dict__ == other.__dict__

    __hash__ = None  # type: ignore[assignment]

    @property
    def file(self) -> Path | None:
        """The file that says this, where there is one."""
        return self._file

    def of_file(self, path: Path) -> "Site":
        """The same, with the file that says it."""
        site = self.model_copy()
        site._file = path
        return site

    @property
    def front(self) -> str:
        """The home page's URL."""
        return self.home or f"https://{self.domain}/"

    def place(self, url: str) -> str:
        """The whole URL of a path on this site; URLs stay as they are."""
        return urljoin(self.front, url)

    def layout(self, captured: datetime | None) -> Layout | None:
        """The layout that holds on the capture's UTC day. A page without a day is read as one of today: neither an old
        layout nor one that is still to come is for it."""
        day = captured.date() if captured else datetime.now(UTC).date()
        return next((layout for layout in self.layouts if layout.holds(day)), None)

    def digest(self) -> str:
        """SHA-256 over what extraction reads of this site, so that a new delay does not age any record."""
        from archive.sites.hooks import hook_digest  # noqa: PLC0415 - hooks know records, which know nothing of sites

        read = {
            "layouts": [layout.model_dump(mode="json") for layout in self.layouts],
            "extract": self.extract,
            "domain": self.domain,
            "name": self.name,
            "language": self.language,
        }
        content = json.dumps(read, ensure_ascii=False, separators=(",", ":"))
        return "sha256:" + sha256((content + (hook_digest(self.hook) if self.hook else "")).encode()).hexdigest()
