"""One site's crawl in a process that it shares with others."""

import asyncio
import logging
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.crawler import Crawler

from archive.operations.scheduled_run import Ending, Part
from archive.sites import Site
from crawler.crawl import SETTINGS, ending, report_of, write_report
from crawler.run.crawl_run import CrawlRun
from crawler.run.open_collection import OpenCollection
from crawler.run.plan import Options, keep_site_files, plan_sites
from crawler.schedule.messages import Begin
from crawler.spiders.news import NewsSpider

if TYPE_CHECKING:
    from crawler.schedule.shared_work import SharedWork  # of the extra [postgres]

#: Seconds that a report waits for the records of its run.
RECORDS_PATIENCE = 60.0


class SiteCrawl:
    """A Scrapy crawler with a run of its own on shared holdings."""

    def __init__(self, order: Begin, holdings: OpenCollection, shared: "SharedWork | None" = None) -> None:
        """`shared` is what several machines have of the crawl together."""
        self._order = order
        self._shared = shared
        self._holdings = holdings
        self._crawler: Crawler | None = None
        self._reasons: list[str] = []
        self._halting = False

    async def run(self) -> Part:
        """Crawl until nothing is left to do, and write the report."""
        started, clock = datetime.now(UTC), time.monotonic()
        plan = plan_sites([Site.model_validate_json(self._order.site)], Options(limit=self._order.limit))
        if self._shared is None:
            keep_site_files(plan, self._holdings.collection)
        else:
            self._shared.begin(self._order, plan)
        run = CrawlRun(plan, self._holdings, site=self._order.domain, began=self._order.began)
        run.seed()
        try:
            await self._fetch(run)
        finally:
            await self._holdings.checkpoint()
            self._holdings.frontier.leave(self._order.domain)
        await self._records_made()
        if self._shared and not self._order.joins:
            await self._shared.others_end(self._order, lambda: self._halting)
        concluded = run.conclude()
        how = ending(run.fault, self._reasons)
        report = report_of(run, concluded, self._order.report, started, time.monotonic() - clock, how)
        if self._shared is None:
            write_report(report, self._holdings.collection, logging.getLogger(__name__).warning)
        else:
            self._shared.end(self._order, report)
        return self._part(run, how)

    def halt(self) -> None:
        """End soon: what is under way is finished, nothing more is asked for."""
        self._halting = True
        if self._crawler:
            asyncio.ensure_future(self._crawler.stop_async())  # noqa: RUF006 - `run` waits for what it does

    def fail(self, fault: str) -> None:
        """End soon, because the collection cannot be written to."""
        if self._crawler:
            CrawlRun.of(self._crawler).fault = fault
        self.halt()

    async def _fetch(self, run: CrawlRun) -> None:
        self._crawler = Crawler(NewsSpider, {**SETTINGS, "CLEANCOPY_RUN": run})
        self._crawler.signals.connect(self._closed, signal=signals.spider_closed)
        if not self._halting:
            await self._crawler.crawl_async()

    async def _records_made(self) -> None:
        """Wait for the records of what was captured so far, as far as there is time: the report tells of them."""
        stage = self._holdings.stage
        if stage is None:
            return
        stage.drain()
        due, deadline = stage.done + stage.waiting, time.monotonic() + RECORDS_PATIENCE
        while stage.done < due and not self._halting and time.monotonic() < deadline:
            await asyncio.sleep(0.1)
            stage.drain()

    def _closed(self, reason: str) -> None:
        self._reasons.append(reason)

    def _part(self, run: CrawlRun, how: str) -> Part:
        counts = self._holdings.frontier.questions.since(self._order.began, self._order.domain)
        endings: dict[str, Ending] = {"finished": "finished", "interrupted": "interrupted"}
        done, failed = counts.get("done", 0), counts.get("failed", 0)
        return Part(endings.get(how, "stopped"), done, failed, run.fault)
