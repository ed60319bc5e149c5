"""Which configured section a page belongs to, and the next page of its list."""

from archive.exchange import Origin, Purpose
from archive.sites import Archive, Section, Site
from crawler.discover.found import Found
from crawler.discover.list_page import ListPage

#: Later pages of a list keep where it began in `via` and their number in `title`.
_NEXT, _NUMBERED = "next", "page "


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
