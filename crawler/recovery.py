"""What the archive holds and the frontier does not know of: after a crash, or where the frontier was lost.

The frontier lags behind the archive by up to a second. Articles that were captured in that time are not fetched
again; lists are, since the links that they led to may be missing.
"""

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from archive.errors import WarcError
from archive.exchange import Capture, Purpose
from archive.sites import site_of_url
from archive.warc.reader import read_captures
from crawler.discover import normalise
from crawler.entry import Entry
from crawler.frontier import Frontier


def reconcile(frontier: Frontier, warcs: Iterable[Path]) -> int:
    """Count the articles in WARC files that the frontier has not accounted for as done; how many were not known."""
    known = frontier.accounted()
    settled = 0
    for warc in warcs:
        if warc.name not in known:
            settled += sum(frontier.settle(_entries(capture), *_validators(capture)) for capture in _articles(warc))
            frontier.account(warc.name)
            frontier.commit()
    return settled


def _articles(warc: Path) -> Iterator[Capture]:
    try:
        for found in read_captures(warc, max_body=0):
            if found.origin.purpose is Purpose.ARTICLE and 200 <= found.status < 300:
                yield found
    except WarcError:
        return  # `cleancopy verify` says what is wrong with a file; what it held before that point counts


def _entries(capture: Capture) -> list[Entry]:
    """The URL by each key that it may be known by; the first one stands where it is not known at all."""
    site = site_of_url(capture.url).domain
    keys = dict.fromkeys((normalise(capture.url), capture.url))
    return [Entry(key, capture.url, capture.origin, site) for key in keys]


def _validators(capture: Capture) -> tuple[int, str | None, str | None, float]:
    now = capture.date.timestamp() if capture.date else time.time()
    return capture.status, capture.header("ETag"), capture.header("Last-Modified"), now
