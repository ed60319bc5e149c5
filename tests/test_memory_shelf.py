"""Which version of a memory a capture is read with: its time alone decides, whatever is learnt later."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.errors import CollectionError, ConfigurationError
from archive.extraction.memory.article import KnownArticle
from archive.extraction.memory.learning import Learning
from archive.extraction.memory.shelf import MemoryShelf
from archive.extraction.memory.site_memory import SiteMemory
from tests.test_memory import observation

START = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
SITE = "a.example"


def known(articles: int) -> SiteMemory:
    return SiteMemory(SITE, "m", articles, latest=[KnownArticle(f"a.example/{articles}")])


@pytest.fixture
def shelf(tmp_path: Path) -> MemoryShelf:
    return MemoryShelf(tmp_path / "memory")


def articles(shelf: MemoryShelf, captured: datetime | None) -> int | None:
    memory = shelf.in_force(SITE, captured)
    return memory.articles if memory else None


def test_a_capture_is_read_with_what_was_known_before_it(shelf: MemoryShelf) -> None:
    assert articles(shelf, START) is None
    for number in range(3):
        shelf.put(known(10 * 2**number), START + timedelta(hours=number))
    moments = [
        START,
        START + timedelta(seconds=1),
        START + timedelta(minutes=59),
        START + timedelta(hours=1, seconds=1),
    ]
    assert [articles(shelf, moment) for moment in moments] == [None, 10, 10, 20]
    assert articles(shelf, START + timedelta(days=99)) == 40
    assert articles(shelf, None) == 40
    assert shelf.latest(SITE) == known(40)


def test_versions_stay_few(shelf: MemoryShelf, tmp_path: Path) -> None:
    for number in range(1, 400, 3):
        shelf.put(known(number), START + timedelta(hours=number))
    versions = list((tmp_path / "memory/versions" / SITE).iterdir())
    assert len(versions) < 30
    assert shelf.latest(SITE).articles == 397


def test_learning_anew_holds_for_all_captures_and_keeps_old_versions(shelf: MemoryShelf, tmp_path: Path) -> None:
    shelf.put(known(10), START)
    old = {path.name for path in (tmp_path / "memory/versions" / SITE).iterdir()}
    shelf.replace(known(12))
    assert articles(shelf, START - timedelta(days=9999)) == 12
    assert articles(shelf, START + timedelta(days=1)) == 12
    assert {path.name for path in (tmp_path / "memory/replaced" / SITE).iterdir()} == old
    shelf.put(known(100), START + timedelta(days=2))
    assert articles(shelf, START + timedelta(days=1)) == 12
    assert articles(shelf, START + timedelta(days=3)) == 100


def test_too_little_is_kept_but_not_used(shelf: MemoryShelf) -> None:
    shelf.put(known(2), START)
    assert articles(shelf, None) is None
    assert shelf.latest(SITE).articles == 2


@pytest.mark.parametrize("site", ["../up", "a/b", "", ".", "..", ".hidden", "x" * 300 + "/"])
def test_a_host_that_is_no_file_name_has_no_memory(site: str, shelf: MemoryShelf, tmp_path: Path) -> None:
    learning = Learning(shelf)
    for number in range(5):
        learning.add(observation(number, ["menu"], site))
    learning.save(START)
    assert list(tmp_path.rglob("*")) == []
    assert shelf.in_force(site, None) is None


def test_a_memory_that_was_damaged_is_told_of_and_left(shelf: MemoryShelf, tmp_path: Path) -> None:
    path = tmp_path / "memory" / f"{SITE}.json"
    shelf.put(known(5), START)
    path.write_text("{}")
    with pytest.raises(ConfigurationError, match=f"{SITE}.json"):
        shelf.latest(SITE)
    learning = Learning(shelf)
    learning.add(observation(1, ["menu"]))
    learning.save(START)
    assert path.read_text() == "{}"


def test_sites_are_learnt_apart(shelf: MemoryShelf) -> None:
    learning = Learning(shelf)
    for number in range(4):
        for site in ("a.example", "b.example"):
            learning.add(observation(number, [f"menu of {site}"], site))
    learning.save(START)
    assert list(shelf.sites()) == ["a.example", "b.example"]
    assert list(shelf.latest("b.example").texts) == ["menu of b.example"]


def test_a_full_or_forbidden_disk_is_said(tmp_path: Path) -> None:
    (tmp_path / "memory").write_text("in the way")
    with pytest.raises(CollectionError, match="cannot be written"):
        MemoryShelf(tmp_path / "memory").put(known(5), START)
