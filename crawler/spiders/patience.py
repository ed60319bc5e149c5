"""How long a server asks to be left alone."""

import time
from email.utils import parsedate_to_datetime

from archive.exchange import Capture

#: Seconds that a server's Retry-After is believed.
_LONGEST_WAIT = 86_400.0


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
