"""What the archive holds and the frontier does not know of: after a crash, or where the frontier was lost.

The frontier lags behind the archive by up to a second. Articles that were captured in that time are not fetched
again; lists are, since the links that they led to may be missing. What captured pages need may be missing too: it is
found anew.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from archive.errors import WarcError
from archive.exchange import Capture, Completeness, Purpose
from archive.pipeline.captures import read_captures
from archive.pipeline.judgement import MAX_BODY
from archive.sites import Site, site_of_url
from crawler.discover import normalise
from crawler.frontier.entry import Entry
from crawler.frontier.store import Store
from crawler.requisites import PRIORITY, documents_of, key_of, needs_of
from crawler.run.further_pages import PRIORITY as PAGE_PRIORITY
from crawler.run.further_pages import further_page
from crawler.run.further_pages import key_of as key_of_page
from crawler.run.plan import Plan

Needs = Callable[[Capture, str], Iterable[Entry]]
_SETTLED = (Purpose.ARTICLE, Purpose.PAGE, Purpose.REQUISITE, Purpose.DOCUMENT)


def needs_under(plan: Plan) -> Needs:
    """What captures need that are captured under this plan: the next page of a story, and what pages are shown with."""
    any_requisites = any(plan.wants_requisites(domain) for domain in plan.sites)

    def needs(capture: Capture, site: str) -> list[Entry]:
        # Of a style sheet nobody noted for which site it was fetched.
        is_wanted = plan.wants_requisites(site) or (any_requisites and capture.origin.purpose is Purpose.REQUISITE)
        documents = documents_of(capture, site) if plan.wants_documents(site) else []
        requisites = needs_of(capture, site) if is_wanted else []
        return [*_turned(capture, plan.site(site), site), *requisites, *documents]

    return needs


def needs_by_files(folder: Path) -> Needs:
    """The same, as each site's file asks for it, in this folder or among the bundled ones."""

    def needs(capture: Capture, _: str) -> list[Entry]:
        site = site_of_url(capture.origin.via or capture.url, [folder])
        requisites = needs_of(capture, site.domain) if site.crawl.requisites else []
        documents = documents_of(capture, site.domain) if site.crawl.documents else []
        return [*_turned(capture, site, site.domain), *requisites, *documents]

    return needs


def _turned(capture: Capture, site: Site, domain: str) -> list[Entry]:
    page = None if capture.origin.purpose.is_extra else further_page(capture, site, domain)
    return [] if page is None else [page]


def reconcile(frontier: Store, warcs: Iterable[Path], needs: Needs | None = None) -> int:
    """Count the articles and requisites in WARC files that the frontier has not accounted for as done; how many were
    not known. `needs` says what a page or a style sheet needs, where that is to be captured too."""
    known = frontier.questions.accounted()
    settled = 0
    for warc in warcs:
        if warc.name not in known:
            settled += sum(_settle(frontier, capture, needs) for capture in _pages(warc, bodies=needs is not None))
            frontier.account(warc.name)
            frontier.commit()
    return settled


def _settle(frontier: Store, capture: Capture, needs: Needs | None) -> bool:
    entries = _entries(capture)
    is_new = frontier.settle(entries, *_validators(capture))
    if is_new and needs:
        for entry in needs(capture, entries[0].site):
            frontier.add(entry)
    return is_new


def _pages(warc: Path, *, bodies: bool) -> Iterator[Capture]:
    try:
        for found in read_captures(warc, max_body=MAX_BODY if bodies else 0):
            if _is_settled(found):
                yield found
    except WarcError:
        return  # `cleancopy verify` says what is wrong with a file; what it held before that point counts


def _is_settled(capture: Capture) -> bool:
    """Whether there is nothing more to ask for: what came broken or instead of the page is asked for again."""
    is_whole = capture.completeness is Completeness.WHOLE
    # The page is there once a browser has made it.
    is_whole = is_whole and not capture.origin.is_for_browser
    return capture.origin.purpose in _SETTLED and 200 <= capture.status < 300 and is_whole and not capture.obstacle


def _entries(capture: Capture) -> list[Entry]:
    """The URL by each key that it may be known by; the first one stands where it is not known at all."""
    if capture.origin.purpose.is_extra:
        site = site_of_url(capture.origin.via or capture.url).domain
        return [Entry(key_of(capture.url), capture.url, capture.origin, site, priority=PRIORITY)]
    site = site_of_url(capture.url).domain
    if capture.origin.purpose is Purpose.PAGE:
        key = key_of_page(capture.url, capture.origin.story or "")
        return [Entry(key, capture.url, capture.origin, site, priority=PAGE_PRIORITY)]
    # A script may have led from the page that was asked for to another one.
    asked = (capture.origin.requested_url,) if capture.rendering and capture.origin.requested_url else ()
    keys = dict.fromkeys(key for url in (capture.url, *asked) for key in (normalise(url), url))
    return [Entry(key, capture.url, capture.origin, site) for key in keys]


def _validators(capture: Capture) -> tuple[int, str | None, str | None, float]:
    now = capture.date.timestamp() if capture.date else time.time()
    return capture.status, capture.header("ETag"), capture.header("Last-Modified"), now
