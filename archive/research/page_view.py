"""A record as one HTML page that shows every block with its label.

Its filters are check boxes that the style sheet reads (`:has`).
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import groupby

from jinja2 import Template

from archive.article_structure import pictures
from archive.labels import MEANING, Label
from archive.records import Record
from archive.research.block_html import blocks_html
from archive.research.html_page import html_environment

#: What belongs to the article itself; the rest of the page is set smaller and softer.
ARTICLE = (Label.HEADLINE, Label.STANDFIRST, Label.BYLINE, Label.DATE, Label.BODY, Label.CAPTION, Label.NOTE)


def as_html(record: Record) -> str:
    """The whole page, as text to be written in UTF-8."""
    return _template().render(
        record=record,
        title=record.title or record.url or "Untitled page",
        language=record.language,
        origins=origins_of(record),
        counts=Counter(block.label for block in record.blocks),
        runs=[(label, list(blocks)) for label, blocks in groupby(record.blocks, key=lambda block: block.label)],
        images=pictures(record),
    )


@cache
def _template() -> Template:
    found = html_environment(__file__)
    found.globals |= {"labels": tuple(Label), "meaning": MEANING, "article": ARTICLE, "blocks_html": blocks_html}
    found.filters["readable"] = readable
    return found.get_template("record.html")


def readable(date: str) -> str:
    """`2026-11-20T09:30:00+01:00` as `2026-11-20 09:30 +01:00`."""
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d)?(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?", date)
    if match is None:
        return date
    zone = "UTC" if match[3] in ("Z", "+00:00") else match[3]
    return " ".join(filter(None, (match[1], match[2], zone)))


def origins_of(record: Record) -> Iterator[tuple[str, str | None]]:
    """Where a record comes from: what each thing is called, and what it is."""
    yield "URL", record.url
    yield "Captured", record.date_crawled
    if warc := record.warc:
        yield "WARC", f"{warc.filename}, {warc.length:,} bytes at offset {warc.offset:,}"
        yield "Record", warc.record_id
        yield "Digest", warc.payload_digest
    made = record.extraction
    yield "Extraction", ", ".join(filter(None, (f"cleancopy {made.version}", made.config, made.model)))
    yield "Warnings", "; ".join(made.warnings)
