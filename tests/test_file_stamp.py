"""Content is never taken for known because it looks like something known: same size, and its time set back."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.collection.catalogue import Catalogue
from archive.collection.copy_settings import Copy
from archive.collection.folder import Collection
from archive.datasets.known_items import known_items
from archive.errors import WarcError
from archive.extraction.memory.shelf import MemoryShelf, read_version
from archive.extraction.memory.site_memory import SiteMemory
from archive.preservation.restoring import restore
from archive.preservation.snapshots import _is_outdated
from archive.preservation.store_opening import open_store
from archive.research.search_index import open_index
from archive.sites import find_site
from archive.sites.file_stamp import stamp_of
from archive.warc.fault import Fault
from tests.copied import RECORDS, WARC, check, copy, courier, ignore, replace_unseen, settle
from tests.exchanges import exchange, page, response, write_warc
from tests.scripted import Run


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    return courier(tmp_path)


def test_two_versions_within_a_tick_of_the_clock_differ(tmp_path: Path) -> None:
    path = tmp_path / "file"
    stamps = set()
    for number in range(10):
        path.write_text(str(number))
        stamps.add(stamp_of(path.stat()))
    assert len(stamps) == 10
    assert stamp_of(path.stat()) in stamps


def _packed_twice(folder: Path) -> tuple[Path, bytes]:
    """A WARC, and another of the same size."""
    made, _ = write_warc(folder / "a", [exchange("/old", response(page("Harbour")))])
    for number in range(100):
        (folder / f"{number}").mkdir()
        other, _ = write_warc(folder / f"{number}", [exchange(f"/new{number}", response(page("Harbour")))])
        if other.stat().st_size == made.stat().st_size:
            return made, other.read_bytes()
    raise AssertionError("no two of the same size")


def test_a_warc_with_other_content_is_indexed_anew(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    warc, other = _packed_twice(tmp_path)
    kept = Catalogue(tmp_path / "index.cdxj", tmp_path / "digests.sqlite")
    kept.catch_up([warc])
    replace_unseen(warc, other)
    read: list[int] = []
    assert kept.catch_up([warc], read.append) == []
    assert sum(read) == len(other)
    assert "/new" in (tmp_path / "index.cdxj").read_text()
    assert "/old" not in (tmp_path / "index.cdxj").read_text()
    kept.catch_up([warc], read.append)
    assert sum(read) == len(other)
    kept.close()


def test_a_warc_that_grows_once_it_is_read_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, _ = write_warc(tmp_path)
    content = whole.read_bytes()
    warc = tmp_path / "arriving.warc.gz"
    warc.write_bytes(content[: len(content) // 2])
    kept = Catalogue(tmp_path / "index.cdxj", tmp_path / "digests.sqlite")
    index = tmp_path / "index.cdxj"
    with monkeypatch.context() as patched:
        # Called when a file has been read, and before it is known to have been.
        patched.setattr(kept.seen, "keep", lambda: warc.write_bytes(content))
        assert kept.catch_up([warc])
    before = index.read_text().splitlines()
    assert kept.catch_up([warc]) == []
    assert len(index.read_text().splitlines()) > len(before)
    kept.close()


def test_records_with_other_content_are_found(collection: Collection) -> None:
    path = collection.path / RECORDS
    with open_index(collection) as index:
        index.catch_up()
        (title,) = index._db.execute("SELECT title FROM articles LIMIT 1").fetchone()
        word = max(title.split(), key=len)
        assert index.search(word)
        replace_unseen(path, path.read_bytes().replace(word.encode(), b"Q" * len(word.encode())))
        for other in collection.records.glob("*.jsonl"):
            if other != path:
                other.unlink()
        index.catch_up()
        assert index.search(word) == []
        assert index.search("Q" * len(word))


def test_a_captured_file_with_other_bytes_is_not_copied_over(collection: Collection, tmp_path: Path) -> None:
    place = Copy(to=str(tmp_path / "copy"))
    settle(collection)
    copy(collection, place)
    held = (tmp_path / "copy" / RECORDS).read_bytes()
    for name in (WARC, RECORDS):
        path = collection.path / name
        replace_unseen(path, path.read_bytes()[::-1])
    faults, _ = copy(collection, place)
    assert [fault.split(": ")[0] for fault in faults] == [WARC, RECORDS]
    assert all("its bytes are no longer those whose digest was taken" in fault for fault in faults)
    assert "`touch` it if it is as it should be" in faults[1]
    assert (tmp_path / "copy" / RECORDS).read_bytes() == held
    again, _ = copy(collection, place)
    assert again == faults
    (collection.path / RECORDS).touch()
    faults, _ = copy(collection, place)
    assert [fault.split(": ")[0] for fault in faults] == [WARC]
    assert (tmp_path / "copy" / RECORDS).read_bytes() == held[::-1]
    assert RECORDS not in " ".join(check(collection, place))


def test_a_file_whose_rights_changed_is_no_fault(collection: Collection, tmp_path: Path) -> None:
    place = Copy(to=str(tmp_path / "copy"))
    settle(collection)
    copy(collection, place)
    (collection.path / WARC).chmod(0o600)
    os.link(collection.path / RECORDS, tmp_path / "linked")
    faults, done = copy(collection, place)
    assert (faults, done.files) == ([], 0)


def test_restoring_compares_what_no_manifest_names(collection: Collection, tmp_path: Path) -> None:
    place = Copy(to=str(tmp_path / "copy"))
    copy(collection, place)
    (tmp_path / "copy/manifest-sha256.txt").unlink()
    path = collection.path / WARC
    replace_unseen(path, path.read_bytes()[::-1])
    faults: list[Fault] = []
    with collection.lock():
        found = restore(open_store(place), collection, faults.append, ignore)
    assert [str(fault) for fault in faults] == [
        f"{WARC}: it is there already with other bytes. Move it away to have it restored"
    ]
    assert found.present > 0


def test_a_takedown_within_the_tick_of_a_snapshot_outdates_it(tmp_path: Path) -> None:
    for name in ("log", "kept"):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, ns=(5, 5))
    assert _is_outdated(tmp_path / "kept", tmp_path / "log")
    os.utime(tmp_path / "kept", ns=(6, 6))
    assert not _is_outdated(tmp_path / "kept", tmp_path / "log")


def test_what_was_imported_is_read_from_a_changed_file_again(tmp_path: Path, cleancopy: Run) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages/a.html").write_bytes(page("Harbour"))
    assert cleancopy("import", "pages", "--collection", "c").code == 0
    collection = Collection(tmp_path / "c")
    (warc,) = collection.archive.glob("import-*.warc.gz")
    replace_unseen(warc, bytes(warc.stat().st_size))
    with collection.lock(), pytest.raises(WarcError, match="is no WARC record"), known_items(collection):
        pass


def _memory(articles: int) -> bytes:
    return SiteMemory("a.example", "m", articles).to_bytes()


def test_a_version_of_a_memory_that_changed_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "memory.json"
    path.write_bytes(_memory(11))
    assert read_version(path).articles == 11
    replace_unseen(path, _memory(22))
    assert read_version(path).articles == 22
    assert MemoryShelf(tmp_path).latest("memory").articles == 22


def test_a_site_file_that_changed_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "gull.example.yaml"
    names: Callable[[], str | None] = lambda: getattr(find_site("gull.example", [tmp_path]), "name", None)  # noqa: E731
    for name in ("Gulls", "Terns", "Auks!"):
        content = f"name: {name}\n".encode()
        if path.exists():
            replace_unseen(path, content)
        else:
            path.write_bytes(content)
        assert names() == name
