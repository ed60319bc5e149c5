"""Why nothing came back, in words for people and as a kind that can be counted."""

from dataclasses import dataclass

from twisted.python.failure import Failure


@dataclass(frozen=True, slots=True)
class Fault:
    """`kind` is dns, connection, timeout, size, robots, address or other; an answer's is `http_404` and the like."""

    kind: str
    sentence: str


_REFUSED = Fault("connection", "the server refused the connection")
_SILENT = Fault("timeout", "the server did not answer in time")
_CLOSED = Fault("connection", "the server closed the connection")
_UNKNOWN = Fault("dns", "the host name is not known")
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
    "ResponseDataLossError": Fault("connection", "the server sent less than it promised"),
}
_TOO_LARGE = Fault("size", "the page is larger than the limit; what came is captured, no record is made of it")
_FORBIDDEN = Fault("robots", "robots.txt forbids it")


def fault_of(failure: Failure) -> Fault:
    """What a failure of a request means."""
    name = failure.type.__name__ if failure.type else "unknown"
    text = " ".join(failure.getErrorMessage().split())
    if "DOWNLOAD_MAXSIZE" in text:
        return _TOO_LARGE
    if name == "IgnoreRequest":
        return _FORBIDDEN if text == "Forbidden by robots.txt" else Fault("robots", text)
    if getattr(failure.value, "final", False):
        return Fault("address", f"{name}: {text[:300]}")
    return _KNOWN.get(name) or Fault("other", f"{name}: {text[:300]}")
