"""The process that crawls for the scheduler: each site by a Scrapy crawler of its own, all with one archive.

    python -m crawler.schedule.worker COLLECTION

Orders come on standard input, answers go to standard output (crawler.schedule.messages). It lives as long as its
standard input: where the scheduler is killed, it ends by itself and leaves the collection whole.
"""

import asyncio
import logging
import os
import signal
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from archive.collection.folder import Collection
from archive.collection.run_reports import fold_months
from archive.errors import CleancopyError, CollectionError
from archive.operations.scheduled_run import Part
from archive.operations.site_runs import DAYS_READ
from archive.pipeline.record_lines import LiveRecords
from archive.telling.unseen import make_logs_harmless
from crawler.schedule.messages import FRONTIER, Begin, Ended, Halt, Leave, Message, Refused, of_line, to_line

#: Seconds that requests under way are given once the process is to end.
GRACE = 5.0
#: Seconds that records are given then; those that are not made are rebuilt when the collection is next crawled.
RECORDS_GRACE = 10.0
#: How long logs are kept. Reports are kept for ever, old ones in archives.
LOGS_FOR = timedelta(days=30)
_LONGEST_LINE = 16_000_000
_log = logging.getLogger(__name__)


class TooLateError(Exception):
    """The time for making records is over."""


class Worker:
    """Crawls until it is told to leave. `holdings` are a collection's, with records; `shared` is what several machines
    have of it together."""

    def __init__(self, holdings: Any, shared: Any, say: Callable[[Message], None]) -> None:
        self._holdings = holdings
        self._shared = shared
        self._say = say
        self._crawls: dict[str, tuple[Any, asyncio.Task[None]]] = {}
        self._fault: str | None = None
        self._over = asyncio.Event()
        self.patient = False

    async def serve(self, orders: asyncio.StreamReader) -> None:
        """Do what the orders say until they end."""
        durable = asyncio.ensure_future(self._keep_durable())
        reading = asyncio.ensure_future(self._read(orders))
        await self._over.wait()
        reading.cancel()
        for domain in list(self._crawls):
            self._halt(domain)
        if tasks := [task for _, task in self._crawls.values()]:
            await asyncio.wait(tasks, timeout=GRACE)
        durable.cancel()

    def end(self) -> None:
        """Stop serving, soon."""
        self._over.set()

    def close(self) -> None:
        """Complete what is open: the WARC, its index, the frontier, and the records as far as time allows."""
        deadline = time.monotonic() + RECORDS_GRACE

        def watch(_waiting: int) -> None:
            if not self.patient and time.monotonic() > deadline:
                raise TooLateError

        self._holdings.close()
        self._holdings.frontier.close()
        try:
            self._holdings.stage.finish(watch)
        except TooLateError:
            self._holdings.stage.abandon()

    async def _read(self, orders: asyncio.StreamReader) -> None:
        try:
            while line := await orders.readline():
                match of_line(line):
                    case Begin() as begin:
                        self._begin(begin)
                    case Halt(domain):
                        self._halt(domain)
                    case Leave():
                        self.patient = True
                        break
        finally:
            self.end()

    def _begin(self, order: Begin) -> None:
        from crawler.schedule.site_crawl import SiteCrawl  # noqa: PLC0415 - it loads Scrapy

        crawl = SiteCrawl(order, self._holdings, self._shared)
        self._crawls[order.domain] = (crawl, asyncio.ensure_future(self._crawl(crawl, order)))

    async def _crawl(self, crawl: Any, order: Begin) -> None:
        try:
            part: Part = await crawl.run()
        except Exception as error:  # noqa: BLE001 - the boundary: what goes wrong in one site's run ends no other
            _log.exception("the crawl of %s failed", order.domain)
            part = Part("stopped", detail=self._fault or f"{type(error).__name__}: {error}"[:500])
        del self._crawls[order.domain]
        self._say(Ended(order.domain, part))

    def _halt(self, domain: str) -> None:
        if domain in self._crawls:
            self._crawls[domain][0].halt()

    async def _keep_durable(self) -> None:
        try:
            await self._holdings.keep_durable()
        except (CollectionError, OSError) as error:
            self._fault = str(error)
            for crawl, _ in self._crawls.values():
                crawl.fail(self._fault)
            self.end()


async def _input() -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=_LONGEST_LINE)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


async def _serve(worker: Worker, stop: Callable[[], object]) -> None:
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.end)
    try:
        await worker.serve(await _input())
    finally:
        stop()


def work(collection: Collection, say: Callable[[Message], None]) -> None:
    """Crawl until the orders end. Raises CollectionError if the collection is in use or cannot be written to."""
    with _opened(collection) as (holdings, shared):
        from scrapy.utils.reactor import install_reactor  # noqa: PLC0415 - loaded under the lock

        install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
        reactor: Any = import_module("twisted.internet.reactor")  # it must be installed before

        worker = Worker(holdings, shared, say)
        serving = reactor._asyncioEventloop.create_task(_serve(worker, lambda: reactor.callLater(0, reactor.stop)))
        reactor.run(installSignalHandlers=False)
        worker.close()
        with suppress(asyncio.CancelledError):
            serving.result()


@contextmanager
def _opened(collection: Collection) -> Iterator[tuple[Any, Any]]:
    """The collection, as this process's alone or as one of several."""
    # The settings may be wrong by now: what they said when the schedule began holds.
    if frontier := os.environ.get(FRONTIER):
        import_module("crawler.joint_crawl")  # it says so where psycopg is not installed
        from crawler.schedule.shared_work import sharing  # noqa: PLC0415 - it loads Scrapy

        with sharing(collection, frontier, _log.warning, _fold_reports) as work:
            yield work.holdings, work
        return
    with collection.repaired(_log.warning):
        # Loaded under the lock, and Scrapy is slow to load.
        from crawler.crawl import rebuild_missing, scheduled_info  # noqa: PLC0415
        from crawler.run.open_collection import OpenCollection  # noqa: PLC0415
        from crawler.run.recovery import needs_by_files  # noqa: PLC0415

        rebuild_missing(collection, None, _log.warning)
        _fold_reports(collection)
        holdings = OpenCollection(collection, scheduled_info(), LiveRecords(collection))
        holdings.catch_up(_log.warning, needs_by_files(collection.sites))
        yield holdings, None


def _say(message: Message) -> None:
    # The scheduler may be gone; then there is nobody to tell, and the end of the orders ends this process.
    with suppress(BrokenPipeError):
        sys.stdout.buffer.write(to_line(message))
        sys.stdout.buffer.flush()


def _fold_reports(collection: Collection) -> None:
    """Archive the reports that nobody looks back on, which a schedule leaves by the thousand."""
    try:
        fold_months(collection.crawls, DAYS_READ, datetime.now(UTC))
    except (OSError, EOFError, tarfile.TarError) as error:
        _log.warning("Old reports stay as they are: %s", error)


def _log_to(collection: Collection) -> None:
    make_logs_harmless()
    collection.create()
    now = datetime.now(UTC)
    for old in collection.crawls.glob("*-crawler.log"):
        if now.timestamp() - old.stat().st_mtime > LOGS_FOR.total_seconds():
            old.unlink()
    logging.basicConfig(
        filename=collection.crawls / f"{now:%Y%m%d%H%M%S}-crawler.log",
        level=logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )


def main() -> None:
    """The entry point."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the scheduler, which then ends the orders
    collection = Collection(Path(sys.argv[1]))
    try:
        _log_to(collection)
        work(collection, _say)
    except CleancopyError as error:
        _say(Refused(str(error)))
    with suppress(BrokenPipeError):
        sys.stdout.flush()
    # Threads of requests that did not end in time must not keep the collection's lock.
    logging.shutdown()
    os._exit(0)


if __name__ == "__main__":
    main()
