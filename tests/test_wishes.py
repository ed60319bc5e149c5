"""What people wish of single pages, and the pages that failed, from the frontier of a collection."""

import math
from pathlib import Path

import pytest

from archive.collection.failure import Failed, FailureKind
from archive.collection.folder import Collection
from archive.exchange import Origin
from crawler.frontier.entry import Entry
from crawler.frontier.table import Frontier
from crawler.frontier.wishes import FrontierWishes

SITES = ("a.example", "b.example", "c.example")


def url_of(number: int) -> str:
    return f"https://{SITES[number % 3]}/{number}.html"


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    """Twelve pages that failed, a second apart, every fourth not found."""
    made = Collection(tmp_path / "made")
    made.create()
    frontier = Frontier(made.state)
    for number in range(12):
        frontier.add(Entry(url_of(number), url_of(number), Origin(), SITES[number % 3]))
    while entry := frontier.lease(math.inf, 12):
        number = int(entry.url.rpartition("/")[2].removesuffix(".html"))
        why = Failed(FailureKind.TIMEOUT) if number % 4 else Failed(FailureKind.NOT_FOUND, 404)
        frontier.failed(entry, why, now=1_000.0 + number)
    frontier.commit()
    frontier.close()
    return made


def numbers(collection: Collection, *, site: str | None = None, kind: str | None = None, start: int = 0) -> list[int]:
    found = FrontierWishes().failed(collection, site=site, kind=kind, start=start, most=5)
    return [int(page.at.timestamp()) - 1_000 for page in found]


def test_pages_that_failed_come_newest_first_over_all_sites(collection: Collection) -> None:
    assert numbers(collection) == [11, 10, 9, 8, 7]
    assert numbers(collection, start=5) == [6, 5, 4, 3, 2]
    assert numbers(collection, start=10) == [1, 0]
    assert numbers(collection, site="b.example") == [10, 7, 4, 1]
    assert numbers(collection, kind="not_found") == [8, 4, 0]
    assert numbers(collection, site="b.example", kind="not_found") == [4]
    assert numbers(collection, site="d.example") == []


def test_they_are_counted_anew_once_something_has_changed(collection: Collection) -> None:
    wishes = FrontierWishes()
    assert wishes.counts(collection)["c.example", "not_found"] == 1
    wishes.ignore(collection, url_of(8))
    assert wishes.counts(collection)["c.example", "not_found"] == 0
    assert wishes.counts(collection)["c.example", "ignored"] == 1
    # A crawl is another process, which tells nobody.
    FrontierWishes().ask_again(collection, url_of(8), browser=False)
    assert ("c.example", "ignored") not in wishes.counts(collection)
    assert sum(wishes.counts(collection).values()) == 11
