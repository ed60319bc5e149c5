"""RSS, Atom and JSON feeds to links."""

import io
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

import feedparser

from archive.exchange import Origin, Purpose
from archive.telling.shield import shielded
from crawler.discover.found import MAX_BYTES, MAX_ENTRIES, Found

_LONGEST_TITLE = 1000


def links_of_feed(body: bytes, url: str) -> list[Found]:
    """The entries of a feed, with their titles and dates as they stand there."""
    content = body[:MAX_BYTES]
    entries = _json_entries(content) if content.lstrip()[:1] == b"{" else _xml_entries(content, url)
    found = []
    for link, title, date in entries:
        try:
            target = urljoin(url, link)
        except ValueError:
            continue
        found.append(Found(target, Origin(Purpose.ARTICLE, "feed", url, title, date)))
        if len(found) >= MAX_ENTRIES:
            break
    return found


_Entry = tuple[str, str | None, str | None]


def _xml_entries(content: bytes, url: str) -> Iterator[_Entry]:
    headers = {"content-location": url}
    parsed = shielded(f"the feed {url}", None, feedparser.parse, io.BytesIO(content), response_headers=headers)
    for entry in parsed.entries if parsed else ():
        if link := entry.get("link"):
            yield link, _text(entry.get("title")), _text(entry.get("published") or entry.get("updated"))


def _json_entries(content: bytes) -> Iterator[_Entry]:
    """JSON Feed 1.1 (jsonfeed.org)."""
    try:
        feed = json.loads(content)
    except (ValueError, RecursionError):
        return
    items = feed.get("items") if isinstance(feed, dict) else None
    for item in items if isinstance(items, list) else ():
        link = item.get("url") or item.get("external_url") if isinstance(item, dict) else None
        if isinstance(link, str) and link:
            yield link, _text(item.get("title")), _text(item.get("date_published") or item.get("date_modified"))


def _text(value: Any) -> str | None:
    return value[:_LONGEST_TITLE] if isinstance(value, str) and value.strip() else None
