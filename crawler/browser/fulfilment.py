"""What was captured, in the form that Chromium takes for an answer."""

from base64 import b64encode
from typing import Any

from archive.exchange import Capture, Completeness, Kind

#: Chromium gets a body as it is once its codings are removed; with these it would look for them again. A page that is
#: sent as a file to keep would not be shown.
_LEFT_OUT = frozenset(("content-encoding", "transfer-encoding", "content-length", "content-disposition"))
_BREAKS = str.maketrans("", "", "\r\n\0")
#: As a request that the user's settings do not let through.
BLOCKED = "BlockedByClient"
_LOST = "ConnectionClosed"


def fulfilment(request_id: str, capture: Capture | None, *, stream: bool = False) -> tuple[str, dict[str, Any]]:
    """The command of Chromium's protocol, and its parameters, that answers a request. What did not come whole fails,
    as it would in a page that loads it by itself: what is handed over always looks whole. Of a `stream`, which never
    ends, what came is the answer."""
    if capture is None or not 200 <= capture.status <= 599:
        return failure(request_id, _LOST)
    is_cut = capture.completeness is not Completeness.WHOLE and not stream
    if is_cut or capture.kind is Kind.UNDECODABLE:
        return failure(request_id, _LOST)
    return "Fetch.fulfillRequest", {
        "requestId": request_id,
        "responseCode": capture.status,
        "binaryResponseHeaders": b64encode(_headers(capture)).decode(),
        "body": b64encode(capture.body).decode(),
    }


def end_of_stream(request_id: str) -> tuple[str, dict[str, Any]]:
    """The same for a stream that is asked for once more, which an answer without content ends for good (HTML,
    section 9.2.3)."""
    return "Fetch.fulfillRequest", {"requestId": request_id, "responseCode": 204}


def failure(request_id: str, reason: str = BLOCKED) -> tuple[str, dict[str, Any]]:
    """The same for a request that gets no answer."""
    return "Fetch.failRequest", {"requestId": request_id, "errorReason": reason}


def _headers(capture: Capture) -> bytes:
    """Each as its bytes came, doubled ones doubled: Chromium's other form takes text alone, and cuts what is none."""
    kept = [(name, value) for name, value in capture.headers if name.lower() not in _LEFT_OUT]
    lines = [f"{name}: {value}".translate(_BREAKS) for name, value in kept]
    return "\0".join(lines).encode("latin-1", "replace")
