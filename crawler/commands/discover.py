"""`cleancopy discover`: what a crawl would fetch, and from where, without fetching it."""

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.table import Table

from archive.collection.folder import Collection
from archive.collection.settings_file import require_own_frontier
from archive.commands.options import SitesOption, day_of, day_option, use_directories
from archive.sites import named_site
from archive.telling.terminal import counted, out, output_is_terminal, put_rows, tell
from crawler.crawl import CrawlReport, crawl
from crawler.frontier.entry import Entry
from crawler.frontier.table import Frontier
from crawler.progress import watching
from crawler.run.discovery_log import ListRead
from crawler.run.plan import Options, check_days, plan_sites

#: Articles and lists that a terminal shows; a pipe gets all articles.
_SHOWN, _LISTS = 20, 40


def discover(
    sites: Annotated[list[str], typer.Argument(metavar="SITE...", help="Domain, YAML file or URL.")],
    collection: Annotated[
        Path | None, typer.Option("--collection", metavar="DIR", help="Keep what is found here, for the next crawl.")
    ] = None,
    since: Annotated[datetime | None, day_option("--since", "Only from this day on.")] = None,
    until: Annotated[datetime | None, day_option("--until", "Only to this day.")] = None,
    delay: Annotated[float | None, typer.Option("--delay", min=0, help="Seconds between requests to a host.")] = None,
    allow_private: Annotated[bool, typer.Option("--allow-private", help="Allow hosts on this network.")] = False,
    site_files: SitesOption = None,
) -> None:
    """Read a site's feeds, sitemaps and sections, and list the articles that a crawl would fetch.

    In a pipe one line an article, with tabs: URL, kind of list, list, date, title.
    """
    use_directories(site_files)
    options = Options(None, delay, allow_private, since=day_of(since), until=day_of(until))
    check_days(options)
    plan = plan_sites([named_site(name) for name in sites], options, lists_only=True)
    with _kept_in(collection) as target:
        with watching() as watch:
            report = crawl(plan, target, tell=tell, watch=watch, records=False)
        found = _show_articles(target)
    _show_lists([ListRead(**read) for read in report.lists])
    _say(report, found)
    if report.ended != "finished" or report.undone or not (found.articles or report.skipped):
        raise typer.Exit(1)


@contextmanager
def _kept_in(collection: Path | None) -> Iterator[Collection]:
    """Without a collection nothing is kept: the lists are captured as in any crawl, and thrown away."""
    if collection:
        require_own_frontier(Collection(collection), "`cleancopy discover --collection`")
        yield Collection(collection)
        return
    with TemporaryDirectory(prefix="cleancopy-") as folder:
        yield Collection(Path(folder))


@dataclass(slots=True)
class _Shown:
    """How many articles were shown, and how many of them were captured before and are due again."""

    articles: int = 0
    again: int = 0

    def count(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """The same entries, counted as they go by."""
        for entry in entries:
            self.articles += 1
            self.again += entry.captured is not None
            yield entry


def _show_articles(collection: Collection) -> _Shown:
    frontier = Frontier(collection.state)
    shown = _Shown()
    try:
        entries = shown.count(frontier.questions.articles())
        if output_is_terminal():
            table = Table("found in", "date", "article")
            for entry in islice(entries, _SHOWN):
                table.add_row(entry.origin.found_in, entry.origin.date or "", entry.url)
            out.print(table)
            deque(entries, maxlen=0)
        else:
            put_rows(map(_row, entries))
    finally:
        frontier.close()
    return shown


def _row(entry: Entry) -> tuple[str, ...]:
    origin = entry.origin
    return (entry.url, origin.found_in, origin.via or "", origin.date or "", origin.title or "")


def _show_lists(lists: list[ListRead]) -> None:
    for read in lists[:_LISTS]:
        if read.fault:
            tell(f"{read.kind} {read.url} ({read.found_in}): {read.fault}")
        elif read.unchanged:
            tell(f"{read.kind} {read.url} ({read.found_in}): not changed since the last time")
        else:
            more = f", {counted(read.lists, 'list')} in it" if read.lists else ""
            held = f"{counted(read.links, 'link')}, {counted(read.articles, 'article')}, {read.new} new"
            tell(f"{read.kind} {read.url} ({read.found_in}): {held}{more}")
    if len(lists) > _LISTS:
        tell(f"and {counted(len(lists) - _LISTS, 'more list')}")


def _say(report: CrawlReport, found: _Shown) -> None:
    for skipped in report.skipped:
        tell(f"Skipped {skipped['count']}: {skipped['reason']} (such as {', '.join(skipped['examples'])})")
    unchanged = sum(read["unchanged"] for read in report.lists)
    for site, figures in report.undone.items():
        tell(f"{site} is not done: {figures.why_undone}")
    again = f", {found.again} of them once more" if found.again else ""
    tell(
        f"{counted(found.articles, 'article')} to fetch{again}, from {counted(len(report.lists), 'list')}"
        + (f", of which {unchanged} have not changed (HTTP 304)." if unchanged else ".")
    )
    if not found.articles and not report.skipped:
        tell("Nothing found: the site names no lists, and its pages hold no links that look like articles.")
