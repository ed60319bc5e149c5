"""`cleancopy discover`: what a crawl would fetch, and from where, without fetching it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.table import Table

from archive.collection import Collection
from archive.commands.site_directories import SitesOption, use_directories
from archive.sites import named_site
from archive.terminal import out, output_is_terminal, tell
from crawler.crawl import CrawlReport, crawl
from crawler.discovery import ListRead
from crawler.entry import Entry
from crawler.frontier import Frontier
from crawler.plan import Options, check_days, plan_sites
from crawler.progress import watching

_DAY = ["%Y-%m-%d"]
#: Articles and lists that a terminal shows; a pipe gets all articles.
_SHOWN, _LISTS = 20, 40


def discover(
    sites: Annotated[list[str], typer.Argument(metavar="SITE...", help="Domain, YAML file or URL.")],
    collection: Annotated[
        Path | None, typer.Option("--collection", metavar="DIR", help="Keep what is found here, for the next crawl.")
    ] = None,
    since: Annotated[datetime | None, typer.Option("--since", formats=_DAY, help="Only from this day on.")] = None,
    until: Annotated[datetime | None, typer.Option("--until", formats=_DAY, help="Only to this day.")] = None,
    delay: Annotated[float | None, typer.Option("--delay", min=0, help="Seconds between requests to a host.")] = None,
    allow_private: Annotated[bool, typer.Option("--allow-private", help="Allow hosts on this network.")] = False,
    site_files: SitesOption = None,
) -> None:
    """Read a site's feeds, sitemaps and sections, and list the articles that a crawl would fetch.

    In a pipe one line an article, with tabs: URL, kind of list, list, date, title.
    """
    use_directories(site_files)
    options = Options(None, delay, allow_private, since=since and since.date(), until=until and until.date())
    check_days(options)
    plan = plan_sites([named_site(name) for name in sites], options, lists_only=True)
    with _kept_in(collection) as target:
        with watching() as watch:
            report = crawl(plan, target, tell=tell, watch=watch, records=False)
        found = _show_articles(target)
    _show_lists([ListRead(**read) for read in report.lists])
    _say(report, found)
    if report.ended != "finished" or not (found or report.skipped):
        raise typer.Exit(1)


@contextmanager
def _kept_in(collection: Path | None) -> Iterator[Collection]:
    """Without a collection nothing is kept: the lists are captured as in any crawl, and thrown away."""
    if collection:
        yield Collection(collection)
        return
    with TemporaryDirectory(prefix="cleancopy-") as folder:
        yield Collection(Path(folder))


def _show_articles(collection: Collection) -> int:
    frontier = Frontier(collection.state)
    try:
        entries = frontier.articles()
        if not output_is_terminal():
            return sum(1 for entry in entries if sys.stdout.write(_line(entry)))
        table = Table("found in", "date", "article")
        for entry in islice(entries, _SHOWN):
            table.add_row(entry.origin.found_in, entry.origin.date or "", entry.url)
        out.print(table)
        return table.row_count + sum(1 for _ in entries)
    finally:
        frontier.close()


def _line(entry: Entry) -> str:
    origin = entry.origin
    fields = (entry.url, origin.found_in, origin.via or "", origin.date or "", origin.title or "")
    return "\t".join(" ".join(field.split()) for field in fields) + "\n"


def _show_lists(lists: list[ListRead]) -> None:
    for read in lists[:_LISTS]:
        if read.fault:
            tell(f"{read.kind} {read.url} ({read.found_in}): {read.fault}")
        elif read.unchanged:
            tell(f"{read.kind} {read.url} ({read.found_in}): not changed since the last time")
        else:
            more = f", {read.lists} further lists" if read.lists else ""
            tell(f"{read.kind} {read.url} ({read.found_in}): {read.links} links, {read.new} new articles{more}")
    if len(lists) > _LISTS:
        tell(f"and {len(lists) - _LISTS} more lists")


def _say(report: CrawlReport, found: int) -> None:
    for skipped in report.skipped:
        tell(f"Skipped {skipped['count']}: {skipped['reason']} (such as {', '.join(skipped['examples'])})")
    unchanged = sum(read["unchanged"] for read in report.lists)
    tell(
        f"{found} articles to fetch, from {len(report.lists)} lists"
        + (f", of which {unchanged} have not changed (HTTP 304)." if unchanged else ".")
    )
    if not found and not report.skipped:
        tell("Nothing found: the site names no lists, and its pages hold no links that look like articles.")
