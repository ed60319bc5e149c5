"""The frozen values that pass between fetching, the WARC and extraction."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Purpose(StrEnum):
    """Why a URL was fetched. Only articles become records."""

    ARTICLE = "article"
    ROBOTS = "robots"
    SITEMAP = "sitemap"
    FEED = "feed"
    SECTION = "section"
    REQUISITE = "requisite"


class Truncation(StrEnum):
    """WARC-Truncated reasons (WARC 1.1, section 5.13)."""

    LENGTH = "length"
    TIME = "time"
    DISCONNECT = "disconnect"
    UNSPECIFIED = "unspecified"


#: `Origin.found_in` of what was not fetched but imported; `via` then names the file and the place in it.
IMPORTED = "import"


@dataclass(frozen=True, slots=True)
class Origin:
    """How a URL was found and why it was fetched; kept in a `metadata` record.

    `found_in` is one of seed, list, link, section, feed, sitemap, news_sitemap, import; empty where nobody said.
    `title` and `date` are the feed's or sitemap's own words for the page, as they stand there (`date` unparsed).
    """

    purpose: Purpose = Purpose.ARTICLE
    found_in: str = "seed"
    via: str | None = None
    title: str | None = None
    date: str | None = None
    requested_url: str | None = None
    robots: str | None = None
    """What robots.txt said of this URL at that time: allowed, disallowed, unavailable; None if not asked."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came back, byte for byte as on the wire.

    `response` is empty where nothing came back. `started` is UTC. `protocols` are WARC-Protocol values
    such as `http/1.1` and `tls/1.3`. `interim` holds the answers with a status of 1xx that came before `response`.
    `redacted` names the headers of `request` whose values, being secret, were left out of it.
    """

    url: str
    started: datetime
    request: bytes
    response: bytes
    origin: Origin = field(default_factory=Origin)
    ip: str | None = None
    truncated: Truncation | None = None
    protocols: tuple[str, ...] = ()
    cipher: str | None = None
    seconds: float | None = None
    interim: bytes = b""
    redacted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a WARC record lies: file name (no folder), offset and length of its gzip member in bytes."""

    filename: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Capture:
    """A response read back from a WARC, ready for extraction.

    `body` is the entity with transfer and content coding removed, at most the reader's size limit.
    `record_id` is the bare UUID, `payload_digest` is `sha1:BASE32`, `date` is UTC, header values are decoded
    as latin-1 and keep their order and case. `status` is 0 where there is none. `warnings` says what was odd on the
    way.
    """

    url: str
    body: bytes
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    date: datetime | None = None
    record_id: str | None = None
    payload_digest: str | None = None
    place: Place | None = None
    origin: Origin = field(default_factory=Origin)
    warnings: tuple[str, ...] = ()

    @property
    def mime(self) -> str:
        """The Content-Type without its parameters, in lower case; text/html where none was sent."""
        return (self.header("Content-Type") or "text/html").partition(";")[0].strip().lower()

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)
