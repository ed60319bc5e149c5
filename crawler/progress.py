"""A crawl as it goes, on one line of the terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from archive.telling.terminal import err, waiting
from crawler.run.crawl_run import CrawlRun


@contextmanager
def watching() -> Iterator[Callable[[CrawlRun], None]]:
    """Something to hand to `crawl` as its watcher; it shows nothing in a pipe."""
    if not err.is_terminal:
        yield lambda _: None
        return
    with waiting("Starting") as status:
        yield lambda run: status.update(_line(run))


def _line(run: CrawlRun) -> str:
    counts = run.account.counts
    parts = [
        f"{counts['articles']} articles",
        f"{run.account.records} records" if run.holdings.stage else "",
        f"{counts['requisites']} requisites" if counts["requisites"] else "",
        f"{counts['documents']} documents" if counts["documents"] else "",
        f"{counts['exchanges']} exchanges",
        f"{run.account.bytes / 1e6:.1f} MB",
        f"{counts['failed']} failed" if counts["failed"] else "",
    ]
    return "Crawling: " + ", ".join(part for part in parts if part)
