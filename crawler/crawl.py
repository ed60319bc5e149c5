"""A crawl from start to end: lock, repair, fetch, extract, report."""

import asyncio
import json
import logging
import sqlite3
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess

from archive.collection.custody import Action, note
from archive.collection.folder import Collection
from archive.collection.site_figures import Ending, SiteFigures
from archive.errors import CollectionError
from archive.pipeline.record_lines import LiveRecords, extract_warc, new_pool
from archive.room import is_out_of_room
from archive.software import software_version
from archive.telling.unseen import make_logs_harmless
from archive.whole_file import write_whole
from crawler.addon import CleancopyAddon
from crawler.browser.chromium import require_browser
from crawler.run.account import Conclusion
from crawler.run.crawl_run import CrawlRun
from crawler.run.open_collection import OpenCollection
from crawler.run.plan import Options, Plan, keep_site_files
from crawler.run.recovery import needs_under
from crawler.run.secret_headers import headers_of
from crawler.spiders.news import NewsSpider

#: What Scrapy is told besides the run, before there is a crawler; the add-on sets everything else.
SETTINGS = {
    "ADDONS": {CleancopyAddon: 0},
    "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
    # Scrapy's default one knows no IPv6.
    "TWISTED_DNS_RESOLVER": "scrapy.resolver.CachingHostnameResolver",
}
#: What took part in a crawl and its records, by the versions that can change either.
_DECIDING = (
    "scrapy twisted w3lib feedparser lxml cssselect htmldate courlan justext brotlicffi isal warcio surt numpy".split()
)
Tell = Callable[[str], None]
Watch = Callable[[CrawlRun], None]


@dataclass(frozen=True, slots=True)
class CrawlReport:
    """What a run came to. `name` is that of its files in crawls/; `ended` is finished, interrupted or stopped (with
    `fault`)."""

    name: str
    started: str
    seconds: float
    ended: str
    fault: str | None
    counts: dict[str, int]
    statuses: dict[str, int]
    sources: dict[str, int]
    frontier: dict[str, int]
    failures: list[dict[str, str]]
    notes: list[dict[str, str]]
    lists: list[dict[str, Any]]
    skipped: list[dict[str, Any]]
    sites: dict[str, SiteFigures]
    records: int
    bytes_received: int
    settings: dict[str, Any]
    versions: dict[str, str]

    @property
    def articles(self) -> int:
        """How many articles were captured."""
        return self.counts.get("articles", 0)

    @property
    def undone(self) -> dict[str, SiteFigures]:
        """The sites that the run could not do what it was to do for: they refused, asked to wait, or did not answer."""
        return {site: figures for site, figures in self.sites.items() if figures.ending is not Ending.DONE}


def _nothing(_: object) -> None:
    """Where nobody listens."""


def crawl(
    plan: Plan, collection: Collection, *, tell: Tell = _nothing, watch: Watch = _nothing, records: bool = True
) -> CrawlReport:
    """Run a plan on a collection. `tell` is given sentences, `watch` the run, about ten times a second.

    Without `records` pages are captured only; `cleancopy extract` can make their records at any time.

    Raises CollectionError if the collection is in use or cannot be written to, and ConfigurationError, before anything
    is done, for a secret of a site, or a browser, that is not there. Must be called in the main thread,
    once in a process: it starts Twisted's reactor.
    """
    require_all(plan, collection)
    with collection.repaired(tell):
        if records:
            rebuild_missing(collection, plan.options.workers, tell)
        keep_site_files(plan, collection)
        started = datetime.now(UTC)
        try:
            report = _crawl(plan, collection, started, tell, watch, records)
            write_report(report, collection, tell)
        except (CollectionError, OSError, sqlite3.Error) as error:
            if not is_out_of_room(error):
                raise
            said = "no room is left on the disk; the archive is whole up to the last capture"
            raise CollectionError(f"{collection.path}: {said}. Free some and start the same command again.") from error
        return report


def require_all(plan: Plan, collection: Collection) -> None:
    """Raises ConfigurationError for a secret of a site, or a browser, that is not there."""
    for site in plan.sites.values():
        headers_of(site, collection.path)
    if any(plan.browser(domain) for domain in plan.sites):
        require_browser()


def write_report(report: CrawlReport, collection: Collection, tell: Tell) -> None:
    """Keep a report in crawls/, whole or not at all, and name the run in the collection's log."""
    path = collection.crawls / f"{report.name}.json"
    content = json.dumps(report_dict(report), indent=2, ensure_ascii=False) + "\n"
    write_whole(path, content.encode())
    what = {"run": report.name, "ended": report.ended, "articles": report.articles, "records": report.records}
    note(collection, Action.CRAWL, what, tell)


def rebuild_missing(
    collection: Collection, workers: int | None, tell: Tell, wanted: Callable[[Path], bool] = lambda _: True
) -> None:
    """Records of WARC files that a crash left without them, as far as they are wanted."""
    missing = [path for path in collection.warcs() if not collection.records_path(path.name).exists() and wanted(path)]
    if not missing:
        return
    with new_pool(workers) as pool:
        for path in missing:
            # A run that only read lists leaves a file without articles, which is nothing to tell of.
            if count := extract_warc(collection, path, pool).lines:
                tell(f"Rebuilt {count} records of {path.name}.")


def _crawl(
    plan: Plan, collection: Collection, started: datetime, tell: Tell, watch: Watch, records: bool
) -> CrawlReport:
    began = time.monotonic()
    name = f"{started:%Y%m%d%H%M%S}{started.microsecond // 1000:03}"
    stage = LiveRecords(collection, workers=plan.options.workers) if records else None
    holdings = OpenCollection(collection, warcinfo_of(plan), stage)
    holdings.catch_up(tell, needs_under(plan))
    run = CrawlRun(plan, holdings)
    run.seed()
    try:
        ended = fetch(run, collection.crawls / f"{name}.log", watch)
    finally:
        concluded = run.close()
    if stage:
        stage.finish(lambda _: watch(run))
    return report_of(run, concluded, name, started, time.monotonic() - began, ended)


def warcinfo_of(plan: Plan) -> dict[str, str]:
    """What each WARC file says of the crawl that made it (WARC 1.1, section 6.2)."""
    return {
        "software": f"cleancopy/{software_version()} Scrapy/{version('scrapy')} Twisted/{version('twisted')}",
        "robots": "obey" if all(site.crawl.obey_robots for site in plan.sites.values()) else "partly ignored",
        "description": "sites: " + ", ".join(sorted(plan.sites)[:50]),
        "settings": json.dumps(settings_of(plan)),
    }


def scheduled_info() -> dict[str, str]:
    """The same for files that several sites' runs share; their reports in crawls/ say with which settings."""
    return warcinfo_of(Plan({}, (), Options())) | {"robots": "as each site says", "description": "scheduled crawls"}


def settings_of(plan: Plan) -> dict[str, Any]:
    """The user's options and each site's own, as far as they are not the defaults."""
    options: Options = plan.options
    return {
        "limit": options.limit,
        "delay": options.delay,
        "since": options.since.isoformat() if options.since else None,
        "until": options.until.isoformat() if options.until else None,
        "exactly": plan.exactly,
        "lists_only": plan.lists_only,
        "requisites": options.requisites,
        "browser": options.browser,
        "sites": {
            domain: site.crawl.model_dump(mode="json", exclude_defaults=True)
            for domain, site in sorted(plan.sites.items())[:1000]
        },
    }


def fetch(run: CrawlRun, log: Path, watch: Watch) -> str:
    """Let Scrapy work until nothing is left to do; how it ended."""
    make_logs_harmless()
    # A log that cannot be written, as on a full disk, would say so on standard error for each of its lines.
    logging.raiseExceptions = False
    process = AsyncCrawlerProcess({**SETTINGS, "CLEANCOPY_RUN": run, "LOG_FILE": str(log), "LOG_LEVEL": "INFO"})
    crawler = process.create_crawler(NewsSpider)
    reasons: list[str] = []
    background: list[asyncio.Task[None]] = []

    def opened() -> None:
        background.extend(asyncio.ensure_future(task) for task in (_checkpoints(run, crawler), _watching(run, watch)))

    def closed(reason: str) -> None:
        reasons.append(reason)
        for task in background:
            task.cancel()

    crawler.signals.connect(opened, signal=signals.spider_opened, weak=False)
    crawler.signals.connect(closed, signal=signals.spider_closed, weak=False)
    process.crawl(crawler)
    process.start()
    logging.shutdown()
    return ending(run.fault, reasons)


def ending(fault: str | None, reasons: list[str]) -> str:
    """How a run ended, by the reasons that Scrapy gave: finished, interrupted or stopped."""
    if fault:
        return "stopped"
    return {"finished": "finished", "shutdown": "interrupted"}.get(reasons[0] if reasons else "", "stopped")


async def _checkpoints(run: CrawlRun, crawler: Any) -> None:
    try:
        await run.holdings.keep_durable()
    except (CollectionError, OSError) as error:
        run.fault = str(error)
        await crawler.engine.close_spider_async(reason=str(error))


async def _watching(run: CrawlRun, watch: Watch) -> None:
    while True:
        watch(run)
        await asyncio.sleep(0.1)


def report_of(
    run: CrawlRun, concluded: Conclusion, name: str, started: datetime, seconds: float, ended: str
) -> CrawlReport:
    """What a run came to, once it is concluded."""
    account = run.account
    return CrawlReport(
        name=name,
        started=started.isoformat().replace("+00:00", "Z"),
        seconds=round(seconds, 3),
        ended=ended,
        fault=run.fault,
        counts=dict(account.counts),
        statuses={str(status): count for status, count in sorted(account.statuses.items())},
        sources=dict(account.sources),
        frontier=concluded.counts,
        failures=[{"url": url, "kind": why.kind, "reason": why.sentence} for url, why in concluded.failures],
        notes=[{"url": url, "note": note} for url, note in account.notes],
        lists=[asdict(read) for read in account.discovery.lists],
        skipped=[
            {"kind": reason.kind, "reason": reason, "count": count, "examples": account.discovery.examples[reason]}
            for reason, count in account.discovery.skipped.most_common()
        ],
        sites=account.site_figures(concluded, pages=run.holdings.stage is not None),
        records=account.records,
        bytes_received=account.bytes,
        settings=settings_of(run.plan),
        versions={name: version(name) for name in _DECIDING} | {"cleancopy": software_version()},
    )


def report_dict(report: CrawlReport) -> dict[str, Any]:
    """The report as JSON data."""
    told = {name: getattr(report, name) for name in report.__slots__}
    return told | {"sites": {site: figures.as_dict() for site, figures in report.sites.items()}}
