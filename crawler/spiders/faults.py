"""What an answer, or none, comes to: why nothing came back, as one of our kinds; how long a server asks to be left
alone; where it sends whoever asks."""

import re
import time
from collections.abc import Sequence
from email.utils import parsedate_to_datetime

from scrapy.exceptions import IgnoreRequest
from twisted.python.failure import Failure

from archive.collection.failure import WALLS, Failed, FailureKind
from archive.errors import CleancopyError
from archive.exchange import Capture, Completeness, Kind
from archive.pipeline.refresh import refresh_of
from crawler.capture.addresses import RequestRefusedError
from crawler.frontier.entry import Entry

_REFUSED = Failed(FailureKind.CONNECTION, detail="refused")
_SILENT = Failed(FailureKind.TIMEOUT)
_CLOSED = Failed(FailureKind.CONNECTION, detail="closed")
_UNKNOWN = Failed(FailureKind.DNS)
_KNOWN = {
    "DNSLookupError": _UNKNOWN,
    "CannotResolveHostError": _UNKNOWN,
    "ConnectionRefusedError": _REFUSED,
    "DownloadConnectionRefusedError": _REFUSED,
    "TimeoutError": _SILENT,
    "TCPTimedOutError": _SILENT,
    "DownloadTimeoutError": _SILENT,
    "ConnectionLost": _CLOSED,
    "ResponseDataLossError": Failed(FailureKind.CUT),
}
#: What failed within an answer, by what of it is in the archive.
_WITHIN = {
    Kind.NO_ANSWER: _CLOSED,
    Kind.NO_HTTP: Failed(FailureKind.OTHER, detail="what came is no HTTP"),
}
#: Twisted's words for a failure in a list of them, with the name of its type in front.
_WRAPPED = re.compile(r"\[?<twisted\.python\.failure\.Failure [\w.]+: ?(.{0,300}?)>\]?")

#: Seconds that a server's Retry-After is believed.
_LONGEST_WAIT = 86_400.0


class UnreadableRulesError(IgnoreRequest):
    """The robots.txt of a host cannot be read; the message says why."""


class BrowserFailedError(CleancopyError):
    """The browser that was to load a page did not do so; the message says why."""


_OWN: dict[type | None, FailureKind] = {
    UnreadableRulesError: FailureKind.ROBOTS_UNREADABLE,
    BrowserFailedError: FailureKind.BROWSER,
}


def fault_of(failure: Failure, capture: Capture | None) -> Failed:
    """What a failure of a request means, of which this was captured."""
    if capture and capture.completeness is Completeness.LENGTH:
        return Failed(FailureKind.TOO_LARGE)
    name = failure.type.__name__ if failure.type else "unknown"
    if capture and name == "DownloadFailedError":
        return _WITHIN.get(capture.kind, _KNOWN["ResponseDataLossError"])
    said = _WRAPPED.sub(r"\1", " ".join(failure.getErrorMessage().split()))[:300]
    if kind := _OWN.get(type(failure.value)):
        return Failed(kind, detail=said)
    # Scrapy has no type of its own for this.
    if name == "IgnoreRequest" and said == "Forbidden by robots.txt":
        return Failed(FailureKind.ROBOTS)
    if isinstance(failure.value, RequestRefusedError):
        return Failed(failure.value.kind, detail=said)
    return _KNOWN.get(name) or Failed(FailureKind.OTHER, detail=said or "the request failed, and nothing says why")


def retry_after(capture: Capture) -> float | None:
    """Seconds that the server asks to wait (RFC 9110, section 10.2.3): a number or a date."""
    said = capture.header("Retry-After") or ""
    if not said:
        return None
    if said.strip().isdigit():
        return min(float(said), _LONGEST_WAIT)
    try:
        return min(max(0.0, parsedate_to_datetime(said).timestamp() - time.time()), _LONGEST_WAIT)
    except ValueError:
        return None


def refreshed(capture: Capture) -> str | None:
    """Where a page sends its reader by itself."""
    return refresh_of(capture.url, capture.headers, capture.body)


def location_of(capture: Capture) -> str:
    """Where a redirect leads. Header values are bytes: what is UTF-8 is read so, as browsers do."""
    said = (capture.header("Location") or refreshed(capture) or "").strip()
    try:
        return said.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return said


def blocks(refused: Sequence[Entry], obstacle: Kind | None, status: int) -> str:
    """Why a site is left alone that refused these in a row."""
    last = f"{WALLS[FailureKind(obstacle)]} (HTTP {status})" if obstacle in WALLS else f"HTTP {status}"
    return (
        f"it blocks: {len(refused)} requests in a row were refused, the last with {last}. "
        "It was left alone from then on"
    )
