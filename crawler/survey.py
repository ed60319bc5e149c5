"""A first look at a site: the lists that it names and a handful of articles, fetched as in any crawl."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from archive.authoring.saved_captures import Kept
from archive.collection.failure import FailureKind
from archive.collection.folder import Collection
from archive.errors import PageError
from archive.exchange import Purpose
from archive.pipeline.captures import read_captures
from archive.sites import Crawl, Site
from crawler.crawl import CrawlReport, Watch, crawl
from crawler.discover import refusal
from crawler.frontier.entry import Entry
from crawler.frontier.table import Frontier
from crawler.run.plan import Options, plan_sites
from crawler.spiders.lists import GUESSED

#: Lists of one kind that go into a site file, and queued articles that are looked at for what kind of list led there.
_MOST_LISTS, _LOOKED_AT = 20, 1000
#: How lists are found that a home page or robots.txt names.
_NAMED = ("link", "robots")


@dataclass(frozen=True, slots=True)
class Survey:
    """What was seen. `discover` holds the site's lists by their key in site files; captures come with their WARC."""

    site: Site
    discover: dict[str, list[str]]
    captures: Sequence[Kept]
    remarks: Sequence[str]


@contextmanager
def survey(url: str, options: Options, watch: Watch) -> Iterator[Survey]:
    """Look at the site of a URL; `options.limit` counts articles. The captures are there until the block ends. Once in
    a process, as `crawl`. Raises PageError where no article could be fetched, with the reason."""
    site = unknown_site(url, options.allow_private)
    with TemporaryDirectory(prefix="cleancopy-") as folder:
        collection = Collection(Path(folder))
        report = crawl(plan_sites([site], options), collection, watch=watch, records=False)
        captures = list(_captures(collection))
        if not captures:
            raise PageError(_why_nothing(site, report))
        discover = _lists(collection, captures)
        yield Survey(site, discover, captures, tuple(_remarks(site, discover)))


def unknown_site(url: str, allow_private: bool = False) -> Site:
    """A site of which only an address is known; that of an article stands for its home page."""
    parts = urlsplit(url)
    domain = (parts.hostname or "unknown").removeprefix("www.")
    site = Site(domain=domain, crawl=Crawl(allow_private=allow_private))
    is_front = refusal(url, site, listed=False) is not None
    return site.model_copy(update={"home": url if is_front else f"{parts.scheme}://{parts.netloc}/"})


def _captures(collection: Collection) -> Iterator[Kept]:
    for warc in collection.warcs():
        yield from ((warc, capture) for capture in read_captures(warc) if capture.may_have_record)


def _lists(collection: Collection, captures: Sequence[Kept]) -> dict[str, list[str]]:
    frontier = Frontier(collection.state)
    try:
        lists = list(frontier.questions.lists())
        led = [entry.origin for entry in islice(frontier.questions.articles(), _LOOKED_AT)]
    finally:
        frontier.close()
    led += [capture.origin for _, capture in captures]
    led_there = {origin.via for origin in (*led, *(entry.origin for entry in lists))}
    named = [
        one
        for one in lists
        if one.origin.found_in in _NAMED or (one.origin.found_in == GUESSED and one.url in led_there)
    ]
    news = {origin.via for origin in led if origin.found_in == "news_sitemap"}
    kinds = {"news_sitemaps": "", "sitemaps": "", "feeds": ""}
    return {kind: [entry.url for entry in named if _kind(entry, news) == kind][:_MOST_LISTS] for kind in kinds}


def _kind(entry: Entry, news: set[str | None]) -> str:
    if entry.origin.purpose is Purpose.FEED:
        return "feeds"
    return "news_sitemaps" if entry.url in news else "sitemaps"


def _remarks(site: Site, discover: dict[str, list[str]]) -> Iterator[str]:
    if not any(discover.values()):
        yield (
            f"{site.front} and robots.txt name no feed and no sitemap: articles are found by the links on that page. "
            "Name the pages that list articles under 'discover: sections'."
        )


def _why_nothing(site: Site, report: CrawlReport) -> str:
    """A sentence on why no article came."""
    failures = {failure["url"]: failure for failure in report.failures}
    if failure := failures.get(site.front):
        return _unreadable(failure)
    if failures:
        reason, count = Counter(failure["reason"] for failure in failures.values()).most_common(1)[0]
        return f"{site.front}: none of the pages asked for came ({len(failures)}). {count} of them: {reason}."
    return (
        f"{site.front}: no article is linked or listed there. Give the address of a page that "
        f"lists articles, as {site.front}news/; 'cleancopy discover {site.front}' shows what is found and why the rest "
        "is skipped."
    )


def _unreadable(failure: Mapping[str, str]) -> str:
    url = failure["url"]
    if failure["kind"] == FailureKind.ROBOTS:
        return (
            f"{url}: robots.txt forbids it. Ask the publisher; where they allow it, write the site file by hand, with "
            "'crawl: {obey_robots: false}'."
        )
    return f"{url} cannot be read: {failure['reason']}. Check the address."
