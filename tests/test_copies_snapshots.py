"""The frontier in a copy, which is what it was at one moment."""

from contextlib import closing
from pathlib import Path
from sqlite3 import connect

import pytest

from archive.collection.copy_settings import Copy
from archive.collection.folder import Collection
from archive.errors import CollectionError
from archive.preservation.store_opening import open_store
from crawler.frontier.table import Frontier
from tests.copied import WARC, check, copy, courier, fetch


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    return courier(tmp_path)


def accounted(place: Copy, tmp_path: Path) -> list[str]:
    """What the frontier in a copy knows."""
    (tmp_path / "copied.sqlite").write_bytes(fetch(place, "state.sqlite"))
    with closing(connect(tmp_path / "copied.sqlite")) as db:
        return [warc for (warc,) in db.execute("SELECT warc FROM accounted ORDER BY warc")]


def test_the_frontier_in_a_copy_is_never_ahead_of_its_captures(collection: Collection, tmp_path: Path) -> None:
    place = Copy(to=str(tmp_path / "copy"))
    being_written = collection.archive / "second.warc.gz.open"
    with collection.lock():
        frontier = Frontier(collection.state)
        being_written.write_bytes((collection.path / WARC).read_bytes())
        frontier.account("second.warc.gz")
        frontier.commit()
        for _ in range(2):
            copy(collection, place)
            held = {name for name, _ in open_store(place).sizes()}
            assert {WARC, "indexes/index.cdxj"} <= held
            assert "state.sqlite" not in held, "it knows of what is not complete"
        being_written.rename(collection.archive / "second.warc.gz")
        frontier.account("third.warc.gz")
        frontier.commit()
        copy(collection, place)
        assert accounted(place, tmp_path) == ["second.warc.gz", "some.warc.gz"]
        frontier.close()
    copy(collection, place)
    assert accounted(place, tmp_path) == ["second.warc.gz", "some.warc.gz", "third.warc.gz"]
    assert check(collection, place) == []


def test_a_damaged_frontier_replaces_no_good_one(collection: Collection, tmp_path: Path) -> None:
    place = Copy(to=str(tmp_path / "copy"))
    copy(collection, place)
    good = fetch(place, "state.sqlite")
    collection.state.write_bytes(b"no database at all, but long enough to look like one".ljust(4096))
    with pytest.raises(CollectionError, match=r"state\.sqlite cannot be copied: .*`cleancopy restore` has an earlier"):
        copy(collection, place)
    assert fetch(place, "state.sqlite") == good
