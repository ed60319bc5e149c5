"""The frozen values that pass between fetching, the WARC and extraction."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from archive.telling.kinds import Warned


class Purpose(StrEnum):
    """Why a URL was fetched. Only articles become records, with their further pages."""

    ARTICLE = "article"
    PAGE = "page"
    """A further page of an article."""
    ROBOTS = "robots"
    SITEMAP = "sitemap"
    FEED = "feed"
    SECTION = "section"
    REQUISITE = "requisite"
    DOCUMENT = "document"

    @property
    def is_extra(self) -> bool:
        """Whether it comes with a page: it is fetched when no article waits, and says nothing of the site."""
        return self in (Purpose.REQUISITE, Purpose.DOCUMENT)


class Truncation(StrEnum):
    """WARC-Truncated reasons (WARC 1.1, section 5.13)."""

    LENGTH = "length"
    TIME = "time"
    DISCONNECT = "disconnect"
    UNSPECIFIED = "unspecified"


class Completeness(StrEnum):
    """How much of an answer a capture holds: all of it, or why it was cut, as WARC-Truncated says."""

    WHOLE = "whole"
    """All of it, as far as its own lengths and codings tell."""
    LENGTH = "length"
    """It was cut at a limit of its size."""
    TIME = "time"
    """It was cut at a limit of time."""
    DISCONNECT = "disconnect"
    """The connection broke."""
    UNSPECIFIED = "unspecified"
    """It was cut, and nothing says why."""


class Kind(StrEnum):
    """What came of an exchange, by `archive.pipeline.judgement`. The values are stable: reports count by them."""

    ARTICLE = "article"
    """The page that was asked for: HTML, or what a user imported as a page or text."""
    PAGE = "page"
    """HTML of which nobody noted what it was fetched for: `archive.pipeline.article_choice` tells whether it is an
    article."""
    NO_ARTICLE = "no_article"
    """Such a page that is none."""
    LIST = "list"
    """A feed, a sitemap or a page of links, asked for as such."""
    ROBOTS = "robots"
    """A robots.txt."""
    REQUISITE = "requisite"
    """What a page needs to be shown."""
    DOCUMENT = "document"
    """A file that an article links to, asked for as such: PDF, tables, slides."""
    REDIRECT = "redirect"
    """HTTP 301, 302, 303, 307 or 308 with an address to go to, or a page that says no more than where to go."""
    NOT_MODIFIED = "not_modified"
    """HTTP 304: it is as it was."""
    REVISIT = "revisit"
    """Its payload is that of an earlier capture, whose record stands for both."""
    REFUSED = "refused"
    """HTTP 401, 402, 403 or 451, or a page that says as much."""
    RATE_LIMITED = "rate_limited"
    """HTTP 429."""
    CAPTCHA = "captcha"
    """A test whether a person asks; also one that only runs a script."""
    CONSENT_WALL = "consent_wall"
    """Consent to cookies is asked for, and nothing else is shown."""
    NOT_FOUND = "not_found"
    """HTTP 404 or 410."""
    HTTP_ERROR = "http_error"
    """Any other status that is no success."""
    PDF = "pdf"
    """A PDF document, whatever it is called."""
    IMAGE = "image"
    """A picture, whatever it is called."""
    OTHER_MEDIA = "other_media"
    """Sound, film, an archive, plain text, data: no page."""
    EMPTY = "empty"
    """A success without a body."""
    UNDECODABLE = "undecodable"
    """A body of which its content coding gives nothing back."""
    NO_HTTP = "no_http"
    """The answer is not HTTP/1, or not of the web."""
    NO_ANSWER = "no_answer"
    """Nothing came back."""


#: What stands in the way of a page.
OBSTACLES = frozenset((Kind.REFUSED, Kind.RATE_LIMITED, Kind.CAPTCHA, Kind.CONSENT_WALL))
_RECORDED = frozenset((Kind.ARTICLE, Kind.EMPTY, Kind.UNDECODABLE, *OBSTACLES))

#: `Origin.found_in` of what was not fetched but imported; `via` then names the file and the place in it.
IMPORTED = "import"


class Origin(NamedTuple):
    """How a URL was found and why it was fetched; kept in a `metadata` record.

    `found_in` is one of seed, list, link, robots, guess, links,
    section, feed, sitemap, news_sitemap, story, page, style, article, browser,
    import; empty where nobody said.
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
    page: int | None = None
    """The number of a further page of a story, from 2; 0 for the view that has all pages in one. `via` is the first
    page's address."""
    story: str | None = None
    """The id of the record that holds the story's first page."""
    previous: str | None = None
    """Where the page before it lies: WARC file, offset in bytes, record id."""
    certificate: str | None = None
    """What was wrong with the server's certificate, in words; None where nothing was, or there was none to look at."""
    is_for_browser: bool = False
    """Whether the record is made of what a browser makes of this answer, and not of the answer itself."""
    imported: str | None = None
    """What the source of an imported page says of it, as JSON (archive/extraction/imported.py)."""


class Exchange(NamedTuple):
    """One request and what came back, byte for byte as on the wire.

    `response` is empty where nothing came back. `started` is UTC. `protocols` are WARC-Protocol values
    such as `http/1.1` and `tls/1.3`. `interim` holds the answers with a status of 1xx that came before `response`.
    `redacted` names the headers of `request` whose values, being secret, were left out of it.
    """

    url: str
    started: datetime
    request: bytes
    response: bytes
    origin: Origin = Origin()
    ip: str | None = None
    truncated: Truncation | None = None
    protocols: tuple[str, ...] = ()
    cipher: str | None = None
    seconds: float | None = None
    interim: bytes = b""
    redacted: tuple[str, ...] = ()


class Unfinished(StrEnum):
    """Which limit ended the loading of a page in a browser, before nothing more was asked for."""

    TIME = "time"
    """The seconds that the site's file allows."""
    REQUESTS = "requests"
    """The number of requests."""
    BYTES = "bytes"
    """The bytes of all answers."""


class Rendering(NamedTuple):
    """How a page came out of a browser: its name and version, the id of the response that it began with (a bare UUID),
    the status and headers of that as lines, and which limit ended the loading, if one did."""

    browser: str
    response: str
    head: bytes = b""
    unfinished: Unfinished | None = None


class RenderedPage(NamedTuple):
    """A page as a browser has it after its scripts ran: the document as HTML, and a picture of it (PNG) where one was
    asked for. `started` (UTC) is that of the response, `seconds` how long the browser took."""

    url: str
    started: datetime
    document: str
    rendering: Rendering
    origin: Origin = Origin()
    seconds: float | None = None
    screenshot: bytes = b""


class Place(NamedTuple):
    """Where a WARC record lies: file name (no folder), offset and length of its gzip member in bytes."""

    filename: str
    offset: int
    length: int


class Capture(NamedTuple):
    """One exchange, judged: what came back, and what it is.

    `body` is the entity with transfer and content coding removed, at most the reader's size limit.
    `record_id` is the bare UUID, `payload_digest` is `sha1:BASE32`, `date` is UTC, header values are decoded
    as latin-1 and keep their order and case; of a `rendering` they are those of the response that it was made from, but
    for the type and form of its body. `mime` is the media type that the headers mean, without parameters and in
    lower case; empty where they state none. `status` is 0 where there is none. `warnings` says what was odd on the way.
    """

    url: str
    body: bytes
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    date: datetime | None = None
    record_id: str | None = None
    payload_digest: str | None = None
    place: Place | None = None
    origin: Origin = Origin()
    warnings: tuple[Warned, ...] = ()
    mime: str = "text/html"
    kind: Kind = Kind.ARTICLE
    completeness: Completeness = Completeness.WHOLE
    rendering: Rendering | None = None

    @property
    def has_record(self) -> bool:
        """Whether a record is made of it: of every success that was asked for as an article and is no other medium,
        whole or not, with text or without."""
        # Of what nobody noted a purpose, only articles count.
        kinds = _RECORDED if self.origin.found_in else (Kind.ARTICLE,)
        is_page = self.origin.purpose in (Purpose.ARTICLE, Purpose.PAGE) and self.kind in kinds
        is_page = is_page and not self.origin.is_for_browser
        # What was kept without HTTP has no status.
        return is_page and (200 <= self.status < 300 or not self.status)

    @property
    def may_have_record(self) -> bool:
        """Whether it has one, or is a page that is still to be looked at."""
        return self.has_record or self.kind is Kind.PAGE

    @property
    def obstacle(self) -> Kind | None:
        """What stands in the way of the page."""
        return self.kind if self.kind in OBSTACLES else None

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)
