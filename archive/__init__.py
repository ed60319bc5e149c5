"""cleancopy's archive: WARC files, labelled blocks, records, data sets.

    from archive import extract
    record = extract(page_bytes, "https://example.org/story")

`extract` and `extract_text` make a `Record` of one page or plain text, `read_records` streams the records of a file,
`text_of` makes the text of a record anew, also of other labels than `text` holds. `extract_many` makes records of many
pages on all cores, and `archive.open(COLLECTION)` gives those of a collection, also as a table.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archive.article_text import text_of
    from archive.datasets.opened import open_collection as open
    from archive.errors import CleancopyError
    from archive.extraction.extract import extract, extract_text
    from archive.labels import Label
    from archive.pipeline.many import extract_many
    from archive.records import Record, read_records

__all__ = [
    "CleancopyError",
    "Label",
    "Record",
    "extract",
    "extract_many",
    "extract_text",
    "open",
    "read_records",
    "text_of",
]

_HOMES = {
    "CleancopyError": "archive.errors:CleancopyError",
    "Label": "archive.labels:Label",
    "Record": "archive.records:Record",
    "extract": "archive.extraction.extract:extract",
    "extract_many": "archive.pipeline.many:extract_many",
    "extract_text": "archive.extraction.extract:extract_text",
    "open": "archive.datasets.opened:open_collection",
    "read_records": "archive.records:read_records",
    "text_of": "archive.article_text:text_of",
}


def __getattr__(name: str) -> Any:
    """Load on first use (PEP 562): extraction takes half a second to import, and most modules need none of it."""
    if name not in _HOMES:
        raise AttributeError(f"module 'archive' has no attribute '{name}'")
    from archive.extraction.collector import resting  # noqa: PLC0415 - nothing is loaded before it is asked for

    module, _, attribute = _HOMES[name].partition(":")
    with resting():
        return getattr(import_module(module), attribute)
