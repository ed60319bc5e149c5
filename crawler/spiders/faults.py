"""Why nothing came back: what the framework says, as one of our kinds."""

from scrapy.exceptions import IgnoreRequest
from twisted.python.failure import Failure

from archive.collection.failure import Failed, FailureKind
from crawler.capture.addresses import RequestRefusedError

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
    "ResponseNeverReceived": _CLOSED,
    "ResponseDataLossError": Failed(FailureKind.CUT),
}


class UnreadableRulesError(IgnoreRequest):
    """The robots.txt of a host cannot be read; the message says why."""


def fault_of(failure: Failure) -> Failed:
    """What a failure of a request means."""
    name = failure.type.__name__ if failure.type else "unknown"
    text = " ".join(failure.getErrorMessage().split())
    if isinstance(failure.value, UnreadableRulesError):
        return Failed(FailureKind.ROBOTS_UNREADABLE, detail=text)
    # Scrapy has no type of its own for these two.
    if "DOWNLOAD_MAXSIZE" in text:
        return Failed(FailureKind.TOO_LARGE)
    if name == "IgnoreRequest" and text == "Forbidden by robots.txt":
        return Failed(FailureKind.ROBOTS)
    said = f"{name}: {text[:300]}"
    if isinstance(failure.value, RequestRefusedError):
        return Failed(failure.value.kind, detail=said)
    return _KNOWN.get(name) or Failed(FailureKind.OTHER, detail=said)
