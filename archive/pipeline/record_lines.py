"""The step from WARC to records: `archive/NAME.warc.gz` gives `records/NAME.jsonl`, line for capture.

A crawl adds the places of article captures as they are written; re-extraction reads them back from the files.
Both hand them to the same workers, which read the WARC themselves, and write lines in WARC order.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from archive.collection.corrections import PageCorrections, in_force
from archive.collection.folder import Collection
from archive.collection.records_file import RecordsFile
from archive.errors import PageError, WarcError
from archive.exchange import Capture, Place, Purpose
from archive.extraction.collector import uncollected
from archive.extraction.extract import empty_record, extract_page
from archive.extraction.memory.learning import Learning
from archive.extraction.memory.recall import Observation
from archive.extraction.memory.shelf import MemoryShelf
from archive.extraction.memory.site_memory import SiteMemory
from archive.extraction.model import load_model
from archive.extraction.story_pages import StoryPage
from archive.pipeline.article_choice import decided
from archive.pipeline.captures import read_capture, read_captures
from archive.pipeline.earlier_pages import earlier_pages
from archive.pipeline.page_figures import PageSeen, PageTally, page_seen
from archive.pipeline.pool import TIME_LIMIT, ExtractionPool, PendingResult, preload
from archive.pipeline.stories import Leaf, PageLine, StoryLines, told_together
from archive.sites import SITES_VARIABLE, Site, site_of_url


@dataclass(frozen=True, slots=True)
class Task:
    """One capture to turn into a record line: where its collection's site files and memories are, and its WARC; `warc`
    is where that lies if it is not in the collection's archive."""

    collection: Path
    place: Place
    warc: Path | None = None


@dataclass(frozen=True, slots=True)
class RecordLine:
    """A record line, empty where there is no article; what its page tells the site's memory, its figures, and which
    page of a story it is."""

    content: bytes
    seen: Observation | None = None
    page: PageSeen | None = None
    leaf: Leaf | None = None


# Where the collector rests until a record is a line, it finds hardly anything left to look through.
@uncollected
def record_line(task: Task) -> RecordLine:
    """The record of one capture as a line; run in a worker process."""
    capture, site = _read(task)
    if not capture.has_record:
        return RecordLine(b"")
    done = extract_page(capture, site, load_model(), _memory(task, site, capture), _corrections(task, capture))
    return RecordLine(done.record.to_line(), leaf=_leaf(task, capture, done.story))


@uncollected
def learning_line(task: Task) -> RecordLine:
    """The same line, with what the page tells its site's memory; run in a worker process."""
    capture, site = _read(task)
    memory = _memory(task, site, capture) or SiteMemory(site.domain)
    done = extract_page(capture, site, load_model(), memory, _corrections(task, capture))
    page = page_seen(done.record, site.layout(capture.date))
    # A story's later pages repeat what its first one has: a memory would take that for the site's.
    seen = None if capture.origin.purpose is Purpose.PAGE else done.seen
    return RecordLine(done.record.to_line(), seen, page, _leaf(task, capture, done.story))


def _leaf(task: Task, capture: Capture, page: StoryPage | None) -> Leaf | None:
    if page is None:
        return None
    places = earlier_pages(Collection(task.collection), capture) if task.warc is None else ()
    earlier = tuple(_earlier(Task(task.collection, place)) for place in places)
    return Leaf(capture.url, capture.record_id, page, capture.origin.story, earlier)


def _earlier(task: Task) -> PageLine:
    capture, site = _read(task)
    done = extract_page(capture, site, load_model(), _memory(task, site, capture), _corrections(task, capture))
    page = done.story or StoryPage(1)
    return PageLine(done.record.to_line(), Leaf(capture.url, capture.record_id, page, capture.origin.story))


@uncollected
def observation(task: Task) -> Observation | None:
    """What one capture tells its site's memory; run in a worker process."""
    capture, site = _read(task)
    if not capture.has_record or capture.origin.purpose is Purpose.PAGE:
        return None
    return extract_page(capture, site, load_model(), SiteMemory(site.domain)).seen


def lost_line(task: Task, error: PageError) -> RecordLine:
    """The line of a capture whose extraction was lost: no text, and why."""
    capture, site = _read(task)
    record = empty_record(capture, site, load_model().digest, error)
    # What ended a worker is not parsed here.
    page = StoryPage(1 if capture.origin.page is None else capture.origin.page)
    leaf = Leaf(capture.url, capture.record_id, page, capture.origin.story)
    return RecordLine(record.to_line(), page=page_seen(record, None), leaf=leaf)


def _memory(task: Task, site: Site, capture: Capture) -> SiteMemory | None:
    return MemoryShelf(Collection(task.collection).memory).in_force(site.domain, capture.date)


def _corrections(task: Task, capture: Capture) -> PageCorrections:
    return in_force(task.collection).get(capture.payload_digest or "", PageCorrections())


def _read(task: Task) -> tuple[Capture, Site]:
    """The capture, judged to the end, and the configuration of its site."""
    path = task.warc or Collection(task.collection).warc_path(task.place.filename)
    capture = read_capture(path, task.place)
    site = site_in(task.collection, capture.url)
    return decided(capture, site)[0], site


@lru_cache(maxsize=1024)
def _site_of_host(host_url: str, collection: Path | None, _directories: str) -> Site:
    return site_of_url(host_url, [Collection(collection).sites] if collection else [])


def site_in(collection: Path | None, url: str) -> Site:
    """The configuration that a URL has in a collection, or outside of any."""
    scheme, _, rest = url.partition("://")
    return _site_of_host(f"{scheme}://{rest.split('/', 1)[0]}/", collection, os.environ.get(SITES_VARIABLE, ""))


class LiveRecords:
    """Turns captures into record lines while a crawl goes on, and learns what repeats on each site's pages: records of
    later crawls are made with that.

    `add` and `warc_closed` return at once and must be called from one thread; `finish` waits. `done` counts the
    lines written, `waiting` the captures whose line is still to come.
    """

    def __init__(self, collection: Collection, *, workers: int | None = None, time_limit: float = TIME_LIMIT) -> None:
        in_force(collection.path)
        self._collection = collection
        self._pool = ExtractionPool(learning_line, lost_line, workers=workers, time_limit=time_limit)
        preload(__name__)
        self._pending: deque[tuple[PendingResult[Task, RecordLine], PageTally]] = deque()
        self._learning = Learning(MemoryShelf(collection.memory))
        self._closed: set[str] = set()
        self._file: RecordsFile | None = None
        self._stories = StoryLines(collection.records)
        self.done = 0

    @property
    def waiting(self) -> int:
        """Captures that have been added and not yet written."""
        return len(self._pending)

    def add(self, place: Place, tally: PageTally | None = None) -> None:
        """Extract the capture at this place, which must be in the file already. `tally` counts what its page holds."""
        counted = tally or PageTally()
        counted.expect()
        self._pending.append((self._pool.submit(Task(self._collection.path, place)), counted))
        self.drain()

    def warc_closed(self, filename: str) -> None:
        """No more captures will come from this WARC (its final file name)."""
        self._closed.add(filename)
        self.drain()

    def finish(self, progress: Callable[[int], None] | None = None) -> None:
        """Wait until every line is written; `progress` is told how many are still to come."""
        while self._pending:
            self._pending[0][0].result()
            self.drain()
            if progress:
                progress(self.waiting)
        self._complete()
        self._write_empty()
        self._pool.close()
        self._learning.save(datetime.now(UTC))
        self._pool.__exit__(None, None, None)

    def abandon(self) -> None:
        """Give up what is not made: a WARC without its records has them rebuilt when it is next crawled into."""
        self._pool.__exit__(KeyboardInterrupt, None, None)

    def drain(self) -> None:
        """Write the lines that are ready."""
        while self._pending and self._pending[0][0].done():
            pending, tally = self._pending.popleft()
            line = pending.result()
            self._write(pending.task.place.filename, line)
            tally.add(line.page)
            if line.seen:
                self._learning.add(line.seen)
        if not self._pending:
            self._complete_if_closed()

    def _write(self, filename: str, line: RecordLine) -> None:
        path = self._collection.records_path(filename)
        if self._file is None or self._file.path != path:
            self._complete()
            self._file = RecordsFile(path)
        if content := self._stories.add(line):
            self._file.write(content)
        self.done += 1

    def _write_empty(self) -> None:
        """A WARC without articles has a records file too, so that none seems to be missing."""
        paths = sorted(map(self._collection.records_path, self._closed))
        for path in paths:
            if not path.exists():
                RecordsFile(path).close()

    def _complete_if_closed(self) -> None:
        if self._file and any(self._collection.records_path(name) == self._file.path for name in self._closed):
            self._complete()

    def _complete(self) -> None:
        if self._file:
            for content in self._stories.rest():
                self._file.write(content)
            self._file.close()
        self._file = None


def places(warc: Path) -> Iterator[Place]:
    """Where the captures of a WARC lie that have a record, or may turn out to have one, in order."""
    for capture in read_captures(warc, max_body=0):
        if capture.place is not None and capture.may_have_record:
            yield capture.place


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """The lines of a records file that was made anew, and where another one that it replaced is kept."""

    lines: int
    replaced: Path | None


def extract_warc(collection: Collection, warc: Path, pool: ExtractionPool[Task, RecordLine]) -> Rebuilt:
    """Rebuild the records of one WARC of a collection. The old file stays until the new
    one is complete, and is kept beside it if it is not the same. Raises WarcError where the WARC cannot be read to its
    end: what was read is kept then, unless there are more records already."""
    records = RecordsFile(collection.records_path(warc.name))
    try:
        for line in record_lines(collection, warc, pool):
            records.write(line)
    except WarcError as error:
        raise WarcError(f"{error}. {records.close_incomplete()}") from error
    except BaseException:
        records.drop()
        raise
    records.close()
    return Rebuilt(records.lines, records.replaced)


def record_lines(collection: Collection, warc: Path, pool: ExtractionPool[Task, RecordLine]) -> Iterator[bytes]:
    """The record lines of one WARC of a collection, in order. Raises CollectionError where its corrections cannot be
    read: in a worker that would cost every page its text."""
    in_force(collection.path)
    return told_together(pool.map(Task(collection.path, place) for place in places(warc)))


def new_pool(workers: int | None = None, time_limit: float = TIME_LIMIT) -> ExtractionPool[Task, RecordLine]:
    """A pool for `extract_warc`."""
    return ExtractionPool(record_line, lost_line, workers=workers, time_limit=time_limit)


def learn_warc(collection: Collection, warc: Path, pool: ExtractionPool[Task, Observation | None], to: Learning) -> int:
    """Learn from the captures of one WARC of a collection; the number of captures."""
    count = 0
    for seen in pool.map(Task(collection.path, place) for place in places(warc)):
        count += 1
        if seen:
            to.add(seen)
    return count


def learning_pool(workers: int | None = None) -> ExtractionPool[Task, Observation | None]:
    """A pool for `learn_warc`. A page that is lost teaches nothing."""
    return ExtractionPool(observation, lambda _task, _error: None, workers=workers)
