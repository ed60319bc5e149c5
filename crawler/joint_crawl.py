"""A crawl that several processes share, on one machine or many: what one of them does of it, from start to end."""

import json
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from archive.collection.custody import Action, note
from archive.collection.folder import Collection
from archive.collection.workers import Workplace, is_of, working
from archive.errors import CollectionError, ConfigurationError
from archive.pipeline.record_lines import LiveRecords
from archive.whole_file import write_whole
from crawler.crawl import (
    CrawlReport,
    Tell,
    Watch,
    fetch,
    rebuild_missing,
    report_dict,
    report_of,
    require_all,
    warcinfo_of,
)
from crawler.joint_report import joined as joined_report
from crawler.run.crawl_run import CrawlRun
from crawler.run.open_collection import OpenCollection, Shared
from crawler.run.plan import Plan, keep_site_files
from crawler.run.recovery import needs_under

try:
    from crawler.frontier.shared.catalogue import SharedCatalogue
    from crawler.frontier.shared.frontier import SharedFrontier
    from crawler.frontier.shared.server import Server
    from crawler.frontier.shared.work import Joined, Part, join, leave
except ModuleNotFoundError as error:
    raise ConfigurationError(
        "'frontier' in collection.yaml needs psycopg, which is not installed: pip install 'cleancopy[postgres]'"
    ) from error


class _Worker:
    """One process of the run, from its joining to its leaving."""

    def __init__(self, plan: Plan, workplace: Workplace, server: Server, tell: Tell) -> None:
        self._plan = plan
        self._workplace = workplace
        self._collection = workplace.collection
        self._server = server
        self._tell = tell

    def begin(self, records: bool) -> tuple[Joined, CrawlRun]:
        """Mend what dead workers left, join the run, and put its first URLs on the frontier."""
        plan, collection, tell = self._plan, self._collection, self._tell
        for mended in self._workplace.recover():
            tell(str(mended))
        others = self._workplace.others()
        if records:
            rebuild_missing(collection, plan.options.workers, tell, lambda path: not is_of(path, others))
        keep_site_files(plan, collection)
        started = datetime.now(UTC)
        joined = join(self._server, self._workplace.name, f"{started:%Y%m%d%H%M%S}{started.microsecond // 1000:03}")
        for name, parts in joined.left.items():
            self.write(name, parts)
        if plan.options.fresh and not joined.is_new:
            raise CollectionError("--fresh forgets what other workers have under way. Wait for them to end.")
        frontier = SharedFrontier(self._server, joined, list(plan.sites))
        catalogue = SharedCatalogue(self._workplace, self._server)
        stage = LiveRecords(collection, workers=plan.options.workers) if records else None
        shared = Shared(catalogue, frontier, self._workplace.prefix, others)
        holdings = OpenCollection(collection, warcinfo_of(plan), stage, shared)
        holdings.catch_up(tell, needs_under(plan))
        run = CrawlRun(plan, holdings, began=joined.began)
        run.seed()
        return joined, run

    def write(self, name: str, parts: list[Part]) -> None:
        """Keep the report of a run that is over, and name it in the collection's log."""
        report = joined_report(name, parts)
        if report is None:
            return
        content = json.dumps(report, indent=2, ensure_ascii=False) + "\n"
        write_whole(self._collection.crawls / f"{name}.json", content.encode())
        workers = [one["name"] for one in report["workers"]]
        what = {"run": name, "ended": report["ended"], "articles": report["counts"].get("articles", 0)}
        note(self._collection, Action.CRAWL, {**what, "records": report["records"], "workers": workers}, self._tell)


def crawl(
    plan: Plan,
    collection: Collection,
    url: str,
    *,
    worker: str | None = None,
    tell: Tell,
    watch: Watch,
    records: bool = True,
) -> CrawlReport:
    """Take part in a run over the frontier at this URL, as the worker of this name, until nothing is left to do for
    anybody; what this worker came to. The last one to leave writes the run's report. Otherwise as `crawler.crawl`."""
    require_all(plan, collection)
    with working(collection, worker) as workplace, closing(Server(url)) as server:
        one, began, started = _Worker(plan, workplace, server, tell), time.monotonic(), datetime.now(UTC)
        with workplace.starting():
            joined, run = one.begin(records)
        tell(f"{workplace.name} takes part in run {joined.name}.")
        try:
            ended = fetch(run, collection.crawls / f"{joined.name}-{workplace.name}.log", watch)
        finally:
            concluded = run.close()
        if run.holdings.stage:
            run.holdings.stage.finish(_watching(run, watch))
        report = report_of(run, concluded, joined.name, started, time.monotonic() - began, ended)
        parts = leave(server, joined, report_dict(report))
        if parts is not None:
            one.write(joined.name, parts)
        return report


def _watching(run: CrawlRun, watch: Watch) -> Callable[[Any], None]:
    """The run is not over while records are made, and the others are to know that."""

    def watched(_: object) -> None:
        run.frontier.commit()
        watch(run)

    return watched
