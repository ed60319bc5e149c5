"""Lists by date: the URL of each day, month or year between two days."""

from collections.abc import Iterator
from datetime import date, timedelta

from archive.sites import Archive

#: Lists of one archive in one run: ten years of days.
_MOST = 3700
_DAILY, _MONTHLY = ("%d", "%j", "%e", "%x", "%D", "%F"), ("%m", "%b", "%B")


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
