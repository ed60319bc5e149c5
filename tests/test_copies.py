"""Copies of a collection, and what is noticed when either side is damaged."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from sqlite3 import connect
from time import time
from typing import Any

import pytest

from archive.collection.copy_settings import Copy
from archive.collection.folder import Collection
from archive.preservation import copying
from archive.preservation.file_digests import MANIFEST
from archive.preservation.fixity import open_fixity
from archive.preservation.restoring import restore
from archive.preservation.store_opening import open_store
from archive.preservation.verify import verify
from archive.warc.fault import Fault
from tests.copied import (
    NOW,
    RECORDS,
    WARC,
    both,
    check,
    copy,
    courier,
    damage,
    directory,
    fetch,
    flip,
    ignore,
    index,
    large_file,
    place_for,
    put,
    s3_server,
    settle,
)
from tests.scripted import Run, ScriptedSite, story
from tests.shots import demo_shots


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    with s3_server() as client:
        yield client


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Copy:
    return place_for(request, tmp_path)


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    return courier(tmp_path)


@both
def test_a_copy_holds_everything_and_is_rebuilt_from(collection: Collection, place: Copy, tmp_path: Path) -> None:
    faults, done = copy(collection, place)
    assert faults == []
    assert done.stopped is None
    held = {name for name, _ in open_store(place).sizes()}
    expected = {path.relative_to(collection.path).as_posix() for path in collection.path.glob("*/*") if path.is_file()}
    assert held == expected | {"collection.yaml", "state.sqlite", MANIFEST}
    assert check(collection, place) == []

    rebuilt = Collection(tmp_path / "rebuilt")
    told: list[Fault] = []
    restored = restore(open_store(place), rebuilt, told.append, ignore)
    assert (restored.fetched, restored.faults, restored.unproven) == (len(held) - 1, 0, 0)
    index(rebuilt)
    found = verify(rebuilt.path, told.append)
    assert told == []
    assert found.files == 2
    with closing(connect(rebuilt.state)) as db:
        assert db.execute("SELECT warc FROM accounted").fetchall() == [("some.warc.gz",)]
    for name in held - {"state.sqlite", MANIFEST}:
        assert (rebuilt.path / name).read_bytes() == (collection.path / name).read_bytes()


@both
def test_only_what_is_new_is_copied(collection: Collection, place: Copy) -> None:
    settle(collection)
    copy(collection, place)
    assert copy(collection, place)[1].files == 0
    (collection.sites / "gull.example.yaml").write_text("name: Gull\n")
    faults, done = copy(collection, place)
    assert (faults, done.files) == ([], 1)
    assert fetch(place, "sites/gull.example.yaml") == b"name: Gull\n"
    assert b"sites/gull.example.yaml" in fetch(place, MANIFEST)


@directory
def test_a_record_file_made_anew_is_copied_anew(collection: Collection, place: Copy) -> None:
    copy(collection, place)
    (collection.path / RECORDS).write_bytes(b"{}\n")
    assert check(collection, place) == []
    faults, done = copy(collection, place, NOW + 1)
    assert (faults, done.files) == ([], 1)
    assert fetch(place, RECORDS) == b"{}\n"


@both
def test_a_changed_warc_is_an_alarm_and_never_copied_over_the_good_one(collection: Collection, place: Copy) -> None:
    copy(collection, place)
    good = fetch(place, WARC)
    (collection.path / WARC).write_bytes(flip(good))
    faults, done = copy(collection, place)
    assert faults == [
        f"{WARC}: its bytes are no longer those whose digest was taken on 2027-01-15; "
        "it is not copied over the earlier ones"
    ]
    assert done.faults == 0
    assert fetch(place, WARC) == good
    (fault,) = check(collection, place)
    assert fault.startswith(f"{WARC}: ")
    # Put back what the copy has, and all is well again.
    (collection.path / WARC).write_bytes(good)
    assert copy(collection, place)[0] == []
    assert check(collection, place) == []


@both
def test_what_the_collection_lost_stays_in_the_copy(collection: Collection, place: Copy, tmp_path: Path) -> None:
    copy(collection, place)
    good = (collection.path / WARC).read_bytes()
    (collection.path / WARC).unlink()
    faults, _ = copy(collection, place)
    assert faults == [f"{WARC}: it is gone from the collection; copies keep it"]
    assert fetch(place, WARC) == good
    told: list[Fault] = []
    assert restore(open_store(place), collection, told.append, ignore).fetched == 1
    assert (collection.path / WARC).read_bytes() == good
    assert copy(collection, place)[0] == []


@both
def test_a_flipped_byte_in_a_copy_is_found_and_repaired_on_demand(
    collection: Collection, place: Copy, request: pytest.FixtureRequest
) -> None:
    server = request.getfixturevalue("s3") if place.to.startswith("s3") else None
    copy(collection, place)
    good = fetch(place, WARC)
    put(place, server, WARC, flip(good))
    (fault,) = check(collection, place)
    assert fault == (
        f"{place.to}/{WARC}: it has other bytes than those that were copied; the collection had it whole when last read"
    )
    faults, done = copy(collection, place)
    assert faults == [f"{place.to}/{WARC}: the copy has other bytes under this name; they were left as they are"]
    assert done.faults == 1
    assert copy(collection, place, repair=True)[0] == []
    assert fetch(place, WARC) == good
    assert check(collection, place) == []


@both
def test_a_file_missing_in_a_copy_is_found_and_copied_again(
    collection: Collection, place: Copy, request: pytest.FixtureRequest
) -> None:
    server = request.getfixturevalue("s3") if place.to.startswith("s3") else None
    copy(collection, place)
    put(place, server, WARC, None)
    (fault,) = check(collection, place)
    assert fault.startswith(f"{place.to}/{WARC}: it is missing")
    _, done = copy(collection, place)
    assert done.notes == [f"{place.to}: {WARC} was missing and is copied again."]
    assert check(collection, place) == []


@both
def test_a_damaged_copy_restores_nothing_that_is_wrong(
    collection: Collection, place: Copy, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    server = request.getfixturevalue("s3") if place.to.startswith("s3") else None
    copy(collection, place)
    put(place, server, WARC, flip(fetch(place, WARC)))
    put(place, server, RECORDS, None)
    put(place, server, "archive/strange/../../../outside", b"x") if server else None
    told: list[Fault] = []
    restore(open_store(place), Collection(tmp_path / "rebuilt"), told.append, ignore)
    assert [str(fault) for fault in told] == [
        f"{WARC}: the copy has other bytes than its manifest says; it was not restored",
        f"{RECORDS}: the copy's manifest names it, and it is not there",
    ]
    assert not (tmp_path / "rebuilt" / WARC).exists()
    assert not list(tmp_path.rglob("outside"))


def test_the_commands(cleancopy: Run, collection: Collection, tmp_path: Path, s3: Any) -> None:
    to = f"s3://bucket/{tmp_path.name}-commands"
    refused = cleancopy("copy", "courier")
    assert refused.code == 2
    assert "names no copies" in refused.err
    collection.settings.write_text(f"copies:\n  - {tmp_path}/copy\n  - {to}\n")
    done = cleancopy("copy", "courier")
    assert done.code == 0, done.err
    assert f"{to}: " in done.err
    assert "very-secret" not in done.err + done.out
    verified = cleancopy("verify", "--copies", "courier")
    assert verified.code == 0, verified.err
    assert "courier and its copies: " in verified.err
    restored = cleancopy("restore", to, "again")
    assert restored.code == 0, restored.err + restored.out
    assert "2 WARC files" in restored.err
    damage(tmp_path / "copy" / WARC)
    with open_fixity(collection) as fixity:
        fixity.share_read(0)
    found = cleancopy("verify", "--due", "courier")
    assert found.code == 1
    assert f"{tmp_path}/copy/{WARC}: it has other bytes" in found.out


def test_nothing_is_restored_among_the_files_of_others(cleancopy: Run, collection: Collection, tmp_path: Path) -> None:
    copy(collection, Copy(to=str(tmp_path / "copy")))
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "index.html").write_text("<p>Somebody's page</p>")
    refused = cleancopy("restore", "copy", "pages")
    assert refused.code == 2
    assert "pages is there already, is not empty and is no collection. Choose another DIR" in refused.err
    assert [path.name for path in pages.iterdir()] == ["index.html"]


def test_a_collection_is_restored_into_an_empty_folder_and_over_a_part_of_it(
    cleancopy: Run, collection: Collection, tmp_path: Path
) -> None:
    copy(collection, Copy(to=str(tmp_path / "copy")))
    (tmp_path / "again").mkdir()
    assert cleancopy("restore", "copy", "again").code == 0
    (tmp_path / "again" / WARC).unlink()
    restored = cleancopy("restore", "copy", "again")
    assert (restored.code, "1 files were restored" in restored.err) == (0, True), restored.err


def test_a_restored_collection_goes_on_where_the_copy_was(cleancopy: Run, site: ScriptedSite, tmp_path: Path) -> None:
    paths = [f"/2026/04/2{number}/story-{number}.html" for number in range(3)]
    for path in paths:
        site.page(path, story(path))
    site.page("/", "".join(f"<a href={path}>Story</a>" for path in paths))
    crawl = ("crawl", site.url, "--delay", 0, "--allow-private", "--collection")
    assert cleancopy(*crawl, "courier").code == 0
    (tmp_path / "courier" / "collection.yaml").write_text(f"copies: [{tmp_path}/copy]\n")
    assert cleancopy("copy", "courier").code == 0
    restored = cleancopy("restore", "copy", "again")
    assert restored.code == 0, restored.err + restored.out
    before = len(site.paths())
    assert "Nothing new" in cleancopy(*crawl, "again").err
    assert site.paths()[before:] == ["/robots.txt", "/", "/sitemap.xml"]


@both
def test_copies_follow_a_takedown_and_no_other_change(cleancopy: Run, collection: Collection, place: Copy) -> None:
    torn = large_file(collection, 100).rename(collection.path / f"{WARC}.torn-9")
    replaced = collection.path / "records" / "replaced" / "old.jsonl.gz"
    replaced.parent.mkdir()
    replaced.write_bytes(b"what records said before")
    copy(collection, place, time() - 3600)
    url = demo_shots()[0].url
    assert url.encode() in fetch(place, RECORDS)
    done = cleancopy("takedown", "courier", "--url", url, "--reason", "A court order", "--yes")
    assert done.code == 0, done.err
    torn.unlink(missing_ok=True)
    replaced.unlink()

    faults, _ = copy(collection, place, time() + 3600)
    assert faults == []
    assert fetch(place, WARC) == (collection.path / WARC).read_bytes()
    assert url.encode() not in fetch(place, RECORDS)
    assert not {name for name, _ in open_store(place).sizes()} & {f"{WARC}.torn-9", "records/replaced/old.jsonl.gz"}
    assert check(collection, place) == []
    (collection.path / WARC).write_bytes(flip(fetch(place, WARC)))
    assert len(copy(collection, place, time() + 7200)[0]) == 1, "one takedown explains one change"


@directory
def test_a_log_that_is_being_written_is_no_fault(
    collection: Collection, place: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = collection.crawls / "20261125-crawler.log"
    log.write_text("first line\n")
    monkeypatch.setattr("archive.preservation.copying._Job._copy", _with_a_line_more(log))
    faults, done = copy(collection, place)
    assert (faults, done.stopped) == ([], None)
    assert check(collection, place) == []
    monkeypatch.undo()
    assert copy(collection, place)[0] == []
    assert fetch(place, "crawls/20261125-crawler.log") == b"first line\nanother\n"


def _with_a_line_more(log: Path) -> Callable[..., None]:
    """Copying that begins just when a log is written."""
    original = copying._Job._copy

    def copy_later(*arguments: Any) -> None:
        log.write_text("first line\nanother\n")
        original(*arguments)

    return copy_later
