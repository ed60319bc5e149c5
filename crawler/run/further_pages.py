"""The next page of a story that a captured page leads to, as an entry of the frontier.

It is asked for before everything else, so that a story's pages come soon after each other. Its origin names the
capture of the first page and of the page before it: the archive alone tells which captures are one story. A first page
that has changed leads to all of its further pages anew; one that has not leads to none, and its record stands.
"""

from archive.exchange import Capture, Origin, Purpose
from archive.extraction.story_pages import MOST_PAGES, WHOLE, StoryPage, story_page
from archive.sites import Site
from archive.sites.logins import without_login
from archive.sites.patterns import is_found
from crawler.discover import is_web, normalise
from crawler.discover.urls import same_site
from crawler.frontier.entry import Entry

#: Before the lists, which would be read in between.
PRIORITY = 20


def further_page(capture: Capture, site: Site, domain: str, *, single: bool = True) -> Entry | None:
    """The page to ask for next: the view that has all pages, with `single`, or the one after this; None where there is
    none. `domain` is that of the entry's site."""
    origin, place = capture.origin, capture.place
    page = story_page(capture, site) if capture.has_record else None
    if page is None or place is None or (origin.purpose is Purpose.ARTICLE and page.number != 1):
        return None
    found = _next(page, single=single)
    if found is None:
        return None
    number, url = found[0], without_login(found[1])
    first = (origin.via if origin.purpose is Purpose.PAGE else None) or capture.url
    if not _is_wanted(url, first, site):
        return None
    story = origin.story or capture.record_id or ""
    previous = f"{place.filename} {place.offset} {capture.record_id}"
    told = Origin(Purpose.PAGE, "story", first, page=number, story=story, previous=previous)
    return Entry(key_of(url, story), url, told, domain, priority=PRIORITY)


def _next(page: StoryPage, *, single: bool) -> tuple[int, str] | None:
    if single and page.single:
        return WHOLE, page.single
    return (page.number + 1, page.following) if page.following and page.number < MOST_PAGES else None


def _is_wanted(url: str, first: str, site: Site) -> bool:
    """Whether a page is one of the site, and of no address that its file leaves out; and not the first page again."""
    if not is_web(url) or not same_site(url, first) or normalise(url) == normalise(first):
        return False
    return not any(is_found(pattern, url) for pattern in site.articles.exclude)


def key_of(url: str, story: str) -> str:
    """The key of a further page in the frontier: apart from those of articles, and anew for each capture of the
    story's first page."""
    return f"{normalise(url)}#{story}"
