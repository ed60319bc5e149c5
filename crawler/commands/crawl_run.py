"""What `cleancopy crawl` does, and how it tells of it."""

import sys
from pathlib import Path

import typer

from archive.collection.folder import Collection
from archive.collection.settings_file import load_settings
from archive.errors import ConfigurationError
from archive.preservation.takedown_log import read_takedowns
from archive.sites import named_site
from archive.telling.terminal import tell
from crawler.crawl import CrawlReport, crawl
from crawler.progress import watching
from crawler.run.plan import Options, Plan, check_days, plan_sites, plan_urls

#: Failures and notes shown after a run.
_SHOWN = 10


def run(
    sites: list[str],
    urls: str | None,
    options: Options,
    collection: Path | None,
    records: bool,
    worker: str | None = None,
) -> None:
    """Crawl the sites, or what `urls` lists, and say how it went. Raises typer.Exit(1) if something was not done."""
    plan = _plan(sites, urls, options)
    target = Collection(collection or _default_collection(plan))
    shared = load_settings(target).frontier
    if worker and not shared:
        raise ConfigurationError("--worker needs 'frontier' in collection.yaml: one process crawls a collection else.")
    with watching() as watch:
        if shared:
            from crawler import joint_crawl  # noqa: PLC0415 - of the extra [postgres]

            report = joint_crawl.crawl(plan, target, shared, worker=worker, tell=tell, watch=watch, records=records)
        else:
            report = crawl(plan, target, tell=tell, watch=watch, records=records)
    summarise(report, target, shared=bool(shared))
    if report.ended != "finished" or report.undone or _nothing_came(report, target):
        raise typer.Exit(1)


def _plan(sites: list[str], urls: str | None, options: Options) -> Plan:
    if bool(sites) == (urls is not None):
        raise ConfigurationError("Give one or more sites, or --urls FILE, and not both.")
    check_days(options)
    if urls is None:
        return plan_sites([named_site(name) for name in sites], options)
    if urls == "-":
        return plan_urls(sys.stdin, options, "standard input")
    try:
        with Path(urls).open(encoding="utf-8-sig") as lines:
            return plan_urls(lines, options, urls)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{urls} cannot be read: {error}") from error


def _default_collection(plan: Plan) -> Path:
    return Path("collections") / (next(iter(plan.sites)) if len(plan.sites) == 1 else "news")


def _nothing_came(report: CrawlReport, collection: Collection) -> bool:
    """Whether a run failed: something was to be captured and nothing was."""
    if report.articles:
        return False
    return report.counts.get("failed", 0) > 0 or not any(path.stat().st_size for path in collection.records.iterdir())


def summarise(report: CrawlReport, collection: Collection, *, shared: bool = False) -> None:
    """Say in a few sentences how a run went, or this worker's part of one that is shared."""
    endings = {"finished": "Finished", "interrupted": "Interrupted; the same command goes on from here"}
    how = endings.get(report.ended, "Stopped")
    tell(
        f"{how}: {report.articles} articles, {report.records} records{_without_text(report)}, "
        f"{_loaded(report)}{_extras(report)}"
        f"{report.counts.get('exchanges', 0)} exchanges in {report.seconds:.1f} s "
        f"({report.bytes_received / 1e6:.1f} MB received)."
    )
    if again := _asked_again(report):
        tell(again)
    for site, figures in report.undone.items():
        tell(f"{site} is not done: {figures.why_undone}")
    said = [f"{failure['url']}: {failure['reason']}" for failure in report.failures]
    said += [f"{note['url']}: {note['note']}" for note in report.notes]
    for sentence in said[:_SHOWN]:
        tell(f"  {sentence}")
    if len(said) > _SHOWN:
        tell(f"  and {len(said) - _SHOWN} more, in crawls/{report.name}.json")
    if report.ended == "finished" and not report.articles and not report.failures:
        tell(_why_nothing(report, any(read_takedowns(collection.path))))
    log = f"crawls/{report.name}{'-WORKER' if shared else ''}.log"
    tell(f"The collection is in {collection.path}; the log is {log}.")
    if report.ended not in endings:
        tell(f"Stopped: {report.fault or 'the log says why'}")


def _without_text(report: CrawlReport) -> str:
    count = sum(figures.without_text for figures in report.sites.values())
    return f" ({count} of them without text)" if count else ""


def _loaded(report: CrawlReport) -> str:
    count = report.counts.get("rendered", 0)
    return f"{count} loaded in a browser, " if count else ""


def _extras(report: CrawlReport) -> str:
    counts = ((report.counts.get(name, 0), name) for name in ("requisites", "documents"))
    return "".join(f"{count} {name}, " for count, name in counts if count)


def _asked_again(report: CrawlReport) -> str | None:
    revised = sum(figures.revised for figures in report.sites.values())
    unchanged = sum(figures.unchanged for figures in report.sites.values())
    if not revised + unchanged:
        return None
    return f"Asked again for {revised + unchanged} articles: {revised} of them changed, {unchanged} did not."


def _why_nothing(report: CrawlReport, taken_down: bool) -> str:
    # What was taken down counts as failed, and is not tried again.
    known = report.frontier.get("done", 0) + (report.frontier.get("failed", 0) if taken_down else 0)
    if report.counts.get("out_of_dates"):
        return f"No article is in the dates asked for; {report.counts['out_of_dates']} are outside of them."
    if known > report.counts.get("feeds", 0) + report.counts.get("sitemaps", 0) + report.counts.get("sections", 0):
        also = " or was taken down" if taken_down else ""
        return f"Nothing new: every article that the site lists is captured already{also}."
    return "No article found: the site lists none, or its pages do not look like articles. A site file can name them."
