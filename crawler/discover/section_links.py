"""Which configured section a page belongs to, the next page of its list, and lists by date."""

from collections.abc import Iterator
from datetime import date, timedelta

from archive.exchange import Origin, Purpose
from archive.sites import Archive, Section, Site
from crawler.discover.found import Found
from crawler.discover.list_page import ListPage

#: Lists of one archive in one run: ten years of days.
_MOST = 3700
_DAILY, _MONTHLY = ("%d", "%j", "%e", "%x", "%D", "%F"), ("%m", "%b", "%B")
#: Later pages of a list keep where it began in `via` and their number in `title`.
_NEXT, _NUMBERED = "next", "page "


def archive_urls(archive: Archive, since: date | None, until: date | None, today: date) -> list[str]:
    """The archive's URLs from `since` to `until`, newest first; without `since` only the newest."""
    last = min(day for day in (archive.until, until, today) if day is not None)
    first = last if since is None else max(archive.since, since)
    if last < archive.since:
        return []
    urls = dict.fromkeys(archive.url.format(date=day) for day in _days(archive.url, first, last))
    return list(urls)[:_MOST]


def _days(template: str, first: date, last: date) -> Iterator[date]:
    """One day for each step of the template, from the last down to the first."""
    day = last
    while day >= first:
        yield day
        if any(part in template for part in _DAILY):
            day -= timedelta(days=1)
        elif any(part in template for part in _MONTHLY):
            day = day.replace(day=1) - timedelta(days=1)
        else:
            day = day.replace(month=1, day=1) - timedelta(days=1)


def section_of(site: Site, origin: Origin, url: str) -> Section | Archive | None:
    """The section or archive whose list this page is part of, or None."""
    start = _start(origin, url)
    for archive in site.discover.archives:
        if archive.url == start:
            return archive
    return next((section for section in site.discover.sections if site.place(section.url) == start), None)


def following(section: Section | Archive, page: ListPage, origin: Origin, url: str) -> Found | None:
    """The next page of the list, as long as the section allows another."""
    number = int((origin.title or "").removeprefix(_NUMBERED)) if origin.found_in == _NEXT else 1
    target = page.next(section) if number < section.pages else None
    if target is None:
        return None
    return Found(target, Origin(Purpose.SECTION, _NEXT, _start(origin, url), f"{_NUMBERED}{number + 1}"))


def _start(origin: Origin, url: str) -> str:
    if origin.found_in in (_NEXT, "archive") and origin.via:
        return origin.via
    return origin.requested_url or url
