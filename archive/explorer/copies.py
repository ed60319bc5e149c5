"""Copies of an article: the same text, or nearly the same, on other pages of all collections that are open.

Syndicated stories and edited copies resemble each other as `cleancopy export --dedup near` judges it. Other captures of
the same page are its history.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from archive.explorer.library import Holding, Library
from archive.records import Record

#: Copies that are shown, and of each collection looked at: of one page there may be many captures.
_SHOWN, _LOOKED_AT = 50, 300


@dataclass(frozen=True, slots=True)
class Copy:
    """One of them. `share` is that of the word triples in common; `is_same` says that the texts are, letter by
    letter."""

    address: str
    title: str
    site: str
    day: str
    collection: str
    share: float
    is_same: bool

    @property
    def percent(self) -> int:
        """The share as people read it; only what is the same is all of it."""
        return 100 if self.is_same else min(99, int(100 * self.share))


@dataclass(frozen=True, slots=True)
class _Row:
    """What the index of a collection knows of a copy."""

    holding: Holding
    key: str
    crawled: str
    found: Copy


def copies_of(library: Library, holding: Holding, record: Record) -> list[Copy]:
    """All that are found, the most alike first; of each page the capture that is most alike."""
    own = holding.search.index.rows("number, key, same", "id = ?", str(record.id)).fetchone()
    if own is None or own[2] is None:
        return []
    signature = holding.near.signature(own[0])
    rows = [
        row
        for each in library
        for row in _rows(each, each.near.like(signature, _LOOKED_AT) if signature is not None else {}, own[2])
        if not (each is holding and row.key == own[1])
    ]
    rows.sort(key=lambda row: row.crawled, reverse=True)
    rows.sort(key=lambda row: row.found.share, reverse=True)
    pages = {(row.holding.name, row.key): row.found for row in reversed(rows)}
    return sorted(pages.values(), key=lambda copy: (-copy.share, copy.day))[:_SHOWN]


def _rows(holding: Holding, shares: dict[int, float], same: str) -> Iterator[_Row]:
    """The articles of a collection that have such a share in common, or the same text."""
    columns = "number, id, key, coalesce(title, ''), coalesce(site, ''), coalesce(day, ''), coalesce(crawled, ''), same"
    index = holding.search.index
    found = [
        *index.rows(columns, "same = ? LIMIT ?", same, _LOOKED_AT),
        *index.rows(columns, "number IN (SELECT value FROM json_each(?))", json.dumps(list(shares))),
    ]
    for number, record, key, title, site, day, crawled, its in found:
        address = f"/article/{quote(holding.name)}/{quote(str(record), safe='')}"
        share = 1.0 if its == same else shares[number]
        yield _Row(holding, key, crawled, Copy(address, title, site, day, holding.name, share, its == same))
