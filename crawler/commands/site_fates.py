"""What has become of sites whose tested pages were asked for anew: blocked, gone, moved, redesigned, unreached."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from urllib.parse import urlsplit

from archive.authoring.page_tests import Result, SiteCheck
from archive.exchange import OBSTACLES, Kind
from crawler.named_pages import FetchedPages


class Fate(StrEnum):
    """What has become of a site, the worst first."""

    BLOCKED = "blocked"
    """It refuses us, or its robots.txt does."""
    GONE = "gone"
    """Its pages are not there any more."""
    MOVED = "moved"
    """Its pages are at another host, or lead to the home page."""
    REDESIGNED = "redesigned"
    """Its pages came, and something else comes out of them."""
    UNREACHED = "unreached"
    """Its pages did not come, for other reasons."""


def fates(checks: Sequence[SiteCheck], pages: FetchedPages) -> Iterator[str]:
    """A sentence for each fate that a site met: which sites, and what was said of the first page of each."""
    for fate in Fate:
        met = [
            (check, of) for check in checks if (of := [one for one in _unwell(check) if fate_of(one, pages) is fate])
        ]
        if met:
            told = (f"{check.site.domain} ({_said(of[0], pages)})" for check, of in met)
            yield f"{fate.value.capitalize()}: {', '.join(told)}"


def _unwell(check: SiteCheck) -> list[Result]:
    return [*check.missing, *check.failed]


def fate_of(result: Result, pages: FetchedPages) -> Fate:
    """What became of one tested page that did not pass."""
    url = result.test.url
    if url in pages.captures:
        return Fate.MOVED if _has_moved(url, pages.captures[url][1].url) else Fate.REDESIGNED
    kind = pages.kinds.get(url)
    if kind in OBSTACLES or "robots.txt" in pages.failures.get(url, ""):
        return Fate.BLOCKED
    return Fate.GONE if kind is Kind.NOT_FOUND else Fate.UNREACHED


def _has_moved(asked: str, came: str) -> bool:
    """Whether a page came from another host, or from the home page."""
    old, new = urlsplit(asked), urlsplit(came)
    hosts = {(part.hostname or "").removeprefix("www.") for part in (old, new)}
    return len(hosts) > 1 or (not new.path.strip("/") and bool(old.path.strip("/")))


def _said(result: Result, pages: FetchedPages) -> str:
    if result.test.url in pages.captures:
        came = pages.captures[result.test.url][1].url
        return came if _has_moved(result.test.url, came) else ", ".join(sorted({miss.key for miss in result.misses}))
    return pages.failures.get(result.test.url, "no answer")
