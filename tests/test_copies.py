"""Copies of a collection in a directory and on an S3 server, and what is noticed when either side is damaged."""

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from sqlite3 import connect
from time import time
from typing import Any

import pytest

from archive.collection import Collection
from archive.copies import copying
from archive.copies.checking import DAY, due, read_share, verify_copies
from archive.copies.copying import Copied, copy_collection
from archive.copies.digests import MANIFEST, sha256_of
from archive.copies.fixity import HERE, Fixity, Known, open_fixity
from archive.copies.opening import open_store
from archive.copies.restoring import restore
from archive.copies.settings import Copy
from archive.copies.store import CopyError
from archive.errors import CollectionError
from archive.warc.fault import Fault
from archive.warc.verify import verify
from crawler.frontier import Frontier
from tests.scripted import Run, ScriptedSite, command, environment, story
from tests.shots import demo_shots, make_collection

NOW = 1_800_000_000.0
WARC = "archive/cleancopy-20261120120000000-00001.warc.gz"
RECORDS = "records/cleancopy-20261120120000000-00001.jsonl"


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    """A client of an S3 server on loopback; its address and made-up credentials stand in the environment."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "AKIDTEST")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "very-secret")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        import boto3

        client = boto3.client("s3")
        client.create_bucket(Bucket="bucket")
        yield client
        client.close()
    server.stop()


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Copy:
    """An empty place for a copy: a directory, or a prefix of its own on the server."""
    if request.param == "directory":
        return Copy(to=str(tmp_path / "copy"))
    request.getfixturevalue("s3")
    return Copy(to=f"s3://bucket/{tmp_path.name}")


both = pytest.mark.parametrize("place", ["directory", "s3"], indirect=True)
directory = pytest.mark.parametrize("place", ["directory"], indirect=True)


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    """Two WARC files with records, an index and a frontier."""
    made = make_collection(tmp_path / "courier", demo_shots()[:2], demo_shots()[2:4])
    frontier = Frontier(made.state)
    frontier.account("some.warc.gz")
    frontier.commit()
    frontier.close()
    (made.path / "collection.yaml").write_text("verify: 30d\n")
    (made.memory).mkdir()
    (made.memory / "courier.example.txt").write_text("what repeats\n")
    index(made)
    return made


def index(made: Collection) -> None:
    with made.lock():
        made.catch_up()


def copy(collection: Collection, place: Copy, now: float = NOW, *, repair: bool = False) -> tuple[list[str], Copied]:
    faults: list[Fault] = []
    _, (done,) = copy_collection(collection, [place], now, tell=faults.append, progress=ignore, repair=repair)
    return [str(fault) for fault in faults], done


def check(collection: Collection, *places: Copy, now: float = NOW) -> list[str]:
    faults: list[Fault] = []
    found = verify_copies(collection, places, now, faults.append, ignore)
    assert found.faults == len(faults)
    return [str(fault) for fault in faults]


def ignore(_: int) -> None:
    pass


def fetch(place: Copy, name: str) -> bytes:
    return b"".join(open_store(place).chunks(name))


def put(place: Copy, s3: Any, name: str, content: bytes | None) -> None:
    """Change or remove a file in a copy behind our back."""
    if place.to.startswith("/"):
        path = Path(place.to) / name
        path.unlink() if content is None else path.write_bytes(content)
        return
    key = {"Bucket": "bucket", "Key": f"{place.to.removeprefix('s3://bucket/')}/{name}"}
    s3.delete_object(**key) if content is None else s3.put_object(Body=content, **key)


def flip(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def damage(path: Path) -> None:
    """Flip a bit as a disk does it: the file's times stay."""
    stat = path.stat()
    path.write_bytes(flip(path.read_bytes()))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def settle(collection: Collection) -> None:
    """Let all files be an hour old: what has just been written is looked at again."""
    for path in collection.path.rglob("*"):
        stat = path.stat()
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns - 3_600_000_000_000))


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


def test_the_manifest_is_what_sha256sum_reads(collection: Collection, tmp_path: Path) -> None:
    copy(collection, Copy(to=str(tmp_path / "copy")))
    for folder in (tmp_path / "copy", collection.path):
        names = [line.split("  ", 1)[1] for line in (folder / MANIFEST).read_text().splitlines()]
        assert WARC in names
        if folder != collection.path:
            subprocess.run(["sha256sum", "--check", "--strict", "--quiet", MANIFEST], cwd=folder, check=True)


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


def test_a_warc_that_is_damaged_when_it_is_first_seen_is_told(collection: Collection, tmp_path: Path) -> None:
    damage(collection.path / WARC)
    faults, _ = copy(collection, Copy(to=str(tmp_path / "copy")))
    assert faults
    assert all(WARC.removeprefix("archive/") in fault for fault in faults)


def test_a_directory_that_is_gone_is_not_made_again(collection: Collection, tmp_path: Path) -> None:
    place = Copy(to=str(tmp_path / "disk" / "copy"))
    (tmp_path / "disk").mkdir()
    copy(collection, place)
    shutil.rmtree(tmp_path / "disk" / "copy")
    _, done = copy(collection, place)
    assert done.stopped == f"{place.to}: the copy is not there. Is the disk mounted?"
    assert check(collection, place) == [f"{place.to}: the copy is not there. Is the disk mounted?"]


def test_one_copy_that_fails_does_not_stop_the_others(collection: Collection, tmp_path: Path) -> None:
    places = [Copy(to="/nowhere/at/all"), Copy(to=str(tmp_path / "copy"))]
    _, done = copy_collection(collection, places, NOW, tell=lambda _: None, progress=ignore)
    assert [one.stopped is None for one in done] == [False, True]
    with open_fixity(collection) as fixity:
        assert list(fixity.copy_faults()) == ["/nowhere/at/all"]
        assert fixity.last_copied(places[1].to) == NOW


def test_an_unreachable_server_and_a_missing_bucket_are_told(
    collection: Collection, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CopyError, match=r"s3://nobody/x: it cannot be reached: there is no such bucket or object"):
        open_store(Copy(to="s3://nobody/x"))
    # Port 9 (discard) of loopback: nobody listens.
    with pytest.raises(CopyError, match=r"it cannot be reached: .*127\.0\.0\.1:9") as caught:
        open_store(Copy(to="s3://bucket/x", endpoint="http://127.0.0.1:9"))
    assert "very-secret" not in str(caught.value)


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


def test_two_cannot_copy_at_once(collection: Collection, tmp_path: Path) -> None:
    from archive.copies.staging import staging

    with staging(collection), pytest.raises(CollectionError, match="Wait for that to end"):
        copy(collection, Copy(to=str(tmp_path / "copy")))


def large_file(collection: Collection, size: int) -> Path:
    """A file that takes a while to copy; the digests of a torn end are not looked into."""
    path = collection.archive / "large.warc.gz.torn-1"
    path.write_bytes(random.Random(1).randbytes(size))
    return path


#: `cleancopy`, killed once it has read 48 MB of the file below.
KILLED = """
import os, signal
from archive.copies import directory, s3
from archive.copies.digests import CHUNK, chunks_of

def read(source, digest):
    for number, chunk in enumerate(chunks_of(source, digest)):
        if source.name.startswith("large") and number * CHUNK == 48 << 20:
            os.kill(os.getpid(), signal.SIGKILL)
        yield chunk

directory.chunks_of = s3.chunks_of = read
from crawler.cli import main
main()
"""


@both
def test_a_copy_killed_in_the_middle_goes_on(
    collection: Collection, place: Copy, request: pytest.FixtureRequest
) -> None:
    server = request.getfixturevalue("s3") if place.to.startswith("s3") else None
    large = large_file(collection, 64 << 20)
    collection.settings.write_text(f"copies: ['{place.to}']\n")

    def under_way() -> bool:
        if server is not None:
            return bool(server.list_multipart_uploads(Bucket="bucket").get("Uploads"))
        return bool(list(Path(place.to).rglob("large*.open")))

    killed = subprocess.run(
        [sys.executable, "-c", KILLED, "copy", collection.path],
        env=environment(), stderr=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL
    assert under_way()
    assert "archive/large.warc.gz.torn-1" not in dict(open_store(place).sizes())

    faults, done = copy(collection, place)
    assert faults == []
    assert 0 < done.files < done.held, "what was copied before is not copied again"
    assert not under_way()
    assert dict(open_store(place).sizes())["archive/large.warc.gz.torn-1"] == large.stat().st_size
    assert check(collection, place) == []


def copied_by_files_of(most: int, collection: Collection, place: Path) -> subprocess.CompletedProcess[str]:
    """What `cleancopy copy` says where no file may have more bytes than that, as on a full disk."""
    collection.settings.write_text(f"copies: ['{place}']\n")
    return subprocess.run(
        command("copy", collection.path),
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)),
    )


def test_a_full_disk_stops_the_copy_with_a_sentence(collection: Collection, tmp_path: Path) -> None:
    large_file(collection, 3_000_000)
    full = copied_by_files_of(1_000_000, collection, tmp_path / "copy")
    assert full.returncode == 1
    assert "archive/large.warc.gz.torn-1 cannot be written: File too large" in full.stderr
    assert "The same command goes on" in full.stderr
    assert not list(tmp_path.joinpath("copy").rglob("*.open"))
    assert copy(collection, Copy(to=str(tmp_path / "copy")))[0] == []


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


def test_everything_is_read_once_in_a_period_a_share_each_day(tmp_path: Path) -> None:
    collection = Collection(tmp_path)
    collection.create()
    dice = random.Random(7)
    with open_fixity(collection) as fixity:
        for number in range(100):
            fixity.put(Known(HERE, f"archive/{number:03}", "0" * 64, dice.randrange(1, 10**9), 0, NOW, NOW))
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


def _mark_read(fixity: Fixity, read: list[Known], now: float) -> None:
    for known in read:
        fixity.put(Known(HERE, known.name, known.sha256, known.size, 0, NOW, now))


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
    assert site.paths()[before:] == ["/robots.txt", "/"]


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
    monkeypatch.setattr("archive.copies.copying._Job._copy", _with_a_line_more(log))
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


def test_a_file_that_the_disk_no_longer_gives_is_told_and_the_others_are_copied(
    collection: Collection, tmp_path: Path
) -> None:
    # A folder's bytes cannot be read, as those of a broken sector cannot.
    place = Copy(to=str(tmp_path / "copy"))
    settle(collection)
    copy(collection, place)
    (collection.path / WARC).unlink()
    (collection.path / WARC).mkdir()
    assert check(collection, place) == [
        f"{WARC}: it cannot be read: Is a directory; {place.to} had it whole when last read"
    ]
    (collection.sites / "gull.example.yaml").write_text("name: Gull\n")
    assert copy(collection, place)[1].files == 1


def test_a_server_that_goes_away_in_the_middle_is_told_and_the_copy_goes_on_later(
    collection: Collection, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from moto.server import ThreadedMotoServer

    servers = [ThreadedMotoServer("127.0.0.1", 0, verbose=False)]
    servers[0].start()
    address = servers[0].get_host_and_port()
    place = Copy(to="s3://other/courier", endpoint=f"http://{address[0]}:{address[1]}")
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    s3.create_bucket(Bucket="other")  # moto keeps one state for all servers of a process

    def stop(_: int) -> None:
        while servers:
            servers.pop().stop()

    _, (done,) = copy_collection(collection, [place], NOW, tell=lambda _: None, progress=stop)
    assert done.files == 1
    assert done.stopped is not None
    assert done.stopped.startswith("s3://other/courier: archive/")
    assert "cannot be" in done.stopped
    elsewhere = Copy(to=place.to, endpoint=s3.meta.endpoint_url)
    _, (again,) = copy_collection(collection, [elsewhere], NOW, tell=lambda _: None, progress=ignore)
    assert again.stopped is None
    assert again.files == again.held - 1


def test_a_full_disk_under_the_collection_is_told(collection: Collection, tmp_path: Path) -> None:
    full = copied_by_files_of(20_000, collection, tmp_path / "copy")
    assert full.returncode == 1
    assert "Traceback" not in full.stderr
    assert "cannot be used" in full.stderr
