"""Digests of all files, and every file read against its own in a period."""

import random
import subprocess
from pathlib import Path

import pytest

from archive.collection.copy_settings import Copy
from archive.collection.folder import Collection
from archive.preservation.copy_checking import DAY, due, read_share
from archive.preservation.file_digests import MANIFEST, sha256_of
from archive.preservation.fixity import HERE, Fixity, KnownDigest, open_fixity
from archive.warc.fault import Fault
from tests.copied import NOW, RECORDS, WARC, check, copy, courier, damage, directory, ignore, place_for, settle


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Copy:
    return place_for(request, tmp_path)


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    return courier(tmp_path)


def test_the_manifest_is_what_sha256sum_reads(collection: Collection, tmp_path: Path) -> None:
    copy(collection, Copy(to=str(tmp_path / "copy")))
    for folder in (tmp_path / "copy", collection.path):
        names = [line.split("  ", 1)[1] for line in (folder / MANIFEST).read_text().splitlines()]
        assert WARC in names
        if folder != collection.path:
            subprocess.run(["sha256sum", "--check", "--strict", "--quiet", MANIFEST], cwd=folder, check=True)


@directory
def test_damage_that_leaves_the_times_alone_is_found_by_reading(collection: Collection, place: Copy) -> None:
    settle(collection)
    copy(collection, place)
    damage(collection.path / WARC)
    damage(collection.path / RECORDS)
    faults = check(collection, place)
    assert faults == [
        f"{name}: its bytes have changed though nothing wrote it; {place.to} had it whole when last read"
        for name in (WARC, RECORDS)
    ]
    with open_fixity(collection) as fixity:
        assert [known.name for known in fixity.faults()] == [WARC, RECORDS]


def test_a_warc_that_is_damaged_when_it_is_first_seen_is_told(collection: Collection, tmp_path: Path) -> None:
    damage(collection.path / WARC)
    faults, _ = copy(collection, Copy(to=str(tmp_path / "copy")))
    assert faults
    assert all(WARC.removeprefix("archive/") in fault for fault in faults)


def test_everything_is_read_once_in_a_period_a_share_each_day(tmp_path: Path) -> None:
    collection = Collection(tmp_path)
    collection.create()
    dice = random.Random(7)
    with open_fixity(collection) as fixity:
        for number in range(100):
            fixity.put(KnownDigest(HERE, f"archive/{number:03}", "0" * 64, dice.randrange(1, 10**9), 0, NOW, NOW))
        total = fixity.total([HERE])
        largest, longest = 0, 0.0
        for day in range(1, 66):
            now = NOW + day * DAY
            read = list(due(fixity, [HERE], 30 * DAY, now))
            fixity.share_read(now)
            longest = max(longest, *(now - known.read for known in read))
            largest = max(largest, sum(known.size for known in read))
            _mark_read(fixity, read, now)
    assert longest <= 30 * DAY
    assert largest <= total / 30 * 1.05 + 10**9, "a day's share, and the file that exceeds it"


def _mark_read(fixity: Fixity, read: list[KnownDigest], now: float) -> None:
    for known in read:
        fixity.put(KnownDigest(HERE, known.name, known.sha256, known.size, 0, NOW, now))


def test_a_share_that_was_long_not_read_is_made_up_for(collection: Collection, tmp_path: Path) -> None:
    place = Copy(to=str(tmp_path / "copy"))
    settle(collection)
    copy(collection, place)
    damage(Path(place.to) / WARC)
    told: list[Fault] = []
    found = read_share(collection, [place], 30 * DAY, NOW + 60 * DAY, told.append, ignore)
    with open_fixity(collection) as fixity:
        known = sum(1 for where in (HERE, place.to) for _ in fixity.all(where))
    assert found.files == known - 2, "all but the frontier and the index, of which copies hold snapshots"
    assert [fault.file for fault in told] == [f"{place.to}/{WARC}"]
    again = read_share(collection, [place], 30 * DAY, NOW + 60 * DAY, told.append, ignore)
    assert again.files == 0


def test_digests_are_taken_from_the_manifest_where_the_database_is_gone(collection: Collection, tmp_path: Path) -> None:
    place = Copy(to=str(tmp_path / "copy"))
    copy(collection, place)
    for path in collection.path.glob("fixity.sqlite*"):
        path.unlink()
    damage(collection.path / WARC)
    faults, done = copy(collection, place)
    assert [fault.partition(":")[0] for fault in faults] == [WARC]
    assert sha256_of(Path(place.to) / WARC) != sha256_of(collection.path / WARC)
    assert done.files == 0
