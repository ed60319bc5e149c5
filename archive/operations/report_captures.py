"""What the index says of each site: how many captures, how many bytes, and which are the newest."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from heapq import heappush, heappushpop
from pathlib import Path

#: How many of a site's newest captures are shown.
_NEWEST = 3
_HOST = re.compile(r"[\w.-]+(?::\d{1,5})?")


@dataclass(frozen=True, slots=True, order=True)
class Shown:
    """One capture of a page: its 14-digit timestamp (UTC), its URL, and where it lies in which WARC (bytes)."""

    timestamp: str
    url: str
    filename: str
    offset: int


@dataclass(slots=True)
class SiteHoldings:
    """What a collection holds of a site: captures, and bytes as they are stored."""

    captures: int = 0
    bytes: int = 0
    newest: list[Shown] = field(default_factory=list)


def held(index: Path, site_of: Callable[[str], str]) -> dict[str, SiteHoldings]:
    """Each site's captures, by what `site_of` makes of a host, in one pass and flat memory."""
    sites: dict[str, SiteHoldings] = {}
    names: dict[bytes, str] = {}
    for line in _lines(index):
        host, _, _ = line.partition(b")")
        if host not in names:
            named = _host(host)
            names[host] = site_of(named) if _HOST.fullmatch(named) else ""
        _add(sites.setdefault(names[host], SiteHoldings()), line)
    return sites


def _lines(index: Path) -> Iterator[bytes]:
    if index.exists():
        with index.open("rb") as lines:
            yield from lines


def _host(key: bytes) -> str:
    """`example,news:8080` as `news.example:8080`; keys that are none of a host stand for no site."""
    host, _, port = key.decode("utf-8", "replace").partition(":")
    return ".".join(reversed(host.split(","))) + (f":{port}" if port else "")


def _add(site: SiteHoldings, line: bytes) -> None:
    try:
        _, timestamp, told = line.split(b" ", 2)
        fields = json.loads(told)
        capture = Shown(timestamp.decode(), str(fields["url"]), str(fields["filename"]), int(fields["offset"]))
        site.bytes += int(fields["length"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return  # `cleancopy verify` says what is wrong with an index
    site.captures += 1
    if fields.get("mime") == "text/html" and fields.get("status") == "200":
        if len(site.newest) < _NEWEST:
            heappush(site.newest, capture)
        else:
            heappushpop(site.newest, capture)
