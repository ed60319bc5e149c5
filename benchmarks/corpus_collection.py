"""The corpus pages as a collection, to measure what works on collections."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from archive.collection.folder import Collection
from archive.exchange import Exchange, Origin
from archive.pipeline.record_lines import extract_warc, new_pool
from archive.warc.writer import WarcWriter
from benchmarks.corpus import Page, read_corpus


def corpus_collection(path: Path, corpus: Path, pages: int | None = None) -> Collection:
    """A collection of the first pages of the corpus, with its records. One that is there already is taken."""
    collection = Collection(path)
    if not path.is_dir():
        collection.create()
        _write(collection, islice(read_corpus(corpus), pages))
        with new_pool() as pool:
            for warc in collection.warcs():
                extract_warc(collection, warc, pool)
    return collection


def _write(collection: Collection, pages: Iterable[Page]) -> None:
    writer = WarcWriter(collection.archive, info={"software": "cleancopy benchmarks"})
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for number, page in enumerate(pages):
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(page.raw)}\r\n\r\n"
        url = page.url or f"https://{page.site}/{page.name}"
        request = b"GET / HTTP/1.1\r\n\r\n"
        moment = start + timedelta(minutes=number)
        writer.write(Exchange(url, moment, request, head.encode() + page.raw, Origin(robots="allowed")))
    writer.close()
