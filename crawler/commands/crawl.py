"""`cleancopy crawl`: sites or a list of URLs into a collection."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from archive.collection import Collection
from archive.commands.site_directories import SitesOption, use_directories
from archive.errors import ConfigurationError
from archive.sites import named_site
from archive.terminal import tell
from crawler.crawl import CrawlReport
from crawler.crawl import crawl as run_crawl
from crawler.plan import Options, Plan, check_days, plan_sites, plan_urls
from crawler.progress import watching

_DAY = ["%Y-%m-%d"]
#: Failures and notes shown after a run.
_SHOWN = 10


def crawl(
    sites: Annotated[list[str] | None, typer.Argument(metavar="SITE...", help="Domain, YAML file or URL.")] = None,
    collection: Annotated[
        Path | None, typer.Option("--collection", metavar="DIR", help="Where all of it goes.")
    ] = None,
    urls: Annotated[str | None, typer.Option("--urls", metavar="FILE", help="Capture exactly these; - reads.")] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="The most articles to capture.")] = None,
    since: Annotated[datetime | None, typer.Option("--since", formats=_DAY, help="Only from this day on.")] = None,
    until: Annotated[datetime | None, typer.Option("--until", formats=_DAY, help="Only to this day.")] = None,
    delay: Annotated[float | None, typer.Option("--delay", min=0, help="Seconds between requests to a host.")] = None,
    requisites: Annotated[
        bool, typer.Option("--requisites", help="Also capture the pictures, style sheets, scripts and fonts of pages.")
    ] = False,
    allow_private: Annotated[bool, typer.Option("--allow-private", help="Allow hosts on this network.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget what was fetched before; captures stay.")] = False,
    records: Annotated[bool, typer.Option("--records/--no-records", help="Whether records are made.")] = True,
    site_files: SitesOption = None,
) -> None:
    """Crawl sites, or capture a list of URLs, into a collection. The same command again goes on."""
    use_directories(site_files)
    days = since and since.date(), until and until.date()
    options = Options(limit, delay, allow_private, fresh, *days, requisites=requisites)
    plan = _plan(sites or [], urls, options)
    target = Collection(collection or _default_collection(plan))
    with watching() as watch:
        report = run_crawl(plan, target, tell=tell, watch=watch, records=records)
    summarise(report, target)
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
    return not report.articles and (report.counts.get("failed", 0) > 0 or not any(collection.records.iterdir()))


def summarise(report: CrawlReport, collection: Collection) -> None:
    """Say in a few sentences how a run went."""
    endings = {"finished": "Finished", "interrupted": "Interrupted; the same command goes on from here"}
    how = endings.get(report.ended, f"Stopped: {report.fault or 'see the log'}")
    tell(
        f"{how}: {report.articles} articles, {report.records} records, {_requisites(report)}"
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
    if not report.articles and not report.failures:
        tell(_why_nothing(report))
    tell(f"The collection is in {collection.path}; the log is crawls/{report.name}.log.")


def _requisites(report: CrawlReport) -> str:
    count = report.counts.get("requisites", 0)
    return f"{count} requisites, " if count else ""


def _asked_again(report: CrawlReport) -> str | None:
    revised = sum(figures.revised for figures in report.sites.values())
    unchanged = sum(figures.unchanged for figures in report.sites.values())
    if not revised + unchanged:
        return None
    return f"Asked again for {revised + unchanged} articles: {revised} of them changed, {unchanged} did not."


def _why_nothing(report: CrawlReport) -> str:
    known = report.frontier.get("done", 0)
    if report.counts.get("out_of_dates"):
        return f"No article is in the dates asked for; {report.counts['out_of_dates']} are outside of them."
    if known > report.counts.get("feeds", 0) + report.counts.get("sitemaps", 0) + report.counts.get("sections", 0):
        return "Nothing new: every article that the site lists is captured already."
    return "No article found: the site lists none, or its pages do not look like articles. A site file can name them."
