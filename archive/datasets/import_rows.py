"""Rows of JSON lines and of tables to what is imported."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from archive.datasets.import_items import HTML, LONGEST, TEXT, Bad, Found, ImportColumns, Item
from archive.sites.site_values import is_web_url


def item_of(row: Any, columns: ImportColumns, via: str, file_url: str) -> Found:
    """What one row says. A page counts before a text. Without a URL it has that of its file and place."""
    if not isinstance(row, Mapping):
        return Bad(via, f'expected an object with "{columns.html}" or "{columns.text}"')
    for name, kind in ((columns.html, HTML), (columns.text, TEXT)):
        if isinstance(row.get(name), (str, bytes)) and row[name].strip():
            return _item(row, columns, via, file_url, row[name], kind)
    return Bad(via, f'expected a string that is not empty under "{columns.html}" or "{columns.text}"')


def _item(
    row: Mapping[str, Any], columns: ImportColumns, via: str, file_url: str, content: str | bytes, kind: str
) -> Found:
    url = row.get(columns.url)
    if url and not (isinstance(url, str) and is_web_url(url)):
        return Bad(via, f'"{columns.url}" is no http or https address: {str(url)[:100]!r}')
    if len(content) > LONGEST:
        return Bad(via, f"it has {len(content)} characters; the most is {LONGEST}")
    # Text has no bytes of its own: half surrogate pairs, which JSON can name, have none at all.
    raw = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
    declared = kind if isinstance(content, bytes) and kind == HTML else f"{kind}; charset=utf-8"
    said = {name: _said(row.get(key)) for name, key in (("title", columns.title), ("date", columns.date))}
    return Item(via, raw, declared, url or file_url, captured=_moment(row.get(columns.captured)), **said)


def _said(value: Any) -> str | None:
    text = value.isoformat() if isinstance(value, datetime) else value
    return str(text) if isinstance(text, (str, int, float)) and str(text).strip() else None


def _moment(value: Any) -> datetime | None:
    """A time with its offset; others are no point in time."""
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None
