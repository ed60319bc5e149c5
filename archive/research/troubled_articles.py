"""The records that are no whole articles, and those on which a site's file found nothing: from the search index."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from archive.research.search_index import SearchIndex

#: What is counted beside the troubles of archive.research.article_row: the site's file decides on most pages of the
#: site, and on this one nothing.
OFF_LAYOUT = "off_layout"
#: The share of a site's articles on which its file decides something, from which one without is odd.
_USUAL = 0.5
#: A better capture of the same page, made later, ends the trouble.
_TROUBLED = (
    "trouble IS NOT NULL AND NOT EXISTS (SELECT 1 FROM articles AS later WHERE later.key = articles.key "
    "AND later.trouble IS NULL AND later.crawled > articles.crawled)"
)
_OFF = "trouble IS NULL AND ruled = 0"


@dataclass(frozen=True, slots=True)
class Troubled:
    """Where the line of such a record lies (file, and byte), when it was captured, and what is wrong with it."""

    file: str
    at: int
    crawled: str
    trouble: str


def ruled_sites(index: SearchIndex) -> list[str]:
    """The sites whose file decides something on most of their pages."""
    usual = f"trouble IS NULL GROUP BY site HAVING AVG(ruled > 0) >= {_USUAL}"
    return [site for (site,) in index.rows("site", usual) if site]


def counts(index: SearchIndex) -> Counter[tuple[str, str]]:
    """How many records of each site (first) have each trouble (second)."""
    rows = index.rows("site, trouble, COUNT(*)", f"{_TROUBLED} GROUP BY site, trouble")
    found = Counter({(site or "", trouble): count for site, trouble, count in rows})
    for site in ruled_sites(index):
        ((count,),) = index.rows("COUNT(*)", f"{_OFF} AND site = ?", site)
        found[site, OFF_LAYOUT] += count
    return found


def troubled(index: SearchIndex, site: str | None, trouble: str | None, most: int) -> Iterator[Troubled]:
    """The newest of them, of a site and a trouble or of all; those that are off their layout only where these are
    asked for."""
    # No more is asked than is wished: each wish has its index, which ends the search at the last one shown.
    wishes: dict[str, object] = {"site = ?": site} if site is not None else {}
    if trouble == OFF_LAYOUT:
        wishes |= {_OFF: None, "site IN (SELECT value FROM json_each(?))": json.dumps(ruled_sites(index))}
    else:
        wishes |= {_TROUBLED: None} | ({"trouble = ?": trouble} if trouble is not None else {})
    condition = " AND ".join(wishes)
    values = [value for value in wishes.values() if value is not None]
    rows = index.rows("file, at, crawled, trouble", f"{condition} ORDER BY crawled DESC LIMIT ?", *values, most)
    return (Troubled(file, at, crawled or "", kind or OFF_LAYOUT) for file, at, crawled, kind in rows)
