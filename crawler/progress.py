"""A crawl as it goes, on one line of the terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import isinf

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
    return "Crawling: " + ", ".join(part for part in parts if part) + _waits(run, run.frontier.now())


def _waits(run: CrawlRun, now: float) -> str:
    """What is waited for, where nothing is under way."""
    if run.frontier.leased():
        return ""
    if resting := run.frontier.hosts.resting(now):
        host, until = min(resting.items(), key=lambda pair: pair[1])
        return "" if isinf(until) else f"; waiting for {host}, which does not answer ({until - now:.0f} s)"
    waiting = run.frontier.questions.waits(now)
    return f"; waiting to ask {waiting[0]} again ({waiting[1] - now:.0f} s)" if waiting else ""
