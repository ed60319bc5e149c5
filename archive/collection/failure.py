"""Why a URL could not be fetched: a kind for programs to go by, and the sentence that people are shown."""

from dataclasses import dataclass
from enum import StrEnum

#: Redirects in a row that are followed.
MOST_HOPS = 10


class FailureKind(StrEnum):
    """The values are stable: the frontier, reports and health go by them. docs/kinds.md lists them."""

    DNS = "dns"
    """The host name is not known."""
    CONNECTION = "connection"
    """The server refused or closed the connection."""
    TIMEOUT = "timeout"
    """The server did not answer in time."""
    CUT = "cut"
    """The server sent less than it promised."""
    TOO_LARGE = "too_large"
    """The page is larger than the limit."""
    ROBOTS = "robots"
    """robots.txt forbids it."""
    ROBOTS_UNREADABLE = "robots_unreadable"
    """robots.txt cannot be read, which counts as forbidding everything."""
    PRIVATE_ADDRESS = "private_address"
    """The host has an address that is not public, and nobody allowed to ask it."""
    ADDRESS = "address"
    """It is no URL that can be asked for; an earlier version took it up."""
    CERTIFICATE = "certificate"
    """The server's certificate does not hold, and the site's file says to refuse such ones."""
    NOT_ASKED = "not_asked"
    """The server said that nothing has changed (HTTP 304), and nothing was there before."""
    PROXY = "proxy"
    """A proxy is set, and captures are not made through one."""
    REDIRECT = "redirect"
    """A redirect leads to what is not http or https."""
    REDIRECT_LOOP = "redirect_loop"
    """Redirects lead back to where they began."""
    REDIRECT_LIMIT = "redirect_limit"
    """There were more than ten redirects."""
    CAPTCHA = "captcha"
    """A test whether a person asks came instead of the page."""
    CONSENT_WALL = "consent_wall"
    """A page that asks for consent to cookies came instead."""
    REFUSED = "refused"
    """HTTP 401, 402, 403 or 451, or a page that says as much."""
    RATE_LIMITED = "rate_limited"
    """HTTP 429."""
    NOT_FOUND = "not_found"
    """HTTP 404 or 410."""
    HTTP_ERROR = "http_error"
    """Any other HTTP status that is no success."""
    BROWSER = "browser"
    """The browser that was to load the page failed; what the server sent is captured."""
    UNREADABLE = "unreadable"
    """What came could not be read; it is captured."""
    NO_LIST = "no_list"
    """Something else came in place of a list: a page for a feed or a sitemap, a file for a section."""
    EMPTY_LIST = "empty_list"
    """A feed, a sitemap or a section came, and not one address is in it."""
    TAKEN_DOWN = "taken_down"
    """It was taken down from the collection and is not asked for again."""
    IGNORED = "ignored"
    """Somebody decided that it is not to be asked for again."""
    OTHER = "other"
    """Anything else; the sentence says what."""


#: What may be otherwise a moment later.
_PASSING = frozenset(
    (
        FailureKind.DNS,
        FailureKind.CONNECTION,
        FailureKind.TIMEOUT,
        FailureKind.CUT,
        FailureKind.BROWSER,
        FailureKind.OTHER,
    )
)
#: Kinds of failures by which a host seems not to be there.
SILENT = frozenset((FailureKind.DNS, FailureKind.CONNECTION, FailureKind.TIMEOUT))
_PASSING_STATUSES = frozenset((408, 429, 500, 502, 503, 504, 520, 521, 522, 524))
_OF_STATUS = frozenset((FailureKind.HTTP_ERROR, FailureKind.NOT_FOUND, FailureKind.RATE_LIMITED, FailureKind.REFUSED))
#: Kinds of failures without an answer of the site to the request; what is cut or too large is not counted as one.
NO_ANSWER = _PASSING | {
    FailureKind.TOO_LARGE,
    FailureKind.ROBOTS,
    FailureKind.ROBOTS_UNREADABLE,
    FailureKind.PRIVATE_ADDRESS,
    FailureKind.PROXY,
    FailureKind.ADDRESS,
    FailureKind.CERTIFICATE,
}
_INSTEAD = "{} came instead of the page (HTTP {{status}})"
#: What came instead of a page, in words.
WALLS: dict[str, str] = {
    FailureKind.CAPTCHA: "a test for robots",
    FailureKind.CONSENT_WALL: "a consent wall",
    FailureKind.REFUSED: "a refusal",
}
_WORDS: dict[str, str] = {
    FailureKind.DNS: "the host name is not known",
    FailureKind.CONNECTION: "the server {detail} the connection",
    FailureKind.TIMEOUT: "the server did not answer in time",
    FailureKind.CUT: "the server sent less than it promised",
    FailureKind.TOO_LARGE: "the page is larger than the limit; what came of it is captured",
    FailureKind.ROBOTS: "robots.txt forbids it",
    FailureKind.ROBOTS_UNREADABLE: (
        "robots.txt cannot be read ({detail}), so that the site counts as forbidding everything"
    ),
    FailureKind.ADDRESS: "it is no address that can be asked for",
    FailureKind.NOT_ASKED: "the server said that nothing has changed (HTTP 304), of a page that it never sent",
    FailureKind.REDIRECT: "redirected to {detail}, which is not http or https",
    FailureKind.REDIRECT_LOOP: "redirected in a loop, to {detail}",
    FailureKind.REDIRECT_LIMIT: f"redirected more than {MOST_HOPS} times, last to {{detail}}",
    FailureKind.BROWSER: "the browser failed: {detail}",
    FailureKind.UNREADABLE: "reading it failed: {detail}",
    FailureKind.NO_LIST: "what came is {detail}",
    FailureKind.EMPTY_LIST: "no address is in it",
    FailureKind.TAKEN_DOWN: "taken down",
    FailureKind.IGNORED: "somebody decided not to ask for it again",
    **{kind: _INSTEAD.format(what) for kind, what in WALLS.items()},
}


@dataclass(frozen=True, slots=True)
class Failed:
    """One failure. `detail` is what kind and status do not tell: where a redirect led, an error's own words. `tries` is
    how often the URL was asked for."""

    kind: FailureKind
    status: int | None = None
    detail: str | None = None
    tries: int = 1

    @classmethod
    def of_status(cls, status: int) -> "Failed":
        """An answer with a status that is no success."""
        refused = FailureKind.REFUSED if status in (401, 402, 403, 451) else FailureKind.HTTP_ERROR
        named = {404: FailureKind.NOT_FOUND, 410: FailureKind.NOT_FOUND, 429: FailureKind.RATE_LIMITED}
        return cls(named.get(status, refused), status)

    @property
    def _says_status(self) -> bool:
        """Whether the status is all there is to say; a refusal may also come as a page with HTTP 200."""
        is_page = self.kind is FailureKind.REFUSED and (self.status or 0) < 400
        return self.kind in _OF_STATUS and self.status is not None and not is_page

    @property
    def passes(self) -> bool:
        """Whether it is worth to ask again in the same run."""
        return self.kind in _PASSING or (self._says_status and self.status in _PASSING_STATUSES)

    @property
    def figure(self) -> str:
        """What it is counted as in a site's figures: `http_404` and the like where the status is all, else its kind."""
        return f"http_{self.status}" if self._says_status else self.kind.value

    @property
    def sentence(self) -> str:
        """For people."""
        words = "HTTP {status}" if self._says_status else _WORDS.get(self.kind, "{detail}")
        said = words.format(status=self.status, detail=self.detail)
        return f"{said} ({self.tries} tries)" if self.passes and self.tries > 1 else said
