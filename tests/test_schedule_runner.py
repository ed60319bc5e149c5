"""The scheduler's side of the crawling process: how one is replaced, and how it goes when it has nothing to do."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from archive.collection.folder import Collection
from archive.operations.scheduled_run import Part, Run
from archive.operations.scheduled_sites import Scheduled
from archive.sites import Crawl, Discover, Site
from archive.sites.schedule import Schedule
from crawler.schedule.runner import CrawlerProcess
from tests.scripted import PATIENCE, ScriptedSite, story

PAGES = 30


def path_of(number: int) -> str:
    return f"/2026/11/25/a-story-with-number-{number}.html"


def published(site: ScriptedSite) -> Scheduled:
    """The site's configuration, with a feed of stories."""
    paths = [path_of(number) for number in range(PAGES)]
    for path in paths:
        site.page(path, story(path, 150))
    items = "".join(f"<item><title>{path}</title><link>{site.url}{path}</link></item>" for path in paths)
    site.page("/feed.xml", f"<rss version='2.0'><channel>{items}</channel></rss>", Content_Type="application/rss+xml")
    discover, crawl = Discover(feeds=("/feed.xml",)), Crawl(delay=0.05, allow_private=True)
    return Scheduled(Site(domain="127.0.0.1", home=site.url, discover=discover, crawl=crawl), Schedule(every="1d"))


async def until(process: CrawlerProcess, holds: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        process.rest()
        await asyncio.sleep(0.05)


async def replaced(collection: Collection, site: ScriptedSite, scheduled: Scheduled) -> list[Part]:
    parts: list[Part] = []
    gate = site.gate(path_of(10))
    process = CrawlerProcess(collection.path, lambda _, part: parts.append(part), lifetime=1, idle=0.2)
    now = datetime.now(UTC)
    run = Run(1, "127.0.0.1", now, now, parts=1, report="20261125000000000-127.0.0.1")
    process.begin(run, scheduled, None)
    await until(process, lambda: process.is_old() and path_of(10) in site.paths())
    process.halt(run.site)
    gate.set()
    await until(process, lambda: parts)
    process.begin(replace(run, parts=2, report="20261125000001000-127.0.0.1"), scheduled, None)
    await until(process, lambda: len(parts) == 2)
    await until(process, lambda: not process.is_there)
    return parts


def test_an_old_process_is_replaced_and_an_idle_one_goes(tmp_path: Path, site: ScriptedSite) -> None:
    collection = Collection(tmp_path / "c")
    collection.create()
    first, second = asyncio.run(replaced(collection, site, published(site)))
    assert (first.ended, second.ended) == ("interrupted", "finished")
    assert (second.articles, second.failed) == (PAGES, 0)
    assert site.paths().count("/robots.txt") == 2, "each process asks for itself"
    assert len(site.paths()) == PAGES + 3
    assert len(list(collection.archive.glob("*.warc.gz"))) == 2, "and completes its WARC"
    assert not list(collection.path.glob("*/*.open"))


async def refused(collection: Collection, scheduled: Scheduled) -> list[Part]:
    parts: list[Part] = []
    process = CrawlerProcess(collection.path, lambda _, part: parts.append(part))
    now = datetime.now(UTC)
    process.begin(Run(1, "127.0.0.1", now, now, parts=1, report="x"), scheduled, None)
    await until(process, lambda: parts)
    return parts


def test_a_collection_that_is_in_use_is_not_crawled(tmp_path: Path, site: ScriptedSite) -> None:
    collection = Collection(tmp_path / "c")
    with collection.lock():
        (part,) = asyncio.run(refused(collection, published(site)))
    assert part.ended == "refused"
    assert part.detail
    assert "is in use by process" in part.detail
    assert site.paths() == []
