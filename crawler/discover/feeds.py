"""RSS, Atom and JSON feeds to links."""

import io
import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import urljoin

from archive.exchange import Origin, Purpose
from archive.telling.shield import shielded
from crawler.discover.found import Found

_LONGEST_TITLE = 1000
#: Tags of a feed in XML that are read, some ten seconds of work at the most; feeds have a few thousand.
_MOST_TAGS = 200_000


def entries_of_xml(content: bytes, url: str) -> Iterator[Found]:
    """The entries of RSS or Atom, with their titles and dates as they stand there. What counts clicks on the way to an
    article says where it leads (`origLink`)."""
    import feedparser  # noqa: PLC0415 - most runs of a crawl have read no feed yet when the first page comes

    # What the texts of entries hold is not asked for, and cleaning it takes forty times as long as all else.
    options = {"response_headers": {"content-location": url}, "sanitize_html": False, "resolve_relative_uris": False}
    parsed = shielded(f"the feed {url}", None, feedparser.parse, io.BytesIO(_bounded(content)), **options)
    for entry in parsed.entries if parsed else ():
        link = entry.get("feedburner_origlink") or entry.get("pheedo_origlink") or entry.get("link")
        date = entry.get("published") or entry.get("updated")
        if link and (found := _found(link, url, entry.get("title"), date)):
            yield found


def _bounded(content: bytes) -> bytes:
    if content.count(b"<") > _MOST_TAGS:
        last = next(islice(re.finditer(b"<", content), _MOST_TAGS, None))
        return content[: last.start()]
    return content


def entries_of_json(content: bytes, url: str) -> Iterator[Found]:
    """The entries of JSON Feed 1.1 (jsonfeed.org)."""
    try:
        feed = json.loads(content)
    except (ValueError, RecursionError):
        return
    items = feed.get("items") if isinstance(feed, dict) else None
    for item in items if isinstance(items, list) else ():
        link = item.get("url") or item.get("external_url") if isinstance(item, dict) else None
        if isinstance(link, str) and link:
            date = item.get("date_published") or item.get("date_modified")
            if found := _found(link, url, item.get("title"), date):
                yield found


def _found(link: str, url: str, title: Any, date: Any) -> Found | None:
    try:
        target = urljoin(url, link)
    except ValueError:
        return None
    return Found(target, Origin(Purpose.ARTICLE, "feed", url, _text(title), _text(date)))


def _text(value: Any) -> str | None:
    return value[:_LONGEST_TITLE] if isinstance(value, str) and value.strip() else None
