"""Answers that the pages of one crawl share, as the pages of a site share them in a browser that stays open.

Each page has a profile of its own, and what it is handed does not get into Chromium's cache. Without a memory of ours
every page would have its site's scripts, style sheets and fonts fetched anew.
"""

import re
import time
from collections import OrderedDict

from archive.exchange import Completeness
from crawler.browser.traffic import Asked
from crawler.run.crawl_run import KeptExchange

#: Bytes of all bodies that are remembered.
_ROOM = 64_000_000
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age=\"?(\d{1,10})", re.I)
_NOT_KEPT = ("no-store", "no-cache")
#: Headers of a request for which an answer to another one will not do.
_OWN = frozenset(("authorization", "range", "if-none-match", "if-modified-since", "cache-control", "pragma"))
#: What an answer may vary by: our own headers are the same in all requests for a URL. Of `Origin` its absence counts.
_ALIKE = frozenset(("accept-encoding", "accept-language", "user-agent"))
#: Site, URL, and the headers Origin and Cookie.
_Key = tuple[str, str, str, str]


class Memory:
    """Holds what may be used again as long as its server allows (RFC 9111, for a cache of one user). Sites share
    nothing: one may be let to addresses, and past a robots.txt, that others are kept from."""

    def __init__(self, room: int = _ROOM) -> None:
        self._room = room
        self._held: OrderedDict[_Key, tuple[float, KeptExchange]] = OrderedDict()
        self._size = 0

    def find(self, asked: Asked, site: str, now: float | None = None) -> KeptExchange | None:
        """An answer that is still fresh; `now` is in seconds of the monotonic clock."""
        key = _key(asked, site)
        until, kept = self._held.get(key, (0.0, None))
        if kept is None or _is_own(asked):
            return None
        if until < (time.monotonic() if now is None else now):
            self._drop(key)
            return None
        self._held.move_to_end(key)
        return kept

    def keep(self, asked: Asked, site: str, kept: KeptExchange, now: float | None = None) -> None:
        """Remember an answer, if it may be used again. The one that was used longest ago goes first."""
        seconds = 0 if _is_own(asked) else _fresh(kept)
        if seconds <= 0 or len(kept.capture.body) > self._room:
            return
        key = _key(asked, site)
        self._drop(key)
        self._held[key] = ((time.monotonic() if now is None else now) + seconds, kept)
        self._size += len(kept.capture.body)
        while self._size > self._room:
            self._drop(next(iter(self._held)))

    def _drop(self, key: _Key) -> None:
        if key in self._held:
            self._size -= len(self._held.pop(key)[1].capture.body)


def _key(asked: Asked, site: str) -> _Key:
    said = {name.lower(): value for name, value in asked.headers.items()}
    return site, asked.url, said.get("origin", ""), said.get("cookie", "")


def _is_own(asked: Asked) -> bool:
    return asked.method != "GET" or asked.is_stream or any(name.lower() in _OWN for name in asked.headers)


def _fresh(kept: KeptExchange) -> int:
    """Seconds for which an answer may be used again; 0 for none."""
    capture = kept.capture
    said = [value for name, value in capture.headers if name.lower() == "cache-control"]
    varies = {
        part.strip().lower() for name, value in capture.headers if name.lower() == "vary" for part in value.split(",")
    }
    directives = ",".join(said).lower()
    age = _MAX_AGE.search(directives)
    is_whole = capture.status == 200 and capture.completeness is Completeness.WHOLE
    if not is_whole or age is None or any(word in directives for word in _NOT_KEPT):
        return 0
    return int(age[1]) if varies <= _ALIKE | {"origin", "cookie"} else 0
