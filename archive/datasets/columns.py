"""The columns of a data set: the record's own and those that are added to it."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

import numpy as np
import pyarrow as pa

from archive.datasets.selection import DAYS, MISSING, MOMENTS, Array, Selection
from archive.datasets.table_types import FIELDS
from archive.errors import ConfigurationError

_TIME = pa.timestamp("us", tz="UTC")
#: Added to every record: its collection, its words, its stated times in UTC and days, and which capture of its URL
#: it is (by time, from 1) of how many.
ADDED: dict[str, pa.DataType] = {
    "collection": pa.string(),
    "word_count": pa.int32(),
    **dict.fromkeys(MOMENTS, _TIME),
    **dict.fromkeys(DAYS, pa.date32()),
    "revision": pa.int32(),
    "revisions": pa.int32(),
}
#: Added where duplicates are looked for: the canonical record's id, how many records it stands for, and, for a
#: duplicate, what it is one of.
CLUSTER: dict[str, pa.DataType] = {
    "cluster": pa.string(),
    "cluster_size": pa.int32(),
    "duplicate_of": pa.string(),
}
#: The columns of a table of comments.
COMMENT: dict[str, pa.DataType] = {
    "article_id": pa.string(),
    "number": pa.int32(),
    "url": pa.string(),
    "site": pa.string(),
    "author": pa.string(),
    "date": pa.string(),
    "text": pa.string(),
    "depth": pa.int32(),
    "xpath": pa.string(),
    "date_crawled": pa.string(),
}
COMMENT_MEANINGS = {
    "article_id": "the id of the article's record",
    "number": "which comment of its article this is, in page order from 1",
    "url": "where the article came from",
    "site": "the domain of the article",
    "author": "who wrote the comment, as the page shows it",
    "date": "when, in ISO 8601, with the offset that the page states or without one",
    "text": "what the comment says",
    "depth": "1 for a comment on the article, more for answers to comments",
    "xpath": "where it stands on the page; null where only the page's JSON-LD has it",
    "date_crawled": "when the page was captured, in UTC",
}
MEANINGS = {
    "schema_version": "the version of the record's own fields",
    "id": "the record's id: the UUID of the captured response (WARC-Record-ID)",
    "url": "where the page came from, after redirects",
    "requested_url": "what was asked for",
    "canonical_url": "the address that the page itself gives",
    "site": "the domain, as the site's configuration names it",
    "title": "the headline",
    "standfirst": "the summary displayed under the headline",
    "description": "the summary that the page states for search engines",
    "text": "the blocks labelled `body` as they read, by blank lines, with a standfirst in the body's own place and "
    "the posts of a discussion",
    "authors": "who wrote it",
    "byline": "the line that names the authors, as displayed",
    "date_published": "ISO 8601 with the offset that the source states, or without one",
    "date_modified": "the same for the last change that the source states",
    "language": "BCP 47 tag, as the page states it or as it was found",
    "publisher": "who published it",
    "section": "the section of the site",
    "keywords": "the keywords that the page states",
    "images": "images of the article with caption, credit and alternative text",
    "is_accessible_for_free": "false behind a paywall, where the page says so",
    "license": "the licence that the page names: its address, or the name of a known one",
    "copyright_notice": "who holds the rights, as the page says it; no licence",
    "blocks": "every visible block in page order: label, kind, text, links, spans, XPath, rule, confidence",
    "posts": "the posts of a live blog: headline, times, address; blocks name theirs by `post`",
    "comments": "readers' comments: author, date, text, depth (1 for one on the article), XPath",
    "completeness": "whole, or why the capture was cut: length, time, disconnect, unspecified",
    "obstacle": "what came instead of the page: refused, rate_limited, captcha, consent_wall; null where the page came",
    "date_crawled": "when the page was captured, in UTC",
    "http": "status and headers of the response",
    "discovery": "how the page was found",
    "warc": "where the captured response lies: WARC file, offset and length in bytes, payload digest",
    "rendering": "the browser that made the page of the response; null where the page is the response itself",
    "extraction": "what made the record: version, configuration, model, warnings",
    "rights": "what the site stated about reuse when the page was captured",
    "extra": "what the source of an imported page says of it and no field holds (a JSON object)",
    "collection": "the collection that the record comes from",
    "word_count": "words of `text` (by white space; in scripts without spaces every character counts)",
    "date_published_utc": "`date_published` in UTC; null where the source states no offset",
    "date_modified_utc": "`date_modified` in UTC; null where the source states no offset",
    "date_crawled_utc": "when the page was captured",
    "date_published_day": "the day of `date_published` as the source states it",
    "date_modified_day": "the day of `date_modified` as the source states it",
    "revision": "which capture of its URL this is, by time from 1, among those that pass the filters",
    "revisions": "how many captures of its URL pass the filters",
    "cluster": "id of the earliest record of its near-duplicates",
    "cluster_size": "how many records its cluster has",
    "duplicate_of": "for a duplicate: id of the earliest record of its cluster",
}


def column_types(clusters: bool) -> dict[str, pa.DataType]:
    """All columns that a data set can have, in order."""
    return {**FIELDS, **ADDED, **(CLUSTER if clusters else {})}


def choose(names: Sequence[str], known: Mapping[str, pa.DataType]) -> dict[str, pa.DataType]:
    """The named columns, in the order given; all if none is. Raises ConfigurationError at an unknown name."""
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise ConfigurationError(f"--columns: there is no column {name!r}.{hint} Columns: {', '.join(known)}")
    return {name: known[name] for name in dict.fromkeys(names)} if names else dict(known)


def added_column(selection: Selection, name: str, positions: Array, collection: str) -> pa.Array:
    """One added column for the records at these positions of one collection."""
    kind = {**ADDED, **CLUSTER}[name]
    if name == "collection":
        return pa.array([collection] * len(positions), kind)
    if name in ("cluster", "duplicate_of"):
        return _ids(selection, selection.values[name][positions])
    values = selection.values["words" if name == "word_count" else name][positions]
    if name in (*MOMENTS, *DAYS):
        missing = values == MISSING
        whole = np.where(missing, 0, values).astype(np.int32 if name in DAYS else np.int64)
        return pa.array(whole, mask=missing).cast(kind)
    return pa.array(values, kind)


def _ids(selection: Selection, positions: Array) -> pa.Array:
    """The ids at positions, null where they are negative."""
    return selection.ids.take(pa.array(positions, pa.int64(), mask=positions < 0))
