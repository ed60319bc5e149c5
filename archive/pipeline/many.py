"""Many pages from anywhere to records, on all cores: what `extract` does for one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archive.errors import PageError
from archive.exchange import Capture
from archive.extraction.extract import empty_record, extract
from archive.extraction.model import load_model
from archive.pipeline.pool import TIME_LIMIT, ExtractionPool
from archive.records import Record
from archive.sites import site_of_url

Page = bytes | str
_EXPECTED = "expected bytes, str or a pair (page, url)"


@dataclass(frozen=True, slots=True)
class _Given:
    page: Page
    url: str | None


def extract_many(
    pages: Iterable[Page | tuple[Page, str | None]], *, workers: int | None = None, time_limit: float = TIME_LIMIT
) -> Iterator[Record]:
    """The records of many pages, in their order, on all cores or as many `workers`.

    A page is HTML as bytes or text, or a pair of it and its URL. Pages are taken a little ahead of the records: give a
    generator, and memory stays flat. A page that takes more than `time_limit` seconds, or ends its worker, gives a
    record without text that says so. Raises TypeError, naming the argument, for what is no page.
    """
    if isinstance(pages, bytes | str) or not hasattr(pages, "__iter__"):
        raise TypeError(f"pages: expected an iterable of pages, got {type(pages).__name__}")
    asked: object = workers
    if asked is not None and not (isinstance(asked, int) and asked > 0):
        raise TypeError(f"workers: expected a number from 1, or None for all cores, got {workers!r}")
    return _records(pages, workers, time_limit)


def _records(
    pages: Iterable[Page | tuple[Page, str | None]], workers: int | None, time_limit: float
) -> Iterator[Record]:
    given = (_given(number, page) for number, page in enumerate(pages))
    with ExtractionPool(_line, _lost, workers=workers, time_limit=time_limit) as pool:
        yield from map(Record.from_line, pool.map(given))


def _given(number: int, page: object) -> _Given:
    match page:
        case bytes() | str():
            return _Given(page, None)
        case (bytes() | str() as content, str() | None as url):
            return _Given(content, url)
    raise TypeError(f"pages[{number}]: {_EXPECTED}, got {_told(page)}")


def _told(page: object) -> str:
    if isinstance(page, tuple):
        return f"({', '.join(type(part).__name__ for part in page)})"
    return type(page).__name__


def _line(given: _Given) -> bytes:
    return extract(given.page, given.url).to_line()


def _lost(given: _Given, error: PageError) -> bytes:
    capture = Capture(url=given.url or "", body=b"")
    return empty_record(capture, site_of_url(capture.url), load_model().digest, error).to_line()
