"""Named pages of some sites, fetched as politely and kept as exactly as in any crawl, while they are needed."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from archive.collection.folder import Collection
from archive.exchange import Capture, Kind, Origin, Purpose
from archive.pipeline.captures import read_captures
from archive.sites import Site
from archive.warc.index import url_key
from crawler.crawl import Watch, crawl
from crawler.frontier.entry import Entry
from crawler.run.plan import Options, Plan, refuse_inactive


@dataclass(frozen=True, slots=True)
class FetchedPages:
    """What came of it: each page's capture with the WARC that it lies in, and why the others are not there, by the URL
    that was asked for. `kinds` says what came in their place, where anything came."""

    captures: Mapping[str, tuple[Path, Capture]]
    failures: Mapping[str, str]
    kinds: Mapping[str, Kind]


@contextmanager
def fetched_pages(
    wanted: Sequence[tuple[Site, Sequence[str]]], options: Options, watch: Watch
) -> Iterator[FetchedPages]:
    """Fetch pages; the captures are there until the block ends. Once in a process, as `crawl`. Raises
    ConfigurationError for a site that is not to be crawled."""
    for site, _ in wanted:
        refuse_inactive(site)
    seeds = tuple(
        Entry(url, url, Origin(Purpose.ARTICLE, "list"), site.domain) for site, urls in wanted for url in urls
    )
    plan = Plan({site.domain: site for site, _ in wanted}, seeds, options, exactly=True)
    with TemporaryDirectory(prefix="cleancopy-") as folder:
        collection = Collection(Path(folder))
        report = crawl(plan, collection, watch=watch, records=False)
        captures, others = _captures(collection, [entry.url for entry in seeds])
        reasons = {failure["url"]: failure["reason"] for failure in report.failures}
        reasons |= {url: _said(other) for url, other in others.items()}
        yield FetchedPages(captures, reasons, {url: other.kind for url, other in others.items()})


def _said(capture: Capture) -> str:
    return f"HTTP {capture.status}, {capture.kind.value.replace('_', ' ')}"


def _captures(
    collection: Collection, urls: Sequence[str]
) -> tuple[dict[str, tuple[Path, Capture]], dict[str, Capture]]:
    """The pages that came, and what came in the place of the others."""
    wanted = {url_key(url): url for url in urls}
    found: dict[str, tuple[Path, Capture]] = {}
    others: dict[str, Capture] = {}
    for warc in collection.warcs():
        for capture in read_captures(warc):
            url = wanted.get(url_key(capture.origin.requested_url or capture.url))
            if url and capture.may_have_record and not capture.obstacle:
                found[url] = (warc, capture)
            elif url and capture.kind is not Kind.REDIRECT:
                others[url] = capture
    return found, {url: capture for url, capture in others.items() if url not in found}
